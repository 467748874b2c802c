//! Activities: who teaches which groups.

use roster::{Activity, Id, Instructor, Record, Teacher};

use super::fields::{Fields, Lost};
use crate::lenient::{Field, List, Object, Reference};
use crate::ss12000::wire;

pub(super) fn read(wire: wire::Activity<'_>, fields: &mut Fields<'_>) -> Result<Record, Lost> {
    let id = fields.identity(wire.id)?;
    let validity = fields.period(wire.start_date, wire.end_date)?;
    Ok(Record::Activity(Activity {
        id,
        name: fields.required_text("displayName", wire.display_name),
        organisation: fields.reference("organisation", wire.organisation),
        groups: groups(wire.groups, fields)?,
        teachers: teachers(wire.teachers, fields)?,
        validity,
    }))
}

fn groups(field: Field<List<Reference>>, fields: &mut Fields<'_>) -> Result<Vec<Id>, Lost> {
    let mut groups = Vec::new();
    for reference in fields.deciding_list("groups", field)? {
        match reference.0 {
            Some(id) => groups.push(id),
            None => fields.unreadable("groups"),
        }
    }
    groups.sort_unstable();
    groups.dedup();
    Ok(groups)
}

fn teachers(field: Field<List<Object<wire::Teacher<'_>>>>, fields: &mut Fields<'_>) -> Result<Vec<Teacher>, Lost> {
    let mut teachers = Vec::new();
    for Object(wire) in fields.deciding_list("teachers", field)? {
        teachers.extend(teacher(wire, fields));
    }
    teachers.sort_by_key(|teacher| (teacher.instructor, teacher.validity));
    teachers.dedup();
    Ok(teachers)
}

fn teacher(wire: wire::Teacher<'_>, fields: &mut Fields<'_>) -> Option<Teacher> {
    let duty = wire.duty.read().and_then(|it| it.0).map(Instructor::Duty);
    let person = wire.person.read().and_then(|it| it.0).map(Instructor::Person);
    let Some(instructor) = duty.or(person) else {
        fields.unreadable("teachers.duty");
        return None;
    };
    let validity = fields.part_period("teachers", wire.start_date, wire.end_date)?;
    Some(Teacher { instructor, validity })
}
