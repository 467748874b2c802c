//! What all sources owe.

use std::collections::BTreeSet;

use async_trait::async_trait;
use roster::{Id, ManualClock, RecordKind};
use sources::registry::SourceContext;
use uuid::Uuid;
use world::graph_education::TENANT;
use world::truth::Municipality;
use world::{GraphEducationOptions, GraphEducationServer, Moods};

use super::stage::noon;
use crate::kit::town::{SECRET, context, happens, people};
use crate::kit::{Counterpart, Happening, Holdings, Line, People};

/// A small town's directory, with lists of several pages.
pub(crate) struct SmallDirectory {
    clock: ManualClock,
    server: GraphEducationServer,
    line: Line,
}

impl SmallDirectory {
    pub(crate) fn new() -> Self {
        let truth = Municipality::generate(5, 40, jiff::civil::date(2026, 10, 14));
        let options = GraphEducationOptions { largest_page: 17, ..GraphEducationOptions::default() };
        let server = GraphEducationServer::new(truth, options, Moods::calm(), 3);
        let answering = server.clone();
        let line = Line::to(move |request| {
            let server = answering.clone();
            async move { server.answer(request).await }
        });
        Self { clock: ManualClock::at(noon()), server, line }
    }
}

#[async_trait]
impl Counterpart for SmallDirectory {
    fn kind(&self) -> &'static str {
        "graph-education"
    }

    /// What changes between two listings, so that it is told as a change.
    fn table(&self) -> toml::Table {
        let table = format!(
            "tenant_id = '{TENANT}'\nclient_id = '{}'\nclient_secret = {{ env = '{SECRET}' }}\nbase_url = '{}'\n\
             login_url = '{}'\nlisting_minutes = 240",
            self.server.credentials().client_id,
            GraphEducationServer::base_url(),
            GraphEducationServer::login_url()
        );
        table.parse().unwrap()
    }

    fn context(&self) -> SourceContext {
        context(&self.clock, &self.line, &self.server.credentials().client_secret)
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }

    async fn happens(&self, what: Happening) -> Id {
        let mut whom = None;
        self.server.alter_truth(|truth| whom = Some(happens(truth, what)));
        Id::from_uuid(GraphEducationServer::object_of(whom.unwrap().uuid()))
    }

    /// Whoever neither learns nor teaches is of no concern to education, nor is a class without a school.
    fn holds(&self) -> Holdings {
        let ids = |all: Vec<Uuid>| -> BTreeSet<Id> { all.into_iter().map(Id::from_uuid).collect() };
        self.server.with_directory(|it| {
            Holdings::from([
                (RecordKind::Organisation, ids(it.schools().map(|(id, _)| id).collect())),
                (
                    RecordKind::Person,
                    ids(it.users().filter(|(_, user)| user.role != "none").map(|(id, _)| id).collect()),
                ),
                (RecordKind::Group, ids(it.school_classes.values().flatten().copied().collect())),
            ])
        })
    }

    fn people(&self) -> People {
        let mut people = self.server.with_truth(people);
        let credentials = self.server.credentials();
        people.secrets.extend([credentials.client_secret.clone(), format!("{}-token", credentials.client_id)]);
        people
    }

    fn line(&self) -> Option<&Line> {
        Some(&self.line)
    }

    fn complaints(&self) -> Vec<String> {
        self.server.contract_violations()
    }
}
