//! Queues that lose, repeat, delay and reorder what they are given, over the product's own queue in process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use queue::{Depth, LocalQueue, LocalQueueSettings, Outgoing, Queue, QueueError, Received};
use roster::Clock;
use sync::{Lanes, Queues};
use tokio::sync::Notify;

use crate::clock::SimulatedClock;
use crate::effects::Effects;
use crate::mutation::Mutation;
use crate::trace::note;

/// What became of the messages of a queue. Nothing is forgotten: the counts must add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// Messages that entered the queue, copies included.
    pub(crate) entered: u64,
    /// Messages that left it handled.
    pub(crate) handled: u64,
    /// Messages that were lost on purpose, before they entered.
    pub(crate) lost: u64,
    /// Messages that were purged on purpose.
    pub(crate) purged: u64,
}

/// A queue that cannot be relied on.
pub(crate) struct FaultyQueue {
    inner: LocalQueue,
    fifo: bool,
    /// Everybody's messages in one line, on purpose: no tenant takes turns with another.
    one_line: bool,
    effects: Effects,
    arrivals: Notify,
    count: Mutex<Count>,
    bodies: Mutex<Vec<Outgoing>>,
}

/// All queues of a run.
#[derive(Clone)]
pub(crate) struct SimulatedQueues {
    pub(crate) notices: Arc<FaultyQueue>,
    pub(crate) notices_dead: Arc<LocalQueue>,
    pub(crate) jobs: BTreeMap<String, [Arc<FaultyQueue>; 2]>,
    pub(crate) jobs_dead: Arc<LocalQueue>,
}

const VISIBILITY: Duration = Duration::from_secs(180);

impl SimulatedQueues {
    pub(crate) fn new(clock: SimulatedClock, effects: &Effects, mutation: Option<Mutation>) -> Self {
        let shared: Arc<dyn Clock> = Arc::new(clock);
        let dead = |settings| Arc::new(LocalQueue::new(settings, Arc::clone(&shared)));
        let notices_dead = dead(LocalQueueSettings::fifo("notices-dead.fifo"));
        let jobs_dead = dead(LocalQueueSettings::standard("jobs-dead"));
        let queue = |settings: LocalQueueSettings, dead: &Arc<LocalQueue>| {
            let settings = LocalQueueSettings {
                visibility: VISIBILITY,
                max_receive_count: Some(5),
                dead_letters: Some(Arc::clone(dead)),
                ..settings
            };
            let fifo = settings.fifo;
            Arc::new(FaultyQueue {
                inner: LocalQueue::new(settings, Arc::clone(&shared)),
                fifo,
                one_line: !fifo && mutation == Some(Mutation::WaitingWorker),
                effects: effects.clone(),
                arrivals: Notify::new(),
                count: Mutex::default(),
                bodies: Mutex::default(),
            })
        };
        let lanes = |kind: &&str| {
            let lane = |name: String| queue(LocalQueueSettings::standard(name), &jobs_dead);
            ((*kind).to_owned(), [lane((*kind).to_owned()), lane(format!("{kind}-bulk"))])
        };
        let jobs = sync::connectors::TARGET_KINDS.iter().map(lanes).collect();
        Self { notices: queue(LocalQueueSettings::fifo("notices.fifo"), &notices_dead), notices_dead, jobs, jobs_dead }
    }

    /// The queues as the hub sees them.
    pub(crate) fn for_hub(&self, mutation: Option<Mutation>) -> Queues {
        let lanes = |(kind, [fresh, bulk]): (&String, &[Arc<FaultyQueue>; 2])| {
            let fresh = if mutation == Some(Mutation::WaitingWorker) { bulk } else { fresh };
            (kind.clone(), Lanes { fresh: Arc::clone(fresh) as _, bulk: Arc::clone(bulk) as _ })
        };
        Queues { notices: Arc::clone(&self.notices) as _, jobs: self.jobs.iter().map(lanes).collect() }
    }

    /// Whether nothing waits in a queue, nor is under way.
    pub(crate) async fn are_empty(&self) -> bool {
        for queue in self.working() {
            if queue.held().await > 0 {
                return false;
            }
        }
        true
    }

    /// The queues that hold work.
    pub(crate) fn working(&self) -> impl Iterator<Item = &Arc<FaultyQueue>> {
        std::iter::once(&self.notices).chain(self.jobs.values().flatten())
    }
}

impl FaultyQueue {
    fn add(&self, change: impl FnOnce(&mut Count)) {
        change(&mut self.count.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn count(&self) -> Count {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that was ever sent.
    pub(crate) fn sent(&self) -> Vec<Outgoing> {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Messages for a function, as soon as there are any.
    pub(crate) async fn poll(&self, max: usize) -> Vec<Received> {
        loop {
            let arrival = self.arrivals.notified();
            let depth = self.inner.depth().await.unwrap_or_default();
            if depth.visible + depth.in_flight + depth.delayed == 0 {
                arrival.await;
                continue;
            }
            if depth.in_flight >= self.effects.rate(|it| it.in_flight) {
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
            let received = self.inner.receive(max, Duration::from_secs(20)).await.unwrap_or_default();
            if !received.is_empty() {
                return received;
            }
        }
    }

    /// Sends as it is, for operators and accidents.
    pub(crate) async fn put(&self, message: Outgoing) {
        self.add(|it| it.entered += 1);
        let _ = self.inner.send(vec![message]).await;
        self.arrivals.notify_waiters();
    }

    /// Messages that are there, whatever their state.
    pub(crate) async fn held(&self) -> u64 {
        let depth = self.inner.depth().await.unwrap_or_default();
        depth.visible + depth.in_flight + depth.delayed
    }

    /// What reaches the queue of one message.
    fn fate(&self, message: Outgoing) -> Vec<Outgoing> {
        if self.fifo {
            return vec![message];
        }
        let message = if self.one_line { Outgoing { group: None, ..message } } else { message };
        let mut copies = vec![message];
        if self.effects.strikes(|it| it.message_lost) {
            self.add(|it| it.lost += 1);
            note!(self.effects.trace, "{}: a message is lost", self.name());
            return Vec::new();
        }
        if self.effects.strikes(|it| it.message_duplicated) {
            copies.extend(copies.first().cloned());
        }
        for copy in &mut copies {
            if self.effects.strikes(|it| it.message_delayed) {
                copy.delay = (copy.delay + self.effects.dice.millis(100, 90_000)).min(queue::MAX_DELAY);
            }
        }
        copies
    }
}

impl std::fmt::Debug for FaultyQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FaultyQueue({})", self.name())
    }
}

#[async_trait]
impl Queue for FaultyQueue {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn send(&self, messages: Vec<Outgoing>) -> Result<(), QueueError> {
        self.effects.before("SendMessage", 2, 15).await;
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner).extend(messages.iter().cloned());
        let sent: Vec<Outgoing> = messages.into_iter().flat_map(|it| self.fate(it)).collect();
        self.add(|it| it.entered += sent.len() as u64);
        self.inner.send(sent).await?;
        self.arrivals.notify_waiters();
        self.effects.after("SendMessage").await;
        Ok(())
    }

    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Received>, QueueError> {
        self.inner.receive(max, wait).await
    }

    async fn delete(&self, receipts: Vec<String>) -> Result<(), QueueError> {
        let mut kept = Vec::new();
        for receipt in receipts {
            if self.effects.strikes(|it| it.delete_lost) {
                note!(self.effects.trace, "{}: a handled message comes back", self.name());
            } else {
                kept.push(receipt);
            }
        }
        let before = self.held().await;
        self.inner.delete(kept).await?;
        let gone = before.saturating_sub(self.held().await);
        self.add(|it| it.handled += gone);
        Ok(())
    }

    async fn release(&self, receipts: Vec<String>, after: Duration) -> Result<(), QueueError> {
        self.effects.before("ChangeMessageVisibility", 2, 15).await;
        self.inner.release(receipts, after).await
    }

    async fn depth(&self) -> Result<Depth, QueueError> {
        self.effects.before("GetQueueAttributes", 2, 15).await;
        self.inner.depth().await
    }

    async fn purge(&self) -> Result<(), QueueError> {
        let held = self.held().await;
        self.add(|it| it.purged += held);
        self.inner.purge().await
    }
}
