//! The hub is killed without warning, again and again, while it loads a municipality.

use std::path::Path;
use std::time::{Duration, Instant};

use skolbro::demo::{DemoSecrets, differences, tenant_files};
use skolbro::machine::TemporaryFolder;
use world::{World, WorldOptions};

use crate::process::Up;

/// `SKOLBRO_KILLS=50 SKOLBRO_PUPILS=2000` is the long form of this test.
fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

async fn until_equal(world: &World, patience: Duration) -> Vec<String> {
    let began = Instant::now();
    loop {
        let found = differences(world);
        if found.is_empty() || began.elapsed() > patience {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_killed_again_and_again_loses_and_duplicates_nothing() {
    let (kills, pupils) = (number("SKOLBRO_KILLS", 8), number("SKOLBRO_PUPILS", 120));
    let world = World::start(WorldOptions { seed: 31, pupils, ..WorldOptions::default() }).await.unwrap();
    let folder = TemporaryFolder::new().unwrap();
    let files: Vec<_> = tenant_files(&world, "")
        .into_iter()
        .map(|(tenant, text)| {
            let file = folder.path().join(format!("{tenant}.toml"));
            std::fs::write(&file, text).unwrap();
            file
        })
        .collect();
    let files: Vec<&Path> = files.iter().map(AsRef::as_ref).collect();
    let (data, environment) = (folder.path().join("data"), DemoSecrets::of(&world).variables());

    for kill in 0..kills {
        let up = Up::start(&files, &data, &environment);
        tokio::time::sleep(Duration::from_millis(40 + 37 * (kill as u64 % 11))).await;
        up.kill();
    }
    let _up = Up::start(&files, &data, &environment);

    assert_eq!(until_equal(&world, Duration::from_secs(600)).await, Vec::<String>::new());
    assert_eq!((world.contract_violations(), world.mistakes()), (Vec::new(), Vec::new()));
    let recreated: u64 = world.counters().receivers.values().map(|it| it.recreated).sum();
    assert_eq!(recreated, 0, "nothing was deleted and made again");
}
