//! A municipality whose register is delivered to a receiving system of every kind that there is.
//!
//! One tenant with all of them. A second one has the hub's own SS 12000 interface as its register, and a portal that must
//! become what the register is: what is read there is right if that is. What each system should hold is worked out from the
//! register's own truth.

mod packages;
mod portals;
mod rooms;
mod system;
mod tenant;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use outbound::Transport;
use world::{Expected, ExpectedOptions, Feed, Moods, ReceiverOptions, World, WorldOptions};

use self::packages::{Packages, Unikum};
use self::portals::{Events, Library};
use self::rooms::{Google, Microsoft};
use self::system::System;
use super::connect::DemoSecrets;
use super::outside::{Outside, differences};

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
    systems: Vec<Box<dyn System>>,
}

impl AllTargets {
    pub(super) async fn start(seed: u64, pupils: usize, moods: Moods) -> io::Result<Self> {
        let receivers = [PORTAL, READERS_PORTAL].map(|it| ReceiverOptions::new(it, Feed::Register)).into();
        let options = WorldOptions { seed, pupils, moods: moods.clone(), receivers, ..WorldOptions::default() };
        let world = World::start(options).await?;
        let domains: BTreeSet<String> =
            expected(&world).user_names().iter().filter_map(|it| Some(it.split_once('@')?.1.to_owned())).collect();
        let systems: Vec<Box<dyn System>> = vec![
            Box::new(Library::start().await?),
            Box::new(Microsoft::start().await?),
            Box::new(Google::start(domains).await?),
            Box::new(Events::start().await?),
            Box::new(Unikum::new()?),
            Box::new(Packages::of_one_roster()?),
            Box::new(Packages::for_school_data_sync()?),
        ];
        let outside = Self { world, systems };
        outside.open_accounts();
        outside.systems.iter().for_each(|it| it.be_moody(&moods));
        Ok(outside)
    }

    /// Somebody makes accounts for those who have none yet, where the hub only finds them.
    fn open_accounts(&self) {
        let names = expected(&self.world).user_names();
        self.systems.iter().for_each(|it| it.open_accounts(&names));
    }
}

/// What every system should hold, by the register's own truth.
fn expected(world: &World) -> Expected {
    world.register().with_truth(|truth| Expected::from_register(truth, &ExpectedOptions::default()))
}

#[async_trait]
impl Outside for AllTargets {
    fn secrets(&self) -> DemoSecrets {
        let known = DemoSecrets::of(&self.world).with(READER_SECRET, READER_TOKEN);
        let secrets = self.systems.iter().filter_map(|it| it.secret());
        secrets.fold(known, |known, (name, secret)| known.with(name, &secret))
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
        self.open_accounts();
        day.register.len()
    }

    fn differences(&self) -> Vec<String> {
        let mut all: Vec<String> = differences(&self.world);
        let expected = expected(&self.world);
        for system in &self.systems {
            let found = system.differences(&self.world, &expected);
            all.extend(found.into_iter().map(|it| format!("{}: {it}", system.name())));
        }
        all
    }

    fn contract_violations(&self) -> Vec<String> {
        let mut all = self.world.contract_violations();
        for system in &self.systems {
            all.extend(system.violations().into_iter().map(|it| format!("{}: {it}", system.name())));
        }
        all
    }

    fn mistakes(&self) -> Vec<String> {
        self.world.mistakes()
    }

    fn target_requests(&self) -> u64 {
        super::outside::requests(&self.world) + self.systems.iter().map(|it| it.requests()).sum::<u64>()
    }
}
