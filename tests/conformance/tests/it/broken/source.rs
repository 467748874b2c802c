//! A source that does one thing wrong.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use roster::{Id, Record, RecordKey, RecordKind};
use sources::{Next, Page, ReadRequest, Scope, Source, SourceError, SourceErrorKind, Subscription, Unreadable};

use super::Breakage;

/// Differs every time, in every process.
static CHANCE: AtomicU64 = AtomicU64::new(0);

#[derive(Debug)]
pub(super) struct Broken {
    inner: Arc<dyn Source>,
    how: Breakage,
    served: Arc<Mutex<BTreeSet<String>>>,
    place: Mutex<Option<String>>,
    endless: Mutex<bool>,
}

impl Broken {
    pub(super) fn new(inner: Arc<dyn Source>, how: Breakage, served: Arc<Mutex<BTreeSet<String>>>) -> Self {
        Self { inner, how, served, place: Mutex::default(), endless: Mutex::default() }
    }

    fn is(&self, how: Breakage) -> bool {
        self.how == how
    }

    fn spoil(&self, page: &mut Page, request: &ReadRequest) {
        let changes = request.scope != Scope::Full;
        match self.how {
            Breakage::DropsARecord => {
                let person = page.records.iter().position(|it| matches!(it, Record::Person(_)));
                person.map(|place| page.records.remove(place));
            }
            Breakage::GivesARecordTwice => page.records.extend(page.records.first().cloned()),
            Breakage::NamesAnew => {
                if let Some(Record::Group(group)) = page.records.first_mut() {
                    group.name = CHANCE.fetch_add(1, Ordering::Relaxed).to_string();
                }
            }
            Breakage::SwallowsChanges if changes => page.records.clear(),
            Breakage::SwallowsRemovals if changes => page.removed.clear(),
            Breakage::WarnsByName => {
                let name = name(page);
                page.unreadable.extend(name.map(|reason| Unreadable {
                    kind: RecordKind::Person,
                    id: None,
                    code: "broken.name".to_owned(),
                    reason,
                    lost: false,
                }));
            }
            Breakage::LogsTheName => tracing::debug!(name = name(page), "somebody is read"),
            Breakage::ForgetsAKind => {
                if let Next::End { complete, .. } = &mut page.next {
                    complete.pop();
                }
            }
            Breakage::RemembersInProcess => {
                if let Next::Page(position) = &mut page.next {
                    *self.place.lock().unwrap() = Some(std::mem::replace(position, "next".to_owned()));
                }
            }
            _ => {}
        }
    }

    fn after(&self, error: SourceError, request: &ReadRequest) -> Result<Page, SourceError> {
        let everything = RecordKind::ALL[..5].to_vec();
        match (self.how, error.kind) {
            (Breakage::EndsWhereItFails, _) => Ok(end(everything)),
            (Breakage::BelievesAnyPlace, SourceErrorKind::FullReadNeeded) => Ok(end(Vec::new())),
            (Breakage::IsImpatient, SourceErrorKind::Throttled(_)) => {
                Err(SourceError { kind: SourceErrorKind::Passing, ..error })
            }
            (Breakage::GoesOnForEver, SourceErrorKind::Contract) => {
                *self.endless.lock().unwrap() = true;
                Ok(again(request))
            }
            _ => Err(error),
        }
    }
}

fn name(page: &Page) -> Option<String> {
    page.records.iter().find_map(|record| match record {
        Record::Person(person) => Some(person.family_name.expose().clone()),
        _ => None,
    })
}

fn end(complete: Vec<RecordKind>) -> Page {
    let next = Next::End { cursor: None, complete };
    Page { records: Vec::new(), removed: Vec::new(), unreadable: Vec::new(), next, memory: None }
}

fn again(request: &ReadRequest) -> Page {
    Page { next: Next::Page(request.position.clone().unwrap_or_default()), ..end(Vec::new()) }
}

#[async_trait]
impl Source for Broken {
    async fn read(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        let mut request = request.clone();
        if *self.endless.lock().unwrap() {
            return Ok(again(&request));
        }
        if self.is(Breakage::BelievesAnyMemory) && request.memory.as_ref().is_some_and(|it| !it.starts_with('{')) {
            return Ok(end(Vec::new()));
        }
        if self.is(Breakage::ServesAPositionOnce)
            && let Some(position) = &request.position
            && !self.served.lock().unwrap().insert(position.clone())
        {
            return Ok(end(Vec::new()));
        }
        if self.is(Breakage::RemembersInProcess) && request.position.is_some() {
            // A process that has read nothing yet is lost.
            let here = self.place.lock().unwrap().clone();
            request.position = Some(here.unwrap_or_default());
        }
        match self.inner.read(&request).await {
            Ok(page) if self.is(Breakage::FailsByName) && name(&page).is_some() => Err(SourceError {
                kind: SourceErrorKind::Contract,
                code: "broken.name",
                detail: name(&page).unwrap_or_default(),
                memory: None,
                cause: None,
            }),
            Ok(mut page) => {
                self.spoil(&mut page, &request);
                Ok(page)
            }
            Err(error) => self.after(error, &request),
        }
    }

    async fn subscribe(
        &self,
        current: Option<&Subscription>,
        doorbell: &str,
    ) -> Result<Option<Subscription>, SourceError> {
        let mut subscription = self.inner.subscribe(current, doorbell).await?;
        if let Some(subscription) = &mut subscription {
            match self.how {
                Breakage::RegistersAnew => subscription.id = CHANCE.fetch_add(1, Ordering::Relaxed).to_string(),
                Breakage::ShowsTheDoorbell => subscription.id = doorbell.to_owned(),
                _ => {}
            }
        }
        Ok(subscription)
    }

    async fn has(&self, key: RecordKey) -> Result<bool, SourceError> {
        match self.how {
            Breakage::SaysGoneInTrouble => Ok(self.inner.has(key).await.unwrap_or(false)),
            Breakage::SaysEverybodyIsThere => Ok(true),
            _ => self.inner.has(key).await,
        }
    }

    fn identity(&self, kind: RecordKind, native: &str) -> Id {
        if self.is(Breakage::IdentifiesByChance) {
            return Id::derived(&[native, &CHANCE.fetch_add(1, Ordering::Relaxed).to_string()]);
        }
        self.inner.identity(kind, native)
    }
}
