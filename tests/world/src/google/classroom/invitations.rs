//! Invitations to courses.

use super::super::GoogleInvitation;
use super::super::answer::{Answer, Outcome, Refusal};
use super::super::service::{Call, Service};
use serde_json::{Value, json};

const USUAL_PAGE: usize = 500;

impl Service<'_> {
    pub(super) fn create_invitation(&mut self, call: &Call) -> Outcome {
        let field = |name: &str| call.text(name).ok_or_else(|| Refusal::argument(format!("{name} is required")));
        let course = self.own_course(field("courseId")?)?;
        let user = self.person(field("userId")?)?;
        let role = field("role")?;
        let (is_teacher, is_student) = (course.teachers.contains_key(&user.id), course.students.contains_key(&user.id));
        let has_role = match role {
            "STUDENT" => is_student || is_teacher,
            "TEACHER" => is_teacher,
            "OWNER" if !is_teacher => return Err(Refusal::precondition(Some("IneligibleOwner"))),
            "OWNER" => course.owner_id == user.id,
            _ => return Err(Refusal::argument("There is no such role")),
        };
        if user.suspended || has_role {
            return Err(Refusal::precondition(None));
        }
        let mut all = self.store.state.invitations.values();
        if all.any(|it| it.course_id == course.id && it.user_id == user.id) {
            return Err(Refusal::classroom(409, "ALREADY_EXISTS", "Requested entity already exists"));
        }
        let (user_id, role) = (user.id.clone(), role.to_owned());
        self.note_if_foreign(&course.provenance);
        let id = format!("NzA{:08x}", self.store.next());
        let invitation = GoogleInvitation { id: id.clone(), course_id: course.id, user_id, role };
        let answer = Answer::given(Self::rendered_invitation(&invitation));
        self.store.state.invitations.insert(id, invitation);
        Ok(answer)
    }

    pub(super) fn get_invitation(&self, call: &Call) -> Outcome {
        Ok(Answer::given(Self::rendered_invitation(self.invitation(call)?)))
    }

    /// An invitation that who asks may see: an administrator, or who is invited.
    pub(super) fn invitation(&self, call: &Call) -> Result<&GoogleInvitation, Refusal> {
        let invitation = self.store.state.invitations.get(call.key(0)).ok_or_else(Refusal::not_found)?;
        let sees = self.caller.is_admin || invitation.user_id == self.caller.user_id;
        if sees { Ok(invitation) } else { Err(Refusal::denied(None)) }
    }

    pub(super) fn delete_invitation(&mut self, call: &Call) -> Outcome {
        let id = self.invitation(call)?.id.clone();
        self.store.state.invitations.remove(&id);
        Ok(Answer::given(json!({})))
    }

    pub(super) fn list_invitations(&mut self, call: &Call) -> Outcome {
        let course = call.parameter("courseId").map(|key| self.course(key).map(|it| it.id.clone())).transpose()?;
        let user = call.parameter("userId").map(|key| self.person(key).map(|it| it.id.clone())).transpose()?;
        if course.is_none() && user.is_none() {
            return Err(Refusal::argument("userId or courseId is required"));
        }
        let is_wanted = |it: &&GoogleInvitation| {
            (self.caller.is_admin || it.user_id == self.caller.user_id)
                && course.as_ref().is_none_or(|course| it.course_id == *course)
                && user.as_ref().is_none_or(|user| it.user_id == *user)
        };
        let all = self.store.state.invitations.values().filter(is_wanted);
        let all: Vec<(String, Value)> = all.map(|it| (it.id.clone(), Self::rendered_invitation(it))).collect();
        self.classroom_page(call, "invitations", all, USUAL_PAGE)
    }
}
