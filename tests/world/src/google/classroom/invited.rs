//! Accepting an invitation, which only who is invited can do.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::service::{Call, Service};
use super::super::{GoogleInvitation, GoogleUser, Participant};
use super::Role;
use super::course_fields::is_modifiable;
use serde_json::json;

impl Service<'_> {
    pub(super) fn accept_invitation(&mut self, call: &Call) -> Outcome {
        let invitation = self.invitation(call)?.clone();
        if invitation.user_id != self.caller.user_id {
            return Err(Refusal::denied(None));
        }
        let user = self.person("me")?.clone();
        self.join(call, &invitation, &user)?;
        self.store.state.invitations.remove(&invitation.id);
        Ok(Answer::given(json!({})))
    }

    fn join(&mut self, call: &Call, invitation: &GoogleInvitation, user: &GoogleUser) -> Result<(), Refusal> {
        let course = self.store.state.courses.get(&invitation.course_id).ok_or_else(Refusal::not_found)?.clone();
        if !is_modifiable(&course.state) {
            return Err(Refusal::precondition(Some("CourseNotModifiable")));
        }
        let participant = Participant { by_us: false, since: self.now };
        match invitation.role.as_str() {
            "OWNER" => self.with_course(&course.id, call, |it| it.owner_id.clone_from(&user.id)),
            "TEACHER" => {
                // A student who becomes a teacher is no student any more.
                let mut without = course.clone();
                without.students.remove(&user.id);
                self.check_joins(&without, user, Role::Teacher)?;
                self.with_course(&course.id, call, |it| {
                    it.students.remove(&user.id);
                    it.teachers.insert(user.id.clone(), participant)
                });
            }
            _ => {
                self.check_joins(&course, user, Role::Student)?;
                self.with_course(&course.id, call, |it| it.students.insert(user.id.clone(), participant));
            }
        }
        Ok(())
    }
}
