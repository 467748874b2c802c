//! OneRoster providers, of both editions.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::civil::date;
use roster::{Clock, Id, ManualClock, RecordKind};
use sources::registry::SourceContext;
use uuid::Uuid;
use world::truth::Municipality;
use world::{Edition, OneRosterOptions, OneRosterServer, Time};

use crate::kit::town::{SECRET, context, happens, people};
use crate::kit::{Abilities, Counterpart, Happening, Holdings, Line, People};

/// A provider of a small town's roster.
pub(crate) struct Provider {
    clock: ManualClock,
    server: OneRosterServer,
    line: Line,
}

impl Provider {
    fn of(edition: Edition) -> Self {
        Self::with(edition, |_| {})
    }

    fn with(edition: Edition, alter: impl FnOnce(&mut OneRosterOptions)) -> Self {
        let clock = ManualClock::at("2026-11-22T12:00:00Z".parse().unwrap());
        let told = clock.clone();
        let mut options = OneRosterOptions::new(edition, Time::told_by(move || told.now()));
        alter(&mut options);
        let truth = Municipality::generate(5, 40, date(2026, 11, 22));
        let server = OneRosterServer::in_process(truth, options);
        let answering = server.clone();
        let line = Line::to(move |request| {
            let server = answering.clone();
            async move { server.answer(request).await }
        });
        Self { clock, server, line }
    }
}

#[async_trait]
impl Counterpart for Provider {
    fn kind(&self) -> &'static str {
        "oneroster"
    }

    fn table(&self) -> toml::Table {
        let table = format!(
            "version = '{}'\nbase_url = 'https://provider.example'\ntoken_url = 'https://provider.example/token'\n\
             client_id = '{}'\nclient_secret = {{ env = '{SECRET}' }}\npage_size = 20\nclasses_per_page = 8",
            self.server.edition().number(),
            self.server.credentials().client_id
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
        self.server.alter_truth(|truth| happens(truth, what))
    }

    fn holds(&self) -> Holdings {
        self.server.with_truth(holds)
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

    fn abilities(&self) -> Abilities {
        Abilities { removals: self.server.tells_deletions(), ..Abilities::ALL }
    }

    fn complaints(&self) -> Vec<String> {
        self.server.contract_violations()
    }
}

/// Duties are a part of persons, and a teaching activity is its group with teachers among the members.
fn holds(truth: &Municipality) -> Holdings {
    let ids = |keys: Vec<&Uuid>| -> BTreeSet<Id> { keys.into_iter().copied().map(Id::from_uuid).collect() };
    Holdings::from([
        (RecordKind::Organisation, ids(truth.organisations.keys().collect())),
        (RecordKind::Person, ids(truth.persons.keys().collect())),
        (RecordKind::Group, ids(truth.groups.keys().collect())),
    ])
}

conforms!(first_edition, crate::oneroster::Provider::of(world::Edition::First));
conforms!(second_edition, crate::oneroster::Provider::of(world::Edition::Second));
conforms!(
    of_few_abilities,
    crate::oneroster::Provider::with(world::Edition::First, |it| {
        it.sorts = false;
        it.members_in_school = false;
        it.counts = false;
        it.tells_deletions = false;
        it.largest_page = 7;
    })
);
