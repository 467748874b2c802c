//! Users as Classroom knows them.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::directory::is_below;
use super::super::service::{Call, Service};
use super::super::{GoogleCourse, GoogleUser};

impl Service<'_> {
    /// A user by id, by address or as `me`, once Classroom knows about them.
    pub(super) fn person(&self, key: &str) -> Result<&GoogleUser, Refusal> {
        let id = if key == "me" { Some(self.caller.user_id.clone()) } else { self.store.user_id(key) };
        let user = id.and_then(|id| self.store.state.users.get(&id));
        let lag = self.options.lags.user_to_classroom;
        user.filter(|it| it.provenance.is_known(self.now, lag)).ok_or_else(Refusal::not_found)
    }

    pub(super) fn get_profile(&self, call: &Call) -> Outcome {
        Ok(Answer::given(self.profile(self.person(call.key(0))?)))
    }

    /// Whether a user is one of those who may own a course.
    pub(super) fn check_may_own(&self, user: &GoogleUser) -> Result<(), Refusal> {
        let may = match &self.options.course_owners_below {
            Some(unit) => is_below(&user.org_unit_path, unit),
            None => true,
        };
        if may { Ok(()) } else { Err(Refusal::precondition(Some("UserCannotOwnCourse"))) }
    }

    /// Whether the account of a course's owner is gone or suspended.
    pub(super) fn has_inactive_owner(&self, course: &GoogleCourse) -> bool {
        self.store.state.users.get(&course.owner_id).is_none_or(|it| it.suspended)
    }
}
