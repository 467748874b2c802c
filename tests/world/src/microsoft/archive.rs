//! `POST /teams/{id}/archive` and `/unarchive`.

use super::answer::{Outcome, Refusal};
use super::call::Call;
use super::graph::Graph;
use super::operations::Task;
use serde_json::Value;

impl Graph<'_> {
    pub(super) fn archive(&mut self, call: &Call, id: &str, action: &str) -> Outcome {
        self.with_team(id)?;
        let id = &id.to_lowercase();
        let sent = call.body.as_ref().and_then(|body| body.get("shouldSetSpoSiteReadOnlyForMembers"));
        if sent.is_some_and(|sent| !sent.is_boolean() && !sent.is_null()) {
            return Err(Refusal::bad_request("shouldSetSpoSiteReadOnlyForMembers is neither true nor false."));
        }
        self.touch_group(id, call);
        let task = match action {
            "archive" => Task::Archive(sent.and_then(Value::as_bool).unwrap_or_default()),
            _ => Task::Unarchive,
        };
        Ok(self.begun(id, task))
    }
}
