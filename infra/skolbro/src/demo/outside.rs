//! What a demonstration is played with: systems that the hub reads and fills, and what should come of it.

use std::sync::Arc;

use async_trait::async_trait;
use outbound::Transport;
use world::World;
use world::receiver::ReceiverCounters;

use super::connect::{DemoSecrets, connect, tenant_files};

/// A simulated outside, whole.
#[async_trait]
pub(super) trait Outside: Send + Sync {
    /// What the tenants' files refer to.
    fn secrets(&self) -> DemoSecrets;

    /// What carries the hub's calls; `None`: they go over the wire.
    fn transport(&self) -> Option<Arc<dyn Transport>>;

    /// The tenants, by name, and their files.
    fn tenants(&self, hub: &str) -> Vec<(String, String)>;

    /// Tells those that ring where the hub's doorbells are.
    fn connect(&self, hub: &str);

    /// Plays a school day; how many changes it had.
    async fn play_day(&self) -> usize;

    /// How all receivers differ from what they should hold, by the outside's own truth.
    fn differences(&self) -> Vec<String>;

    /// Every breach of a contract by the hub.
    fn contract_violations(&self) -> Vec<String>;

    /// What the outside itself does wrong.
    fn mistakes(&self) -> Vec<String>;

    /// Requests at the receivers.
    fn target_requests(&self) -> u64;
}

#[async_trait]
impl Outside for World {
    fn secrets(&self) -> DemoSecrets {
        DemoSecrets::of(self)
    }

    fn transport(&self) -> Option<Arc<dyn Transport>> {
        None
    }

    fn tenants(&self, hub: &str) -> Vec<(String, String)> {
        tenant_files(self, hub)
    }

    fn connect(&self, hub: &str) {
        connect(self, hub);
    }

    async fn play_day(&self) -> usize {
        let day = self.play_school_day().await;
        day.register.len() + day.skolon.len()
    }

    fn differences(&self) -> Vec<String> {
        differences(self)
    }

    fn contract_violations(&self) -> Vec<String> {
        self.contract_violations()
    }

    fn mistakes(&self) -> Vec<String> {
        self.mistakes()
    }

    fn target_requests(&self) -> u64 {
        requests(self)
    }
}

/// How all receivers differ from what they should hold, by the outside's own truth.
#[must_use]
pub fn differences(world: &World) -> Vec<String> {
    let names: Vec<String> = world.receivers().map(|it| it.options().name.clone()).collect();
    let differ = names
        .iter()
        .flat_map(|name| world.differences(name).into_iter().map(move |difference| format!("{name}: {difference}")));
    differ.collect()
}

/// How often all receivers were asked.
pub(super) fn requests(world: &World) -> u64 {
    let each = |counters: &ReceiverCounters| counters.requests.values().sum::<u64>();
    world.counters().receivers.values().map(each).sum()
}
