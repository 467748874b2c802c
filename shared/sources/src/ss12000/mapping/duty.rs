//! Duties and their assignments.

use roster::{Assignment, Duty, Personal, Record};

use super::fields::{Fields, Lost};
use crate::lenient::{Field, List, Object};
use crate::ss12000::wire;

pub(super) fn read(wire: wire::Duty<'_>, fields: &mut Fields<'_>) -> Result<Record, Lost> {
    let id = fields.identity(wire.id)?;
    let organisation = fields.required_reference("dutyAt", wire.duty_at)?;
    let validity = fields.period(wire.start_date, wire.end_date)?;
    Ok(Record::Duty(Duty {
        id,
        person: fields.reference("person", wire.person),
        organisation,
        role: fields.required_text("dutyRole", wire.duty_role),
        signature: fields.text("signature", wire.signature).and_then(Personal::filled),
        validity,
        assignments: assignments(wire.assignment_role, fields)?,
    }))
}

fn assignments(
    field: Field<List<Object<wire::Assignment<'_>>>>,
    fields: &mut Fields<'_>,
) -> Result<Vec<Assignment>, Lost> {
    let mut assignments = Vec::new();
    for Object(wire) in fields.deciding_list("assignmentRole", field)? {
        assignments.extend(assignment(wire, fields));
    }
    assignments.sort_by(|a, b| (a.group, &a.role, a.validity).cmp(&(b.group, &b.role, b.validity)));
    assignments.dedup();
    Ok(assignments)
}

fn assignment(wire: wire::Assignment<'_>, fields: &mut Fields<'_>) -> Option<Assignment> {
    let Some(group) = wire.group.read().and_then(|it| it.0) else {
        fields.unreadable("assignmentRole.group");
        return None;
    };
    let validity = fields.part_period("assignmentRole", wire.start_date, wire.end_date)?;
    Some(Assignment {
        group,
        role: fields.required_text("assignmentRole.assignmentRoleType", wire.assignment_role_type),
        validity,
    })
}
