//! What has changed and when, as lists of changes tell it.

use super::model::{Key, Listed, Model};
use super::xml::{Document, Entry};
use crate::truth::Municipality;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Every change so far.
#[derive(Default)]
pub(super) struct Journal(Vec<Note>);

struct Note {
    at: Timestamp,
    school_type: &'static str,
    what: What,
}

enum What {
    Record { key: Key, status: u8, content: String },
    Member { host: Uuid, member: Uuid, gone: bool, listed: Listed },
}

impl Journal {
    pub(super) fn note(
        &mut self,
        at: Timestamp,
        before: &BTreeMap<&'static str, Model>,
        after: &BTreeMap<&'static str, Model>,
        truth: &Municipality,
    ) {
        for (school_type, now) in after {
            let Some(then) = before.get(school_type) else { continue };
            let mut add = |what| self.0.push(Note { at, school_type, what });
            records(then, now, truth).into_iter().for_each(&mut add);
            members(then, now, truth).into_iter().for_each(&mut add);
        }
    }

    /// The list of changes of a window. `now` is what the school type looks like.
    pub(super) fn document<'a>(
        &'a self,
        school_type: &'a str,
        window: [Timestamp; 2],
        now: &'a Model,
        at: Timestamp,
    ) -> Document<'a> {
        let within = |it: &&Note| it.school_type == school_type && window[0] <= it.at && it.at <= window[1];
        let mut records: BTreeMap<Key, (u8, &str)> = BTreeMap::new();
        let mut document =
            Document { school_type, kind: "DeltaOrganization", at, records: Vec::new(), memberships: BTreeMap::new() };
        let mut members: BTreeMap<(Uuid, Uuid), (bool, &Listed)> = BTreeMap::new();
        for note in self.0.iter().filter(within) {
            match &note.what {
                What::Record { key, status, content } => drop(records.insert(*key, (*status, content))),
                What::Member { host, member, gone, listed } => drop(members.insert((*host, *member), (*gone, listed))),
            }
        }
        add_contacts(&mut records, &mut document, now);
        for ((host, member), (gone, listed)) in members {
            let entry = Entry { member, is_group: listed.is_group, gone, roles: &listed.roles };
            let (whole, entries) = document.memberships.entry(host).or_insert((false, Vec::new()));
            if !*whole {
                entries.push(entry);
            }
        }
        document.records = records.into_iter().map(|(key, (status, content))| (key, Some(status), content)).collect();
        document
    }
}

/// With each pupil come the contacts, the contact group and the whole list of its members.
fn add_contacts<'a>(records: &mut BTreeMap<Key, (u8, &'a str)>, document: &mut Document<'a>, now: &'a Model) {
    let touched: BTreeSet<Uuid> = records.keys().filter_map(|key| now.contact_groups.get(&key.id())).copied().collect();
    for group in touched {
        let of_group = now.members.range((group, Uuid::nil())..=(group, Uuid::max()));
        let entries = of_group.map(|((_, member), listed)| Entry {
            member: *member,
            is_group: false,
            gone: false,
            roles: &listed.roles,
        });
        let entries: Vec<Entry<'a>> = entries.collect();
        for key in entries.iter().map(|it| Key::Person(it.member)).chain([Key::Group(group)]) {
            if let Some(content) = now.records.get(&key) {
                records.entry(key).or_insert((2, content));
            }
        }
        document.memberships.insert(group, (true, entries));
    }
}

fn records(then: &Model, now: &Model, truth: &Municipality) -> Vec<What> {
    let mut found = Vec::new();
    for (key, content) in &now.records {
        match then.records.get(key) {
            None => found.push(What::Record { key: *key, status: 1, content: content.clone() }),
            // Of a person that is updated the role may be missing.
            Some(before) if before != content => {
                found.push(What::Record { key: *key, status: 2, content: without_role(content) });
            }
            Some(_) => {}
        }
    }
    for (key, content) in then.records.iter().filter(|(key, _)| !now.records.contains_key(key)) {
        let status = if exists(*key, truth) { 2 } else { 3 };
        found.push(What::Record { key: *key, status, content: without_role(content) });
    }
    found
}

/// Nothing is said of members that went with their group, or with themselves.
fn members(then: &Model, now: &Model, truth: &Municipality) -> Vec<What> {
    let mut found = Vec::new();
    for ((host, member), listed) in &now.members {
        if then.members.get(&(*host, *member)) != Some(listed) {
            found.push(What::Member { host: *host, member: *member, gone: false, listed: listed.clone() });
        }
    }
    for ((host, member), listed) in then.members.iter().filter(|(at, _)| !now.members.contains_key(at)) {
        let alone = exists(Key::Group(*host), truth) && (listed.is_group || exists(Key::Person(*member), truth));
        let gone_group = listed.is_group && !exists(Key::Group(*member), truth);
        if alone && !gone_group {
            found.push(What::Member { host: *host, member: *member, gone: true, listed: listed.clone() });
        }
    }
    found
}

fn exists(key: Key, truth: &Municipality) -> bool {
    match key {
        Key::Person(id) => truth.persons.contains_key(&id),
        Key::Group(id) => truth.groups.contains_key(&id) || truth.organisations.contains_key(&id),
    }
}

fn without_role(content: &str) -> String {
    let Some((before, rest)) = content.split_once("<institutionrole") else { return content.to_owned() };
    let after = rest.split_once("/>").map_or("", |(_, after)| after);
    format!("{before}{after}")
}
