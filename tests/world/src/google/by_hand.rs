//! What people do in the domain, past those who come over the API.

use super::plant::any_course;
use super::{GoogleCourse, GoogleGroup, GoogleServer, GoogleUser, Provenance};
use crate::lock;

impl GoogleServer {
    /// Somebody edits a user by hand, named by id or address. Returns whether it is there.
    pub fn edit_user(&self, key: &str, edit: impl FnOnce(&mut GoogleUser)) -> bool {
        let now = self.options().time.now();
        let mut store = lock(&self.store);
        let user = store.user_id(key).and_then(|id| store.take_user(&id));
        let Some(mut user) = user else { return false };
        edit(&mut user);
        user.provenance.changed(now);
        store.put_user(user);
        true
    }

    /// Somebody edits a group by hand, named by id or address. Returns whether it is there.
    pub fn edit_group(&self, key: &str, edit: impl FnOnce(&mut GoogleGroup)) -> bool {
        let now = self.options().time.now();
        let mut store = lock(&self.store);
        let group = store.group_id(key).and_then(|id| store.take_group(&id));
        let Some(mut group) = group else { return false };
        edit(&mut group);
        group.provenance.changed(now);
        store.put_group(group);
        true
    }

    /// Somebody edits a course by hand, named by id or any alias. Returns whether it is there.
    pub fn edit_course(&self, key: &str, edit: impl FnOnce(&mut GoogleCourse)) -> bool {
        let now = self.options().time.now();
        let mut store = lock(&self.store);
        let course = any_course(&store, key).and_then(|id| store.take_course(&id));
        let Some(mut course) = course else { return false };
        edit(&mut course);
        course.provenance.changed(now);
        store.put_course(course);
        true
    }

    /// Whoever comes over the API may take over a user, a group or a course that was made by hand; named by id, by
    /// address or by alias. Returns whether it is there.
    pub fn allow_adoption(&self, key: &str) -> bool {
        let allow = |provenance: &mut Provenance| provenance.may_be_adopted = true;
        self.edit_user(key, |it| allow(&mut it.provenance))
            || self.edit_group(key, |it| allow(&mut it.provenance))
            || self.edit_course(key, |it| allow(&mut it.provenance))
    }

    /// Somebody deletes a user by hand. Returns whether it was there.
    pub fn remove_user(&self, key: &str) -> bool {
        let now = self.options().time.now();
        let mut store = lock(&self.store);
        store.user_id(key).is_some_and(|id| store.delete_user(&id, now))
    }

    /// Somebody deletes a group by hand. Returns whether it was there.
    pub fn remove_group(&self, key: &str) -> bool {
        let mut store = lock(&self.store);
        store.group_id(key).is_some_and(|id| store.delete_group(&id))
    }

    /// Somebody deletes a course by hand, whatever its state. Returns whether it was there.
    pub fn remove_course(&self, key: &str) -> bool {
        let mut store = lock(&self.store);
        any_course(&store, key).is_some_and(|id| store.delete_course(&id))
    }

    /// Somebody takes a user out of a group by hand. Returns whether it was there.
    pub fn remove_member(&self, group: &str, user: &str) -> bool {
        let mut store = lock(&self.store);
        let (Some(group), Some(user)) = (store.group_id(group), store.user_id(user)) else { return false };
        store.state.groups.get_mut(&group).is_some_and(|it| it.members.remove(&user).is_some())
    }

    /// Somebody takes a student or a teacher out of a course by hand. Returns whether it was there.
    pub fn remove_participant(&self, course: &str, user: &str) -> bool {
        let mut store = lock(&self.store);
        let (Some(course), Some(user)) = (any_course(&store, course), store.user_id(user)) else { return false };
        let course = store.state.courses.get_mut(&course);
        course.is_some_and(|it| it.students.remove(&user).or_else(|| it.teachers.remove(&user)).is_some())
    }
}
