//! Accounts: recognised, or – where the settings say so – made.

use rules::object::{DeliveredObject, Origin, WantedObject};
use rules::outcome::Outcome;
use serde::Deserialize;
use serde_json::{Value, json};

use super::adapter::Microsoft;
use super::bodies::{account, account_change, password};
use super::classify::{Area, NOT_SPREAD, Reply, unreadable};
use super::client::{Call, Said};
use super::config::{RemovedUsers, Users};
use super::listing::{self, ACCOUNT, Account, is_identity};
use super::mapping::mark;

/// There is no account of this person yet.
const MISSING: Outcome = Outcome::WaitFor { code: "microsoft.account_missing" };

/// More names than anybody has; each is three of the 15 conditions that a filter may join by `or`.
const MOST_NAMES: usize = 5;

/// Who something is, once it is made.
#[derive(Deserialize)]
pub(super) struct Made {
    pub(super) id: String,
}

impl Microsoft {
    pub(super) async fn create_user(&self, wanted: &WantedObject) -> Result<Outcome, Outcome> {
        match self.mapping.users {
            Users::Match => match self.recognised(wanted).await? {
                Some(account) => Ok(adopted(account.id)),
                None => Ok(MISSING),
            },
            Users::Create => self.make_account(wanted).await,
        }
    }

    /// An account that is recognised is taken as it is; that it is still there is looked at.
    pub(super) async fn adopt_user(&self, remote: &str) -> Result<Outcome, Outcome> {
        Ok(if self.has_account(remote).await? { adopted(remote.to_owned()) } else { Outcome::Vanished })
    }

    pub(super) async fn update_user(
        &self,
        wanted: &WantedObject,
        delivered: &DeliveredObject,
    ) -> Result<Outcome, Outcome> {
        let id = delivered.at_target();
        let done = Outcome::Done { remote: delivered.remote.clone(), adopted: false };
        if self.mapping.users == Users::Match || delivered.origin != Origin::Created {
            return Ok(if self.has_account(id).await? { done } else { Outcome::Vanished });
        }
        let body = account_change(wanted.body.expose());
        Ok(self.change_account(id, body).await?.unwrap_or(done))
    }

    pub(super) async fn delete_user(&self, delivered: &DeliveredObject) -> Result<Outcome, Outcome> {
        if self.removed_users == RemovedUsers::Keep || delivered.origin == Origin::Adopted {
            return Ok(Outcome::AlreadyDone);
        }
        let id = match (&delivered.remote, delivered.origin) {
            (Some(id), Origin::Created) => id.clone(),
            // It may have been made, and nobody was told what it is called.
            _ => match self.marked(&mark(&delivered.key.key)).await? {
                Some(account) => account.id,
                None => return Ok(Outcome::AlreadyDone),
            },
        };
        let path = ["users", id.as_str()];
        let call = match self.removed_users {
            RemovedUsers::Disable => Call::patch(Area::Users, &path, json!({ "accountEnabled": false })),
            RemovedUsers::Delete | RemovedUsers::Keep => Call::delete(Area::Users, &path),
        };
        Ok(match self.client.send(call).await? {
            Said::Given(_) => Outcome::done(),
            Said::Missing if self.memory.is_new(&id) => NOT_SPREAD,
            Said::Missing => Outcome::AlreadyDone,
            Said::Refused(reply) => reply.refusal(&Value::Null),
        })
    }

    async fn make_account(&self, wanted: &WantedObject) -> Result<Outcome, Outcome> {
        let content = wanted.body.expose();
        let sent = account(content, &password(&self.client.chance));
        match self.client.send(Call::post(Area::Users, &["users"], sent.clone())).await? {
            Said::Given(answer) => {
                let made: Made = answer.json().map_err(|_| unidentified())?;
                if !is_identity(&made.id) {
                    return Err(unidentified());
                }
                self.memory.note_new(&made.id);
                Ok(Outcome::Done { remote: Some(made.id), adopted: false })
            }
            Said::Missing => Err(unreadable()),
            Said::Refused(reply) => self.instead_of_making(wanted, &reply, &sent).await,
        }
    }

    /// Somebody has that name: the account may be ours, its making cut short; or the person's own.
    async fn instead_of_making(&self, wanted: &WantedObject, reply: &Reply, sent: &Value) -> Result<Outcome, Outcome> {
        let own = mark(&wanted.key.key);
        let Some(account) = self.recognised(wanted).await? else { return Ok(reply.rejected(sent)) };
        match account.employee_id.as_deref() {
            Some(it) if it == own => {}
            Some(other) if is_mark(other) => return Ok(taken()),
            _ => return Ok(adopted(account.id)),
        }
        // One that was disabled when its owner left.
        let mut body = account_change(wanted.body.expose());
        if account.account_enabled == Some(false)
            && let Some(fields) = body.as_object_mut()
        {
            fields.insert("accountEnabled".to_owned(), Value::Bool(true));
        }
        let done = Outcome::Done { remote: Some(account.id.clone()), adopted: false };
        Ok(self.change_account(&account.id, body).await?.unwrap_or(done))
    }

    /// What is in the way of a change, if anything.
    async fn change_account(&self, id: &str, body: Value) -> Result<Option<Outcome>, Outcome> {
        Ok(match self.client.send(Call::patch(Area::Users, &["users", id], body.clone())).await? {
            Said::Given(_) => None,
            Said::Missing if self.memory.is_new(id) => Some(NOT_SPREAD),
            Said::Missing => Some(Outcome::Vanished),
            Said::Refused(reply) => Some(reply.refusal(&body)),
        })
    }

    async fn has_account(&self, id: &str) -> Result<bool, Outcome> {
        let call = Call::get(Area::Users, &["users", id]).query("$select", "id");
        match self.client.send(call).await? {
            Said::Given(_) => Ok(true),
            Said::Missing => Ok(false),
            Said::Refused(reply) => Err(reply.refusal(&Value::Null)),
        }
    }

    /// The account with one of the person's names, if there is one and no more.
    async fn recognised(&self, wanted: &WantedObject) -> Result<Option<Account>, Outcome> {
        let content = &wanted.body.expose()["userPrincipalName"];
        let principal = content.as_str().unwrap_or_default().to_lowercase();
        let mut names = vec![principal.clone()];
        names.extend(wanted.recognised_by.iter().map(|it| it.as_str().to_owned()).filter(|it| *it != principal));
        names.retain(|it| !it.is_empty());
        names.truncate(MOST_NAMES);
        let Some(filter) = filter_of(&names, self.mapping.adopt_by_email) else { return Ok(None) };
        let mut found = self.accounts_where(filter).await?;
        // Filters may be ignored: the names are looked at again.
        found.retain(|it| it.is_called(&principal) || names.iter().any(|name| it.marks().contains(name)));
        if let Some(at) = found.iter().position(|it| it.is_called(&principal)) {
            return Ok(Some(found.swap_remove(at)));
        }
        match found.len() {
            0 | 1 => Ok(found.pop()),
            _ => Err(ambiguous()),
        }
    }

    /// The account that we made for a person.
    async fn marked(&self, mark: &str) -> Result<Option<Account>, Outcome> {
        let mut found = self.accounts_where(format!("employeeId eq '{mark}'")).await?;
        found.retain(|it| it.employee_id.as_deref() == Some(mark));
        Ok(found.pop())
    }

    async fn accounts_where(&self, filter: String) -> Result<Vec<Account>, Outcome> {
        let call = Call::get(Area::Users, &["users"]).query("$filter", filter).query("$select", ACCOUNT);
        let found = listing::whole::<Account>(&self.client, Area::Users, call).await?.ok_or_else(unreadable)?;
        Ok(found.into_iter().filter(Account::is_usable).collect())
    }

    /// The identity of an owner whom the settings name; `None`: the directory has nobody of that name.
    pub(super) async fn named_owner(&self, name: &str) -> Result<Option<String>, Outcome> {
        if !name.contains('@') {
            return Ok(Some(name.to_owned()));
        }
        if let Some(known) = self.memory.owner(name) {
            return Ok(known);
        }
        let found = self.accounts_where(format!("userPrincipalName eq '{}'", escaped(name))).await?;
        let id = found.into_iter().find(|it| it.is_called(name)).map(|it| it.id);
        self.memory.note_owner(name, id.as_deref());
        Ok(id)
    }
}

/// By name, and by e-mail where that counts. `None`: there is nothing to look for.
fn filter_of(names: &[String], by_email: bool) -> Option<String> {
    let by = |name: &String| {
        let name = escaped(name);
        let principal = format!("userPrincipalName eq '{name}'");
        let mail = format!("mail eq '{name}' or proxyAddresses/any(p:p eq 'smtp:{name}')");
        if by_email { format!("{principal} or {mail}") } else { principal }
    };
    (!names.is_empty()).then(|| names.iter().map(by).collect::<Vec<_>>().join(" or "))
}

/// A text in a filter: its quotation marks are written twice [OData].
pub(super) fn escaped(text: &str) -> String {
    text.replace('\'', "''")
}

const fn adopted(remote: String) -> Outcome {
    Outcome::Done { remote: Some(remote), adopted: true }
}

/// Whether it is one that we gave to somebody.
fn is_mark(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
}

fn taken() -> Outcome {
    let message = "The account of that name is another person's, made by us.".to_owned();
    Outcome::Rejected { code: "microsoft.account_taken", message }
}

fn ambiguous() -> Outcome {
    let message = "Several accounts have one of the person's e-mail addresses.".to_owned();
    Outcome::Rejected { code: "microsoft.account_ambiguous", message }
}

/// What was made cannot be used without knowing what it is called: it is looked for at the next attempt.
pub(super) fn unidentified() -> Outcome {
    let detail = "Microsoft made the object and does not say what it calls it".to_owned();
    Outcome::Retry { after: None, code: "microsoft.unidentified", detail }
}
