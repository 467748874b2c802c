//! Groups with their members. Teachers and mentors are listed among them, since a group's list is told as a whole.

use std::collections::BTreeMap;

use roster::{Group, Id, Membership, MembershipRole, RecordKind, Validity};

use super::Snapshot;
use crate::ims_enterprise::index::{GroupRow, Head};
use crate::ims_enterprise::role::Role;
use crate::periods::merged;

impl Snapshot {
    /// All groups of a school. One without a school is lost, and not gone.
    pub(super) fn all_groups(&mut self) -> Vec<u32> {
        let (mut all, mut homeless, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for (number, row) in (0u32..).zip(&self.index.groups.rows) {
            let Some(head) = row.head.as_deref().filter(|it| !it.kind.is_organisation()) else { continue };
            if head.unknown_kind.is_some() {
                unknown.push(row.id);
            }
            match self.units.home(number) {
                Some(_) => all.push((row.id, number)),
                None => homeless.push(row.id),
            }
        }
        for id in homeless {
            let reason = "the group belongs to no school that the documents tell of";
            self.notes.lose(RecordKind::Group, Some(id), "ims_enterprise.group_without_school", reason);
        }
        for id in unknown {
            let reason = "the kind of the group is not known; it is kept as it came";
            self.notes.warn(RecordKind::Group, Some(id), "ims_enterprise.group_type_unknown", reason);
        }
        all.sort_unstable();
        all.into_iter().map(|(_, number)| number).collect()
    }

    pub(super) fn group(&self, number: u32) -> Option<Group> {
        let row = self.index.groups.get(number)?;
        let head = row.head.as_deref()?;
        let school = self.index.groups.get(self.units.home(number)?)?;
        Some(Group {
            id: row.id,
            name: head.name.clone().into(),
            kind: kind(head),
            organisation: school.id,
            school_type: head.school_type.clone().map(Into::into),
            validity: head.validity,
            members: self.members(row),
        })
    }

    fn members(&self, row: &GroupRow) -> Vec<Membership> {
        let mut periods: BTreeMap<(Id, MembershipRole), Vec<Validity>> = BTreeMap::new();
        for member in &row.members {
            let person = self.index.persons.get(member.person).map(|it| it.id);
            if let Some(who) = person.zip(role(member.role)) {
                periods.entry(who).or_default().push(member.validity);
            }
        }
        let each = periods.into_iter().flat_map(|((person, role), periods)| {
            merged(periods).into_iter().map(move |validity| Membership { person, role, validity })
        });
        each.collect()
    }
}

fn kind(head: &Head) -> String {
    head.unknown_kind.as_deref().unwrap_or_else(|| head.kind.standard()).to_owned()
}

/// As what a role is a member; others are at the school, but not in the group.
const fn role(role: Role) -> Option<MembershipRole> {
    match role {
        Role::Pupil => Some(MembershipRole::Pupil),
        Role::Member => Some(MembershipRole::Unspecified),
        Role::Instructor | Role::Mentor => Some(MembershipRole::Teacher),
        Role::GradeAuthority
        | Role::Assistant
        | Role::Administrator
        | Role::Manager
        | Role::Principal
        | Role::Contact => None,
    }
}
