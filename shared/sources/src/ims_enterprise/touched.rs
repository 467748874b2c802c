//! Documents with changes: who and what has been touched. Nothing else is taken from them.
//!
//! A list of changes rarely holds a whole: a class with one new pupil, a pupil without the other school's place. What
//! has been touched is therefore told from documents that hold everything (see [`super::reading`]). What is deleted
//! takes its memberships along without a word about them: any group may have named the person, anybody may have been in
//! the group.

use std::collections::BTreeSet;

use roster::Id;

use super::identity::{Named, of, own};
use super::intake::{DELTA, is_deleted};
use super::refusal::Refusal;
use super::xml::{Element, Piece, Take};

/// More than this is no change, but another register.
const MOST: usize = 1_000_000;

/// Who and what has been touched.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Touched {
    pub(super) persons: BTreeSet<Id>,
    pub(super) groups: BTreeSet<Id>,
    /// Groups of which their own record was told, or to whom they belong: that may change whoever is in them.
    pub(super) moved: BTreeSet<Id>,
    /// Deleted, or no longer in some group. Whoever still is somewhere is not gone.
    pub(super) gone_persons: BTreeSet<Id>,
    pub(super) gone_groups: BTreeSet<Id>,
    /// Some person was deleted. Which groups named it is not told [Organization API v12, lists of changes].
    pub(super) person_deleted: bool,
    /// Some group was deleted. Who was in it is not told.
    pub(super) group_deleted: bool,
    /// Some list of members was told whole. Who is not in it any more is not told.
    pub(super) list_replaced: bool,
    /// Something was touched that cannot be identified.
    pub(super) unreadable: bool,
}

impl Touched {
    pub(super) fn is_nothing(&self) -> bool {
        self.persons.is_empty() && self.groups.is_empty() && !self.unreadable
    }

    fn record(&mut self, element: &Element) {
        let named = if element.name == "person" { Named::Person } else { Named::Group };
        let deleted = is_deleted(element);
        self.person_deleted |= deleted && named == Named::Person;
        self.group_deleted |= deleted && named == Named::Group;
        let id = own(element, named);
        self.moved.extend(id.filter(|_| named == Named::Group));
        self.touch(id, named, deleted);
    }

    fn member(&mut self, element: &Element) {
        let is_group = matches!(element.at(&["idtype"]), Some("2" | "Group"));
        let named = if is_group { Named::Group } else { Named::Person };
        let left = element.all("role").any(is_deleted);
        let id = element.child("sourcedid").and_then(|it| of(it, named));
        self.moved.extend(id.filter(|_| is_group));
        self.touch(id, named, left && named == Named::Person);
    }

    fn touch(&mut self, id: Option<Id>, named: Named, gone: bool) {
        let Some(id) = id else {
            self.unreadable = true;
            return;
        };
        let (touched, left) = match named {
            Named::Person => (&mut self.persons, &mut self.gone_persons),
            Named::Group => (&mut self.groups, &mut self.gone_groups),
        };
        touched.insert(id);
        if gone {
            left.insert(id);
        }
    }
}

impl Take for Touched {
    fn take(&mut self, piece: Piece) -> Result<(), Refusal> {
        match piece {
            Piece::Whole(element) if element.name == "properties" => {
                if matches!(element.at(&["type"]), Some(other) if other != DELTA) {
                    return Err(Refusal::NotDelta);
                }
            }
            Piece::Whole(element) => self.record(&element),
            Piece::OfMembership(element) if element.name == "member" => self.member(&element),
            Piece::OfMembership(host) => self.touch(of(&host, Named::Group), Named::Group, false),
            Piece::Membership { complete } => self.list_replaced |= complete,
        }
        if self.persons.len() + self.groups.len() > MOST { Err(Refusal::TooMany("changes")) } else { Ok(()) }
    }
}
