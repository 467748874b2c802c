//! What a receiver should hold that has classes as rooms, of people who have accounts there by names of their own.

use super::{Expected, Properties};
use std::collections::{BTreeMap, BTreeSet};

/// A class, with people by the names that they sign in with, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Display name.
    pub name: String,
    /// Pupils.
    pub pupils: BTreeSet<String>,
    /// Those who teach or lead it.
    pub teachers: BTreeSet<String>,
}

impl Expected {
    /// The names that people sign in with, in lower case.
    pub fn user_names(&self) -> BTreeSet<String> {
        self.users.values().map(user_name).collect()
    }

    /// The classes by external id, with those of their people who have an account.
    pub fn rooms(&self, has_account: impl Fn(&str) -> bool) -> BTreeMap<String, Room> {
        let named = |id: &String| self.users.get(id).map(user_name).filter(|it| has_account(it));
        let room = |(id, group): (&String, &Properties)| {
            let values = |name: &str| group.get(name).into_iter().flatten();
            let room = Room {
                name: values("displayName").next().cloned().unwrap_or_default(),
                pupils: values("members").filter_map(named).collect(),
                teachers: self.teachers_of(id).filter_map(|it| named(&it)).collect(),
            };
            (id.clone(), room)
        };
        self.groups.iter().map(room).collect()
    }
}

/// How the rooms that are there differ from those that should be, without anybody's name. None means equal.
pub fn rooms_differ(wanted: &BTreeMap<String, Room>, there: &BTreeMap<String, Room>) -> Vec<String> {
    let missing = wanted.keys().filter(|id| !there.contains_key(*id)).map(|id| format!("the room of {id} is missing"));
    let foreign = there.keys().filter(|id| !wanted.contains_key(*id)).map(|id| format!("a room of {id} is there"));
    let both = wanted.iter().filter_map(|(id, room)| Some((id, room, there.get(id)?)));
    let differing = both.flat_map(|(id, wanted, there)| wanted.differences(id, there));
    missing.chain(foreign).chain(differing).collect()
}

impl Room {
    fn differences(&self, id: &str, there: &Self) -> Vec<String> {
        let counted = |who: &str, wanted: &BTreeSet<String>, there: &BTreeSet<String>| {
            let (lacking, besides) = (wanted.difference(there).count(), there.difference(wanted).count());
            (lacking + besides > 0).then(|| format!("the room of {id} lacks {lacking} {who} and has {besides} besides"))
        };
        let name = (self.name != there.name).then(|| format!("the room of {id} has another name"));
        let people =
            [counted("pupils", &self.pupils, &there.pupils), counted("teachers", &self.teachers, &there.teachers)];
        people.into_iter().chain([name]).flatten().collect()
    }
}

fn user_name(user: &Properties) -> String {
    user.get("userName").and_then(|it| it.first()).map(|it| it.to_lowercase()).unwrap_or_default()
}
