//! Asking who is in a group.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::service::{Call, Service};
use serde_json::{Value, json};

const LARGEST_PAGE: usize = 200;

impl Service<'_> {
    pub(super) fn list_members(&mut self, call: &Call) -> Outcome {
        if call.parameter("includeDerivedMembership") == Some("true") {
            return Err(Refusal::invalid("includeDerivedMembership"));
        }
        let roles: Option<Vec<&str>> = call.parameter("roles").map(|it| it.split(',').collect());
        let group = self.group_with_members(call.key(0))?;
        let is_wanted = |role: &str| roles.as_ref().is_none_or(|it| it.contains(&role));
        let members = group.members.iter().filter(|(_, it)| is_wanted(&it.role));
        let all: Vec<(String, Value)> =
            members.map(|(id, it)| (it.email.clone(), Self::rendered_member(id, it))).collect();
        self.page_of(call, "members", all, LARGEST_PAGE, LARGEST_PAGE)
    }

    pub(super) fn get_member(&self, call: &Call) -> Outcome {
        let group = self.group_with_members(call.key(0))?;
        let (id, member) = self.member(group, call.key(1))?;
        Ok(Answer::given(Self::rendered_member(&id, &member)))
    }

    /// Only users of the customer can be asked about.
    pub(super) fn has_member(&self, call: &Call) -> Outcome {
        let group = self.group_with_members(call.key(0))?;
        if !self.is_user(call.key(1)) {
            return Err(Refusal::invalid("memberKey"));
        }
        Ok(Answer::given(json!({"isMember": self.member(group, call.key(1)).is_ok()})))
    }
}
