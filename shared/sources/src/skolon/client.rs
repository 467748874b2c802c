//! Requests to Skolon and the envelope of its answers.

use std::collections::BTreeMap;

use outbound::Answer;
use roster::validity::date_in_sweden;
use roster::{Id, Licence, Record, RecordKey};
use serde_json::value::RawValue;

use super::classify::{Verdict, verdict};
use super::config::SkolonConfig;
use super::feed::Feed;
use super::mapping::{self, MappedPage, Reading};
use super::memory::Memory;
use crate::caller::Caller;
use crate::lenient::{Field, Flag, Text};
use crate::paging::Paging;
use crate::registry::SourceContext;
use crate::{ConfigProblem, SourceError};

/// The version of a name-based UUID: one the hub derived itself, which Skolon has never heard of.
const DERIVED: usize = 5;

/// Skolon.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) caller: Caller,
}

/// One page of a feed.
pub(super) struct Envelope<'a> {
    pub(super) list: Vec<&'a RawValue>,
    pub(super) version_tag: Option<String>,
    /// The cursor of the next page; `None`: this was the last one.
    pub(super) next: Option<String>,
}

impl Client {
    pub(super) fn new(config: &SkolonConfig, context: &SourceContext) -> Result<Self, ConfigProblem> {
        let credentials = Some(config.credentials());
        Ok(Self { caller: Caller::new(config.base()?, credentials, config.allow_plain_http, context)? })
    }

    #[cfg(test)]
    pub(super) fn impatient(self) -> Self {
        Self { caller: self.caller.impatient() }
    }

    pub(super) async fn page(&self, feed: Feed, query: &[(&str, &str)]) -> Result<Answer, SourceError> {
        self.caller.get(&["v2", "partner", feed.entity()], query).await
    }

    /// Whether Skolon has a record that is not marked as deleted. What comes back is looked at again, since filters
    /// have been seen to let others through.
    pub(super) async fn has(&self, feed: Feed, id: Id, config: &SkolonConfig) -> Result<bool, SourceError> {
        let wanted = id.to_string();
        let filter: &[(&str, &str)] = if id.uuid().get_version_num() == DERIVED { &[] } else { &[("uuid", &wanted)] };
        let key = RecordKey { kind: feed.kind(), id };
        let mut found = false;
        self.each_page(feed, filter, config, |page| {
            found = found || page.records.iter().any(|record| record.key() == key);
            found
        })
        .await?;
        Ok(found)
    }

    pub(super) async fn licences_of(&self, person: Id, config: &SkolonConfig) -> Result<Vec<Licence>, SourceError> {
        let mut licences = Vec::new();
        self.each_page(Feed::License, &[("userUuid", &person.to_string())], config, |page| {
            licences.extend(page.records.into_iter().filter_map(|record| held_by(person, record)));
            false
        })
        .await?;
        Ok(licences)
    }

    /// Goes through a filtered feed until `enough` says so. A feed that is not there has no pages.
    async fn each_page(
        &self,
        feed: Feed,
        filter: &[(&str, &str)],
        config: &SkolonConfig,
        mut enough: impl FnMut(MappedPage) -> bool + Send,
    ) -> Result<(), SourceError> {
        let known = Memory::default();
        let reading = Reading { config, known: &known, today: date_in_sweden(self.caller.now()) };
        let limit = config.page_size.to_string();
        let mut paging = Paging::default();
        loop {
            let cursor = paging.token.as_deref().map(|cursor| ("cursor", cursor));
            let query: Vec<_> = filter.iter().copied().chain([("limit", limit.as_str())]).chain(cursor).collect();
            let answer = self.page(feed, &query).await?;
            match verdict(&answer) {
                Verdict::Given => {}
                Verdict::Missing => return Ok(()),
                Verdict::NotAccepted | Verdict::Failed => return Err(self.caller.failure(&answer)),
            }
            let envelope = Envelope::of(feed, &answer)?;
            let done = enough(mapping::records(feed, &envelope.list, &reading));
            match envelope.next {
                Some(cursor) if !done => paging = paging.follow(cursor)?,
                _ => return Ok(()),
            }
        }
    }
}

fn held_by(person: Id, record: Record) -> Option<Licence> {
    match record {
        Record::Licence(licence) if licence.holders.contains(&person) => Some(licence),
        _ => None,
    }
}

impl<'a> Envelope<'a> {
    /// `{"users":[…],"versionTag":…,"hasMore":false,"cursor":…}`.
    ///
    /// # Errors
    /// `source.page_unreadable` when it is truncated, has no list, or says that there is more without saying where.
    pub(super) fn of(feed: Feed, answer: &'a Answer) -> Result<Self, SourceError> {
        let mut parts: BTreeMap<String, &'a RawValue> = serde_json::from_slice(&answer.body).map_err(unreadable)?;
        let version_tag: Field<Text<'a>> = part(&mut parts, "versionTag")?;
        let has_more: Field<Flag> = part(&mut parts, "hasMore")?;
        let cursor: Field<Text<'a>> = part(&mut parts, "cursor")?;
        let next = match has_more {
            Field::Absent | Field::Read(Flag(false)) => None,
            Field::Read(Flag(true)) => Some(filled(&cursor).ok_or_else(|| at_fault("hasMore without a cursor"))?),
            Field::Unreadable => return Err(at_fault("hasMore is neither true nor false")),
        };
        Ok(Self { list: list(feed, &parts)?, version_tag: filled(&version_tag), next })
    }
}

fn part<'a, T>(parts: &mut BTreeMap<String, &'a RawValue>, name: &str) -> Result<Field<T>, SourceError>
where
    Field<T>: serde::Deserialize<'a>,
{
    let raw = parts.remove(name);
    raw.map_or(Ok(Field::Absent), |raw| serde_json::from_str(raw.get()).map_err(unreadable))
}

/// The list under its usual key, or the only list there is.
fn list<'a>(feed: Feed, parts: &BTreeMap<String, &'a RawValue>) -> Result<Vec<&'a RawValue>, SourceError> {
    let is_list = |raw: &&RawValue| raw.get().starts_with('[');
    let mut lists = parts.values().copied().filter(is_list);
    let only = lists.next().filter(|_| lists.next().is_none());
    let raw = parts.get(feed.list_key()).copied().or(only);
    let raw = raw.ok_or_else(|| at_fault("there is no list"))?;
    serde_json::from_str(raw.get()).map_err(unreadable)
}

fn filled(field: &Field<Text<'_>>) -> Option<String> {
    match field {
        Field::Read(text) => text.filled().map(str::to_owned),
        Field::Absent | Field::Unreadable => None,
    }
}

fn at_fault(what: &str) -> SourceError {
    SourceError::page_unreadable(what)
}

/// Says where the page ceases to be readable, never what stands there.
fn unreadable(error: serde_json::Error) -> SourceError {
    SourceError::page_unreadable(format!("no valid page at line {}, column {}", error.line(), error.column()))
}
