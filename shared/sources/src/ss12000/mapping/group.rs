//! Groups and their memberships.

use jiff::ToSpan;
use roster::{Group, Membership, MembershipRole, Record, Validity};

use super::fields::{Fields, Lost};
use crate::lenient::Object;
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

/// In order of person; periods of one person that meet or overlap become one, periods apart stay apart. A period that
/// ends before it begins is kept, but comes between no others.
fn merged(mut members: Vec<Membership>) -> Vec<Membership> {
    members.sort_unstable();
    members.dedup();
    let (mut merged, stays): (Vec<_>, Vec<_>) = members.into_iter().partition(|it| never(it.validity));
    let mut joined: Vec<Membership> = Vec::with_capacity(stays.len());
    for stay in stays {
        if !joined.last_mut().is_some_and(|last| join(last, &stay)) {
            joined.push(stay);
        }
    }
    merged.append(&mut joined);
    merged.sort_unstable();
    merged
}

/// Extends `last` by `next` if both are one stay. Sorting put the earlier start first.
fn join(last: &mut Membership, next: &Membership) -> bool {
    if last.person != next.person || last.role != next.role {
        return false;
    }
    let meets = match (last.validity.end, next.validity.start) {
        (None, _) | (_, None) => true,
        (Some(end), Some(start)) => end.checked_add(1.day()).map_or(true, |day| start <= day),
    };
    if meets {
        last.validity.end = match (last.validity.end, next.validity.end) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
    }
    meets
}

/// A period that ends before it begins.
fn never(validity: Validity) -> bool {
    matches!((validity.start, validity.end), (Some(start), Some(end)) if end < start)
}
