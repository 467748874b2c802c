//! Unikum: a school's classes in files that are gathered for a window.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use roster::ManualClock;
use skolbro::machine::TemporaryFolder;
use sync::messages::FilesDue;
use sync::windows::{Written, due, write};
use sync::{Hub, SyncError};
use world::unikum::{CLASS_KINDS, UnikumImport, UnikumOptions, expected};
use world::{ExpectedOptions, WorldOptions};

use crate::stage::Stage;

/// A school whose only receiver is Unikum.
struct School {
    stage: Stage,
    folder: TemporaryFolder,
    unikum: UnikumImport,
    /// The time at which windows are written; it runs ahead of the hub's own.
    now: Timestamp,
}

impl School {
    async fn with(seed: u64) -> Self {
        let folder = TemporaryFolder::new().unwrap();
        let table = format!(
            "[[target]]\nname = 'unikum'\nkind = 'unikum'\nmunicipality = 'Norrbyholm'\nfolder = '{}'\n\
             window_seconds = 3600\n",
            folder.path().display()
        );
        let to_unikum = |text: String| match text.split_once("[[target]]") {
            Some((before, _)) if before.contains("demoskolan") => format!("{before}{table}"),
            _ => text,
        };
        let options = WorldOptions { seed, pupils: 40, ..WorldOptions::default() };
        let mut stage = Stage::configured(options, &[], to_unikum).await;
        stage.machine.start().await.unwrap();
        let now = stage.machine.hub.now();
        let school = Self { stage, folder, unikum: UnikumImport::new(UnikumOptions::default()), now };
        school.stage.quiet().await;
        school
    }

    /// The hub after a window's length, as its next worker will find it. Its own timer sees no such time in a test: what is
    /// written is written here.
    fn later(&mut self) -> Hub {
        self.now = self.now.max(self.stage.machine.hub.now()) + SignedDuration::from_mins(61);
        Hub { clock: Arc::new(ManualClock::at(self.now)), ..self.stage.machine.hub.clone() }
    }

    async fn write(&mut self) -> Result<Written, SyncError> {
        let hub = self.later();
        write(&hub, &FilesDue::new("demoskolan".to_owned(), "unikum".to_owned())).await
    }

    fn pick_up(&mut self) -> usize {
        self.unikum.pick_up(self.folder.path()).unwrap()
    }

    /// How Unikum differs from what it should have, and what hurt it.
    fn wrong(&self) -> Vec<String> {
        let today = ExpectedOptions::default().today;
        let expected = self.stage.world.register().with_truth(|truth| expected(truth, today, &CLASS_KINDS));
        let mut wrong = self.unikum.differences(&expected);
        wrong.extend(self.unikum.complaints().iter().cloned());
        wrong
    }

    async fn day(&self) {
        self.stage.world.play_school_day().await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        self.stage.quiet().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unikum_has_everything_after_the_first_pair_and_what_changed_after_the_next() {
    let mut school = School::with(51).await;
    school.write().await.unwrap();
    school.pick_up();
    let at_first = school.wrong();

    school.day().await;
    school.write().await.unwrap();
    school.pick_up();

    assert_eq!((at_first, school.wrong()), (Vec::<String>::new(), Vec::new()));
    let rows = school.unikum.pairs().iter().map(|it| it.relations).collect::<Vec<_>>();
    assert!(rows.len() == 2 && rows[1] > 0 && rows[1] < rows[0] / 2, "only what changed: {rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_away_loses_nothing() {
    let mut school = School::with(52).await;
    let elsewhere = school.folder.path().with_extension("away");
    std::fs::rename(school.folder.path(), &elsewhere).unwrap();

    let away = school.write().await.unwrap();
    std::fs::rename(&elsewhere, school.folder.path()).unwrap();
    let back = school.write().await.unwrap();
    school.pick_up();

    assert_eq!((away, back), (Written::Later, Written::Done));
    assert_eq!(school.wrong(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timer_asks_for_files_only_where_some_are_due() {
    let mut school = School::with(53).await;
    let hub = school.later();
    let before = due(&hub).await.unwrap();
    school.write().await.unwrap();

    let hub = school.later();
    let after = due(&hub).await.unwrap();

    assert_eq!((before, after), (1, 0));
}
