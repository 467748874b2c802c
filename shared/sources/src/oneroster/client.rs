//! Requests to a provider and the envelopes of its answers.

use std::collections::BTreeMap;

use outbound::Answer;
use roster::Id;
use serde_json::value::RawValue;

use super::classify::{Verdict, verdict};
use super::config::OneRosterConfig;
use super::list::{Arrived, ListPosition};
use super::mapping::{Status, status_of};
use super::resource::Resource;
use super::wire::{self, Wire};
use crate::caller::Caller;
use crate::lenient::{Field, Object};
use crate::registry::SourceContext;
use crate::{ConfigProblem, SourceError};

/// The provider.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) caller: Caller,
}

/// Objects of a list; `None`: an element that is no object.
pub(super) type Objects<W> = Vec<Option<W>>;

impl Client {
    pub(super) fn new(config: &OneRosterConfig, context: &SourceContext) -> Result<Self, ConfigProblem> {
        let credentials = Some(config.credentials()?);
        Ok(Self { caller: Caller::new(config.base()?, credentials, config.allow_plain_http, context)? })
    }

    #[cfg(test)]
    pub(super) fn impatient(self) -> Self {
        Self { caller: self.caller.impatient() }
    }

    /// One page of a list.
    pub(super) async fn page(
        &self,
        path: &[&str],
        limit: u32,
        position: &ListPosition,
        more: &[(&str, &str)],
    ) -> Result<Answer, SourceError> {
        let (limit, offset) = (limit.to_string(), position.offset().to_string());
        let paging = [("limit", limit.as_str()), ("offset", offset.as_str())];
        let query: Vec<_> = paging.into_iter().chain(more.iter().copied()).collect();
        self.caller.get(path, &query).await
    }

    /// One class. `None`: there is none.
    pub(super) async fn class(&self, native: &str) -> Result<Option<Answer>, SourceError> {
        let answer = self.caller.get(&[Resource::Classes.path(), native], &[]).await?;
        match verdict(&answer) {
            Verdict::Given => Ok(Some(answer)),
            Verdict::Missing => Ok(None),
            _ => Err(self.caller.failure(&answer)),
        }
    }

    /// Whether the provider has a record. Erasure hangs on this. Only a `sourcedId` that is a UUID can be asked for; an
    /// identity that was derived from something else cannot be turned back, and looks like a UUID of version 5.
    pub(super) async fn has(&self, resource: Resource, id: Id) -> Result<bool, SourceError> {
        let answer = self.caller.get(&[resource.path(), &id.to_string()], &[]).await?;
        match verdict(&answer) {
            Verdict::Given => Ok(is_here(resource, &answer)),
            Verdict::Missing if answer.status == 404 && id.uuid().get_version_num() != 5 => Ok(false),
            Verdict::Missing => Err(SourceError::contract(
                "oneroster.identity_not_askable",
                "the identity may be derived, and the provider cannot be asked for it",
            )),
            Verdict::NotUnderstood | Verdict::Forbidden | Verdict::Failed => Err(self.caller.failure(&answer)),
        }
    }
}

/// An object that is marked as gone is not there.
fn is_here(resource: Resource, answer: &Answer) -> bool {
    let status = match resource {
        Resource::Users => one::<wire::User<'_>>(resource, answer).map(|it| it.status),
        Resource::Classes => one::<wire::Class<'_>>(resource, answer).map(|it| it.status),
        _ => one::<wire::Org<'_>>(resource, answer).map(|it| it.status),
    };
    status.is_none_or(|status| status_of(&status) != Some(Status::Gone))
}

/// The object of an answer such as `{"class": {…}}`, if it is one.
pub(super) fn one<'a, W: Wire<'a>>(resource: Resource, answer: &'a Answer) -> Option<W> {
    let envelope: BTreeMap<String, &'a RawValue> = serde_json::from_slice(&answer.body).ok()?;
    object(envelope.get(resource.one())?)
}

/// The objects of an answer such as `{"users": […]}`.
///
/// # Errors
/// `source.page_unreadable` when it is truncated or has no such list.
pub(super) fn objects<'a, W: Wire<'a>>(resource: Resource, body: &'a [u8]) -> Result<Objects<W>, SourceError> {
    let envelope: BTreeMap<String, &'a RawValue> = serde_json::from_slice(body).map_err(unreadable)?;
    let list = envelope.get(resource.path());
    let list = list.ok_or_else(|| SourceError::page_unreadable(format!("no list of {}", resource.path())))?;
    let list: Vec<&'a RawValue> = serde_json::from_str(list.get()).map_err(unreadable)?;
    Ok(list.iter().map(object).collect())
}

fn object<'a, W: Wire<'a>>(raw: &&'a RawValue) -> Option<W> {
    match serde_json::from_str(raw.get()) {
        Ok(Field::Read(Object(wire))) => Some(wire),
        _ => None,
    }
}

/// What a page says about its list.
pub(super) fn arrived<'p, 'a: 'p, W: Wire<'a>>(objects: &'p Objects<W>, answer: &Answer) -> Arrived<'p> {
    Arrived {
        ids: objects.iter().map(|it| it.as_ref().and_then(Wire::sourced_id)).collect(),
        total: answer.header("x-total-count").and_then(|text| text.trim().parse().ok()),
        more: answer.header("link").map(|link| link.contains("rel=\"next\"") || link.contains("rel=next")),
    }
}

/// Says where the page ceases to be readable, never what stands there.
fn unreadable(error: serde_json::Error) -> SourceError {
    SourceError::page_unreadable(format!("no valid page at line {}, column {}", error.line(), error.column()))
}
