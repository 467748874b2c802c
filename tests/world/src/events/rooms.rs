//! What a receiver of events knows, as rooms: groups with their pupils, and who teaches them by the activities.

use super::EventsTaken;
use crate::expected::Room;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl EventsTaken {
    /// The names that people sign in with, in lower case.
    pub fn user_names(&self) -> BTreeSet<String> {
        self.of("user").filter_map(|(_, user)| name_of(user)).collect()
    }

    /// The groups by identity, from events that hold what they are about.
    pub fn rooms(&self) -> BTreeMap<String, Room> {
        let rooms = self.of("student_group").map(|(id, group)| (id.to_owned(), self.room(id, group)));
        rooms.collect()
    }

    fn room(&self, id: &str, group: &Value) -> Room {
        let pupils = references(&group["studentMemberships"]).filter_map(|it| self.name("user", it)).collect();
        let activities = self.of("activity").filter(|(_, it)| references(&it["groups"]).any(|group| group == id));
        let teachers = activities.flat_map(|(_, it)| references(&it["teachers"])).filter_map(|it| self.employed(it));
        Room { name: text(&group["displayName"]), pupils, teachers: teachers.collect() }
    }

    fn of<'k>(&'k self, kind: &'k str) -> impl Iterator<Item = (&'k str, &'k Value)> {
        self.known.iter().filter(move |((of, _), _)| of == kind).map(|((_, id), it)| (id.as_str(), it))
    }

    fn get(&self, kind: &str, id: &str) -> Option<&Value> {
        self.known.get(&(kind.to_owned(), id.to_owned()))
    }

    fn name(&self, kind: &str, id: &str) -> Option<String> {
        name_of(self.get(kind, id)?)
    }

    fn employed(&self, employment: &str) -> Option<String> {
        self.name("user", self.get("employment", employment)?["user"]["value"].as_str()?)
    }
}

fn name_of(user: &Value) -> Option<String> {
    user["userName"].as_str().map(str::to_lowercase)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn references(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(|it| it["value"].as_str())
}
