//! What changes: who and what has gone, or is another than before.
//!
//! A record of changes is the whole record. A membership is the whole list if it says so (`complete`); otherwise each
//! member's role stands for what was known of the same role of the same member. What is deleted takes its memberships
//! along without a word about them [Organization API v12, lists of changes].

use std::collections::HashSet;

use super::member::is_active;
use super::{Content, Intake};
use crate::ims_enterprise::dates::period;
use crate::ims_enterprise::role::Role;
use crate::ims_enterprise::xml::Element;

/// What a document of changes took away, as far as others still have to hear of it.
#[derive(Debug, Default)]
pub(super) struct Gone {
    persons: HashSet<u32>,
    /// Groups whose members and subgroups are those of this document only.
    lists: HashSet<u32>,
}

impl Intake {
    pub(super) fn is_changes(&self) -> bool {
        matches!(self.content, Content::Changes(_))
    }

    fn gone(&mut self) -> Option<&mut Gone> {
        if let Content::Changes(gone) = &mut self.content { Some(gone) } else { None }
    }

    pub(super) fn delete_person(&mut self, number: u32) {
        if let Some(row) = self.index.persons.get_mut(number) {
            row.face = None;
        }
        if let Some(gone) = self.gone() {
            gone.persons.insert(number);
        }
    }

    pub(super) fn delete_group(&mut self, number: u32) {
        if let Some(row) = self.index.groups.get_mut(number) {
            row.head = None;
            row.deleted = true;
            row.parents.clear();
        }
        self.empty(number);
    }

    /// The group has no members but those that come now.
    pub(super) fn empty(&mut self, number: u32) {
        self.index.take_members(number, |_, _, _| true);
        if let Some(gone) = self.gone() {
            gone.lists.insert(number);
        }
    }

    /// What was known of the roles that a member of a list of changes has. A role whose end cannot be read says nothing.
    pub(super) fn leave_roles(&mut self, host: u32, person: u32, member: &Element) {
        if !self.is_changes() {
            return;
        }
        let document = self.document;
        for element in member.all("role") {
            let Ok(role) = Role::read(element.attribute("roletype")) else { continue };
            let (active, says) = (is_active(element), period(element.child("timeframe")).is_ok());
            self.index.take_members(host, |who, its, of| {
                let known = who == person && its == role;
                known && if active { says && of != document } else { true }
            });
        }
    }

    /// As [`Self::leave_roles`], of a group in a group.
    pub(super) fn leave_parent(&mut self, host: u32, group: u32, member: &Element) {
        let document = self.document;
        let is_changes = self.is_changes();
        let Some(row) = self.index.groups.get_mut(group).filter(|_| is_changes) else { return };
        for element in member.all("role") {
            let (active, says) = (is_active(element), period(element.child("timeframe")).is_ok());
            row.parents.retain(|it| it.group != host || if active { !says || it.document == document } else { false });
        }
    }

    /// The document is over: what is gone is gone from the lists that did not name it too.
    pub(super) fn settle(&mut self) {
        let Content::Changes(Gone { persons, lists }) = std::mem::take(&mut self.content) else { return };
        let document = self.document;
        if !persons.is_empty() {
            let deleted = |who| self.index.persons.get(who).is_none_or(|row| row.face.is_none());
            let unknown: HashSet<u32> = persons.iter().copied().filter(|who| deleted(*who)).collect();
            for group in 0..u32::try_from(self.index.groups.rows.len()).unwrap_or(u32::MAX) {
                self.index.take_members(group, |who, _, of| {
                    unknown.contains(&who) || (of != document && persons.contains(&who))
                });
            }
        }
        if !lists.is_empty() {
            for row in &mut self.index.groups.rows {
                row.parents.retain(|it| it.document == document || !lists.contains(&it.group));
            }
        }
    }
}
