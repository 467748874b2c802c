//! OneRoster providers, of both editions.

use std::collections::BTreeSet;
use std::io::Cursor;

use async_trait::async_trait;
use jiff::civil::date;
use roster::{Clock, Id, ManualClock, RecordKind};
use sources::oneroster::Conventions;
use sources::oneroster::csv::{Bounds, Bundle, Contents};
use sources::registry::SourceContext;
use sources::{Scope, SourceErrorKind};
use uuid::Uuid;
use world::truth::Municipality;
use world::{Edition, OneRosterOptions, OneRosterServer, Time};

use crate::kit::duties::whoever_is_removed_is_told_of_or_missed;
use crate::kit::reading::{Whole, by_key, changes_since, everything, go_on, request};
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
        let server = OneRosterServer::in_process(few_groups(), options);
        let answering = server.clone();
        let line = Line::to(move |request| {
            let server = answering.clone();
            async move { server.answer(request).await }
        });
        Self { clock, server, line }
    }
}

/// A small town with some of its groups: a call for the members of each is made in every read.
fn few_groups() -> Municipality {
    let mut truth = Municipality::generate(5, 40, date(2026, 11, 22));
    let today = truth.today;
    let mut classes = 0;
    let mut others = 0;
    truth.groups.retain(|_, group| {
        let count = if group.kind == "Klass" && group.period.covers(today) { &mut classes } else { &mut others };
        *count += 1;
        *count <= 3
    });
    let groups: BTreeSet<Uuid> = truth.groups.keys().copied().collect();
    truth.activities.retain(|_, activity| activity.groups.iter().all(|group| groups.contains(group)));
    truth
}

#[async_trait]
impl Counterpart for Provider {
    fn kind(&self) -> &'static str {
        "oneroster"
    }

    fn table(&self) -> toml::Table {
        let table = format!(
            "version = '{}'\nbase_url = 'https://provider.example'\ntoken_url = 'https://provider.example/token'\n\
             client_id = '{}'\nclient_secret = {{ env = '{SECRET}' }}\npage_size = 20\nclasses_per_page = 3",
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
        it.largest_page = 7;
    })
);

#[tokio::test(start_paused = true)]
async fn whoever_is_gone_without_being_marked_is_missed_by_the_nightly_read() {
    let provider = Provider::with(Edition::First, |it| it.tells_deletions = false);

    assert_eq!(whoever_is_removed_is_told_of_or_missed(&provider).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn changes_that_cannot_be_asked_for_lead_to_reads_of_everything() {
    let provider = Provider::with(Edition::Second, |it| it.filters = false);
    let first = everything(&provider).await.unwrap();

    let told = changes_since(&provider, &first).await.unwrap_err();

    let (memory, now) = (told.error.memory.clone(), provider.clock().now());
    let remembered = Whole { memory: memory.clone(), ..Whole::default() };
    let again = go_on(&|| provider.source(), request(Scope::Full, memory, now), remembered).await.unwrap();
    assert_eq!((told.kind(), again.cursor), (SourceErrorKind::FullReadNeeded, None));
}

#[tokio::test(start_paused = true)]
async fn files_say_the_same_as_the_lists() {
    for edition in [Edition::First, Edition::Second] {
        let provider = Provider::of(edition);
        let listed = everything(&provider).await.unwrap();

        let files = records(&bundle(provider.server.bulk_files().unwrap()));

        assert_eq!(files.complete, listed.complete, "{edition:?}");
        assert!(by_key(&files.records) == by_key(&listed.records), "{edition:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_delta_on_top_of_a_bulk_is_a_later_bulk() {
    for edition in [Edition::First, Edition::Second] {
        for what in Happening::ALL {
            let provider = Provider::of(edition);
            let mut known = bundle(provider.server.bulk_files().unwrap());
            let written = provider.clock().now();
            provider.clock().advance_seconds(600);
            provider.happens(what).await;

            known.apply(bundle(provider.server.delta_files(written).unwrap())).unwrap();

            let later = records(&bundle(provider.server.bulk_files().unwrap()));
            assert!(by_key(&records(&known).records) == by_key(&later.records), "{edition:?} {what:?}");
        }
    }
}

fn bundle(zip: Vec<u8>) -> Bundle {
    Bundle::read(Cursor::new(zip), Bounds::default(), &Conventions::default(), date(2026, 11, 22)).unwrap()
}

fn records(bundle: &Bundle) -> Contents {
    bundle.records(&Conventions::default(), date(2026, 11, 22)).unwrap()
}
