//! The queue in process, with the semantics of SQS, for the hub on one machine and for tests.

mod deduplication;
mod groups;
mod moment;
mod receipt;
mod settings;
mod store;
#[cfg(test)]
mod tests;

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use roster::clock::Clock;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::{Depth, Outgoing, Queue, QueueError, Received, limits};
use moment::Moment;
pub use settings::LocalQueueSettings;
use store::{DeadLetter, Store};

/// The least time between two looks when the visibility timeout is shorter still.
const SHORTEST_NAP: Duration = Duration::from_millis(100);

/// A queue in the memory of this process: what it holds is lost with the process.
///
/// Differences from SQS: standard queues keep rough order and let groups take turns; counts are exact; times
/// are not rounded to seconds; there is no retention limit and no limit of messages in flight. A long poll
/// measures its own patience by the runtime's timer and visibility by the clock passed in: it does not notice
/// a clock set by hand until its own timer rings, so tests with such a clock receive with a wait of zero.
///
/// Every operation takes logarithmic time; a message costs about 130 bytes over its body.
#[derive(Debug)]
pub struct LocalQueue {
    settings: LocalQueueSettings,
    clock: Arc<dyn Clock>,
    store: Mutex<Store>,
    /// Rings when a message can be received, and when one becomes visible sooner than anyone knew.
    arrivals: Notify,
    /// Shared with the dead-letter queue, so that a message keeps its number there.
    last_number: Arc<AtomicU64>,
}

impl LocalQueue {
    /// An empty queue that tells time by `clock`.
    #[must_use]
    pub fn new(settings: LocalQueueSettings, clock: Arc<dyn Clock>) -> Self {
        let last_number = match &settings.dead_letters {
            Some(dead_letters) => Arc::clone(&dead_letters.last_number),
            None => Arc::default(),
        };
        Self { store: Mutex::new(Store::new(&settings)), settings, clock, arrivals: Notify::new(), last_number }
    }

    /// Works on the store and wakes one waiting reader if there is something to receive (it wakes the next one
    /// if it leaves something).
    fn work<T>(&self, act: impl FnOnce(&mut Store, Moment) -> T) -> T {
        let mut store = self.lock();
        let result = act(&mut store, self.clock.now().into());
        let has_ready = store.has_ready();
        drop(store);
        if has_ready {
            self.arrivals.notify_one();
        }
        result
    }

    /// Works on the store and wakes all waiting readers if their timers would ring too late.
    fn change<T>(&self, act: impl FnOnce(&mut Store, Moment) -> T) -> T {
        let (result, is_sooner) = self.work(|store, now| {
            let expected = store.next_visible();
            let result = act(store, now);
            let next = store.next_visible();
            let is_sooner = |next| expected.is_none_or(|expected| next < expected);
            (result, next.is_some_and(is_sooner))
        });
        if is_sooner {
            self.arrivals.notify_waiters();
        }
        result
    }

    /// What can be received now, and the time after which to look again. What other readers take meanwhile
    /// times out no sooner than one visibility timeout from now, so they need not tell.
    fn take(&self, max: usize) -> (Vec<Received>, Duration) {
        let visibility = self.settings.visibility.max(SHORTEST_NAP);
        self.work(|store, now| {
            let taken = store.take(max, now);
            if let Some(dead_letters) = &self.settings.dead_letters {
                dead_letters.adopt(taken.dead);
            }
            let next = store.next_visible().map(|next| now.until(next));
            (taken.received, next.unwrap_or(visibility).min(visibility))
        })
    }

    fn adopt(&self, letters: Vec<DeadLetter>) {
        if !letters.is_empty() {
            self.change(|store, _| letters.into_iter().for_each(|letter| store.adopt(letter)));
        }
    }

    fn accept(&self, messages: Vec<Outgoing>) -> Result<(), QueueError> {
        self.change(|store, now| {
            if store.len() + messages.len() > self.settings.capacity {
                return Err(QueueError::Full { queue: self.settings.name.clone(), capacity: self.settings.capacity });
            }
            for message in messages {
                let number = self.last_number.fetch_add(1, Ordering::Relaxed) + 1;
                store.accept(number, message, now);
            }
            Ok(())
        })
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Queue for LocalQueue {
    fn name(&self) -> &str {
        &self.settings.name
    }

    async fn send(&self, messages: Vec<Outgoing>) -> Result<(), QueueError> {
        for message in &messages {
            limits::check_message(&self.settings.name, self.settings.fifo, message)?;
        }
        self.accept(messages)
    }

    async fn receive(&self, max: usize, wait: Duration) -> Result<Vec<Received>, QueueError> {
        limits::check_receive(max, wait)?;
        let patience = Instant::now() + wait;
        loop {
            // Listening starts before looking, so that nothing sent in between is missed.
            let mut arrival = pin!(self.arrivals.notified());
            arrival.as_mut().enable();
            let (received, nap) = self.take(max);
            let now = Instant::now();
            if !received.is_empty() || now >= patience {
                return Ok(received);
            }
            tokio::select! {
                // In this order, so that a simulation can be repeated.
                biased;
                () = arrival => {}
                () = tokio::time::sleep_until(patience.min(now + nap)) => {}
            }
        }
    }

    async fn delete(&self, receipts: Vec<String>) -> Result<(), QueueError> {
        self.change(|store, now| {
            for receipt in &receipts {
                store.delete(receipt, now);
            }
        });
        Ok(())
    }

    async fn release(&self, receipts: Vec<String>, after: Duration) -> Result<(), QueueError> {
        limits::check_release(after)?;
        self.change(|store, now| {
            for receipt in &receipts {
                store.release(receipt, after, now);
            }
        });
        Ok(())
    }

    async fn depth(&self) -> Result<Depth, QueueError> {
        Ok(self.change(Store::depth))
    }

    async fn purge(&self) -> Result<(), QueueError> {
        self.change(|store, _| store.purge());
        Ok(())
    }
}
