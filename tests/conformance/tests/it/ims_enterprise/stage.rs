//! A register in process, and a source that reads it as the hub would.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use roster::{Clock, Group, Id, ManualClock, Organisation, Person, Record, RecordKey, RecordKind};
use sources::registry::{SourceContext, build};
use sources::{Next, ReadRequest, Scope, Source, SourceError, SourceErrorKind, Unreadable};
use uuid::Uuid;
use world::ims_enterprise::KEY_HEADER;
use world::truth::{Change, Municipality};
use world::{ImsEnterpriseOptions, ImsEnterpriseServer, Moods, Time};

use crate::kit::Line;
use crate::kit::town::{SECRET, context};

/// A register at noon, 14 October 2026.
pub(super) struct Stage {
    pub(super) server: ImsEnterpriseServer,
    pub(super) clock: ManualClock,
    pub(super) line: Line,
}

/// What the hub has.
#[derive(Default)]
pub(super) struct Hub {
    pub(super) records: BTreeMap<RecordKey, Record>,
    pub(super) cursor: Option<String>,
    pub(super) unreadable: Vec<Unreadable>,
    pub(super) full_reads: usize,
}

impl Stage {
    pub(super) fn new() -> Self {
        Self::with(ImsEnterpriseOptions::default())
    }

    pub(super) fn with(options: ImsEnterpriseOptions) -> Self {
        Self::of(150, options)
    }

    /// With so many pupils.
    pub(super) fn of(pupils: usize, options: ImsEnterpriseOptions) -> Self {
        let clock = ManualClock::at("2026-10-14T10:00:00Z".parse().unwrap());
        let told = clock.clone();
        let truth = Municipality::generate(7, pupils, jiff::civil::date(2026, 10, 14));
        let time = Time::told_by(move || told.now());
        let server = ImsEnterpriseServer::new(truth, options, Moods::calm(), time, 3);
        let answering = server.clone();
        let line = Line::to(move |request| {
            let server = answering.clone();
            async move { server.answer(request).await }
        });
        Self { server, clock, line }
    }

    /// The source's settings.
    pub(super) fn table(page_size: usize) -> String {
        format!(
            "base_url = '{}'\nschool_types = ['FK', 'GR', 'S']\nlicence_key = {{ env = '{SECRET}' }}\n\
             licence_key_header = '{KEY_HEADER}'\npage_size = {page_size}",
            ImsEnterpriseServer::base_url()
        )
    }

    pub(super) fn context(&self) -> SourceContext {
        context(&self.clock, &self.line, ImsEnterpriseServer::licence_key())
    }

    /// A process of its own: it shares nothing with others but what the hub keeps.
    pub(super) fn source(&self) -> Arc<dyn Source> {
        self.source_of(&Self::table(150))
    }

    /// A source with settings of its own.
    pub(super) fn source_of(&self, table: &str) -> Arc<dyn Source> {
        build("ims-enterprise", &table.parse().unwrap(), &self.context()).unwrap()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn pass(&self, minutes: i64) {
        self.clock.set(self.now().checked_add(SignedDuration::from_mins(minutes)).unwrap());
    }

    /// Makes something happen, and lets so much time pass that it is told.
    pub(super) fn happens(&self, change: Change) {
        self.pass(20);
        self.server.apply(&[change]);
        self.pass(20);
    }

    /// A class in which pupils are, and a pupil of it that nothing is odd about.
    pub(super) fn class_and_pupil(&self) -> (Uuid, Uuid) {
        let [shown, _] = self.server.shown();
        self.server.with_truth(|truth| {
            let class = truth.groups.values().find(|it| it.kind == "Klass" && it.memberships.len() > 10).unwrap();
            let usual = |it: &Uuid| {
                let person = &truth.persons[it];
                person.enrolments.len() == 1 && person.enrolments[0].period.end.is_none() && shown.contains(it)
            };
            (class.id, class.memberships.iter().map(|it| it.person).skip(13).find(usual).unwrap())
        })
    }
}

impl Hub {
    /// Everything, as a hub has it that has never read before.
    pub(super) async fn afresh(stage: &Stage) -> Self {
        let mut hub = Self::default();
        hub.read(stage).await.unwrap();
        hub
    }

    /// Reads as the hub does: changes if it can, everything if it must.
    pub(super) async fn read(&mut self, stage: &Stage) -> Result<(), SourceError> {
        self.read_with(stage, &|| stage.source()).await
    }

    /// Each page is read by what `source` gives.
    pub(super) async fn read_with(
        &mut self,
        stage: &Stage,
        source: &dyn Fn() -> Arc<dyn Source>,
    ) -> Result<(), SourceError> {
        let scope = self.cursor.clone().map_or(Scope::Full, |cursor| Scope::Changes { cursor });
        match self.read_scope(stage, scope, source).await {
            Err(error) if error.kind == SourceErrorKind::FullReadNeeded => {
                self.read_scope(stage, Scope::Full, source).await
            }
            done => done,
        }
    }

    async fn read_scope(
        &mut self,
        stage: &Stage,
        scope: Scope,
        source: &dyn Fn() -> Arc<dyn Source>,
    ) -> Result<(), SourceError> {
        let full = scope == Scope::Full;
        let mut request = ReadRequest { scope, position: None, started: stage.now(), memory: None };
        let (mut seen, mut removed) = (BTreeMap::new(), Vec::new());
        self.unreadable.clear();
        loop {
            let page = source().read(&request).await?;
            seen.extend(page.records.into_iter().map(|it| (it.key(), it)));
            removed.extend(page.removed);
            self.unreadable.extend(page.unreadable);
            match page.next {
                Next::Page(position) => request.position = Some(position),
                Next::End { cursor, complete } => {
                    self.cursor = cursor;
                    self.full_reads += usize::from(full);
                    self.records.retain(|key, _| !complete.contains(&key.kind) || seen.contains_key(key));
                    self.records.retain(|key, _| !removed.contains(key));
                    self.records.extend(seen);
                    return Ok(());
                }
            }
        }
    }

    pub(super) fn ids(&self, kind: RecordKind) -> Vec<Uuid> {
        self.records.keys().filter(|it| it.kind == kind).map(|it| it.id.uuid()).collect()
    }

    pub(super) fn person(&self, id: Uuid) -> Option<&Person> {
        match self.records.get(&RecordKey { kind: RecordKind::Person, id: Id::from_uuid(id) })? {
            Record::Person(person) => Some(person),
            _ => None,
        }
    }

    pub(super) fn group(&self, id: Uuid) -> Option<&Group> {
        match self.records.get(&RecordKey { kind: RecordKind::Group, id: Id::from_uuid(id) })? {
            Record::Group(group) => Some(group),
            _ => None,
        }
    }

    pub(super) fn organisations(&self) -> impl Iterator<Item = &Organisation> {
        self.records.values().filter_map(|it| match it {
            Record::Organisation(organisation) => Some(organisation),
            _ => None,
        })
    }
}
