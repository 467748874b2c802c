//! The receiver as a target.

use async_trait::async_trait;
use outbound::Answer;
use roster::{SubjectKey, SubjectKind};
use rules::object::{DeliveredObject, ObjectKey, ObjectKind, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;
use serde::Deserialize;
use serde_json::Value;

use super::change::{Change, Manner, disabled, disabled_of};
use super::client::{Client, Fault};
use super::codes::CODES;
use super::config::{RemovedUsers, ScimConfig};
use super::kinds::{GROUPS, MEMBERS, USERS};
use super::mapping::{Mapping, key, with_members};
use crate::registry::{ConfigProblem, TargetContext};
use crate::scim_protocol::{self, PAGE, Step, Unlisted, inventory, judged, read_list};
use crate::{InventoryPage, Occasion, Refusal, Target, TargetError};

/// A receiver that speaks SCIM.
#[derive(Debug)]
pub(super) struct Scim {
    mapping: Mapping,
    client: Client,
    manner: Manner,
    removed_users: RemovedUsers,
}

impl Scim {
    pub(super) fn new(config: ScimConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let at_once = usize::try_from(config.members_at_once).unwrap_or(1).max(1);
        Ok(Self {
            mapping: Mapping::from(&config),
            client: Client::new(&config, context)?,
            manner: Manner { at_once, leave_by_value: config.remove_members_by_value },
            removed_users: config.removed_users,
        })
    }

    async fn create(&self, wanted: &WantedObject) -> Result<Outcome, Fault> {
        // Two groups may have one name: that one was made already shows in no conflict.
        if wanted.key.kind == GROUPS
            && let Some(remote) = self.find(&wanted.key).await?
        {
            return self.adopt(wanted, &remote).await;
        }
        let members: Vec<&String> = wanted.ties.get(MEMBERS).into_iter().flatten().collect();
        let (first, more) = members.split_at(members.len().min(self.manner.at_once));
        let content = wanted.body.expose();
        let answer = match wanted.ties.contains_key(MEMBERS) {
            true => self.client.create(&wanted.key.kind, &with_members(content, first.iter().copied())).await?,
            false => self.client.create(&wanted.key.kind, content).await?,
        };
        if answer.status == 409 {
            return match self.find(&wanted.key).await? {
                Some(remote) => self.adopt(wanted, &remote).await,
                None => Ok(self.judge(Step::Create, &answer, Some(wanted))),
            };
        }
        let outcome = self.judge(Step::Create, &answer, Some(wanted));
        let Outcome::Done { adopted, .. } = outcome else { return Ok(outcome) };
        let Some(remote) = identity_given(&answer) else { return Ok(unidentified()) };
        let rest = Change { wanted, join: more.to_vec(), leave: Vec::new() };
        let outcome = if more.is_empty() { Outcome::done() } else { self.change(&rest, &remote).await? };
        Ok(if outcome.is_success() { Outcome::Done { remote: Some(remote), adopted } } else { outcome })
    }

    /// What is there has our identity, or is to be ours.
    async fn adopt(&self, wanted: &WantedObject, remote: &str) -> Result<Outcome, Fault> {
        let outcome = self.change(&Change::of(wanted, None), remote).await?;
        let taken = Outcome::Done { remote: Some(remote.to_owned()), adopted: true };
        Ok(if outcome.is_success() { taken } else { outcome })
    }

    async fn update(&self, wanted: &WantedObject, delivered: &DeliveredObject) -> Result<Outcome, Fault> {
        let outcome = self.change(&Change::of(wanted, Some(delivered)), delivered.at_target()).await?;
        let done = Outcome::Done { remote: delivered.remote.clone(), adopted: false };
        Ok(if outcome.is_success() { done } else { outcome })
    }

    async fn change(&self, change: &Change<'_>, id: &str) -> Result<Outcome, Fault> {
        let wanted = change.wanted;
        if !self.client.capabilities().await?.patch.supported {
            return self.rewrite(&wanted.key.kind, id, Some(wanted), |known| change.applied_to(known)).await;
        }
        let answer = self.patch(change, id).await?;
        if change.leave.is_empty() || !is_no_target(&answer) {
            return Ok(self.judge(Step::Replace, &answer, Some(wanted)));
        }
        // Whoever is to leave may have left already, in a change whose answer was lost, or with their account.
        let present = self.client.get(&wanted.key.kind, id).await?;
        if !present.is_success() {
            return Ok(self.judge(Step::Replace, &present, None));
        }
        let Ok(known) = present.json::<Value>() else { return Ok(unreadable()) };
        let answer = self.patch(&change.where_there(&known), id).await?;
        Ok(self.judge(Step::Replace, &answer, Some(wanted)))
    }

    /// One `PATCH` after the other; the answer of the last, or of the first that failed.
    async fn patch(&self, change: &Change<'_>, id: &str) -> Result<Answer, Fault> {
        let (kind, (first, more)) = (&change.wanted.key.kind, change.patches(self.manner));
        let mut answer = self.client.patch(kind, id, &first).await?;
        for patch in more {
            if !answer.is_success() {
                break;
            }
            answer = self.client.patch(kind, id, &patch).await?;
        }
        Ok(answer)
    }

    /// Where nothing can be changed in part, the whole is written anew – if nobody else has meanwhile.
    async fn rewrite(
        &self,
        kind: &ObjectKind,
        id: &str,
        sent: Option<&WantedObject>,
        anew: impl FnOnce(&Value) -> Value + Send,
    ) -> Result<Outcome, Fault> {
        let present = self.client.get(kind, id).await?;
        if !present.is_success() {
            return Ok(self.judge(Step::Replace, &present, None));
        }
        let Ok(known) = present.json::<Value>() else { return Ok(unreadable()) };
        let version = present.header("etag").or_else(|| known["meta"]["version"].as_str());
        let answer = self.client.put(kind, id, &anew(&known), version).await?;
        Ok(self.judge(Step::Replace, &answer, sent))
    }

    async fn delete(&self, delivered: &DeliveredObject) -> Result<Outcome, Fault> {
        let kind = &delivered.key.kind;
        let id = match &delivered.remote {
            Some(remote) => remote.clone(),
            // It may have been made, and nobody was told what it is called.
            None => match self.find(&delivered.key).await? {
                Some(remote) => remote,
                None => return Ok(Outcome::AlreadyDone),
            },
        };
        if *kind != USERS || self.removed_users == RemovedUsers::Delete {
            return Ok(self.judge(Step::Delete, &self.client.delete(kind, &id).await?, None));
        }
        let outcome = if self.client.capabilities().await?.patch.supported {
            self.judge(Step::Replace, &self.client.patch(kind, &id, &disabled()).await?, None)
        } else {
            self.rewrite(kind, &id, None, disabled_of).await?
        };
        Ok(if outcome == Outcome::Vanished { Outcome::AlreadyDone } else { outcome })
    }

    /// What the receiver has under our identity: asked for by a filter, or searched for where there are none.
    async fn find(&self, wanted: &ObjectKey) -> Result<Option<String>, Fault> {
        if self.client.capabilities().await?.filter.supported {
            let answer = self.client.find(&wanted.kind, &wanted.key).await?;
            match answer.status {
                200..=299 => {
                    let found = read_list(&answer, 1).map_err(|_| Fault::Answer(Box::new(answer)))?;
                    return Ok(with_external(found, &wanted.key));
                }
                // It filters by other attributes only.
                400 | 404 | 405 | 501 => {}
                _ => return Err(Fault::Answer(Box::new(answer))),
            }
        }
        let mut start = 1;
        loop {
            let answer = self.client.list(&wanted.kind, start, PAGE).await?;
            let page = read_list(&answer, start).map_err(|_| Fault::Answer(Box::new(answer)))?;
            let next = page.next.as_ref().and_then(|it| it.parse().ok());
            if let Some(remote) = with_external(page, &wanted.key) {
                return Ok(Some(remote));
            }
            let Some(next) = next else { return Ok(None) };
            start = next;
        }
    }

    fn judge(&self, step: Step, answer: &Answer, sent: Option<&WantedObject>) -> Outcome {
        judged(&CODES, step, answer, sent.map(|it| it.body.expose()), self.client.now())
    }

    fn no_answer(&self, fault: &Fault) -> Outcome {
        match fault {
            Fault::Call(error) => scim_protocol::no_answer(error),
            Fault::Token(error) => scim_protocol::no_key(error),
            Fault::Answer(answer) if !answer.is_success() => self.judge(Step::Create, answer, None),
            Fault::Answer(_) => unreadable(),
            Fault::Identity => Outcome::Rejected {
                code: "scim.unusable_identity",
                message: "the receiver's identity of the object cannot be part of a path".to_owned(),
            },
        }
    }
}

/// Filters may be ignored: the identity is looked at again.
fn with_external(page: InventoryPage, external: &str) -> Option<String> {
    page.entries.into_iter().find(|it| it.external.as_deref() == Some(external)).map(|it| it.remote)
}

/// Whether a `PATCH` takes away what is not there [RFC 7644 §3.12].
fn is_no_target(answer: &Answer) -> bool {
    let error = answer.json::<Value>().unwrap_or_default();
    answer.status == 400 && error["scimType"].as_str() == Some("noTarget")
}

fn identity_given(answer: &Answer) -> Option<String> {
    #[derive(Deserialize)]
    struct Made {
        id: String,
    }
    answer.json::<Made>().ok().map(|it| it.id).filter(|it| !it.is_empty())
}

/// What was made cannot be changed any more without knowing what it is called: it is looked for at the next attempt.
fn unidentified() -> Outcome {
    let detail = "the receiver made the object and does not say what it calls it".to_owned();
    Outcome::Retry { after: None, code: "scim.unidentified", detail }
}

fn unlistable(detail: &str) -> TargetError {
    TargetError { code: "scim.inventory_failed", detail: detail.to_owned() }
}

fn unreadable() -> Outcome {
    let detail = "the answer is not what the protocol has there".to_owned();
    Outcome::Retry { after: None, code: "scim.unreadable", detail }
}

#[async_trait]
impl Target for Scim {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        self.mapping.map(view)
    }

    /// Organisations and activities are no objects here; nothing ever has their keys.
    fn reference_of(&self, subject: &SubjectKey) -> ObjectKey {
        match subject.kind {
            SubjectKind::Person => key(&USERS, subject.id),
            SubjectKind::Group => key(&GROUPS, subject.id),
            SubjectKind::Organisation => key(&ObjectKind::new("Organisations"), subject.id),
            SubjectKind::Activity => key(&ObjectKind::new("Activities"), subject.id),
        }
    }

    async fn apply(&self, operation: &Operation, occasion: Occasion<'_>) -> Outcome {
        let outcome = match (operation, occasion.remote) {
            (Operation::Create(wanted), None) => self.create(wanted).await,
            (Operation::Create(wanted), Some(remote)) => self.adopt(wanted, remote).await,
            (Operation::Update { wanted, delivered }, _) => self.update(wanted, delivered).await,
            (Operation::Delete(delivered), _) => self.delete(delivered).await,
        };
        outcome.unwrap_or_else(|fault| self.no_answer(&fault))
    }

    async fn inventory(&self, kind: &ObjectKind, page: Option<&str>) -> Result<Option<InventoryPage>, TargetError> {
        let listed = inventory(page, async |start, count| self.client.list(kind, start, count).await).await;
        listed.map_err(|unlisted| match unlisted {
            Unlisted::Question(Fault::Call(error)) => TargetError { code: error.code(), detail: error.to_string() },
            Unlisted::Question(Fault::Token(error)) => TargetError { code: error.code(), detail: error.to_string() },
            Unlisted::Question(_) => unlistable("the address cannot be extended"),
            Unlisted::Answer(problem) => unlistable(&problem),
        })
    }

    fn adoptable(&self) -> Option<ObjectKind> {
        self.mapping.adopt_by_email.then(|| USERS.clone())
    }
}
