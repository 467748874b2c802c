//! Groups and their memberships.

use roster::{Group, Membership, MembershipRole, Record};

use super::fields::{Fields, Lost};
use crate::lenient::Object;
use crate::membership::merged;
use crate::ss12000::wire;

pub(super) fn read(wire: wire::Group<'_>, fields: &mut Fields<'_>) -> Result<Record, Lost> {
    let id = fields.identity(wire.id)?;
    let organisation = fields.required_reference("organisation", wire.organisation)?;
    let validity = fields.period(wire.start_date, wire.end_date)?;
    let memberships = fields.deciding_list("groupMemberships", wire.group_memberships)?;
    let mut members = Vec::with_capacity(memberships.len());
    for Object(wire) in memberships {
        members.extend(member(wire, fields));
    }
    Ok(Record::Group(Group {
        id,
        name: fields.required_text("displayName", wire.display_name),
        kind: fields.required_text("groupType", wire.group_type),
        organisation,
        school_type: fields.text("schoolType", wire.school_type),
        validity,
        members: merged(members),
    }))
}

fn member(wire: wire::Membership<'_>, fields: &mut Fields<'_>) -> Option<Membership> {
    let Some(person) = wire.person.read().and_then(|it| it.0) else {
        fields.unreadable("groupMemberships.person");
        return None;
    };
    let validity = fields.part_period("groupMemberships", wire.start_date, wire.end_date)?;
    Some(Membership { person, role: MembershipRole::Pupil, validity })
}
