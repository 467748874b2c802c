//! `PATCH /groups/{id}`.

use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::check::Fields;
use super::graph::{Graph, object};
use super::group::read_only_type;
use super::schema::Kind;
use super::user::{changed, on_premises};
use super::{MicrosoftGroup, MicrosoftUser};
use serde_json::Value;
use std::sync::Arc;

impl Graph<'_> {
    /// Changes a group's properties and adds members and owners: all of it, or nothing.
    pub(super) fn change_group(&mut self, call: &Call, id: &str) -> Outcome {
        let id = &id.to_lowercase();
        let mut group = self.group(id)?.clone();
        self.check_master(&group)?;
        let sent = object(call)?;
        let fields = self.taken(Kind::Group, sent, false)?;
        check_kept(&group, &fields)?;
        self.check_group(&fields, id)?;
        let links = self.bound(sent)?;
        self.check_links(&group, &links)?;
        let body = changed(&group.body, fields);
        if *group.body == body && links.is_empty() {
            self.in_vain();
        }
        group.body = Arc::new(body);
        self.store.put_group(id, group);
        self.link(id, links);
        self.touch_group(id, call);
        Ok(Answer::done())
    }

    /// Groups whose master is another directory, and those that Exchange keeps, cannot be written.
    pub(super) fn check_master(&mut self, group: &MicrosoftGroup) -> Result<(), Refusal> {
        let mail_enabled = group.body.get("mailEnabled") == Some(&Value::Bool(true));
        if group.is_mastered_on_premises() {
            self.note("a group of which another directory is the master");
            return Err(on_premises());
        }
        if mail_enabled && !group.is_unified() {
            self.note("a distribution list or a mail-enabled security group, which can only be read");
            return Err(read_only_type());
        }
        Ok(())
    }

    /// Makes an owner or a member of somebody; the group's team follows.
    pub(super) fn follow(&mut self, id: &str, user: &str) {
        let due = self.now.saturating_add(self.options.group_to_team_lag).unwrap_or(jiff::Timestamp::MAX);
        self.store.follow_later(id, user, due);
        self.store.settle(self.now);
    }

    pub(super) fn seen_user(&self, id: &str) -> Option<&MicrosoftUser> {
        self.store.state.users.get(id)
    }
}

/// What is decided once cannot be sent otherwise.
fn check_kept(group: &MicrosoftGroup, fields: &Fields) -> Result<(), Refusal> {
    for name in ["displayName", "mailNickname"] {
        if fields.get(name).is_some_and(Value::is_null) {
            return Err(Refusal::invalid(name));
        }
    }
    for name in ["groupTypes", "mailEnabled", "uniqueName"] {
        if fields.get(name).is_some_and(|value| group.body.get(name) != Some(value)) {
            return Err(Refusal::bad(format!("The property '{name}' cannot be changed.")));
        }
    }
    let hidden = |value: Option<&Value>| value.and_then(Value::as_str) == Some("HiddenMembership");
    let visibility = fields.get("visibility");
    if visibility.is_some() && hidden(visibility) != hidden(group.body.get("visibility")) {
        return Err(Refusal::bad("HiddenMembership can only be set when a group is created."));
    }
    Ok(())
}
