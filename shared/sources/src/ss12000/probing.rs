//! Finding out what a provider can, by asking once and changing nothing.

mod sample;

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use outbound::Answer;
use roster::Id;

use self::sample::Sample;
use super::classify::{Verdict, verdict};
use super::client::{Client, Deletions, Listing};
use super::config::Ss12000Config;
use super::mapping::{self, Reading};
use super::resource::Resource;
use crate::SourceError;
use crate::report::{Finding, ListProbe, Probe};

/// How many records a page is to have when it is tried whether the provider keeps to it.
const FEW: usize = 2;

/// One look at a provider.
pub(super) struct Prober<'p> {
    pub(super) client: &'p Client,
    pub(super) config: &'p Ss12000Config,
}

/// The list that capabilities are tried on: one with records.
struct Tried {
    resource: Resource,
    records: usize,
    id: Option<Id>,
}

impl Prober<'_> {
    /// # Errors
    /// When there is no way in at all: no token, or no list that answers.
    pub(super) async fn probe(&self) -> Result<Probe, SourceError> {
        let (mut lists, mut unknown_values, mut tried) = (BTreeMap::new(), BTreeMap::new(), None::<Tried>);
        let mut refusal = None;
        for resource in Resource::ALL {
            let (list, id) = match self.ask(&self.client.profile.path_of(resource), &[]).await {
                Ok(answer) => self.list(resource, &answer, &mut unknown_values),
                Err(error) => {
                    let list = empty(Finding::Unknown(error.code.to_owned()));
                    refusal = Some(error);
                    (list, None)
                }
            };
            if list.finding == Finding::Yes && tried.as_ref().is_none_or(|it| it.records < list.records) {
                tried = Some(Tried { resource, records: list.records, id });
            }
            lists.insert(resource.path().to_owned(), list);
        }
        let Some(tried) = tried else {
            return Err(refusal.unwrap_or_else(|| SourceError::contract("source.no_resources", "no list is there")));
        };
        Ok(Probe {
            changes: self.changes(&tried).await,
            removals: self.removals().await,
            doorbell: self.doorbell().await,
            page_size: self.page_size(&tried).await,
            lookup: self.lookup(&tried).await,
            lists,
            unknown_values,
        })
    }

    async fn ask(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Answer, SourceError> {
        self.client.caller.get(path, query).await
    }

    fn list(
        &self,
        resource: Resource,
        answer: &Answer,
        unknown: &mut BTreeMap<String, BTreeSet<String>>,
    ) -> (ListProbe, Option<Id>) {
        if let Some(finding) = refused(answer) {
            return (empty(finding), None);
        }
        let listing = match Listing::of(answer) {
            Ok(listing) => listing,
            Err(error) => return (empty(Finding::Unknown(error.code.to_owned())), None),
        };
        let reading = Reading { today: self.client.today(), email_types: &self.config.email_types };
        let mapped = mapping::records(resource, &listing.data, &reading);
        let mut unreadable = BTreeMap::new();
        for it in mapped.unreadable {
            *unreadable.entry(it.code).or_insert(0) += 1;
        }
        let sample = Sample::of(resource, &listing.data);
        for (field, values) in sample.unknown_values {
            unknown.entry(field).or_default().extend(values);
        }
        let list = ListProbe {
            finding: Finding::Yes,
            records: listing.data.len(),
            more: listing.next().ok().flatten().is_some(),
            unreadable,
            attributes: sample.attributes,
        };
        (list, mapped.records.first().map(|it| it.key().id))
    }

    /// Nothing has changed since tomorrow: whoever answers with records has not looked at the filter.
    async fn changes(&self, tried: &Tried) -> Finding {
        let tomorrow = self.client.caller.now().saturating_add(SignedDuration::from_hours(24));
        let tomorrow = tomorrow.map(|it| it.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default();
        let path = self.client.profile.path_of(tried.resource);
        counted(self.ask(&path, &[("meta.modified.after", &tomorrow)]).await, |records| records == 0)
    }

    async fn page_size(&self, tried: &Tried) -> Finding {
        let path = self.client.profile.path_of(tried.resource);
        counted(self.ask(&path, &[("limit", &FEW.to_string())]).await, |records| records <= FEW)
    }

    async fn removals(&self) -> Finding {
        let now = self.client.caller.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let path: Vec<&str> = self.client.profile.home.iter().copied().chain(["deletedEntities"]).collect();
        match self.ask(&path, &[("after", &now)]).await {
            Err(error) => Finding::Unknown(error.code.to_owned()),
            Ok(answer) => refused(&answer).unwrap_or_else(|| match Deletions::of(&answer) {
                Ok(Some(_)) => Finding::Yes,
                Ok(None) => Finding::Ignored,
                Err(error) => Finding::Unknown(error.code.to_owned()),
            }),
        }
    }

    /// The list of subscriptions is asked for; none is made.
    async fn doorbell(&self) -> Finding {
        match self.client.caller.get_at(self.client.url(&["subscriptions"]), &[]).await {
            Ok(answer) => refused(&answer).unwrap_or(Finding::Yes),
            Err(error) => Finding::Unknown(error.code.to_owned()),
        }
    }

    async fn lookup(&self, tried: &Tried) -> Finding {
        let Some(id) = tried.id else { return Finding::Unknown("source.nothing_to_read".to_owned()) };
        match self.client.lookup(tried.resource, &[id], &self.config.email_types).await {
            Ok(found) if found.records.iter().any(|it| it.key().id == id) => Finding::Yes,
            Ok(_) => Finding::Ignored,
            Err(error) => Finding::Unknown(error.code.to_owned()),
        }
    }
}

fn counted(answer: Result<Answer, SourceError>, is_kept: impl FnOnce(usize) -> bool) -> Finding {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Finding::Unknown(error.code.to_owned()),
    };
    refused(&answer).unwrap_or_else(|| match Listing::of(&answer) {
        Ok(listing) if is_kept(listing.data.len()) => Finding::Yes,
        Ok(_) => Finding::Ignored,
        Err(error) => Finding::Unknown(error.code.to_owned()),
    })
}

fn refused(answer: &Answer) -> Option<Finding> {
    match verdict(answer) {
        Verdict::Given => None,
        Verdict::NotUnderstood | Verdict::Missing => Some(Finding::No(answer.status)),
        Verdict::Failed if answer.status == 403 => Some(Finding::No(answer.status)),
        Verdict::Failed => Some(Finding::Unknown(format!("HTTP {}", answer.status))),
    }
}

fn empty(finding: Finding) -> ListProbe {
    ListProbe { finding, records: 0, more: false, unreadable: BTreeMap::new(), attributes: BTreeMap::new() }
}
