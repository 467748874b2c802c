//! Organisations.

use roster::{Organisation, OrganisationType, Record};

use super::fields::{Fields, Lost};
use crate::lenient::Field;
use crate::ss12000::wire;

/// Digits of a school unit code, issued by Skolverket.
const SCHOOL_UNIT_CODE: usize = 8;
/// Digits of a municipality code.
const MUNICIPALITY_CODE: usize = 4;

pub(super) fn read(wire: wire::Organisation<'_>, fields: &mut Fields<'_>) -> Result<Record, Lost> {
    let id = fields.identity(wire.id)?;
    let validity = fields.period(wire.start_date, wire.end_date)?;
    let mut school_types: Vec<String> = fields
        .list("schoolTypes", wire.school_types)
        .iter()
        .filter_map(|text| text.filled().map(str::to_owned))
        .collect();
    school_types.sort_unstable();
    school_types.dedup();
    Ok(Record::Organisation(Organisation {
        id,
        name: fields.required_text("displayName", wire.display_name),
        kind: OrganisationType::from_standard(&fields.required_text("organisationType", wire.organisation_type)),
        parent: fields.reference("parentOrganisation", wire.parent_organisation),
        school_unit_code: school_unit_code(wire.school_unit_code, fields),
        school_types,
        municipality_code: fields.text("municipalityCode", wire.municipality_code).map(municipality_code),
        organisation_number: fields.text("organisationNumber", wire.organisation_number),
        validity,
    }))
}

fn school_unit_code(field: Field<wire::Code<'_>>, fields: &mut Fields<'_>) -> Option<String> {
    match field {
        Field::Absent => None,
        Field::Read(code) => code.padded(SCHOOL_UNIT_CODE),
        Field::Unreadable => {
            fields.unreadable("schoolUnitCode");
            None
        }
    }
}

/// Puts back the leading zero that a code loses on its way through a number.
fn municipality_code(text: String) -> String {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { format!("{text:0>MUNICIPALITY_CODE$}") } else { text }
}
