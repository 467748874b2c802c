//! Requests to a provider and the envelopes of its answers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use outbound::{Answer, Request, Url};
use roster::validity::date_in_sweden;
use roster::{Id, RecordKey};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::classify::{self, Verdict};
use super::config::Ss12000Config;
use super::mapping::{self, Mapped, Reading};
use super::profile::Profile;
use super::resource::Resource;
use crate::caller::{Access, Caller};
use crate::lenient::{Field, List, Reference, Text};
use crate::registry::SourceContext;
use crate::{ConfigProblem, SourceError, SourceErrorKind};

/// Identities per lookup; the standard sets no limit but lets the provider answer 503 when it is too many.
const LOOKUP_BATCH: usize = 500;

/// The provider.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) caller: Caller,
    pub(super) profile: &'static Profile,
}

/// The envelope of a list: `{"data": […], "pageToken": "…"}`.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(crate) struct Listing<'a> {
    #[serde(borrow)]
    pub(crate) data: Vec<&'a RawValue>,
    #[serde(default, rename = "pageToken")]
    page_token: Field<Text<'a>>,
}

/// The envelope of `/deletedEntities`.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(crate) struct Deletions<'a> {
    #[serde(borrow)]
    data: DeletedIds<'a>,
    #[serde(default, rename = "pageToken")]
    page_token: Field<Text<'a>>,
}

/// Lists of identities by the resource's name, as the standard says; or, as one provider has it, a list of entities.
/// Some languages write an object without keys as an empty list.
#[derive(Deserialize)]
#[serde(untagged, bound(deserialize = "'de: 'a"))]
enum DeletedIds<'a> {
    ByResource(BTreeMap<String, Field<List<Reference>>>),
    Each(Vec<DeletedEntity<'a>>),
}

/// `{"entityType": "Person", "id": "…", "deletedAt": "…"}`, seen at an independent SS 12000 server.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct DeletedEntity<'a> {
    #[serde(rename = "entityType")]
    entity: Field<Text<'a>>,
    #[serde(default)]
    id: Field<Reference>,
}

impl Client {
    pub(super) fn new(config: &Ss12000Config, context: &SourceContext) -> Result<Self, ConfigProblem> {
        let access = Access {
            credentials: config.credentials()?,
            certificate: config.client_certificate.clone(),
            allow_plain_http: config.allow_plain_http,
        };
        Ok(Self { caller: Caller::with_access(config.base()?, access, context)?, profile: config.profile() })
    }

    #[cfg(test)]
    pub(super) fn impatient(self) -> Self {
        Self { caller: self.caller.impatient(), ..self }
    }

    /// The failure that an answer is, an outage in disguise included.
    pub(super) fn failure(&self, answer: &Answer) -> SourceError {
        if classify::is_outage(answer) {
            let detail = format!("HTTP {}, the provider has no data for the moment", answer.status);
            return SourceError::new(SourceErrorKind::Passing, "source.page_failed", detail);
        }
        self.caller.failure(answer)
    }

    /// Whether the provider has a record. Erasure hangs on this: a path that the provider may simply not have
    /// (404 on `/{id}`, added late by several) is confirmed by a lookup where there is one.
    pub(super) async fn has(&self, resource: Resource, id: Id) -> Result<bool, SourceError> {
        let (mut path, id_text) = (self.profile.path_of(resource), id.to_string());
        path.push(&id_text);
        let answer = self.caller.get(&path, &[]).await?;
        match classify::verdict(&answer) {
            Verdict::Given => Ok(true),
            Verdict::Missing => match self.lookup(resource, &[id], &[]).await {
                Ok(found) => {
                    Ok(found.records.iter().any(|record| record.key() == RecordKey { kind: resource.kind(), id }))
                }
                Err(error) if error.code == LOOKUP_MISSING && answer.status == 404 => Ok(false),
                Err(error) => Err(error),
            },
            Verdict::NotUnderstood | Verdict::Failed => Err(self.failure(&answer)),
        }
    }

    /// Fetches records by identity, in batches that are halved when the provider finds them too large (503).
    pub(super) async fn lookup(
        &self,
        resource: Resource,
        ids: &[Id],
        email_types: &[String],
    ) -> Result<Mapped, SourceError> {
        let mut found = Mapped::default();
        let reading = Reading { today: self.today(), email_types };
        let mut waiting: Vec<&[Id]> = ids.chunks(LOOKUP_BATCH).rev().collect();
        while let Some(batch) = waiting.pop() {
            let answer = self.ask(resource, batch).await?;
            if answer.status == 503 && batch.len() > 1 {
                let (first, second) = batch.split_at(batch.len() / 2);
                waiting.extend([second, first]);
                continue;
            }
            let page = self.found(resource, &answer, &reading)?;
            found.records.extend(page.records);
            found.unreadable.extend(page.unreadable);
        }
        Ok(found)
    }

    async fn ask(&self, resource: Resource, ids: &[Id]) -> Result<Answer, SourceError> {
        let path: Vec<&str> = self.profile.path_of(resource).into_iter().chain(["lookup"]).collect();
        let request = Request::post(self.caller.url(&path))
            .accept("application/json")
            .json(&serde_json::json!({ "ids": ids }))
            .changes_nothing();
        self.caller.send(request).await
    }

    fn found(&self, resource: Resource, answer: &Answer, reading: &Reading<'_>) -> Result<Mapped, SourceError> {
        match classify::verdict(answer) {
            Verdict::Given => {
                let data: Vec<&RawValue> = serde_json::from_slice(&answer.body).map_err(unreadable)?;
                Ok(mapping::records(resource, &data, reading))
            }
            Verdict::Missing => Err(SourceError::contract(
                LOOKUP_MISSING,
                format!("HTTP {}: the provider has no lookup", answer.status),
            )),
            Verdict::NotUnderstood | Verdict::Failed => Err(self.failure(answer)),
        }
    }

    /// The address of something that belongs to no resource, such as `/subscriptions`.
    pub(super) fn url(&self, path: &[&str]) -> Url {
        let path: Vec<&str> = self.profile.home.iter().chain(path).copied().collect();
        self.caller.url(&path)
    }

    pub(super) fn today(&self) -> Date {
        date_in_sweden(self.caller.now())
    }
}

const LOOKUP_MISSING: &str = "source.lookup_missing";

impl<'a> Listing<'a> {
    /// # Errors
    /// `source.page_unreadable` when it is truncated or has no `data`.
    pub(crate) fn of(answer: &'a Answer) -> Result<Self, SourceError> {
        serde_json::from_slice(&answer.body).map_err(unreadable)
    }

    /// The next page's token; `None`: this was the last page.
    pub(crate) fn next(&self) -> Result<Option<String>, SourceError> {
        next(&self.page_token)
    }
}

impl<'a> Deletions<'a> {
    /// `None`: the answer is whole, but says what was deleted in a way that nobody has described.
    ///
    /// # Errors
    /// `source.page_unreadable` when it is truncated.
    pub(crate) fn of(answer: &'a Answer) -> Result<Option<Self>, SourceError> {
        match serde_json::from_slice(&answer.body) {
            Ok(deletions) => Ok(Some(deletions)),
            Err(error) if error.is_data() => Ok(None),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// As [`Listing::next`].
    pub(crate) fn next(&self) -> Result<Option<String>, SourceError> {
        next(&self.page_token)
    }

    /// What is gone. The standard spells activities `activitites`; both are read.
    pub(crate) fn removed(self, resources: &[Resource]) -> Vec<RecordKey> {
        let named = |name: &str| {
            let known = |it: &&Resource| it.path() == name || (name == "activitites" && **it == Resource::Activities);
            resources.iter().find(known).map(|it| it.kind())
        };
        let entity = |name: &str| resources.iter().find(|it| it.entity() == name).map(|it| it.kind());
        let removed: BTreeSet<RecordKey> = match self.data {
            DeletedIds::ByResource(lists) => lists
                .into_iter()
                .filter_map(|(name, ids)| Some((named(&name)?, ids.read().unwrap_or_default())))
                .flat_map(|(kind, ids)| ids.into_iter().filter_map(Field::read).map(move |it| (kind, it)))
                .filter_map(|(kind, it)| Some(RecordKey { kind, id: it.0? }))
                .collect(),
            DeletedIds::Each(entities) => entities
                .into_iter()
                .filter_map(|it| Some(RecordKey { kind: entity(&it.entity.read()?.0)?, id: it.id.read()?.0? }))
                .collect(),
        };
        removed.into_iter().collect()
    }
}

fn next(token: &Field<Text<'_>>) -> Result<Option<String>, SourceError> {
    match token {
        Field::Absent => Ok(None),
        Field::Read(text) => Ok(text.filled().map(str::to_owned)),
        Field::Unreadable => Err(SourceError::page_unreadable("pageToken is neither text nor null")),
    }
}

/// Says where the page ceases to be readable, never what stands there.
fn unreadable(error: serde_json::Error) -> SourceError {
    let detail = format!("no valid page at line {}, column {}", error.line(), error.column());
    SourceError::page_unreadable(detail)
}
