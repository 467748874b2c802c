//! Schools become school units.

use roster::{Id, Organisation, OrganisationType, Record, Validity};

use super::fields::{Fields, Lost};
use super::{Mapped, Reading};
use crate::graph_education::config::is_school_unit_code;
use crate::graph_education::wire;
use roster::{RecordKey, RecordKind};

pub(super) fn read(wire: wire::School<'_>, fields: &mut Fields<'_>, reading: &Reading<'_>) -> Result<Mapped, Lost> {
    let id = fields.identity(wire.id)?;
    let key = RecordKey { kind: RecordKind::Organisation, id };
    if fields.is_removed(&wire.removed)? {
        return Ok(Mapped::Gone(key));
    }
    let external_id = fields.text("externalId", wire.external_id);
    let number = fields.text("schoolNumber", wire.school_number);
    if !reading.choice.has_school(identifiers(&id.to_string(), external_id.as_deref(), number.as_deref())) {
        return Ok(Mapped::Gone(key));
    }
    let code = code(id, external_id.as_deref(), number.as_deref(), reading);
    if code.is_none() {
        let why = "neither externalId nor schoolNumber is a school unit code, and school_unit_codes names none";
        fields.warn("graph_education.school_unit_code_unknown", why);
    }
    Ok(Mapped::Present(Box::new(Record::Organisation(Organisation {
        id,
        name: fields.required_text("displayName", wire.display_name),
        kind: OrganisationType::SchoolUnit,
        parent: None,
        school_unit_code: code,
        school_types: Vec::new(),
        municipality_code: None,
        organisation_number: None,
        validity: Validity::ALWAYS,
    }))))
}

/// What a school may be named by in the configuration.
pub(super) fn identifiers<'a>(
    id: &'a str,
    external_id: Option<&'a str>,
    number: Option<&'a str>,
) -> impl Iterator<Item = &'a str> {
    [Some(id), external_id, number].into_iter().flatten()
}

/// What the configuration says; else whichever identifier has the form of a school unit code.
fn code(id: Id, external_id: Option<&str>, number: Option<&str>, reading: &Reading<'_>) -> Option<String> {
    let id = id.to_string();
    let configured = identifiers(&id, external_id, number).find_map(|it| reading.config.school_unit_codes.get(it));
    let formed = || [external_id, number].into_iter().flatten().find(|it| is_school_unit_code(it)).map(str::to_owned);
    configured.cloned().or_else(formed)
}
