//! From settings to records. Pure.

use std::collections::BTreeSet;

use roster::{Activity, Group, Id, Instructor, Membership, MembershipRole, Record, RecordKind, Teacher, Validity};

use super::config::{AddedTeachers, ManualConfig, OwnGroup};
use crate::registry;

/// Everything that has been added, in the order of the file.
pub(super) fn records(config: &ManualConfig, source: &str) -> Vec<Record> {
    let naming =
        Naming { source, register: &config.ids_of, own_groups: config.group.iter().map(|it| it.id.trim()).collect() };
    let groups = config.group.iter().map(|it| Record::Group(naming.group(it)));
    groups.chain(config.teachers.iter().map(|it| Record::Activity(naming.activity(it)))).collect()
}

/// The identity of something of one's own: two sources of one tenant may use the same words.
pub(super) fn own_identity(source: &str, kind: RecordKind, native: &str) -> Id {
    Id::from_source(&format!("manual/{source}/{kind}"), native.trim())
}

/// Whom and what the words of the file name.
struct Naming<'a> {
    source: &'a str,
    register: &'a str,
    own_groups: BTreeSet<&'a str>,
}

impl Naming<'_> {
    fn group(&self, own: &OwnGroup) -> Group {
        let member = |role| {
            move |native: &String| Membership {
                person: self.of_register(RecordKind::Person, native),
                role,
                validity: Validity::ALWAYS,
            }
        };
        let pupils = own.pupils.iter().map(member(MembershipRole::Pupil));
        let mut members: Vec<_> = pupils.chain(own.staff.iter().map(member(MembershipRole::Teacher))).collect();
        members.sort();
        Group {
            id: own_identity(self.source, RecordKind::Group, &own.id),
            name: own.name.trim().to_owned(),
            kind: own.kind.trim().to_owned(),
            organisation: self.of_register(RecordKind::Organisation, &own.organisation),
            school_type: own.school_type.clone(),
            validity: Validity { start: own.start, end: own.end },
            members,
        }
    }

    fn activity(&self, added: &AddedTeachers) -> Activity {
        let teacher = |native: &String| Teacher {
            instructor: Instructor::Person(self.of_register(RecordKind::Person, native)),
            validity: Validity::ALWAYS,
        };
        Activity {
            id: own_identity(self.source, RecordKind::Activity, &added.id),
            name: added.name.trim().to_owned(),
            organisation: None,
            groups: added.groups.iter().map(|it| self.group_named(it)).collect(),
            teachers: added.persons.iter().map(teacher).collect(),
            validity: Validity { start: added.start, end: added.end },
        }
    }

    fn group_named(&self, native: &str) -> Id {
        if self.own_groups.contains(native.trim()) {
            return own_identity(self.source, RecordKind::Group, native);
        }
        self.of_register(RecordKind::Group, native)
    }

    fn of_register(&self, kind: RecordKind, native: &str) -> Id {
        let within = registry::within(self.register, kind).unwrap_or_default();
        Id::from_source(&within, native.trim())
    }
}
