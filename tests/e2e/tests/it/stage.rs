//! A stage: a world, a hub beside it, and the patience to wait until they agree.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use skolbro::demo::{DemoSecrets, connect, differences, tenant_files};
use skolbro::machine::{Machine, open};
use sync::messages::Reason;
use sync::status::{Status, TenantStatus};
use world::{Moods, World, WorldOptions};

/// The longest a test waits. Reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) machine: Machine,
    pub(crate) url: String,
}

impl Stage {
    pub(crate) async fn with(options: WorldOptions) -> Self {
        let mut stage = Self::not_begun(options).await;
        stage.machine.start().await.unwrap();
        stage
    }

    /// A hub that takes doorbells, and neither reads nor delivers.
    pub(crate) async fn asleep(seed: u64) -> Self {
        Self::not_begun(WorldOptions { seed, pupils: 5, ..WorldOptions::default() }).await
    }

    async fn not_begun(options: WorldOptions) -> Self {
        Self::configured(options, &[], |text| text).await
    }

    /// A hub that has not begun, with further secrets and tenants' files changed on their way to it.
    pub(crate) async fn configured(
        options: WorldOptions,
        secrets: &[(&str, &str)],
        change: impl Fn(String) -> String,
    ) -> Self {
        let world = World::start(options).await.unwrap();
        let known = secrets.iter().fold(DemoSecrets::of(&world), |known, (name, secret)| known.with(name, secret));
        let mut machine = open(None, Arc::new(known)).await.unwrap();
        let address = machine.serve(SocketAddr::from(([127, 0, 0, 1], 0)), "stage").await.unwrap();
        let url = format!("http://{address}");
        for (tenant, text) in tenant_files(&world, &url) {
            machine.put_tenant(&tenant, &change(text)).await.unwrap();
        }
        connect(&world, &url);
        Self { world, machine, url }
    }

    pub(crate) async fn set(seed: u64) -> Self {
        Self::with(WorldOptions { seed, pupils: 60, ..WorldOptions::default() }).await
    }

    /// The same, with the first load delivered.
    pub(crate) async fn loaded(seed: u64) -> Self {
        let stage = Self::set(seed).await;
        stage.settled().await;
        stage
    }

    pub(crate) async fn ring(&self, tenant: &str, source: &str, reason: Reason) {
        sync::notify::notify(&self.machine.hub, tenant, source, reason).await.unwrap();
    }

    pub(crate) async fn status(&self) -> Status {
        sync::status::status(&self.machine.hub).await.unwrap()
    }

    pub(crate) async fn tenant(&self, name: &str) -> TenantStatus {
        self.status().await.tenants.remove(name).unwrap()
    }

    /// Waits until all sources have been read since now and nothing is on its way.
    pub(crate) async fn quiet(&self) {
        let since = self.machine.hub.now();
        self.ring("demoskolan", "register", Reason::Poll).await;
        self.ring("skolonkommun", "skolon", Reason::Poll).await;
        self.until("nothing is on its way", |status| {
            let sources = status.tenants.values().flat_map(|it| it.sources.values());
            let targets = status.tenants.values().flat_map(|it| it.targets.values());
            let read = sources.clone().all(|it| !it.reading && it.read_at.is_some_and(|at| at >= since));
            read && targets.clone().all(|it| it.undelivered == 0)
        })
        .await;
    }

    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Status) -> bool) {
        let began = Instant::now();
        loop {
            let status = self.status().await;
            if holds(&status) {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "still not: {what}; {status:#?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits until every receiver is what it should be; tells how they differ if they never are.
    pub(crate) async fn settled(&self) {
        let began = Instant::now();
        loop {
            self.quiet().await;
            let found = differences(&self.world);
            if found.is_empty() {
                return;
            }
            assert!(began.elapsed() < PATIENCE / 4, "{found:#?}\n{:#?}", self.status().await);
        }
    }

    pub(crate) fn calls(&self) -> u64 {
        self.world.counters().receivers.values().flat_map(|it| it.requests.values()).sum()
    }

    pub(crate) fn be_moody(&self, moods: &Moods) {
        self.world.set_moods(moods);
    }

    /// Of the outside's contracts: by the hub, or by the outside itself.
    pub(crate) fn breaches(&self) -> Vec<String> {
        let mut all = self.world.contract_violations();
        all.extend(self.world.mistakes());
        all
    }
}
