//! `/users` and `/directory/deletedItems`.

use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::check::{Fields, required, required_flag};
use super::graph::{Graph, object};
use super::render;
use super::schema::{Kind, PASSWORD};
use super::{MicrosoftGroup, MicrosoftUser};
use crate::receiver::HistoryEntry;
use serde_json::{Value, json};
use std::sync::Arc;

/// What may be changed of a user whose master is another directory.
const NOT_MASTERED: &[&str] =
    &["usageLocation", "ageGroup", "consentProvidedForMinor", "passwordPolicies", "otherMails", PASSWORD];

impl Graph<'_> {
    pub(super) fn users(&mut self, call: &Call, rest: &[&str]) -> Outcome {
        match (call.method.as_str(), rest) {
            ("GET", []) => self.list(Kind::User, call),
            ("POST", []) => self.create_user(call),
            ("GET", [key]) => {
                let selected = self.selected(Kind::User, call.parameter("$select"))?;
                let (_, user) = self.user(key)?;
                Ok(Answer::given(render::shown(Kind::User, &render::user(user), selected.as_deref())))
            }
            ("PATCH", [key]) => self.update_user(call, key),
            ("DELETE", [key]) => self.delete_user(call, key),
            (_, [] | [_]) => Err(Refusal::not_allowed()),
            _ => Err(self.no_such_path()),
        }
    }

    fn create_user(&mut self, call: &Call) -> Outcome {
        let mut fields = self.taken(Kind::User, object(call)?, true)?;
        required_flag(&fields, "accountEnabled")?;
        for name in ["displayName", "mailNickname", "userPrincipalName"] {
            required(&fields, name)?;
        }
        let password = fields.remove(PASSWORD).ok_or_else(|| Refusal::required(PASSWORD))?;
        Self::check_password(&password)?;
        self.check_user(&fields, "")?;
        let id = self.store.next_id(self.options.seed);
        fields.insert("id".to_owned(), json!(id));
        fields.insert("createdDateTime".to_owned(), json!(self.now.to_string()));
        fields.entry("userType").or_insert_with(|| json!("Member"));
        let user = MicrosoftUser {
            body: Arc::new(settled(fields)),
            has_password: true,
            by_us: true,
            may_be_adopted: false,
            created: self.now,
            history: vec![HistoryEntry { at: self.now, method: "POST" }],
        };
        let shown = render::shown(Kind::User, &render::user(&user), None);
        self.store.put_user(&id, user);
        Ok(Answer::created(shown))
    }

    fn update_user(&mut self, call: &Call, key: &str) -> Outcome {
        let (id, before) = self.user(key)?;
        let mut user = before.clone();
        let mut fields = self.taken(Kind::User, object(call)?, false)?;
        let mastered = |name: &String| !NOT_MASTERED.contains(&name.as_str());
        if user.is_mastered_on_premises() && fields.keys().any(mastered) {
            self.note("a property of which another directory is the master");
            return Err(on_premises());
        }
        for name in ["displayName", "mailNickname", "userPrincipalName", "accountEnabled"] {
            if fields.get(name).is_some_and(Value::is_null) {
                return Err(Refusal::invalid(name));
            }
        }
        if let Some(password) = fields.remove(PASSWORD) {
            if !self.options.may_reset_passwords {
                return Err(denied());
            }
            Self::check_password(&password)?;
            user.has_password = true;
        }
        self.check_user(&fields, &id)?;
        let body = changed(&user.body, fields);
        if *user.body == body {
            self.in_vain();
        }
        user.body = Arc::new(body);
        self.store.put_user(&id, user);
        self.touch_user(&id, call);
        Ok(Answer::done())
    }

    pub(super) fn delete_user(&mut self, call: &Call, key: &str) -> Outcome {
        let (id, user) = self.user(key)?;
        if user.is_mastered_on_premises() {
            self.note("deletes a user of whom another directory is the master");
            return Err(on_premises());
        }
        self.touch_user(&id, call);
        self.store.delete_user(&id);
        Ok(Answer::done())
    }

    /// What was deleted within the last days: shown, or restored.
    pub(super) fn deleted(&mut self, call: &Call, id: &str, rest: &[&str]) -> Outcome {
        match (call.method.as_str(), rest) {
            ("GET", []) => self.with_deleted(id, |_| Ok(())),
            ("POST", ["restore"]) => {
                let shown = self.with_deleted(id, |graph| graph.check_restored(id))?;
                if let Some(user) = self.store.state.deleted_users.remove(id) {
                    self.store.put_user(id, user);
                    self.touch_user(id, call);
                } else if let Some(group) = self.store.state.deleted_groups.remove(id) {
                    self.store.put_group(id, group);
                    self.touch_group(id, call);
                }
                Ok(shown)
            }
            _ => Err(self.no_such_path()),
        }
    }

    fn with_deleted(&self, id: &str, check: impl FnOnce(&Self) -> Result<(), Refusal>) -> Outcome {
        let state = &self.store.state;
        let user = state.deleted_users.get(id).map(|it| (Kind::User, render::user(it)));
        let found = user.or_else(|| state.deleted_groups.get(id).map(|it| (Kind::Group, render::group(it))));
        let (kind, whole) = found.ok_or_else(|| Refusal::not_found(id))?;
        check(self)?;
        Ok(Answer::given(render::shown(kind, &whole, None)))
    }

    fn check_restored(&self, id: &str) -> Result<(), Refusal> {
        let state = &self.store.state;
        let user = state.deleted_users.get(id).and_then(|it| it.body.as_object());
        let group: Option<&MicrosoftGroup> = state.deleted_groups.get(id);
        user.map_or(Ok(()), |fields| self.check_user(fields, id))?;
        group.map_or(Ok(()), |group| self.check_group_is_unique(group.body.as_object(), id))
    }
}

/// A body with changes: what is null is gone.
pub(super) fn changed(before: &Value, changes: Fields) -> Value {
    let mut fields = before.as_object().cloned().unwrap_or_default();
    fields.extend(changes);
    settled(fields)
}

/// As it is kept: without what is not set; who has an address has it among the others, too.
fn settled(mut fields: Fields) -> Value {
    fields.retain(|_, value| !value.is_null());
    if let (Some(mail), false) = (fields.get("mail").and_then(Value::as_str), fields.contains_key("groupTypes")) {
        let primary = json!(format!("SMTP:{mail}"));
        let others = fields.get("proxyAddresses").and_then(Value::as_array).into_iter().flatten();
        let others = others.filter(|it| !it.as_str().is_some_and(|it| it.starts_with("SMTP:"))).cloned();
        let all: Vec<Value> = [primary].into_iter().chain(others).collect();
        fields.insert("proxyAddresses".to_owned(), Value::Array(all));
    }
    Value::Object(fields)
}

pub(super) fn on_premises() -> Refusal {
    let why = "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects \
               currently undergoing migration.";
    Refusal::bad(why)
}

pub(super) fn denied() -> Refusal {
    Refusal::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}
