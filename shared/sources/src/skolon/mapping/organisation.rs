//! Organisations and schools.

use roster::{Id, Organisation, OrganisationType, Record, Validity};
use serde_json::Value;

use super::read::RecordReader;
use super::{Reading, reference};
use crate::skolon::feed::Feed;

pub(super) fn principal(id: Id, value: &Value, reading: &Reading<'_>, reader: &mut RecordReader<'_>) -> Record {
    let fields = &reading.config.fields.organization;
    Record::Organisation(Organisation {
        id,
        name: reader.required_text("name", fields.name.find(value)),
        kind: OrganisationType::Principal,
        parent: None,
        school_unit_code: None,
        school_types: Vec::new(),
        municipality_code: None,
        organisation_number: reader.text("organizationNumber", fields.organisation_number.find(value)),
        validity: Validity::ALWAYS,
    })
}

pub(super) fn school(id: Id, value: &Value, reading: &Reading<'_>, reader: &mut RecordReader<'_>) -> Record {
    let fields = &reading.config.fields.school;
    let above = (fields.organization_uuid.find(value), fields.organization_id.find(value));
    Record::Organisation(Organisation {
        id,
        name: reader.required_text("name", fields.name.find(value)),
        kind: OrganisationType::SchoolUnit,
        parent: reference(Feed::Organization, above.0, above.1, reading),
        school_unit_code: reader.text("schoolUnitCode", fields.code.find(value)),
        school_types: Vec::new(),
        municipality_code: None,
        organisation_number: reader.text("organizationNumber", fields.organisation_number.find(value)),
        validity: Validity::ALWAYS,
    })
}
