//! The contract in process. Time is the runtime's own, paused: it jumps when everybody waits.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use queue::{LocalQueue, LocalQueueSettings};
use roster::clock::Clock;
use tokio::time::Instant;

use crate::contract::{self, Opened, Place, Setup};

/// Tells the runtime's time.
#[derive(Debug)]
struct RuntimeClock(Instant);

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::try_from(self.0.elapsed()).unwrap()
    }
}

struct InProcess;

#[async_trait]
impl Place for InProcess {
    async fn open(&self, setup: Setup) -> Opened {
        let clock: Arc<dyn Clock> = Arc::new(RuntimeClock(Instant::now()));
        let settings = |name: &str| LocalQueueSettings { fifo: setup.fifo, ..LocalQueueSettings::standard(name) };
        let dead_letters = LocalQueue::new(settings("dead"), Arc::clone(&clock));
        let dead_letters = Arc::new(dead_letters);
        let settings = LocalQueueSettings {
            visibility: setup.visibility,
            max_receive_count: Some(setup.max_receive_count),
            dead_letters: Some(Arc::clone(&dead_letters)),
            ..settings("live")
        };
        Opened { queue: Arc::new(LocalQueue::new(settings, clock)), dead_letters }
    }
}

macro_rules! in_process {
    ($($claim:ident)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $claim() {
            contract::$claim(&InProcess).await;
        }
    )*};
}

contract::claims!(in_process);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_consumers_on_four_threads_process_a_thousand_messages_once_each() {
    contract::eight_consumers_process_a_thousand_messages_once_each(&InProcess).await;
}
