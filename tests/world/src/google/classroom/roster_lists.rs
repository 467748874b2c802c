//! Asking who is in a course.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::service::{Call, Service};
use super::Role;
use serde_json::Value;

/// The size of a page if nothing else is asked for (discovery document).
const USUAL_PAGE: usize = 30;

impl Service<'_> {
    pub(super) fn list_participants(&mut self, call: &Call, role: Role) -> Outcome {
        let course = self.course(call.key(0))?;
        let people = course.of(role).keys();
        let all: Vec<(String, Value)> =
            people.map(|id| (id.clone(), self.rendered_participant(&course.id, id))).collect();
        let name = match role {
            Role::Student => "students",
            Role::Teacher => "teachers",
        };
        self.classroom_page(call, name, all, USUAL_PAGE)
    }

    pub(super) fn get_participant(&self, call: &Call, role: Role) -> Outcome {
        let course = self.course(call.key(0))?;
        let user = self.person(call.key(1))?;
        if !course.of(role).contains_key(&user.id) {
            return Err(Refusal::not_found());
        }
        Ok(Answer::given(self.rendered_participant(&course.id, &user.id)))
    }
}
