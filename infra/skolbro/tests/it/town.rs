//! A simulated municipality with a hub's folder beside it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use skolbro::demo::{DemoSecrets, differences, tenant_files};
use skolbro::machine::TemporaryFolder;
use world::{World, WorldOptions};

use crate::process::Up;

/// How long a load may take, whatever hindered it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) struct Town {
    world: World,
    folder: TemporaryFolder,
    files: Vec<PathBuf>,
}

impl Town {
    pub(crate) async fn found(seed: u64, pupils: usize) -> Self {
        let world = World::start(WorldOptions { seed, pupils, ..WorldOptions::default() }).await.unwrap();
        let folder = TemporaryFolder::new().unwrap();
        let write = |(tenant, text): (String, String)| {
            let file = folder.path().join(format!("{tenant}.toml"));
            std::fs::write(&file, text).unwrap();
            file
        };
        let files = tenant_files(&world, "").into_iter().map(write).collect();
        Self { world, folder, files }
    }

    /// Where the hub keeps its state.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn up(&self) -> Up {
        self.up_with(&[])
    }

    /// A hub that is started by a command of its own.
    pub(crate) fn up_with(&self, wrapper: &[&str]) -> Up {
        Up::start(wrapper, &self.files, &self.data(), &DemoSecrets::of(&self.world).variables())
    }

    /// Waits until every receiver is as it should be, and asserts that nothing was lost, doubled or made twice.
    pub(crate) async fn is_whole_in_the_end(&self) {
        let began = Instant::now();
        while !differences(&self.world).is_empty() && began.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(differences(&self.world), Vec::<String>::new());
        assert_eq!((self.world.contract_violations(), self.world.mistakes()), (Vec::new(), Vec::new()));
        let recreated: u64 = self.world.counters().receivers.values().map(|it| it.recreated).sum();
        assert_eq!(recreated, 0, "nothing was deleted and made again");
    }
}
