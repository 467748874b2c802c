//! Changing courses.

use super::super::GoogleCourse;
use super::super::answer::{Answer, Outcome, Refusal};
use super::super::service::{Call, Service};
use super::course_fields::{TEXTS, is_modifiable, may_become, name, write_text};
use crate::receiver::HistoryEntry;

impl Service<'_> {
    /// `PATCH`: only what the mask names is changed.
    pub(super) fn patch_course(&mut self, call: &Call) -> Outcome {
        let before = self.own_course(call.key(0))?;
        let mask: Vec<&str> = call.parameter("updateMask").unwrap_or_default().split(',').map(str::trim).collect();
        if mask.iter().all(|it| it.is_empty()) {
            self.note("there is no updateMask");
            return Err(Refusal::argument("Update mask is required"));
        }
        let mut course = before.clone();
        if mask.contains(&"courseState") {
            become_state(&mut course, call.text("courseState"))?;
        }
        let others = mask.iter().any(|it| *it != "courseState");
        if others && !is_modifiable(&course.state) {
            return Err(Refusal::precondition(Some("CourseNotModifiable")));
        }
        if self.has_inactive_owner(&before) && !mask.contains(&"ownerId") {
            return Err(Refusal::precondition(Some("InactiveCourseOwner")));
        }
        for field in mask {
            match field {
                "courseState" => {}
                "name" => course.name = name(call.body.get("name"))?,
                "ownerId" => self.give_to(&mut course, call.text("ownerId"))?,
                text => write_text(&mut course, text, call.body.get(text))?,
            }
        }
        self.keep_course(&before, course, call)
    }

    /// `PUT`: texts that are not given go, but `levels` (discovery document).
    pub(super) fn update_course(&mut self, call: &Call) -> Outcome {
        let before = self.own_course(call.key(0))?;
        let mut course = before.clone();
        if let Some(state) = call.text("courseState") {
            become_state(&mut course, Some(state))?;
        }
        if !is_modifiable(&course.state) && course.state == before.state {
            return Err(Refusal::precondition(Some("CourseNotModifiable")));
        }
        course.name = name(call.body.get("name"))?;
        for (field, _) in TEXTS {
            if field != "levels" || call.body.contains_key(field) {
                write_text(&mut course, field, call.body.get(field))?;
            }
        }
        self.keep_course(&before, course, call)
    }

    /// The owner to be must be a teacher already; the one before stays one.
    fn give_to(&self, course: &mut GoogleCourse, key: Option<&str>) -> Result<(), Refusal> {
        if !self.caller.is_admin {
            return Err(Refusal::denied(None));
        }
        let owner = self.person(key.unwrap_or_default())?;
        if course.owner_id == owner.id {
            return Ok(());
        }
        if owner.suspended || !course.teachers.contains_key(&owner.id) {
            return Err(Refusal::precondition(Some("IneligibleOwner")));
        }
        self.check_may_own(owner)?;
        let invitations = &self.store.state.invitations;
        if invitations.values().any(|it| it.course_id == course.id && it.role == "OWNER") {
            return Err(Refusal::precondition(Some("PendingInvitationExists")));
        }
        course.owner_id.clone_from(&owner.id);
        Ok(())
    }

    fn keep_course(&mut self, before: &GoogleCourse, mut course: GoogleCourse, call: &Call) -> Outcome {
        self.note_if_foreign(&before.provenance);
        if Self::rendered_course(before) == Self::rendered_course(&course) {
            self.in_vain();
        } else {
            course.provenance.changed(self.now);
        }
        course.provenance.history.push(HistoryEntry { at: self.now, method: call.endpoint.http });
        let answer = Answer::given(Self::rendered_course(&course));
        self.store.put_course(course);
        Ok(answer)
    }
}

fn become_state(course: &mut GoogleCourse, state: Option<&str>) -> Result<(), Refusal> {
    let state = state.unwrap_or_default();
    if !matches!(state, "ACTIVE" | "ARCHIVED" | "PROVISIONED" | "DECLINED") {
        return Err(Refusal::argument("There is no such course state"));
    }
    if !may_become(&course.state, state) {
        return Err(Refusal::precondition(None));
    }
    state.clone_into(&mut course.state);
    Ok(())
}
