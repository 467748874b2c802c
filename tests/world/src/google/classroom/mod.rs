//! The Classroom API: courses with their aliases, teachers and students, and invitations.

mod aliases;
mod course_changes;
mod course_fields;
mod courses;
mod invitations;
mod invited;
mod lists;
mod people;
mod render;
mod roster;
mod roster_lists;

pub(super) use courses::course_id;

use super::answer::{Outcome, Refusal};
use super::call::Api;
use super::service::{Call, Service};

/// A role in a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Student,
    Teacher,
}

impl Service<'_> {
    pub(super) fn classroom(&mut self, call: &Call) -> Outcome {
        match call.endpoint.id {
            "classroom.courses.list" => self.list_courses(call),
            "classroom.courses.get" => self.get_course(call),
            "classroom.courses.create" => self.create_course(call),
            "classroom.courses.patch" => self.patch_course(call),
            "classroom.courses.update" => self.update_course(call),
            "classroom.courses.delete" => self.delete_course(call),
            "classroom.courses.aliases.list" => self.list_aliases(call),
            "classroom.courses.aliases.create" => self.create_alias(call),
            "classroom.courses.aliases.delete" => self.delete_alias(call),
            "classroom.courses.students.list" => self.list_participants(call, Role::Student),
            "classroom.courses.students.get" => self.get_participant(call, Role::Student),
            "classroom.courses.students.create" => self.add_participant(call, Role::Student),
            "classroom.courses.students.delete" => self.remove_participant(call, Role::Student),
            "classroom.courses.teachers.list" => self.list_participants(call, Role::Teacher),
            "classroom.courses.teachers.get" => self.get_participant(call, Role::Teacher),
            "classroom.courses.teachers.create" => self.add_participant(call, Role::Teacher),
            "classroom.courses.teachers.delete" => self.remove_participant(call, Role::Teacher),
            "classroom.invitations.list" => self.list_invitations(call),
            "classroom.invitations.get" => self.get_invitation(call),
            "classroom.invitations.create" => self.create_invitation(call),
            "classroom.invitations.delete" => self.delete_invitation(call),
            "classroom.invitations.accept" => self.accept_invitation(call),
            "classroom.userProfiles.get" => self.get_profile(call),
            _ => Err(Refusal::no_such_method(Api::Classroom)),
        }
    }
}
