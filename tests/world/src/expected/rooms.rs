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

fn user_name(user: &Properties) -> String {
    user.get("userName").and_then(|it| it.first()).map(|it| it.to_lowercase()).unwrap_or_default()
}
