//! What stands there as rooms: the active courses of the sender's.

use super::{GoogleCourse, GoogleState};
use crate::expected::Room;
use std::collections::BTreeMap;

impl GoogleState {
    /// The courses by what follows `alias` in their aliases. `owner`: who owns all of them, and teaches none.
    pub fn rooms(&self, alias: &str, owner: &str) -> BTreeMap<String, Room> {
        let named =
            |course: &GoogleCourse| course.aliases.iter().find_map(|it| it.text.strip_prefix(alias).map(str::to_owned));
        let active = self.courses.values().filter(|it| it.state == "ACTIVE");
        active.filter_map(|course| Some((named(course)?, self.room(course, owner)))).collect()
    }

    fn room(&self, course: &GoogleCourse, owner: &str) -> Room {
        let mut teachers = self.addresses(course.teachers.keys());
        teachers.remove(owner);
        Room { name: course.name.clone(), pupils: self.addresses(course.students.keys()), teachers }
    }
}
