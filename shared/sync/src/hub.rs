//! What every use case works with.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use queue::{Outgoing, Queue};
use roster::{Chance, Clock};
use rules::delivery::Lane;
use state::Store;

use crate::deliver::pace::Pace;
use crate::directory::Directory;
use crate::error::SyncError;
use crate::events::Observer;
use crate::messages::{Errand, Job, Notice};

/// The hub: its table, its queues, its tenants, its clock. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Hub {
    /// The table.
    pub store: Store,
    /// The queues.
    pub queues: Queues,
    /// The tenants and their connectors.
    pub directory: Arc<Directory>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub chance: Arc<dyn Chance>,
    /// Who hears what happens.
    pub observer: Arc<dyn Observer>,
    /// What this process remembers of how its targets fare.
    pub pace: Arc<Pace>,
}

/// The hub's queues.
#[derive(Debug, Clone)]
pub struct Queues {
    /// Notices: first in, first out per source.
    pub notices: Arc<dyn Queue>,
    /// Jobs, by kind of target.
    pub jobs: BTreeMap<String, Lanes>,
}

impl Queues {
    /// The queue that the service knows by that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Arc<dyn Queue>> {
        let jobs = self.jobs.values().flat_map(|lanes| [&lanes.fresh, &lanes.bulk]);
        std::iter::once(&self.notices).chain(jobs).find(|queue| queue.name() == name)
    }
}

/// The two queues of a kind of target.
#[derive(Debug, Clone)]
pub struct Lanes {
    /// Single changes.
    pub fresh: Arc<dyn Queue>,
    /// First loads, rollovers, late retries.
    pub bulk: Arc<dyn Queue>,
}

impl Lanes {
    /// The queue of a lane.
    #[must_use]
    pub const fn of(&self, lane: Lane) -> &Arc<dyn Queue> {
        match lane {
            Lane::Fresh => &self.fresh,
            Lane::Bulk => &self.bulk,
        }
    }
}

/// The longest that SQS keeps a message back; what is due later waits for the timer.
const LONGEST_DELAY: Duration = Duration::from_secs(900);

impl Hub {
    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Sends a notice.
    ///
    /// # Errors
    /// [`SyncError::Queue`].
    pub async fn send_notice(&self, notice: &Notice) -> Result<(), SyncError> {
        // Each notice counts: one that came after a read began must not be taken for the one that began it.
        self.send_notice_once(notice, self.chance.name()).await
    }

    /// Sends a notice unless the queue has had one of the same source with the same `identity` within five minutes, from
    /// this process or another. The identity is at most 128 letters, digits and ASCII punctuation.
    ///
    /// # Errors
    /// [`SyncError::Queue`].
    pub async fn send_notice_once(&self, notice: &Notice, identity: String) -> Result<(), SyncError> {
        let body = serde_json::to_string(notice).map_err(|error| SyncError::Message(error.to_string()))?;
        let deduplication = Some(identity);
        let message = Outgoing { body, group: Some(notice.group()), deduplication, delay: Duration::ZERO };
        Ok(self.queues.notices.send(vec![message]).await?)
    }

    /// Wakes a worker for something else than a job, now.
    ///
    /// # Errors
    /// [`SyncError::Queue`].
    pub async fn send_errand(&self, errand: &Errand) -> Result<(), SyncError> {
        let (tenant, target) = errand.place();
        let kind = self.directory.target_kind(tenant, target).unwrap_or_default();
        let message = Outgoing {
            body: serde_json::to_string(errand).map_err(|error| SyncError::Message(error.to_string()))?,
            group: Some(tenant.to_owned()),
            deduplication: None,
            delay: Duration::ZERO,
        };
        self.send_to(&kind, Lane::Fresh, vec![message]).await
    }

    /// Wakes workers for jobs, now.
    ///
    /// # Errors
    /// [`SyncError::Queue`].
    pub async fn send_jobs(&self, jobs: Vec<(Job, Lane)>) -> Result<(), SyncError> {
        self.send_jobs_after(jobs, Duration::ZERO).await
    }

    /// Wakes workers for jobs after a while; what is too far away is left to the timer.
    ///
    /// # Errors
    /// [`SyncError::Queue`].
    pub async fn send_jobs_after(&self, jobs: Vec<(Job, Lane)>, delay: Duration) -> Result<(), SyncError> {
        if delay > LONGEST_DELAY {
            return Ok(());
        }
        let mut by_queue: BTreeMap<(String, bool), Vec<Outgoing>> = BTreeMap::new();
        for (job, lane) in jobs {
            let kind = self.directory.target_kind(&job.tenant, &job.target);
            let body = serde_json::to_string(&job).map_err(|error| SyncError::Message(error.to_string()))?;
            let message = Outgoing { body, group: Some(job.tenant), deduplication: None, delay };
            by_queue.entry((kind.unwrap_or_default(), lane == Lane::Bulk)).or_default().push(message);
        }
        for ((kind, bulk), messages) in by_queue {
            self.send_to(&kind, if bulk { Lane::Bulk } else { Lane::Fresh }, messages).await?;
        }
        Ok(())
    }

    async fn send_to(&self, kind: &str, lane: Lane, messages: Vec<Outgoing>) -> Result<(), SyncError> {
        match self.queues.jobs.get(kind) {
            Some(lanes) => Ok(lanes.of(lane).send(messages).await?),
            // A target that is not configured any more has no kind.
            None if kind.is_empty() => Ok(()),
            None => {
                tracing::error!(code = "target.not_deployed", kind, "This kind of target has no queue here.");
                Ok(())
            }
        }
    }
}
