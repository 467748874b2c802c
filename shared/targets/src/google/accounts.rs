//! Accounts: found and waited for, or made.

use outbound::Secret;
use rules::object::{DeliveredObject, Origin, WantedObject};
use rules::outcome::Outcome;
use serde::Deserialize;
use serde_json::Value;

use super::adapter::{Google, unreadable};
use super::calls::{self, Call};
use super::classify::{Step, judged};
use super::client::Fault;
use super::config::{RemovedUsers, Users};
use super::kinds::OURS;

/// What is looked at in an account.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    id: String,
    #[serde(default)]
    external_ids: Vec<Value>,
}

/// Whose an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The hub made it for this person.
    Ours,
    /// The hub made it for somebody else.
    AnotherOfOurs,
    /// Somebody else made it.
    Theirs,
}

impl Account {
    fn whose(&self, wanted: &WantedObject) -> Whose {
        let is_marked = |it: &Value| it["customType"].as_str() == Some(OURS);
        match () {
            () if calls::is_marked(&self.external_ids, &wanted.key.key) => Whose::Ours,
            () if self.external_ids.iter().any(is_marked) => Whose::AnotherOfOurs,
            () => Whose::Theirs,
        }
    }
}

impl Google {
    pub(super) async fn make_account(&self, wanted: &WantedObject) -> Result<Outcome, Fault> {
        if self.accounts.users == Users::Match {
            return self.match_account(wanted).await;
        }
        let Some(password) = Secret::random() else {
            let detail = "this machine has no chance to give".to_owned();
            return Ok(Outcome::Retry { after: None, code: "google.password", detail });
        };
        let call = calls::make_account(wanted.body.expose(), &password, self.accounts.change_password);
        let reply = self.client.make(&call).await?;
        let outcome = judged(Step::MakeAccount, &reply, call.body.as_ref());
        match outcome {
            Outcome::Done { .. } => Ok(reply.json().map_or_else(unreadable, |it: Account| known_as(it.id, false))),
            Outcome::Rejected { code: "google.conflict", message } => self.resolve_account(wanted, message).await,
            _ => Ok(outcome),
        }
    }

    /// An account that somebody else makes, perhaps just now: each address is tried.
    async fn match_account(&self, wanted: &WantedObject) -> Result<Outcome, Fault> {
        for address in &wanted.recognised_by {
            let reply = self.client.make(&calls::account(address.as_str())).await?;
            match judged(Step::FindAccount, &reply, None) {
                Outcome::Done { .. } => {
                    return Ok(reply.json().map_or_else(unreadable, |it: Account| known_as(it.id, true)));
                }
                // At a domain that is none of the customer's, nobody is found either.
                Outcome::WaitFor { .. } | Outcome::Rejected { .. } => {}
                outcome => return Ok(outcome),
            }
        }
        Ok(Outcome::WaitFor { code: "google.account_missing" })
    }

    /// The address is taken: by what was made before and nobody heard of, by an account to take over, or by something else.
    async fn resolve_account(&self, wanted: &WantedObject, message: String) -> Result<Outcome, Fault> {
        let taken = Outcome::Rejected { code: "google.address_taken", message };
        let address = wanted.body.expose()["primaryEmail"].as_str().unwrap_or_default();
        let reply = self.client.make(&calls::account(address)).await?;
        match judged(Step::FindAccount, &reply, None) {
            Outcome::Done { .. } => {}
            Outcome::WaitFor { .. } | Outcome::Rejected { .. } => return Ok(taken),
            outcome => return Ok(outcome),
        }
        let Some(account) = reply.json::<Account>() else { return Ok(unreadable()) };
        match account.whose(wanted) {
            Whose::Theirs if !self.accounts.adopt => Ok(taken),
            whose => self.take_account(wanted, account.id, whose).await,
        }
    }

    /// An account that was recognised.
    pub(super) async fn adopt_account(&self, wanted: &WantedObject, remote: &str) -> Result<Outcome, Fault> {
        let reply = self.client.make(&calls::account(remote)).await?;
        let found = judged(Step::ChangeAccount, &reply, None);
        if !found.is_success() {
            return Ok(found);
        }
        let Some(account) = reply.json::<Account>() else { return Ok(unreadable()) };
        let whose = account.whose(wanted);
        self.take_account(wanted, account.id, whose).await
    }

    async fn take_account(&self, wanted: &WantedObject, id: String, whose: Whose) -> Result<Outcome, Fault> {
        let body = wanted.body.expose();
        let call = match (self.accounts.users, whose) {
            (Users::Match, Whose::Theirs | Whose::Ours) => return Ok(known_as(id, whose == Whose::Theirs)),
            (_, Whose::AnotherOfOurs) => {
                let message = "the account was made for somebody else in the register".to_owned();
                return Ok(Outcome::Rejected { code: "google.address_taken", message });
            }
            (Users::Create, Whose::Ours) => {
                calls::change_our_account(&id, body, self.accounts.removed == RemovedUsers::Suspend)
            }
            (Users::Create, Whose::Theirs) => calls::change_adopted_account(&id, body),
        };
        let outcome = self.write_account(&call).await?;
        Ok(if outcome.is_success() { known_as(id, whose == Whose::Theirs) } else { outcome })
    }

    pub(super) async fn change_account(
        &self,
        wanted: &WantedObject,
        delivered: &DeliveredObject,
    ) -> Result<Outcome, Fault> {
        let (id, body) = (delivered.at_target(), wanted.body.expose());
        match (self.accounts.users, delivered.origin) {
            // Nothing is written; that it is still there is looked at.
            (Users::Match, _) => {
                let reply = self.client.make(&calls::account(id)).await?;
                Ok(judged(Step::ChangeAccount, &reply, None))
            }
            (Users::Create, Origin::Created) => self.write_account(&calls::change_our_account(id, body, false)).await,
            (Users::Create, _) => self.write_account(&calls::change_adopted_account(id, body)).await,
        }
    }

    async fn write_account(&self, call: &Call) -> Result<Outcome, Fault> {
        let reply = self.client.make(call).await?;
        Ok(judged(Step::ChangeAccount, &reply, call.body.as_ref()))
    }

    /// Only what the hub made is ever taken away.
    pub(super) async fn remove_account(&self, delivered: &DeliveredObject) -> Result<Outcome, Fault> {
        if self.accounts.removed == RemovedUsers::Keep || delivered.origin == Origin::Adopted {
            return Ok(Outcome::done());
        }
        let id = match &delivered.remote {
            Some(remote) => remote.clone(),
            // It may have been made, and nobody was told what it is called.
            None => match self.find_our_account(&delivered.key.key).await? {
                Some(id) => id,
                None => return Ok(Outcome::AlreadyDone),
            },
        };
        let call = match self.accounts.removed {
            RemovedUsers::Delete => calls::delete_account(&id),
            RemovedUsers::Suspend | RemovedUsers::Keep => calls::suspend_account(&id),
        };
        Ok(judged(Step::Remove, &self.client.make(&call).await?, None))
    }

    async fn find_our_account(&self, key: &str) -> Result<Option<String>, Fault> {
        #[derive(Deserialize)]
        struct Found {
            #[serde(default)]
            users: Vec<Account>,
        }
        let reply = self.client.make(&calls::find_account(key)).await?;
        let Some(found) = reply.json::<Found>().filter(|_| reply.is_success()) else {
            return Err(Fault::Answer(Step::Ask, reply));
        };
        Ok(found.users.into_iter().find(|it| calls::is_marked(&it.external_ids, key)).map(|it| it.id))
    }
}

/// An account, by the name that Google gave it.
fn known_as(id: String, adopted: bool) -> Outcome {
    if id.is_empty() { unreadable() } else { Outcome::Done { remote: Some(id), adopted } }
}
