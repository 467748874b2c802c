//! Putting members into groups and taking them out.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::service::{Call, Service};
use super::super::store::{Delayed, Holder};
use super::super::{ExistingMember, GoogleGroup, GoogleMember};
use crate::receiver::HistoryEntry;
use std::collections::BTreeSet;

const ROLES: [&str; 3] = ["MEMBER", "MANAGER", "OWNER"];

impl Service<'_> {
    /// A group whose members can be asked for already.
    pub(super) fn group_with_members(&self, key: &str) -> Result<&GoogleGroup, Refusal> {
        let lag = self.options.lags.group_to_members;
        let group = self.group(key)?;
        if group.provenance.is_known(self.now, lag) { Ok(group) } else { Err(Refusal::no_such("groupKey")) }
    }

    /// By what a member is kept: the id of a user or group, or an address from outside.
    pub(super) fn member_id(&self, key: &str) -> Option<String> {
        let known = self.store.user_id(key).or_else(|| self.store.group_id(key));
        known.or_else(|| self.is_outside(key).then(|| key.to_lowercase()))
    }

    fn is_outside(&self, key: &str) -> bool {
        key.split_once('@').is_some_and(|(_, domain)| !self.is_own_domain(domain))
    }

    pub(super) fn insert_member(&mut self, call: &Call) -> Outcome {
        let group = self.group_with_members(call.key(0))?.clone();
        let key = call.text("id").or_else(|| call.text("email"));
        let key = key.ok_or_else(|| Refusal::directory(400, "required", "Missing required field: memberKey"))?;
        let (id, member) = self.new_member(key, call)?;
        if member.kind == "GROUP" && self.reaches(&id, &group.id) {
            return Err(Refusal::directory(412, "conditionNotMet", "Cyclic memberships not allowed"));
        }
        if group.members.contains_key(&id) {
            return Err(match self.options.existing_member {
                ExistingMember::Duplicate => Refusal::directory(409, "duplicate", "Member already exists."),
                ExistingMember::ConditionNotMet => Refusal::directory(412, "conditionNotMet", "Precondition Failed"),
            });
        }
        let answer = Answer::given(Self::rendered_member(&id, &member));
        self.change_members(&group, id, Some(member), call)?;
        Ok(answer)
    }

    fn new_member(&self, key: &str, call: &Call) -> Result<(String, GoogleMember), Refusal> {
        let role = self.role(call)?;
        let unknown = || Refusal::no_such("memberKey");
        let id = self.member_id(key).ok_or_else(unknown)?;
        let (email, kind) = match (self.store.state.users.get(&id), self.store.state.groups.get(&id)) {
            (Some(user), _) if user.provenance.is_known(self.now, self.options.lags.user_to_members) => {
                (user.primary_email.clone(), "USER")
            }
            (None, Some(group)) => (group.email.clone(), "GROUP"),
            (None, None) if self.options.external_members => (id.clone(), "USER"),
            _ => return Err(unknown()),
        };
        Ok((id, GoogleMember { email, role, kind, by_us: true }))
    }

    fn role(&self, call: &Call) -> Result<String, Refusal> {
        let role = call.text("role").unwrap_or("MEMBER");
        if ROLES.contains(&role) { Ok(role.to_owned()) } else { Err(Refusal::invalid("role")) }
    }

    /// Whether a group is another one, or has it among its members or theirs.
    fn reaches(&self, from: &str, to: &str) -> bool {
        let (mut seen, mut ahead) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(id) = ahead.pop() {
            if id == to {
                return true;
            }
            if let (true, Some(group)) = (seen.insert(id.clone()), self.store.state.groups.get(&id)) {
                ahead.extend(group.members.keys().cloned());
            }
        }
        false
    }

    /// Adds or removes a member, at once or later.
    fn change_members(
        &mut self,
        group: &GoogleGroup,
        id: String,
        added: Option<GoogleMember>,
        call: &Call,
    ) -> Result<(), Refusal> {
        let planted = group.members.get(&id).is_some_and(|it| !it.by_us);
        if group.provenance.is_foreign() || (planted && !group.provenance.may_be_adopted) {
            self.note_foreign();
        }
        let entry = HistoryEntry { at: self.now, method: Self::method_of(call) };
        if let Some(kept) = self.store.state.groups.get_mut(&group.id) {
            kept.provenance.history.push(entry);
        }
        let lag = self.options.delayed_members.unwrap_or_default();
        let due = self.now.saturating_add(lag).unwrap_or(self.now);
        self.store.delayed.push(Delayed { due, group: group.id.clone(), member: id, added });
        self.store.settle(self.now);
        match self.options.delayed_members {
            Some(_) => Err(Refusal::directory(409, "conflict", "Conflict")),
            None => Ok(()),
        }
    }

    pub(super) fn change_member(&mut self, call: &Call) -> Outcome {
        let group = self.group_with_members(call.key(0))?.clone();
        let (id, before) = self.member(&group, call.key(1))?;
        let role = self.role(call)?;
        if before.role == role {
            self.in_vain();
        }
        let member = GoogleMember { role, ..before };
        let answer = Answer::given(Self::rendered_member(&id, &member));
        self.change_members(&group, id, Some(member), call)?;
        Ok(answer)
    }

    pub(super) fn delete_member(&mut self, call: &Call) -> Outcome {
        let group = self.group_with_members(call.key(0))?.clone();
        let (id, _) = self.member(&group, call.key(1))?;
        self.change_members(&group, id, None, call)?;
        Ok(Answer::nothing())
    }

    /// A group's member, by id or by address.
    pub(super) fn member(&self, group: &GoogleGroup, key: &str) -> Result<(String, GoogleMember), Refusal> {
        let id = self.member_id(key).ok_or_else(|| Refusal::no_such("memberKey"))?;
        let member = group.members.get(&id).cloned();
        member.map(|it| (id, it)).ok_or_else(|| Refusal::no_such("memberKey"))
    }

    /// A member's address follows that of the user or group.
    pub(super) fn rename_member(&mut self, id: &str, address: &str) {
        let members = self.store.state.groups.values_mut().filter_map(|it| it.members.get_mut(id));
        for member in members {
            address.clone_into(&mut member.email);
        }
    }

    /// Whether an address is a user's or group's, or comes from outside.
    pub(super) fn is_user(&self, key: &str) -> bool {
        matches!(self.store.holder(key), Some(Holder::User(_))) || self.store.state.users.contains_key(key)
    }
}
