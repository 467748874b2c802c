//! Licences.

use jiff::Timestamp;
use roster::{Id, Licence, Record};
use serde_json::Value;

use super::read::{self, Lost, RecordReader};
use super::{Reading, reference, references};
use crate::skolon::config::TrialLicences;
use crate::skolon::feed::Feed;

pub(super) fn read(
    id: Id,
    value: &Value,
    reading: &Reading<'_>,
    reader: &mut RecordReader<'_>,
) -> Result<Record, Lost> {
    let fields = &reading.config.fields.license;
    let holders = references("users", Feed::User, fields.holders.find(value), reading, reader)?;
    let owner = (fields.owner_uuid.find(value), fields.owner_id.find(value));
    let trial = reader.flag("isDemo", fields.trial.find(value))?;
    Ok(Record::Licence(Licence {
        id,
        // "Empty user list = no licenses assigned", and an empty list may be left out altogether.
        holders: holders.unwrap_or_default(),
        product: reader.text("productId", fields.product.find(value)),
        owner: reference(Feed::School, owner.0, owner.1, reading),
        expires: expires(fields.expires.find(value))?,
        trial: trial && reading.config.trial_licences == TrialLicences::Ignore,
    }))
}

/// Nothing means perpetual; something that cannot be read must not come to mean it.
fn expires(value: Option<&Value>) -> Result<Option<Timestamp>, Lost> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(value) => read::instant(value).map(Some).ok_or_else(|| Lost::field("expirationDate")),
    }
}
