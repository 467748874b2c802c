//! A municipality whose register is delivered to receiving systems of all kinds that there are but `dnp`.
//!
//! One tenant with all of them. A second one has the hub's own SS 12000 interface as its register, and a portal that must
//! become what the register is: what is read there is right if that is. What each system should hold is worked out from the
//! register's own truth.

mod tenant;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use outbound::Transport;
use world::{Expected, ExpectedOptions, Feed, Moods, ReceiverOptions, World, WorldOptions};

use super::connect::DemoSecrets;
use super::outside::{Outside, differences, requests};
use super::systems::Systems;

/// The tenant with a register, and its portal.
const TENANT: &str = "demoskolan";
const PORTAL: &str = "gleerups";

/// The tenant that reads what the first one publishes, and its portal.
const READER: &str = "lasaren";
const READERS_PORTAL: &str = "gleerups-test";

/// What the reader shows, and the name of its secret.
const READER_TOKEN: &str = "a-readers-token-of-the-demo";
const READER_SECRET: &str = "READER_TOKEN";

/// The outside: a world with portals, and all other systems.
pub(super) struct AllTargets {
    world: World,
    systems: Systems,
}

impl AllTargets {
    pub(super) async fn start(seed: u64, pupils: usize, moods: Moods) -> io::Result<Self> {
        let receivers = [PORTAL, READERS_PORTAL].map(|it| ReceiverOptions::new(it, Feed::Register)).into();
        let options = WorldOptions { seed, pupils, moods: moods.clone(), receivers, ..WorldOptions::default() };
        let world = World::start(options).await?;
        let systems = Systems::start(domains(&expected(&world))).await?;
        systems.open_accounts(&expected(&world));
        systems.be_moody(&moods);
        Ok(Self { world, systems })
    }
}

/// The domains that people's names end in.
pub fn domains(expected: &Expected) -> BTreeSet<String> {
    expected.user_names().iter().filter_map(|it| Some(it.split_once('@')?.1.to_owned())).collect()
}

/// What every system should hold, by the register's own truth.
fn expected(world: &World) -> Expected {
    world.register().with_truth(|truth| Expected::from_register(truth, &ExpectedOptions::default()))
}

#[async_trait]
impl Outside for AllTargets {
    fn secrets(&self) -> DemoSecrets {
        let known = DemoSecrets::of(&self.world).with(READER_SECRET, READER_TOKEN);
        self.systems.secrets().fold(known, |known, (name, secret)| known.with(name, &secret))
    }

    fn transport(&self) -> Option<Arc<dyn Transport>> {
        None
    }

    fn tenants(&self, hub: &str) -> Vec<(String, String)> {
        vec![(TENANT.to_owned(), self.file(hub)), (READER.to_owned(), self.readers_file(hub))]
    }

    fn connect(&self, _: &str) {}

    async fn play_day(&self) -> usize {
        let day = self.world.play_school_day().await;
        self.systems.open_accounts(&expected(&self.world));
        day.register.len()
    }

    fn differences(&self) -> Vec<String> {
        let mut all = differences(&self.world);
        all.extend(self.systems.differences(&self.world, &expected(&self.world)));
        all
    }

    fn contract_violations(&self) -> Vec<String> {
        let mut all = self.world.contract_violations();
        all.extend(self.systems.violations());
        all
    }

    fn mistakes(&self) -> Vec<String> {
        self.world.mistakes()
    }

    fn target_requests(&self) -> u64 {
        requests(&self.world) + self.systems.requests()
    }
}
