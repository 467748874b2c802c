//! A hub with two sources – a register, and a directory that adds to it – and a target, if it is configured.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use outbound::FixedSecrets;
use queue::{LocalQueue, LocalQueueSettings};
use roster::{Clock, Id, ManualClock, Person, SubjectKey, SystemChance};
use rules::merge::{Merged, merge};
use state::Store;
use sync::directory::Directory;
use sync::events::Deaf;
use sync::ingest::{Ingested, ingest};
use sync::messages::{Job, Notice, Reason};
use sync::{Hub, Lanes, Queues, SyncError};

use crate::lists::{ListFactory, Lists};
use crate::table::Brittle;

pub(crate) const TENANT: &str = "demo";
pub(crate) const REGISTER: &str = "register";
pub(crate) const DIRECTORY: &str = "ad";

pub(crate) struct Stage {
    pub(crate) hub: Hub,
    pub(crate) lists: Lists,
    pub(crate) table: Arc<Brittle>,
    clock: ManualClock,
}

/// The tenant's file. `second`: what the directory's table says besides.
fn file(second: &str) -> String {
    format!(
        "tenant = '{TENANT}'\n\
         [guard]\nremoved_percent = 100.0\nremoved_count = 1000\nreplaced_percent = 100.0\n\
         [[source]]\nname = '{REGISTER}'\nkind = 'list'\n\
         [[source]]\nname = '{DIRECTORY}'\nkind = 'list'\n{second}\n"
    )
}

impl Stage {
    pub(crate) async fn with(second: &str) -> Self {
        let clock = ManualClock::at("2026-11-26T08:00:00Z".parse().unwrap());
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let lists = Lists::default();
        let factory = ListFactory { lists: lists.clone(), secrets: FixedSecrets::default() };
        let notices = LocalQueue::new(LocalQueueSettings::fifo("notices.fifo"), Arc::clone(&shared));
        let jobs = || Arc::new(LocalQueue::new(LocalQueueSettings::standard("jobs"), Arc::clone(&shared)));
        let lanes = Lanes { fresh: jobs(), bulk: jobs() };
        let table = Brittle::new();
        let hub = Hub {
            store: Store::over(Arc::clone(&table) as _),
            queues: Queues { notices: Arc::new(notices), jobs: BTreeMap::from([("sink".to_owned(), lanes)]) },
            directory: Arc::new(Directory::new(Arc::new(factory))),
            clock: Arc::clone(&shared),
            chance: Arc::new(SystemChance),
            observer: Arc::new(Deaf),
            pace: Arc::default(),
        };
        let stage = Self { hub, lists, table, clock };
        stage.configure(second).await;
        stage
    }

    /// Puts another configuration in force.
    pub(crate) async fn configure(&self, second: &str) {
        self.hub.store.put_tenant(TENANT, &file(second)).await.unwrap();
        self.hub.directory.reload(&self.hub.store, self.hub.now()).await.unwrap();
        self.tell(REGISTER, Reason::Configuration).await.unwrap();
        self.notices().await;
    }

    async fn tell(&self, source: &str, reason: Reason) -> Result<Ingested, SyncError> {
        self.clock.advance_seconds(1);
        let notice = Notice::new(TENANT.to_owned(), source.to_owned(), reason, self.hub.now());
        self.clock.advance_seconds(1);
        ingest(&self.hub, &notice, Timestamp::MAX).await
    }

    /// The jobs that wait after so many seconds.
    pub(crate) async fn jobs_after(&self, seconds: i64) -> Vec<Job> {
        self.clock.advance_seconds(seconds);
        let lanes = &self.hub.queues.jobs["sink"];
        let mut found = Vec::new();
        for queue in [&lanes.fresh, &lanes.bulk] {
            for message in queue.receive(10, Duration::ZERO).await.unwrap() {
                found.push(Job::parse(&message.body).unwrap());
                queue.delete(vec![message.receipt]).await.unwrap();
            }
        }
        found
    }

    /// Reads everything that a source has. Whether it came to an end.
    pub(crate) async fn read(&self, source: &str) -> bool {
        self.tell(source, Reason::FullRead).await.is_ok()
    }

    /// Reads what has changed at a source. Whether it came to an end.
    pub(crate) async fn read_changes(&self, source: &str) -> bool {
        self.tell(source, Reason::Doorbell).await.is_ok()
    }

    /// Handles notices until there are none.
    pub(crate) async fn notices(&self) {
        loop {
            let received = self.hub.queues.notices.receive(10, Duration::ZERO).await.unwrap();
            if received.is_empty() {
                return;
            }
            for message in received {
                let notice = Notice::parse(&message.body).unwrap();
                self.clock.advance_seconds(1);
                ingest(&self.hub, &notice, Timestamp::MAX).await.unwrap();
                self.hub.queues.notices.delete(vec![message.receipt]).await.unwrap();
            }
        }
    }

    /// A person as all sources together describe it.
    pub(crate) async fn person(&self, id: Id) -> Option<Person> {
        let subject = self.hub.store.subject(TENANT, SubjectKey::person(id)).await.unwrap();
        let tenant = self.hub.directory.tenant(TENANT).unwrap();
        match merge(&subject.facts, &tenant.precedence) {
            Some(Merged::Person(it)) => Some(it.person),
            _ => None,
        }
    }

    /// The codes of what a source was warned of.
    pub(crate) async fn warnings(&self, source: &str) -> Vec<String> {
        let stored = self.hub.store.source(TENANT, source).await.unwrap();
        stored.state.warnings.into_iter().map(|it| it.code).collect()
    }
}
