//! Single users.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::quota::Meter;
use super::super::service::{Call, Service};
use super::super::{GoogleUser, Provenance};
use crate::receiver::HistoryEntry;
use serde_json::Map;

impl Service<'_> {
    /// A user by id or by address.
    fn user(&self, key: &str) -> Result<&GoogleUser, Refusal> {
        let id = self.store.user_id(key);
        id.and_then(|id| self.store.state.users.get(&id)).ok_or_else(|| Refusal::no_such("userKey"))
    }

    pub(super) fn get_user(&self, call: &Call) -> Outcome {
        Ok(Answer::given(self.rendered_user(self.user(call.key(0))?)))
    }

    pub(super) fn insert_user(&mut self, call: &Call) -> Outcome {
        Self::check_required(&call.body)?;
        let mut user = GoogleUser {
            id: String::new(),
            primary_email: String::new(),
            aliases: std::collections::BTreeSet::new(),
            given_name: String::new(),
            family_name: String::new(),
            suspended: false,
            org_unit_path: "/".to_owned(),
            is_admin: false,
            passwords: 0,
            more: Map::new(),
            provenance: Provenance::new(true, self.now),
        };
        self.write_user(&mut user, &call.body)?;
        let domain = user.primary_email.split('@').next_back().unwrap_or_default().to_owned();
        self.count_in_second(Meter::UserCreations(domain), self.options.quotas.user_creations_per_second)?;
        user.id = self.next_user_id();
        let answer = Answer::given(self.rendered_user(&user));
        self.store.put_user(user);
        Ok(answer)
    }

    /// `PUT` and `PATCH` do the same: what is not given stays.
    pub(super) fn change_user(&mut self, call: &Call) -> Outcome {
        let before = self.user(call.key(0))?.clone();
        let mut user = before.clone();
        self.write_user(&mut user, &call.body)?;
        self.note_if_foreign(&before.provenance);
        if self.rendered_user(&before) == self.rendered_user(&user) && before.passwords == user.passwords {
            self.in_vain();
        } else {
            user.provenance.changed(self.now);
        }
        user.provenance.history.push(HistoryEntry { at: self.now, method: Self::method_of(call) });
        if before.primary_email != user.primary_email {
            self.rename_member(&user.id, &user.primary_email);
        }
        let answer = Answer::given(self.rendered_user(&user));
        self.store.put_user(user);
        Ok(answer)
    }

    pub(super) fn delete_user(&mut self, call: &Call) -> Outcome {
        let user = self.user(call.key(0))?;
        let (id, provenance) = (user.id.clone(), user.provenance.clone());
        self.note_if_foreign(&provenance);
        self.store.delete_user(&id, self.now);
        Ok(Answer::nothing())
    }

    /// Brings a deleted user back, who is named by the id only.
    pub(super) fn undelete_user(&mut self, call: &Call) -> Outcome {
        let found = self.store.state.deleted_users.get(call.key(0));
        let in_time = found.filter(|(_, at)| self.now.duration_since(*at) < self.options.undelete_within);
        let mut user = in_time.map(|it| it.0.clone()).ok_or_else(|| Refusal::no_such("userKey"))?;
        if self.store.holder(&user.primary_email).is_some() {
            return Err(Refusal::duplicate());
        }
        if let Some(path) = call.body.get("orgUnitPath") {
            user.org_unit_path = self.org_unit_path(path)?;
        }
        self.note_if_foreign(&user.provenance);
        self.store.state.deleted_users.remove(&user.id);
        // What somebody else has by now stays theirs.
        user.aliases.retain(|it| self.store.holder(it).is_none());
        user.provenance.history.push(HistoryEntry { at: self.now, method: Self::method_of(call) });
        user.provenance.changed(self.now);
        self.store.put_user(user);
        Ok(Answer::nothing())
    }

    fn next_user_id(&mut self) -> String {
        user_id(self.options.seed, self.store.next())
    }
}

/// 21 digits.
pub(in super::super) fn user_id(seed: u64, number: u64) -> String {
    format!("1{:05}{number:015}", seed % 100_000)
}
