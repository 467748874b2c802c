//! Files that are gathered for a window, whatever is cut short.

use std::collections::BTreeSet;
use std::time::Duration;

use roster::{Personal, SubjectKey};
use rules::delivery::Standing;
use sync::deliver::deliver_one;
use sync::messages::FilesDue;
use sync::sweep::sweep;
use sync::windows::{Written, due, write};

use crate::accounts::school;
use crate::joins::{id, pupil};
use crate::paper::PAPER;
use crate::stage::{DIRECTORY, REGISTER, Stage, TENANT};

/// A school of some pupils, known and not delivered to its only target.
pub(crate) async fn known_at(target: &str, pupils: u8) -> Stage {
    let stage = Stage::with(&format!("[[target]]\nname = '{target}'\nkind = 'sink'")).await;
    stage.lists.add_school(school());
    for n in 1..=pupils {
        rename(&stage, n, &format!("Prov{n}"));
    }
    assert!(stage.read(REGISTER).await);
    stage
}

async fn known(pupils: u8) -> Stage {
    known_at(PAPER, pupils).await
}

pub(crate) fn rename(stage: &Stage, n: u8, name: &str) {
    let mut pupil = pupil(n, n);
    pupil.given_name = Personal::new(name.to_owned());
    pupil.principal_names = vec![Personal::new(format!("prov{n}@skola.example"))];
    stage.lists.change(REGISTER, |all| drop(all.insert(pupil.id, pupil)));
}

/// Delivers for some minutes, whatever fails.
pub(crate) async fn deliver(stage: &Stage, rounds: u8) {
    for _ in 0..rounds {
        let _ = sweep(&stage.hub, Duration::ZERO).await;
        for job in stage.jobs_after(65).await {
            let _ = deliver_one(&stage.hub, &job).await;
        }
    }
}

pub(crate) async fn delivered(pupils: u8) -> Stage {
    let stage = known(pupils).await;
    deliver(&stage, 4).await;
    stage
}

pub(crate) fn files_due() -> FilesDue {
    FilesDue::new(TENANT.to_owned(), PAPER.to_owned())
}

/// Whom files have told of.
fn told(stage: &Stage) -> BTreeSet<String> {
    stage.lists.paper().files().into_iter().flat_map(|(_, lines)| lines).collect()
}

pub(crate) fn line(n: u8, name: &str) -> String {
    format!("{} \"{name}\"", id(n.into()))
}

#[tokio::test(start_paused = true)]
async fn what_a_window_gathered_is_one_file_and_is_told_once() {
    let stage = delivered(3).await;

    let first = write(&stage.hub, &files_due()).await.unwrap();
    stage.jobs_after(600).await;
    let second = write(&stage.hub, &files_due()).await.unwrap();

    assert_eq!((first, second), (Written::Done, Written::Nothing));
    let files = stage.lists.paper().files();
    assert_eq!((files.len(), files[0].1.len()), (1, 3), "{files:?}");
}

#[tokio::test(start_paused = true)]
async fn only_the_newest_line_about_somebody_goes_out() {
    let stage = delivered(1).await;
    rename(&stage, 1, "Astrid");
    stage.read(REGISTER).await;
    deliver(&stage, 2).await;

    write(&stage.hub, &files_due()).await.unwrap();

    assert_eq!(told(&stage), BTreeSet::from([line(1, "Astrid")]));
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_dies_between_any_two_writes_leaves_nobody_untold() {
    for writes in 0..14 {
        let stage = known(2).await;
        stage.table.allow(Some(writes));
        deliver(&stage, 1).await;
        stage.table.allow(None);
        deliver(&stage, 6).await;

        let subject = stage.hub.store.subject(TENANT, SubjectKey::person(id(1))).await.unwrap();
        write(&stage.hub, &files_due()).await.unwrap();

        assert_eq!(subject.deliveries[PAPER].standing, Some(Standing::Present), "cut after {writes}");
        assert_eq!(told(&stage), BTreeSet::from([line(1, "Prov1"), line(2, "Prov2")]), "cut after {writes}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_dies_between_any_two_writes_leaves_nobody_untold_and_no_name_used_twice() {
    for writes in 0..8 {
        let stage = delivered(4).await;
        stage.table.allow(Some(writes));
        let cut_short = write(&stage.hub, &files_due()).await;
        stage.table.allow(None);
        stage.jobs_after(600).await;

        write(&stage.hub, &files_due()).await.unwrap();

        let files = stage.lists.paper().files();
        let names: BTreeSet<&String> = files.iter().map(|(name, _)| name).collect();
        let waiting = stage.hub.store.waiting_lines(TENANT, PAPER, 100).await.unwrap();
        assert_eq!((told(&stage).len(), waiting.lines.len()), (4, 0), "cut after {writes}: {cut_short:?}");
        assert_eq!(names.len(), files.len(), "cut after {writes}");
    }
}

#[tokio::test(start_paused = true)]
async fn lines_of_a_place_that_is_away_wait_and_are_asked_for_again() {
    let stage = delivered(2).await;
    stage.lists.paper().is_away(true);
    let away = write(&stage.hub, &files_due()).await.unwrap();
    let trouble = stage.hub.store.window(TENANT, PAPER).await.unwrap().trouble.map(|it| it.code);
    stage.lists.paper().is_away(false);
    stage.jobs_after(600).await;

    let asked = due(&stage.hub).await.unwrap();
    let back = write(&stage.hub, &files_due()).await.unwrap();

    assert_eq!((away, asked, back), (Written::Later, 1, Written::Done));
    assert_eq!(trouble.as_deref(), Some("files.place_unreachable"));
    assert_eq!(told(&stage).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_goes_is_told_after_who_came() {
    let stage = delivered(2).await;
    write(&stage.hub, &files_due()).await.unwrap();
    stage.lists.change(REGISTER, |all| drop(all.remove(&id(1))));
    stage.read(REGISTER).await;
    deliver(&stage, 4).await;

    write(&stage.hub, &files_due()).await.unwrap();

    let files = stage.lists.paper().files();
    assert_eq!(files.last().unwrap().1, [format!("{} gone", id(1))]);
}

/// A school whose files say everything each time.
async fn told_everything(pupils: u8) -> Stage {
    let stage = known(pupils).await;
    stage.lists.paper().say_everything();
    assert!(stage.read(DIRECTORY).await);
    deliver(&stage, 4).await;
    stage
}

fn newest(stage: &Stage) -> BTreeSet<String> {
    stage.lists.paper().files().pop().map(|(_, lines)| lines.into_iter().collect()).unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_file_that_says_everything_says_it_again_when_something_changes() {
    let stage = told_everything(3).await;
    write(&stage.hub, &files_due()).await.unwrap();
    rename(&stage, 2, "Astrid");
    stage.read(REGISTER).await;
    deliver(&stage, 4).await;

    write(&stage.hub, &files_due()).await.unwrap();

    assert_eq!(newest(&stage), BTreeSet::from([line(1, "Prov1"), line(2, "Astrid"), line(3, "Prov3")]));
    stage.jobs_after(600).await;
    assert_eq!(write(&stage.hub, &files_due()).await.unwrap(), Written::Nothing, "nothing has changed since");
}

#[tokio::test(start_paused = true)]
async fn who_goes_is_in_no_file_that_says_everything_and_kept_nowhere() {
    let stage = told_everything(2).await;
    write(&stage.hub, &files_due()).await.unwrap();
    stage.lists.change(REGISTER, |all| drop(all.remove(&id(1))));
    stage.read(REGISTER).await;
    deliver(&stage, 4).await;

    write(&stage.hub, &files_due()).await.unwrap();

    let kept = stage.hub.store.waiting_lines(TENANT, PAPER, 100).await.unwrap().lines.len();
    assert_eq!((newest(&stage), kept), (BTreeSet::from([line(2, "Prov2")]), 1));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_says_everything_is_not_written_while_anything_is_on_its_way() {
    let stage = known(3).await;
    stage.lists.paper().say_everything();
    assert!(stage.read(DIRECTORY).await);
    let jobs = stage.jobs_after(65).await;
    let (one, others) = jobs.split_first().unwrap();
    deliver_one(&stage.hub, one).await.unwrap();
    stage.jobs_after(600).await;

    let early = write(&stage.hub, &files_due()).await.unwrap();
    for job in others {
        deliver_one(&stage.hub, job).await.unwrap();
    }
    deliver(&stage, 4).await;
    let late = write(&stage.hub, &files_due()).await.unwrap();

    assert_eq!((early, late), (Written::Nothing, Written::Done));
    assert_eq!(stage.lists.paper().files().iter().map(|(_, lines)| lines.len()).collect::<Vec<_>>(), [3]);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_says_everything_is_not_written_before_a_source_was_read_whole() {
    let stage = told_everything(3).await;
    stage
        .configure(&format!("[[target]]\nname = '{PAPER}'\nkind = 'sink'\n[[source]]\nname = 'another'\nkind = 'list'"))
        .await;
    deliver(&stage, 4).await;

    let early = write(&stage.hub, &files_due()).await.unwrap();
    stage.read("another").await;
    deliver(&stage, 4).await;
    let late = write(&stage.hub, &files_due()).await.unwrap();

    assert_eq!((early, late), (Written::Nothing, Written::Done));
}

#[tokio::test(start_paused = true)]
async fn a_writer_of_everything_that_dies_between_any_two_writes_leaves_nobody_out() {
    for writes in 0..8 {
        let stage = told_everything(3).await;
        write(&stage.hub, &files_due()).await.unwrap();
        stage.lists.change(REGISTER, |all| drop(all.remove(&id(1))));
        stage.read(REGISTER).await;
        deliver(&stage, 4).await;
        stage.table.allow(Some(writes));
        let cut_short = write(&stage.hub, &files_due()).await;
        stage.table.allow(None);
        stage.jobs_after(600).await;

        write(&stage.hub, &files_due()).await.unwrap();

        let everybody = BTreeSet::from([line(2, "Prov2"), line(3, "Prov3")]);
        assert_eq!(newest(&stage), everybody, "cut after {writes}: {cut_short:?}");
    }
}
