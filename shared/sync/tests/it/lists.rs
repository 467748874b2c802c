//! Sources that are lists of persons in memory, and a target that takes anything.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use outbound::{FixedSecrets, Secrets};
use roster::{Id, Organisation, Person, Record, RecordKey, RecordKind, SubjectKey};
use rules::config::{Connectors, SettingsProblem, SourceConfig, TargetConfig};
use rules::object::{Body, ObjectKey, ObjectKind, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::policy::{Carries, TargetPolicy};
use rules::view::View;
use serde_json::json;
use sources::{Next, Page, ReadRequest, Scope, Source, SourceError, Subscription};
use sync::connectors::{BuiltTarget, Factory};
use targets::{Occasion, Refusal, Target};

use crate::desk::{DESK, Desk};
use crate::paper::{PAPER, Paper};
use crate::shelf::{SHELF, ShelfTarget};

/// What every source has, by its name; what is gone, where changes are told; what the last page of every read says; the
/// schools that every source has; what a target was given in files; a target that reads; and one that takes lines by calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists(
    Arc<Mutex<BTreeMap<String, BTreeMap<Id, Person>>>>,
    Arc<Mutex<BTreeMap<String, Vec<Id>>>>,
    Arc<Mutex<BTreeMap<String, LastPage>>>,
    Arc<Mutex<Vec<Organisation>>>,
    Paper,
    ShelfTarget,
    Desk,
);

/// What a source says at last: who is there, and who is gone.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastPage {
    pub(crate) here: Vec<Person>,
    pub(crate) gone: Vec<Id>,
}

impl Lists {
    pub(crate) fn change(&self, source: &str, change: impl FnOnce(&mut BTreeMap<Id, Person>)) {
        change(self.0.lock().unwrap().entry(source.to_owned()).or_default());
    }

    /// From now on a source tells changes: these are gone.
    pub(crate) fn say_gone(&self, source: &str, gone: impl IntoIterator<Item = Id>) {
        self.1.lock().unwrap().entry(source.to_owned()).or_default().extend(gone);
    }

    /// From now on every read of a source ends with this page.
    pub(crate) fn say_last(&self, source: &str, page: LastPage) {
        self.2.lock().unwrap().insert(source.to_owned(), page);
    }

    /// A school that every source has.
    pub(crate) fn add_school(&self, school: Organisation) {
        self.3.lock().unwrap().push(school);
    }

    /// No source has a school any more.
    pub(crate) fn remove_schools(&self) {
        self.3.lock().unwrap().clear();
    }

    /// The files of the target that gets some.
    pub(crate) const fn paper(&self) -> &Paper {
        &self.4
    }

    /// The target that reads.
    pub(crate) const fn shelf(&self) -> &ShelfTarget {
        &self.5
    }

    /// The target that takes lines by calls.
    pub(crate) const fn desk(&self) -> &Desk {
        &self.6
    }

    fn last(&self, source: &str) -> Option<LastPage> {
        self.2.lock().unwrap().get(source).cloned()
    }

    fn gone(&self, source: &str) -> Option<Vec<Id>> {
        self.1.lock().unwrap().get(source).cloned()
    }

    pub(crate) fn of(&self, source: &str) -> Vec<Person> {
        self.0.lock().unwrap().get(source).into_iter().flat_map(|it| it.values().cloned()).collect()
    }
}

#[derive(Debug)]
struct List {
    name: String,
    lists: Lists,
}

/// Where the last page is.
const LAST: &str = "last";

/// Persons on a page.
const PAGE: usize = 16;

#[async_trait]
impl Source for List {
    async fn read(&self, request: &ReadRequest) -> Result<Page, SourceError> {
        let gone = self.lists.gone(&self.name);
        let cursor = gone.is_some().then(|| "cursor".to_owned());
        let end = Next::End { cursor, complete: vec![RecordKind::Organisation, RecordKind::Person] };
        let keys = |of: Vec<Id>| of.into_iter().map(|id| RecordKey { kind: RecordKind::Person, id }).collect();
        let last = self.lists.last(&self.name);
        if request.position.as_deref() == Some(LAST) {
            let LastPage { here, gone } = last.unwrap_or_default();
            let records = here.into_iter().map(Record::Person).collect();
            return Ok(Page { records, removed: keys(gone), unreadable: vec![], next: end, memory: None });
        }
        let end = if last.is_some() { Next::Page(LAST.to_owned()) } else { end };
        if matches!(request.scope, Scope::Changes { .. }) {
            let removed = keys(gone.unwrap_or_default());
            return Ok(Page { records: vec![], removed, unreadable: vec![], next: end, memory: None });
        }
        let from: usize = request.position.as_deref().map_or(0, |it| it.parse().unwrap());
        let all = self.lists.of(&self.name);
        let schools = self.lists.3.lock().unwrap().clone().into_iter().filter(|_| from == 0).map(Record::Organisation);
        Ok(Page {
            records: schools.chain(all.iter().skip(from).take(PAGE).cloned().map(Record::Person)).collect(),
            removed: vec![],
            unreadable: vec![],
            next: if from + PAGE < all.len() { Next::Page((from + PAGE).to_string()) } else { end },
            memory: None,
        })
    }

    async fn subscribe(&self, _: Option<&Subscription>, _: &str) -> Result<Option<Subscription>, SourceError> {
        Ok(None)
    }

    async fn has(&self, key: RecordKey) -> Result<bool, SourceError> {
        Ok(self.lists.of(&self.name).iter().any(|it| it.id == key.id))
    }

    fn identity(&self, _: RecordKind, native: &str) -> Id {
        Id::from_source("list", native)
    }
}

/// Takes persons, and keeps nothing.
#[derive(Debug)]
struct Sink;

#[async_trait]
impl Target for Sink {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        let View::Person(person) = view else { return Ok(vec![]) };
        let key = self.reference_of(&SubjectKey::person(person.id));
        Ok(vec![WantedObject::new(key, Body::new(json!({})))])
    }

    fn reference_of(&self, key: &SubjectKey) -> ObjectKey {
        ObjectKey { kind: ObjectKind::new("Users"), key: key.id.to_string() }
    }

    async fn apply(&self, _: &Operation, _: Occasion<'_>) -> Outcome {
        Outcome::Done { remote: None, adopted: false }
    }
}

/// The name of a target that finds one and the same account for everybody.
pub(crate) const ONE_ACCOUNT: &str = "one-account";

#[derive(Debug)]
struct OneAccount;

#[async_trait]
impl Target for OneAccount {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        Sink.map(view)
    }

    fn reference_of(&self, key: &SubjectKey) -> ObjectKey {
        Sink.reference_of(key)
    }

    async fn apply(&self, _: &Operation, _: Occasion<'_>) -> Outcome {
        Outcome::Done { remote: Some("account-1".to_owned()), adopted: true }
    }

    fn adoptable(&self) -> Option<ObjectKind> {
        Some(ObjectKind::new("Users"))
    }
}

/// Makes sources of kind `list` and targets of kind `sink`.
#[derive(Debug)]
pub(crate) struct ListFactory {
    pub(crate) lists: Lists,
    pub(crate) secrets: FixedSecrets,
}

impl Connectors for ListFactory {
    fn source_keys(&self, kind: &str) -> Option<&'static [&'static str]> {
        (kind == "list").then_some(&[])
    }

    fn target_keys(&self, kind: &str) -> Option<&'static [&'static str]> {
        (kind == "sink").then_some(&[])
    }

    fn try_source(&self, _: &SourceConfig) -> Result<(), SettingsProblem> {
        Ok(())
    }

    fn try_target(&self, _: &TargetConfig) -> Result<(), SettingsProblem> {
        Ok(())
    }
}

impl Factory for ListFactory {
    fn source(&self, _: &str, config: &SourceConfig) -> Result<Arc<dyn Source>, SettingsProblem> {
        Ok(Arc::new(List { name: config.name.clone(), lists: self.lists.clone() }))
    }

    fn target(&self, _: &str, config: &TargetConfig) -> Result<BuiltTarget, SettingsProblem> {
        if config.name == ONE_ACCOUNT {
            let policy = TargetPolicy { carries: Carries::PERSONS_AND_GROUPS, ..TargetPolicy::default() };
            return Ok(BuiltTarget { target: Arc::new(OneAccount), policy });
        }
        if config.name == PAPER {
            let policy = TargetPolicy { carries: Carries::PERSONS_AND_GROUPS, ..TargetPolicy::default() };
            return Ok(BuiltTarget { target: Arc::new(self.lists.4.clone()), policy });
        }
        if config.name == DESK {
            let policy = TargetPolicy { carries: Carries::PERSONS_AND_GROUPS, ..TargetPolicy::default() };
            return Ok(BuiltTarget { target: Arc::new(self.lists.6.clone()), policy });
        }
        if config.name == SHELF {
            let policy = TargetPolicy {
                carries: Carries { organisations: true, ..Carries::PERSONS_AND_GROUPS },
                ..TargetPolicy::default()
            };
            return Ok(BuiltTarget { target: Arc::new(self.lists.5.clone()), policy });
        }
        Ok(BuiltTarget { target: Arc::new(Sink), policy: TargetPolicy::default() })
    }

    fn secrets(&self) -> &dyn Secrets {
        &self.secrets
    }
}
