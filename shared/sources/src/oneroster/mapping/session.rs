//! Academic sessions: years and terms, which give classes their periods.

use roster::{Id, Validity};

use super::{Fields, Lost, Reading, Status, is_usable, session_identity, status_of};
use crate::lenient::Field;
use crate::oneroster::wire;

/// A session that cannot be read is as one that is not there: its classes are left out, and stay as they were. There is
/// no record of it, so that it leaves a note on the kind of its classes.
pub(crate) fn read(
    wire: &wire::Session<'_>,
    fields: &mut Fields<'_>,
    reading: &Reading<'_>,
) -> Result<(Id, Status, Validity), Lost> {
    let native = match &wire.sourced_id {
        Field::Read(text) => text.filled().filter(|text| is_usable(text)),
        Field::Absent | Field::Unreadable => None,
    };
    let id = session_identity(native.ok_or_else(|| Lost::field("sourcedId of a session"))?);
    let status = status_of(&wire.status).unwrap_or(Status::Here);
    let validity = fields.period(&wire.start_date, &wire.end_date, reading.conventions.end_dates)?;
    if validity.end.is_none() {
        return Err(Lost::field("endDate of a session"));
    }
    Ok((id, status, validity))
}
