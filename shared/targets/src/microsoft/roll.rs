//! Who is in a class, and what changes it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use rules::object::{DeliveredObject, Ties, WantedObject};

use super::kinds::{MEMBERS, OWNERS, TEACHERS};

/// What somebody is in a class. An owner is a member too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Member,
    Owner,
}

/// Everybody in a class, by the directory's identities.
pub(super) type Roll = BTreeMap<String, Role>;

/// Identities of owners by what the settings call them. Whoever the directory does not have is not in it.
pub(super) type NamedOwners = BTreeMap<String, String>;

/// What is to be changed in a class.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Change {
    /// Who comes, and as what.
    pub(super) join: Vec<(String, Role)>,
    /// Who stays, and becomes something else.
    pub(super) turn: Vec<(String, Role)>,
    /// Who goes, and what they have been.
    pub(super) leave: Vec<(String, Role)>,
}

/// Everybody in these lists.
pub(super) fn roll(ties: &Ties, named: &NamedOwners) -> Roll {
    let list = |name: &str| ties.get(name).into_iter().flatten();
    let members = list(MEMBERS).map(|it| (it.clone(), Role::Member));
    let teachers = list(TEACHERS).map(|it| (it.clone(), Role::Owner));
    let owners = list(OWNERS).filter_map(|it| named.get(it)).map(|it| (it.clone(), Role::Owner));
    members.chain(teachers).chain(owners).collect()
}

/// The owners whom the settings name, in any of these lists.
pub(super) fn named_in<'t>(lists: impl IntoIterator<Item = &'t Ties>) -> BTreeSet<&'t String> {
    lists.into_iter().filter_map(|ties| ties.get(OWNERS)).flatten().collect()
}

impl Change {
    pub(super) const fn is_empty(&self) -> bool {
        self.join.is_empty() && self.turn.is_empty() && self.leave.is_empty()
    }

    /// From what we put there to what is wanted.
    pub(super) fn between(was: &Roll, wanted: &Roll) -> Self {
        let mut change = Self { leave: missing(was, wanted), ..Self::default() };
        for (id, role) in wanted {
            match was.get(id) {
                None => change.join.push((id.clone(), *role)),
                Some(before) if before != role => change.turn.push((id.clone(), *role)),
                Some(_) => {}
            }
        }
        change
    }

    /// To what is wanted, from what is there now, of which we may have put there who is in `ours`. An owner whom we did not
    /// make one stays one.
    pub(super) fn from_there(there: &Roll, ours: &Roll, wanted: &Roll) -> Self {
        let mut change = Self::between(there, wanted);
        change.leave.retain(|(id, _)| ours.contains_key(id));
        change.turn.retain(|(id, role)| *role == Role::Owner || ours.get(id) == Some(&Role::Owner));
        change
    }

    /// When nothing is known of what is there: everybody wanted comes.
    pub(super) fn anew(ours: &Roll, wanted: &Roll) -> Self {
        let join = wanted.iter().map(|(id, role)| (id.clone(), *role)).collect();
        let stepping_down =
            |(id, role): &(&String, &Role)| **role == Role::Owner && wanted.get(*id) == Some(&Role::Member);
        let turn = ours.iter().filter(stepping_down).map(|(id, _)| (id.clone(), Role::Member)).collect();
        Self { join, turn, leave: missing(ours, wanted) }
    }

    /// Whether somebody may be an owner no longer.
    pub(super) fn loses_owners(&self) -> bool {
        let down = self.turn.iter().any(|(_, role)| *role == Role::Member);
        down || self.leave.iter().any(|(_, role)| *role == Role::Owner)
    }

    /// Lets an owner stay where there would be none left among those who own the class now: Microsoft does not take away
    /// the last one. Nobody remembers that we put them there; they stay until somebody takes them out by hand.
    pub(super) fn keeping_an_owner(mut self, owners: &BTreeSet<String>) -> Self {
        let comes = |it: &(String, Role)| it.1 == Role::Owner;
        let goes = |id: &String| {
            self.leave.iter().any(|it| it.0 == *id) || self.turn.iter().any(|it| it.0 == *id && it.1 == Role::Member)
        };
        let one_is_left = owners.iter().any(|id| !goes(id));
        if one_is_left || self.join.iter().chain(&self.turn).any(comes) {
            return self;
        }
        if let Some(kept) = owners.first() {
            self.leave.retain(|(id, _)| id != kept);
            self.turn.retain(|(id, _)| id != kept);
        }
        self
    }
}

fn missing(was: &Roll, wanted: &Roll) -> Vec<(String, Role)> {
    was.iter().filter(|(id, _)| !wanted.contains_key(*id)).map(|(id, role)| (id.clone(), *role)).collect()
}

/// Whether it is known how the last change of an object ended.
pub(super) fn is_certain(delivered: &DeliveredObject) -> bool {
    !delivered.fingerprint.is_empty() && delivered.is_certain()
}

/// Whether anything but the lists has changed since it was delivered.
pub(super) fn content_changed(wanted: &WantedObject, delivered: &DeliveredObject) -> bool {
    let as_it_was = WantedObject { ties: delivered.ties.clone(), ..wanted.clone() };
    as_it_was.fingerprint() != delivered.fingerprint
}
