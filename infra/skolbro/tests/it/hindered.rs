//! What the hub stands on fails it for a while in the middle of a load, and then is there again.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::time::{Duration, Instant};

use skolbro::machine::TemporaryFolder;

use crate::process::{Outside, Up, run};
use crate::town::{PATIENCE, Town};

/// What a file may hold while the disk is full, in bytes: room for the empty table, not for a municipality.
const FULL_AT: u64 = 600 * 1024;

/// How long there is no room.
const FULL_FOR: Duration = Duration::from_secs(5);

/// How much of a load is there before everything outside stands still.
const LOADING: Duration = Duration::from_millis(1_500);

/// Longer than a call may take: what was under way is given up, though the receiver carries it out afterwards.
const FROZEN_FOR: Duration = Duration::from_secs(33);

/// Leases that could not be given back have to run out in both: they wait for that side by side.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_or_a_frozen_outside_loses_and_duplicates_nothing() {
    tokio::join!(full_disk(), frozen_outside());
}

async fn full_disk() {
    let town = Town::found(32, 120).await;
    // A write beyond this is refused, as by a disk without room; the signal that comes with it is ignored.
    let limited = format!("trap '' XFSZ; exec prlimit --fsize={FULL_AT}:unlimited \"$0\" \"$@\"");
    let up = town.up_with(&["sh", "-c", &limited]);
    let began = Instant::now();
    while largest_in(&town.data()) < FULL_AT {
        assert!(began.elapsed() < PATIENCE, "the disk never was full");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(FULL_FOR).await;

    run("prlimit", &["--pid", &up.pid(), "--fsize=unlimited:unlimited"]);

    town.is_whole_in_the_end().await;
}

fn largest_in(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|it| Some(it.metadata().ok()?.len())).max().unwrap_or(0)
}

async fn frozen_outside() {
    let outside = Outside::start(33, 120);
    let folder = TemporaryFolder::new().unwrap();
    let _up = Up::start(&[], &outside.files(), folder.path(), &outside.environment());
    tokio::time::sleep(LOADING).await;
    assert!(!outside.differences().await.is_empty(), "the load was over before it was hindered");

    run("kill", &["-STOP", &outside.pid()]);
    tokio::time::sleep(FROZEN_FOR).await;
    run("kill", &["-CONT", &outside.pid()]);

    let began = Instant::now();
    while !outside.differences().await.is_empty() && began.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!((outside.differences().await, outside.violations().await), (Vec::new(), 0));
}
