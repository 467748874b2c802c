//! Adding and removing students and teachers.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::quota::Meter;
use super::super::service::{Call, Service};
use super::super::{GoogleCourse, GoogleUser, Participant};
use super::Role;
use super::course_fields::is_modifiable;
use crate::receiver::HistoryEntry;
use jiff::SignedDuration;
use serde_json::json;
use std::collections::BTreeMap;

impl GoogleCourse {
    pub(super) fn of(&self, role: Role) -> &BTreeMap<String, Participant> {
        match role {
            Role::Student => &self.students,
            Role::Teacher => &self.teachers,
        }
    }

    pub(super) fn of_mut(&mut self, role: Role) -> &mut BTreeMap<String, Participant> {
        match role {
            Role::Student => &mut self.students,
            Role::Teacher => &mut self.teachers,
        }
    }
}

impl Service<'_> {
    pub(super) fn add_participant(&mut self, call: &Call, role: Role) -> Outcome {
        let course = self.course_to_join(call)?.clone();
        let key = call.text("userId").ok_or_else(|| Refusal::argument("userId is required"))?;
        let user = self.person(key)?.clone();
        self.check_may_add(call, &course, &user, role)?;
        self.check_joins(&course, &user, role)?;
        self.count_join(&user.id)?;
        if course.provenance.is_foreign() {
            self.note_foreign();
        }
        let participant = Participant { by_us: true, since: self.now };
        self.with_course(&course.id, call, |it| it.of_mut(role).insert(user.id.clone(), participant));
        Ok(Answer::given(self.rendered_participant(&course.id, &user.id)))
    }

    /// Who has an enrolment code may join without seeing the course before.
    fn course_to_join(&self, call: &Call) -> Result<&GoogleCourse, Refusal> {
        let id = self.store.course_id(call.key(0), &self.caller.project);
        let course = id.and_then(|id| self.store.state.courses.get(&id)).ok_or_else(Refusal::not_found)?;
        if !is_modifiable(&course.state) {
            return Err(Refusal::precondition(Some("CourseNotModifiable")));
        }
        Ok(course)
    }

    /// Administrators add anybody – whom Classroom knows well enough –, students themselves with a code.
    fn check_may_add(&self, call: &Call, course: &GoogleCourse, user: &GoogleUser, role: Role) -> Result<(), Refusal> {
        if let Some(code) = call.parameter("enrollmentCode") {
            let joins = role == Role::Student && user.id == self.caller.user_id && code == course.enrollment_code;
            return if joins { Ok(()) } else { Err(Refusal::denied(None)) };
        }
        let is_known = user.provenance.is_known(self.now, self.options.lags.user_to_direct_add);
        if !self.caller.is_admin || !is_known {
            return Err(Refusal::denied(Some("CannotDirectAddUser")));
        }
        Ok(())
    }

    /// Whether a user can be put into a course, in whatever way.
    pub(super) fn check_joins(&self, course: &GoogleCourse, user: &GoogleUser, role: Role) -> Result<(), Refusal> {
        if course.students.contains_key(&user.id) || course.teachers.contains_key(&user.id) {
            return Err(Refusal::classroom(409, "ALREADY_EXISTS", "Requested entity already exists"));
        }
        if user.suspended {
            return Err(Refusal::precondition(None));
        }
        if self.has_inactive_owner(course) {
            return Err(Refusal::precondition(Some("InactiveCourseOwner")));
        }
        if role == Role::Teacher && course.teachers.len() >= self.options.teachers_per_course {
            return Err(Refusal::precondition(Some("CourseTeacherLimitReached")));
        }
        if course.students.len() + course.teachers.len() >= self.options.members_per_course {
            return Err(Refusal::precondition(Some("CourseMemberLimitReached")));
        }
        Ok(())
    }

    /// Counts that a user joins a course.
    fn count_join(&mut self, user_id: &str) -> Result<(), Refusal> {
        let Some(limit) = self.options.joins_per_user_and_day else { return Ok(()) };
        let meter = Meter::Joins(user_id.to_owned());
        if !self.store.usage.has_room(&meter, limit, SignedDuration::from_hours(24), self.now) {
            let message = "@UserCourseJoinRateLimitReached Resource has been exhausted.";
            return Err(Refusal::classroom(429, "RESOURCE_EXHAUSTED", message));
        }
        self.store.usage.count(meter, self.now);
        Ok(())
    }

    pub(super) fn remove_participant(&mut self, call: &Call, role: Role) -> Outcome {
        let course = self.course(call.key(0))?.clone();
        let key = call.key(1);
        let id = if key == "me" { Some(self.caller.user_id.clone()) } else { self.store.user_id(key) };
        let id = id.filter(|it| course.of(role).contains_key(it)).ok_or_else(Refusal::not_found)?;
        if !self.caller.is_admin && course.owner_id != self.caller.user_id {
            return Err(Refusal::denied(None));
        }
        if !is_modifiable(&course.state) {
            return Err(Refusal::precondition(Some("CourseNotModifiable")));
        }
        if role == Role::Teacher && course.owner_id == id {
            return Err(Refusal::precondition(Some("CannotRemoveCourseOwner")));
        }
        let planted = course.of(role).get(&id).is_some_and(|it| !it.by_us);
        if course.provenance.is_foreign() || (planted && !course.provenance.may_be_adopted) {
            self.note_foreign();
        }
        self.with_course(&course.id, call, |it| it.of_mut(role).remove(&id));
        Ok(Answer::given(json!({})))
    }

    /// Changes who is in a course.
    pub(super) fn with_course<T>(&mut self, id: &str, call: &Call, change: impl FnOnce(&mut GoogleCourse) -> T) {
        let entry = HistoryEntry { at: self.now, method: call.endpoint.http };
        if let Some(course) = self.store.state.courses.get_mut(id) {
            change(course);
            course.provenance.history.push(entry);
        }
    }
}
