//! A directory in process, and a source that reads it as the hub would.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use jiff::{SignedDuration, Timestamp};
use outbound::{CallErrorKind, Carried, FixedSecrets, SecretRef, Transport};
use roster::{Group, Id, ManualClock, MembershipRole, Organisation, Person, Record, RecordKey, RecordKind};
use sources::registry::{SourceContext, build};
use sources::{Next, ReadRequest, Scope, Source, SourceError, Unreadable};
use world::graph_education::{Directory, TENANT};
use world::truth::Municipality;
use world::{GraphEducationOptions, GraphEducationServer, Moods};

/// 14 October 2026, noon in Sweden.
pub(super) fn noon() -> Timestamp {
    "2026-10-14T10:00:00Z".parse().unwrap()
}

/// Carries the source's calls to the counterpart.
#[derive(Clone)]
struct InProcess(GraphEducationServer);

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InProcess")
    }
}

#[async_trait]
impl Transport for InProcess {
    async fn carry(&self, request: reqwest::Request) -> Result<Carried, CallErrorKind> {
        let mut asked = axum::http::Request::builder().method(request.method().as_str()).uri(request.url().as_str());
        for (name, value) in request.headers() {
            asked = asked.header(name.as_str(), value.as_bytes());
        }
        let body = request.body().and_then(|it| it.as_bytes()).unwrap_or_default().to_vec();
        let answer = self.0.answer(asked.body(Body::from(body)).unwrap()).await.ok_or(CallErrorKind::Reset)?;
        let (head, body) = answer.into_parts();
        let headers = head.headers;
        let body = to_bytes(body, usize::MAX).await.map_err(|_| CallErrorKind::Reset)?.to_vec();
        Ok(Carried { status: head.status.as_u16(), headers, body })
    }
}

/// What the hub has: the newest record of each, as far as nothing says that it is gone.
#[derive(Default)]
pub(super) struct Hub {
    pub(super) records: BTreeMap<RecordKey, Record>,
    pub(super) cursor: Option<String>,
    pub(super) memory: Option<String>,
    /// Reads of everything so far.
    pub(super) full_reads: usize,
    pub(super) unreadable: Vec<Unreadable>,
}

pub(super) struct Stage {
    pub(super) server: GraphEducationServer,
    pub(super) clock: Arc<ManualClock>,
    settings: String,
}

impl Stage {
    pub(super) fn new() -> Self {
        Self::with(GraphEducationOptions { largest_page: 17, ..GraphEducationOptions::default() }, "")
    }

    pub(super) fn with(options: GraphEducationOptions, settings: &str) -> Self {
        let truth = Municipality::generate(7, 150, jiff::civil::date(2026, 10, 14));
        let server = GraphEducationServer::new(truth, options, Moods::calm(), 3);
        Self { server, clock: Arc::new(ManualClock::at(noon())), settings: settings.to_owned() }
    }

    /// A process of its own: it shares nothing with others but what the hub keeps.
    pub(super) fn source(&self) -> Arc<dyn Source> {
        let table = format!(
            "tenant_id = '{TENANT}'\nclient_id = '{}'\nclient_secret = {{ env = 'A_SECRET' }}\n\
             base_url = '{}'\nlogin_url = '{}'\n{}",
            self.server.credentials().client_id,
            GraphEducationServer::base_url(),
            GraphEducationServer::login_url(),
            self.settings
        );
        let secret = self.server.credentials().client_secret.clone();
        let context = SourceContext {
            transport: Some(Arc::new(InProcess(self.server.clone()))),
            places: None,
            secrets: Arc::new(FixedSecrets::new().with(SecretRef::Env("A_SECRET".into()), &secret)),
            clock: Arc::clone(&self.clock) as Arc<dyn roster::Clock>,
            user_agent: "a-test/1".into(),
            tenant: "norrbyholm".into(),
            source: "graph".into(),
        };
        build("graph-education", &table.parse().unwrap(), &context).unwrap()
    }

    pub(super) fn pass(&self, minutes: i64) {
        self.clock.set(roster::Clock::now(&*self.clock).checked_add(SignedDuration::from_mins(minutes)).unwrap());
    }
}

impl Hub {
    /// Reads as the hub does: changes if it can, everything if it must. Each page in a process of its own.
    pub(super) async fn read(&mut self, stage: &Stage) -> Result<(), SourceError> {
        let scope = self.cursor.clone().map_or(Scope::Full, |cursor| Scope::Changes { cursor });
        match self.read_scope(stage, scope).await {
            Err(error) if error.kind == sources::SourceErrorKind::FullReadNeeded => {
                self.read_scope(stage, Scope::Full).await
            }
            other => other,
        }
    }

    pub(super) async fn read_everything(&mut self, stage: &Stage) -> Result<(), SourceError> {
        self.read_scope(stage, Scope::Full).await
    }

    async fn read_scope(&mut self, stage: &Stage, scope: Scope) -> Result<(), SourceError> {
        let started = roster::Clock::now(&*stage.clock);
        let full = scope == Scope::Full;
        let mut request = ReadRequest { scope, position: None, started, memory: None };
        let (mut seen, mut gone) = (BTreeSet::new(), BTreeSet::new());
        loop {
            request.memory.clone_from(&self.memory);
            let page = stage.source().read(&request).await?;
            self.memory = page.memory.or(self.memory.take());
            seen.extend(page.records.iter().map(Record::key));
            seen.extend(
                page.unreadable
                    .iter()
                    .filter_map(|it| Some(RecordKey { kind: it.kind, id: it.id.as_deref()?.parse().ok()? })),
            );
            gone.extend(page.removed);
            self.records.extend(page.records.into_iter().map(|it| (it.key(), it)));
            self.unreadable.extend(page.unreadable);
            match page.next {
                Next::Page(position) => request.position = Some(position),
                Next::End { cursor, complete } => {
                    self.cursor = cursor;
                    self.full_reads += usize::from(full);
                    let is_gone = |key: &RecordKey| {
                        if full { complete.contains(&key.kind) && !seen.contains(key) } else { gone.contains(key) }
                    };
                    self.records.retain(|key, _| !is_gone(key));
                    return Ok(());
                }
            }
        }
    }

    pub(super) fn persons(&self) -> impl Iterator<Item = &Person> {
        self.records.values().filter_map(|it| if let Record::Person(it) = it { Some(it) } else { None })
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.records.values().filter_map(|it| if let Record::Group(it) = it { Some(it) } else { None })
    }

    pub(super) fn schools(&self) -> impl Iterator<Item = &Organisation> {
        self.records.values().filter_map(|it| if let Record::Organisation(it) = it { Some(it) } else { None })
    }

    pub(super) fn group(&self, id: uuid::Uuid) -> Option<&Group> {
        self.groups().find(|it| it.id == Id::from_uuid(id))
    }

    pub(super) fn person(&self, id: uuid::Uuid) -> Option<&Person> {
        self.persons().find(|it| it.id == Id::from_uuid(id))
    }

    /// Everything that is told of the directory, in words that can be compared.
    pub(super) fn told(&self) -> BTreeSet<String> {
        let schools = self
            .schools()
            .map(|it| format!("school {} {} {}", it.id, it.name, it.school_unit_code.as_deref().unwrap_or_default()));
        let persons = self.persons().map(|it| {
            let enrolled: Vec<String> = it.enrolments.iter().map(|at| at.school_unit.to_string()).collect();
            let employed: Vec<String> = it.duties.iter().map(|at| at.organisation.to_string()).collect();
            let mail = it.emails.first().map(|it| it.address.as_str()).unwrap_or_default();
            let names = (it.given_name.as_str(), it.family_name.as_str());
            format!("person {} {} {} {mail} {enrolled:?} {employed:?}", it.id, names.0, names.1)
        });
        let groups = self.groups().map(|it| {
            let of = |role: MembershipRole| -> Vec<String> {
                it.members.iter().filter(|it| it.role == role).map(|it| it.person.to_string()).collect()
            };
            let (others, teachers) = (of(MembershipRole::Unspecified), of(MembershipRole::Teacher));
            let validity = (it.validity.start, it.validity.end);
            format!("group {} {} {} {validity:?} {others:?} {teachers:?}", it.id, it.name, it.organisation)
        });
        schools.chain(persons).chain(groups).collect()
    }
}

/// The same of the directory itself.
pub(super) fn truth(directory: &Directory) -> BTreeSet<String> {
    let list = |ids: BTreeSet<uuid::Uuid>| ids.into_iter().map(|it| it.to_string()).collect::<Vec<_>>();
    let schools = directory.schools().map(|(id, it)| format!("school {id} {} {}", it.name, it.external_id));
    let people = directory.users().filter(|(_, it)| it.role != "none").map(|(id, it)| {
        let at = list(Directory::places_of(&directory.school_users, id));
        let (enrolled, employed) = if it.role == "student" { (at, vec![]) } else { (vec![], at) };
        format!("person {id} {} {} {} {enrolled:?} {employed:?}", it.given_name, it.surname, it.mail)
    });
    let groups = directory.classes().filter_map(|(id, it)| {
        let school = Directory::places_of(&directory.school_classes, id).into_iter().next()?;
        let of = |links: &world::graph_education::Links| links.get(&id).cloned().unwrap_or_default();
        let teachers = of(&directory.owners);
        let others = of(&directory.members).difference(&teachers).copied().collect();
        let validity = it.term.map(|(start, end)| (Some(start), end)).unwrap_or_default();
        Some(format!("group {id} {} {school} {validity:?} {:?} {:?}", it.name, list(others), list(teachers)))
    });
    schools.chain(people).chain(groups).collect()
}

/// How the hub differs from the directory.
pub(super) fn differences(hub: &Hub, stage: &Stage) -> Vec<String> {
    let (told, truth) = (hub.told(), stage.server.with_directory(truth));
    let more = told.difference(&truth).map(|it| format!("+ {it}"));
    let less = truth.difference(&told).map(|it| format!("- {it}"));
    more.chain(less).collect()
}

pub(super) fn kinds() -> [RecordKind; 3] {
    [RecordKind::Organisation, RecordKind::Person, RecordKind::Group]
}
