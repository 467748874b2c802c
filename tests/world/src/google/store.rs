//! Where the domain keeps what it holds, and what it notes of those who ask.

use super::faults::Ahead;
use super::quota::Usage;
use super::retries::Refused;
use super::tokens::Tokens;
use super::{GoogleCounters, GoogleCourse, GoogleGroup, GoogleMember, GoogleState, GoogleUser};
use jiff::Timestamp;
use std::collections::HashMap;

/// Who has an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    User(String),
    Group(String),
}

/// A change of a group's members that was accepted and not carried out yet.
pub(super) struct Delayed {
    pub(super) due: Timestamp,
    pub(super) group: String,
    pub(super) member: String,
    /// `None`: the member is removed.
    pub(super) added: Option<GoogleMember>,
}

#[derive(Default)]
pub(super) struct Store {
    pub(super) state: GoogleState,
    pub(super) tokens: Tokens,
    pub(super) usage: Usage,
    pub(super) refused: Refused,
    pub(super) counters: GoogleCounters,
    pub(super) violations: Vec<String>,
    pub(super) delayed: Vec<Delayed>,
    pub(super) ahead: Ahead,
    addresses: HashMap<String, Holder>,
    /// Courses by alias; the project is empty where every project sees it.
    aliases: HashMap<(String, String), String>,
    given: u64,
}

impl Store {
    /// The number in the next id; later ones come after earlier ones.
    pub(super) fn next(&mut self) -> u64 {
        self.given += 1;
        self.given
    }

    /// Who has an address, in any case of letters.
    pub(super) fn holder(&self, address: &str) -> Option<&Holder> {
        self.addresses.get(&address.to_lowercase())
    }

    /// The id of a user by id or by address.
    pub(super) fn user_id(&self, key: &str) -> Option<String> {
        match self.holder(key) {
            Some(Holder::User(id)) => Some(id.clone()),
            _ => self.state.users.contains_key(key).then(|| key.to_owned()),
        }
    }

    /// The id of a group by id or by address.
    pub(super) fn group_id(&self, key: &str) -> Option<String> {
        match self.holder(key) {
            Some(Holder::Group(id)) => Some(id.clone()),
            _ => self.state.groups.contains_key(key).then(|| key.to_owned()),
        }
    }

    /// The id of a course by id or by an alias that a project sees.
    pub(super) fn course_id(&self, key: &str, project: &str) -> Option<String> {
        let alias = self.aliases.get(&alias_key(key, project)).cloned();
        alias.or_else(|| self.state.courses.contains_key(key).then(|| key.to_owned()))
    }

    pub(super) fn put_user(&mut self, user: GoogleUser) {
        self.take_user(&user.id);
        let holder = Holder::User(user.id.clone());
        self.addresses.insert(user.primary_email.clone(), holder.clone());
        self.addresses.extend(user.aliases.iter().map(|it| (it.clone(), holder.clone())));
        self.state.users.insert(user.id.clone(), user);
    }

    pub(super) fn take_user(&mut self, id: &str) -> Option<GoogleUser> {
        let user = self.state.users.remove(id)?;
        self.forget_addresses(&Holder::User(id.to_owned()), &user.primary_email, &user.aliases);
        Some(user)
    }

    pub(super) fn put_group(&mut self, group: GoogleGroup) {
        self.take_group(&group.id);
        let holder = Holder::Group(group.id.clone());
        self.addresses.insert(group.email.clone(), holder.clone());
        self.addresses.extend(group.aliases.iter().map(|it| (it.clone(), holder.clone())));
        self.state.groups.insert(group.id.clone(), group);
    }

    pub(super) fn take_group(&mut self, id: &str) -> Option<GoogleGroup> {
        let group = self.state.groups.remove(id)?;
        self.forget_addresses(&Holder::Group(id.to_owned()), &group.email, &group.aliases);
        Some(group)
    }

    fn forget_addresses<'a>(
        &mut self,
        holder: &Holder,
        own: &'a String,
        aliases: impl IntoIterator<Item = &'a String>,
    ) {
        for address in aliases.into_iter().chain([own]) {
            if self.addresses.get(address) == Some(holder) {
                self.addresses.remove(address);
            }
        }
    }

    pub(super) fn put_course(&mut self, course: GoogleCourse) {
        self.take_course(&course.id);
        for alias in &course.aliases {
            self.aliases.insert(alias_key(&alias.text, &alias.project), course.id.clone());
        }
        self.state.courses.insert(course.id.clone(), course);
    }

    pub(super) fn take_course(&mut self, id: &str) -> Option<GoogleCourse> {
        let course = self.state.courses.remove(id)?;
        for alias in &course.aliases {
            self.aliases.remove(&alias_key(&alias.text, &alias.project));
        }
        Some(course)
    }

    /// Deletes a user, who may come back, but into no group and no course.
    pub(super) fn delete_user(&mut self, id: &str, now: Timestamp) -> bool {
        let Some(user) = self.take_user(id) else { return false };
        for group in self.state.groups.values_mut() {
            group.members.remove(id);
        }
        for course in self.state.courses.values_mut() {
            course.students.remove(id);
            course.teachers.remove(id);
        }
        self.state.invitations.retain(|_, it| it.user_id != id);
        self.state.deleted_users.insert(id.to_owned(), (user, now));
        true
    }

    /// Deletes a group, also from those that it is a member of.
    pub(super) fn delete_group(&mut self, id: &str) -> bool {
        let was_there = self.take_group(id).is_some();
        for group in self.state.groups.values_mut() {
            group.members.remove(id);
        }
        was_there
    }

    /// Deletes a course with its invitations.
    pub(super) fn delete_course(&mut self, id: &str) -> bool {
        self.state.invitations.retain(|_, it| it.course_id != id);
        self.take_course(id).is_some()
    }

    /// Carries out what has been accepted and is due.
    pub(super) fn settle(&mut self, now: Timestamp) {
        let (due, later) = std::mem::take(&mut self.delayed).into_iter().partition(|it| it.due <= now);
        self.delayed = later;
        let due: Vec<Delayed> = due;
        for change in due {
            let Some(group) = self.state.groups.get_mut(&change.group) else { continue };
            match change.added {
                Some(member) => group.members.insert(change.member, member),
                None => group.members.remove(&change.member),
            };
            group.provenance.changed(now);
        }
    }

    /// Notes a breach, each once.
    pub(super) fn note(&mut self, what: String) {
        if !self.violations.contains(&what) {
            self.violations.push(what);
        }
    }
}

/// Under what an alias is kept: one that begins with `p:` is its project's own.
fn alias_key(alias: &str, project: &str) -> (String, String) {
    let project = if alias.starts_with("p:") { project } else { "" };
    (project.to_owned(), alias.to_owned())
}
