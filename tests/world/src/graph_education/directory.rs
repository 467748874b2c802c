//! The directory: its objects, when each changed last, and who came to or went from which group.

use super::GraphEducationOptions;
use super::render::Rendered;
use crate::truth::Municipality;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The directory's identity of something that the register knows by its own: another, but always the same.
pub fn object_id(register: Uuid) -> Uuid {
    const OTHER: u128 = 0x00ff_0f0f_3333_0aaa_0f0f_0055_aa55_33cc;
    Uuid::from_u128(register.as_u128() ^ OTHER)
}

/// `educationSchool`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphSchool {
    /// `displayName`.
    pub name: String,
    /// `externalId`: the school unit code.
    pub external_id: String,
}

/// `educationUser`. Deliberately without `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct GraphUser {
    /// `givenName`.
    pub given_name: String,
    /// `surname`.
    pub surname: String,
    /// `mail` and `userPrincipalName`.
    pub mail: String,
    /// `primaryRole`: `student`, `teacher` or `none`.
    pub role: &'static str,
    /// `student.grade`.
    pub grade: Option<String>,
    /// The register's identity, in `student.externalId` or `teacher.externalId`.
    pub external_id: String,
}

/// A group of the directory: `educationClass`, or any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphGroup {
    /// `displayName`.
    pub name: String,
    /// `mailNickname`.
    pub mail_nickname: String,
    /// `externalSource`: `sis` or `manual`; `None`: the group is no class.
    pub external_source: Option<&'static str>,
    /// `externalId`.
    pub external_id: Option<String>,
    /// `term`.
    pub term: Option<(Date, Option<Date>)>,
}

/// An object and what is known of its changes.
pub(super) struct Versioned<T> {
    pub(super) content: T,
    pub(super) version: u64,
    pub(super) removed: bool,
}

/// Somebody came to a group, or went.
pub(super) struct Moved {
    pub(super) version: u64,
    pub(super) group: Uuid,
    pub(super) relation: Relation,
    pub(super) user: Uuid,
    pub(super) came: bool,
}

/// As what somebody is in a group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Relation {
    Member,
    Owner,
}

/// By identity, with changes.
pub(super) type Objects<T> = BTreeMap<Uuid, Versioned<T>>;

/// Who or what, by that which it belongs to.
pub type Links = BTreeMap<Uuid, BTreeSet<Uuid>>;

/// The directory.
#[derive(Default)]
pub struct Directory {
    pub(super) version: u64,
    /// Delta tokens from before this version are not known any more.
    pub(super) oldest_token: u64,
    pub(super) schools: Objects<GraphSchool>,
    pub(super) users: Objects<GraphUser>,
    pub(super) groups: Objects<GraphGroup>,
    /// The users of each school.
    pub school_users: Links,
    /// The classes of each school.
    pub school_classes: Links,
    /// The members of each group, owners among them.
    pub members: Links,
    /// The owners of each group.
    pub owners: Links,
    pub(super) moves: Vec<Moved>,
    hidden: BTreeSet<Uuid>,
}

impl Directory {
    /// Takes over whatever the register says now.
    pub(super) fn follow(&mut self, truth: &Municipality, options: &GraphEducationOptions) {
        self.version += 1;
        let now = Rendered::of(truth, &self.hidden);
        let version = self.version;
        replace(&mut self.schools, now.schools, version);
        replace(&mut self.users, now.users, version);
        replace(&mut self.groups, now.groups, version);
        for (relation, before, now) in
            [(Relation::Member, &mut self.members, now.members), (Relation::Owner, &mut self.owners, now.owners)]
        {
            self.moves.extend(moves(relation, before, &now, version));
            *before = now;
        }
        if options.class_delta_tells_members {
            let changed = self.moves.iter().filter(|it| it.version == version).map(|it| it.group);
            for group in changed.collect::<BTreeSet<_>>() {
                self.groups.entry(group).and_modify(|it| it.version = version);
            }
        }
        (self.school_users, self.school_classes) = (now.school_users, now.school_classes);
    }

    pub(super) fn hide(&mut self, user: Uuid, hidden: bool) {
        if hidden {
            self.hidden.insert(user)
        } else {
            self.hidden.remove(&user)
        };
    }

    pub(super) fn forget_tokens(&mut self) {
        self.version += 1;
        self.oldest_token = self.version;
    }

    /// The schools that are there.
    pub fn schools(&self) -> impl Iterator<Item = (Uuid, &GraphSchool)> {
        there(&self.schools)
    }

    /// The users that are there.
    pub fn users(&self) -> impl Iterator<Item = (Uuid, &GraphUser)> {
        there(&self.users)
    }

    /// The classes that are there.
    pub fn classes(&self) -> impl Iterator<Item = (Uuid, &GraphGroup)> {
        there(&self.groups).filter(|(_, group)| group.external_source.is_some())
    }

    /// The places that something belongs to.
    pub fn places_of(links: &Links, what: Uuid) -> BTreeSet<Uuid> {
        links.iter().filter(|(_, list)| list.contains(&what)).map(|(place, _)| *place).collect()
    }
}

pub(super) fn there<T>(objects: &Objects<T>) -> impl Iterator<Item = (Uuid, &T)> {
    objects.iter().filter(|(_, it)| !it.removed).map(|(id, it)| (*id, &it.content))
}

fn replace<T: PartialEq>(objects: &mut Objects<T>, now: BTreeMap<Uuid, T>, version: u64) {
    for (id, object) in objects.iter_mut() {
        if !object.removed && !now.contains_key(id) {
            (object.removed, object.version) = (true, version);
        }
    }
    for (id, content) in now {
        let same = objects.get(&id).is_some_and(|it| !it.removed && it.content == content);
        if !same {
            objects.insert(id, Versioned { content, version, removed: false });
        }
    }
}

fn moves(relation: Relation, before: &Links, now: &Links, version: u64) -> Vec<Moved> {
    let pairs = |links: &Links| -> BTreeSet<(Uuid, Uuid)> {
        links.iter().flat_map(|(group, users)| users.iter().map(|user| (*group, *user))).collect()
    };
    let (before, now) = (pairs(before), pairs(now));
    let moved = |&(group, user): &(Uuid, Uuid), came| Moved { version, group, relation, user, came };
    let came = now.difference(&before).map(|it| moved(it, true));
    came.chain(before.difference(&now).map(|it| moved(it, false))).collect()
}
