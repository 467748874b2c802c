//! Groups.

use roster::{Group, Id, Membership, MembershipRole, Record, Validity};
use serde_json::Value;

use super::read::{Lost, RecordReader};
use super::{Reading, reference, references};
use crate::skolon::feed::Feed;

pub(super) fn read(
    id: Id,
    value: &Value,
    reading: &Reading<'_>,
    reader: &mut RecordReader<'_>,
) -> Result<Record, Lost> {
    let fields = &reading.config.fields.group;
    let school = (fields.school_uuid.find(value), fields.school_id.find(value));
    let organisation = reference(Feed::School, school.0, school.1, reading).ok_or_else(|| Lost::field("schoolId"))?;
    let members = references("members", Feed::User, fields.members.find(value), reading, reader)?;
    if members.is_none() {
        reader.warn("skolon.members_missing", "no list of members where the configuration says it is");
    }
    Ok(Record::Group(Group {
        id,
        name: reader.required_text("name", fields.name.find(value)),
        kind: kind(reader.required_text("type", fields.kind.find(value))),
        organisation,
        school_type: None,
        validity: Validity::ALWAYS,
        members: members.unwrap_or_default().into_iter().map(membership).collect(),
    }))
}

/// Skolon's word as SS 12000 says it; an unknown one is kept as it came.
fn kind(word: String) -> String {
    match word.to_uppercase().as_str() {
        "CLASS" => "Klass".to_owned(),
        "GROUP" | "TEACHING_GROUP" => "Undervisning".to_owned(),
        _ => word,
    }
}

/// Pupils and teachers are in the same list; the person's own role decides.
const fn membership(person: Id) -> Membership {
    Membership { person, role: MembershipRole::Unspecified, validity: Validity::ALWAYS }
}
