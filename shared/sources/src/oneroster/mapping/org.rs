//! Organisations.

use roster::{Organisation, OrganisationType, RecordKind, Validity};

use super::{Fields, Lost, Reading, Status};
use crate::lenient::{Field, Text};
use crate::oneroster::wire;

/// Digits of a school unit code, issued by Skolverket.
const SCHOOL_UNIT_CODE: usize = 8;

/// An org as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Org {
    pub(crate) status: Status,
    pub(crate) organisation: Organisation,
    /// Whether roles there count.
    pub(crate) is_school: bool,
}

pub(crate) fn read(wire: wire::Org<'_>, fields: &mut Fields<'_>, reading: &Reading<'_>) -> Result<Org, Lost> {
    let id = fields.identity(&wire.sourced_id)?;
    let status = fields.status(&wire.status);
    let known = native(&wire.sourced_id).and_then(|native| reading.conventions.schools.get(native));
    let word = fields.required_text("type", wire.r#type).to_lowercase();
    let identifier = fields.text("identifier", wire.identifier);
    let code = known.and_then(|it| it.code.clone()).or_else(|| identifier.filter(|text| is_code(text)));
    let is_school = word == "school";
    let parent = fields.reference("parent", RecordKind::Organisation, &wire.parent).filter(|parent| {
        let above_itself = *parent == id;
        if above_itself {
            fields.warn("oneroster.organisation_cycle", "the organisation is its own parent, which is left out");
        }
        !above_itself
    });
    let mut school_types = known.map(|it| it.school_types.clone()).unwrap_or_default();
    school_types.sort_unstable();
    school_types.dedup();
    let organisation = Organisation {
        id,
        name: fields.required_text("name", wire.name),
        kind: kind(&word, code.is_some()),
        parent,
        school_unit_code: code.filter(|_| is_school),
        school_types,
        municipality_code: None,
        organisation_number: None,
        validity: Validity::ALWAYS,
    };
    Ok(Org { status, organisation, is_school })
}

/// [OneRoster 1.1 §4.13.5 OrgType] as SS 12000 has it; an unknown word is kept as it came.
fn kind(word: &str, coded: bool) -> OrganisationType {
    match (word, coded) {
        ("district", _) => OrganisationType::Principal,
        ("school", true) => OrganisationType::SchoolUnit,
        ("school", false) => OrganisationType::School,
        (other, _) => OrganisationType::Other(other.to_owned()),
    }
}

fn is_code(text: &str) -> bool {
    text.len() == SCHOOL_UNIT_CODE && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn native<'t>(field: &'t Field<Text<'_>>) -> Option<&'t str> {
    match field {
        Field::Read(text) => text.filled(),
        Field::Absent | Field::Unreadable => None,
    }
}
