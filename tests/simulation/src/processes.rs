//! The functions as Lambda runs them: containers that keep their memory between invocations, that take one invocation at
//! a time, and that are gone when they crash.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use axum::body::Body;
use axum::http::Request;
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use outbound::FixedSecrets;
use queue::{Queue, Received};
use roster::Clock;
use serde_json::Value;
use state::{Store, Table};
use sync::Hub;
use sync::connectors::Shipped;
use sync::directory::Directory;
use sync::events::Observer;
use sync::messages::Job;
use tower::ServiceExt;

use crate::clock::SimulatedClock;
use crate::effects::Effects;
use crate::mutation::Mutation;
use crate::network::Network;
use crate::queues::{FaultyQueue, SimulatedQueues};
use crate::trace::note;

/// Shards of the table's indexes: a hamlet needs no more, and every tick asks each.
const SHARDS: u8 = 2;

/// Invocations of one queue at once.
const CONCURRENCY: usize = 3;

/// How long a function may run.
const LIMIT: SignedDuration = SignedDuration::from_secs(120);

/// Makes hubs: every container has one of its own.
#[derive(Clone)]
pub(crate) struct Processes {
    pub(crate) effects: Effects,
    pub(crate) clock: SimulatedClock,
    pub(crate) queues: SimulatedQueues,
    pub(crate) network: Network,
    pub(crate) secrets: FixedSecrets,
    pub(crate) observer: Arc<dyn Observer>,
    table: Arc<dyn Table>,
    mutation: Option<Mutation>,
    idle: Arc<Mutex<BTreeMap<&'static str, Vec<Hub>>>>,
}

impl Processes {
    #[allow(clippy::too_many_arguments)] // the parts of a run, each once
    pub(crate) fn new(
        effects: Effects,
        clock: SimulatedClock,
        queues: SimulatedQueues,
        network: Network,
        secrets: FixedSecrets,
        observer: Arc<dyn Observer>,
        table: Arc<dyn Table>,
        mutation: Option<Mutation>,
    ) -> Self {
        Self { effects, clock, queues, network, secrets, observer, table, mutation, idle: Arc::default() }
    }

    /// The table that all hubs share.
    pub(crate) fn table(&self) -> Arc<dyn Table> {
        Arc::clone(&self.table)
    }

    /// A hub with an empty memory.
    pub(crate) fn hub(&self) -> Hub {
        self.hub_over(self.table())
    }

    /// The same over another table.
    pub(crate) fn hub_over(&self, table: Arc<dyn Table>) -> Hub {
        let clock: Arc<dyn Clock> = Arc::new(self.clock);
        let shipped = Shipped {
            transport: Some(Arc::new(self.network.clone())),
            send_places: Some(self.network.places()),
            ..Shipped::new(Arc::new(self.secrets.clone()), Arc::clone(&clock))
        };
        let chance = Arc::new(self.effects.dice.clone());
        Hub {
            store: Store::over(table).with_chance(Arc::clone(&chance) as _).with_shards(SHARDS),
            queues: self.queues.for_hub(self.mutation),
            directory: Arc::new(Directory::new(Arc::new(shipped))),
            clock,
            chance,
            observer: Arc::clone(&self.observer),
            pace: Arc::default(),
        }
    }

    /// Every container is replaced, as by a deploy.
    pub(crate) fn redeploy(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, Vec<Hub>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Invokes a function in a container. `None`: it crashed.
    pub(crate) async fn invoke<T, F>(&self, name: &'static str, work: impl FnOnce(Hub) -> F) -> Option<T>
    where
        F: Future<Output = T>,
    {
        let warm = self.idle().get_mut(name).and_then(Vec::pop);
        let hub = warm.unwrap_or_else(|| self.hub());
        let done = self.effects.in_process(name.into(), work(hub.clone())).await;
        if done.is_some() {
            self.idle().entry(name).or_default().push(hub);
        }
        done
    }

    /// Starts what waits for messages.
    pub(crate) fn start(&self) {
        let queues = self.queues.clone();
        let processes = self.clone();
        tokio::spawn(async move { processes.pump(queues.notices, "ingest", 2).await });
        for lane in self.queues.jobs.values().flatten() {
            let (processes, lane) = (self.clone(), Arc::clone(lane));
            let workers = if self.mutation == Some(Mutation::WaitingWorker) { 1 } else { CONCURRENCY };
            tokio::spawn(async move { processes.pump(lane, "deliver", workers).await });
        }
    }

    /// What an event source mapping does: polls, invokes, deletes what was handled.
    async fn pump(&self, queue: Arc<FaultyQueue>, function: &'static str, at_once: usize) {
        let places = Arc::new(tokio::sync::Semaphore::new(at_once));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let one_by_one = function == "ingest" || self.mutation == Some(Mutation::WaitingWorker);
            let batch = if one_by_one { 1 } else { 10 };
            let messages = queue.poll(batch).await;
            let (processes, queue) = (self.clone(), Arc::clone(&queue));
            tokio::spawn(async move {
                processes.handle(&queue, function, messages).await;
                drop(place);
            });
        }
    }

    async fn handle(&self, queue: &FaultyQueue, function: &'static str, messages: Vec<Received>) {
        if function == "deliver" && self.mutation == Some(Mutation::EagerWorker) {
            for job in messages.iter().filter_map(|it| Job::parse(&it.body).ok()) {
                self.network.say_again(&job).await;
            }
        }
        let event = event(queue.name(), &messages);
        let deadline = self.clock.now().checked_add(LIMIT).unwrap_or(Timestamp::MAX);
        let answer = self
            .invoke(function, |hub| async move {
                let work = match function {
                    "ingest" => ingest::batch(&hub, event, deadline).left_future(),
                    _ => deliver::batch(&hub, event).right_future(),
                };
                work.await
            })
            .await;
        // A crashed function's messages come back when they become visible again.
        let Some(answer) = answer else { return };
        let failed = failed(&answer);
        let (again, done): (Vec<&Received>, Vec<&Received>) = messages.iter().partition(|it| failed.contains(&it.id));
        for message in &again {
            note!(self.effects.trace, "{function}: a message failed (time {})", message.receive_count);
        }
        let receipts = |of: Vec<&Received>| of.into_iter().map(|it| it.receipt.clone()).collect::<Vec<_>>();
        let _ = queue.delete(receipts(done)).await;
    }

    /// One tick of the timer.
    pub(crate) async fn tick(&self) {
        let ticked = self.invoke("timer", |hub| async move { timer::tick(&hub).await }).await;
        if let Some(Err(error)) = ticked {
            note!(self.effects.trace, "a tick failed: {}", error.code());
        }
    }

    /// A ring at a door. `None`: no answer.
    pub(crate) async fn ring(&self, url: String, body: Value) -> Option<u16> {
        let path = url.strip_prefix("https://hub.example")?;
        let request = Request::post(path).header("content-type", "application/json");
        let request = request.body(Body::from(body.to_string())).ok()?;
        let answer = self.invoke("webhook", |hub| webhook::router(hub).oneshot(request)).await;
        let status = answer.and_then(Result::ok).map(|it| it.status().as_u16());
        note!(self.effects.trace, "a doorbell rang: {status:?}");
        status
    }
}

/// The clock of a hub that is asked, not simulated.
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

fn event(queue: &str, messages: &[Received]) -> SqsEvent {
    let record = |it: &Received| {
        let mut record = SqsMessage::default();
        record.message_id = Some(it.id.clone());
        record.receipt_handle = Some(it.receipt.clone());
        record.event_source_arn = Some(format!("arn:aws:sqs:eu-north-1:123456789012:{queue}"));
        record.attributes.insert("ApproximateReceiveCount".to_owned(), it.receive_count.to_string());
        record.body = Some(it.body.clone());
        record
    };
    let mut event = SqsEvent::default();
    event.records = messages.iter().map(record).collect();
    event
}

fn failed(answer: &SqsBatchResponse) -> Vec<String> {
    answer.batch_item_failures.iter().map(|it| it.item_identifier.clone()).collect()
}
