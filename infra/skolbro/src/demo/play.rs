//! Playing: load, a school day, waiting until everything is where it should be.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use roster::RecordKind;
use sync::status::Status;
use world::{Moods, World, WorldOptions};

use super::all_sources::AllSources;
use super::all_targets::AllTargets;
use super::outside::Outside;
use super::report::{Lag, Report};
use crate::cli::Demo;
use crate::control::new_token;
use crate::machine::{Machine, TemporaryFolder, open_with};

/// How often the hub is asked how far it has come …
const LOOK: Duration = Duration::from_millis(200);

/// … and how much of the time that may take: one part in so many. What is watched is not to be slowed down by it.
const LOOKING: u32 = 8;

/// Plays the demonstration.
///
/// # Errors
/// In words, when something could not be started, or the hub could not be asked.
pub async fn play(demo: &Demo, patience: Duration) -> Result<Report, String> {
    let moods = if demo.faults { Moods::bad_day() } else { Moods::calm() };
    if demo.all_sources {
        let outside = AllSources::new(demo.seed, demo.pupils, moods).map_err(|error| error.to_string())?;
        return play_with(&outside, demo.json, patience).await;
    }
    if demo.all_targets {
        let outside = AllTargets::start(demo.seed, demo.pupils, moods).await.map_err(|error| error.to_string())?;
        return play_with(&outside, demo.json, patience).await;
    }
    let options = WorldOptions { seed: demo.seed, pupils: demo.pupils, moods, ..WorldOptions::default() };
    let world = World::start(options).await.map_err(|error| error.to_string())?;
    play_with(&world, demo.json, patience).await
}

async fn play_with(outside: &dyn Outside, quiet: bool, patience: Duration) -> Result<Report, String> {
    let folder = TemporaryFolder::new().map_err(|error| error.to_string())?;
    let machine = start(outside, folder.path()).await.map_err(|error| error.to_string())?;
    let bar = progress(quiet);
    let began = Instant::now();
    bar.set_message("the first load");
    settle(&machine, outside, &bar, patience).await?;
    let mut report = Report { load_ms: millis(began.elapsed()), ..Report::default() };
    let loaded = machine.recorder.summary();
    machine.recorder.reset();
    bar.set_message("a school day");
    report.changes = outside.play_day().await;
    settle(&machine, outside, &bar, patience).await?;
    bar.finish_and_clear();
    sum_up(&mut report, &machine, outside).await?;
    report.delivered += loaded.delivered;
    Ok(report)
}

async fn start(outside: &dyn Outside, folder: &std::path::Path) -> Result<Machine, crate::machine::MachineError> {
    let mut machine = open_with(Some(folder), Arc::new(outside.secrets()), outside.transport()).await?;
    let address = machine.serve(SocketAddr::from(([127, 0, 0, 1], 0)), &new_token()).await?;
    let url = format!("http://{address}");
    for (tenant, text) in outside.tenants(&url) {
        machine.put_tenant(&tenant, &text).await?;
    }
    outside.connect(&url);
    machine.start().await?;
    Ok(machine)
}

/// Waits until the sources have been read since now, and nothing is on its way.
async fn settle(machine: &Machine, outside: &dyn Outside, bar: &ProgressBar, patience: Duration) -> Result<(), String> {
    let (began, since) = (Instant::now(), machine.hub.now());
    for tenant in machine.hub.directory.tenants() {
        for source in tenant.sources.keys() {
            let reason = sync::messages::Reason::Poll;
            let rung = sync::notify::notify(&machine.hub, &tenant.config.tenant, source, reason).await;
            rung.map_err(|error| error.to_string())?;
        }
    }
    let mut pause = LOOK;
    loop {
        tokio::time::sleep(pause).await;
        let asked = Instant::now();
        let status = sync::status::status(&machine.hub).await.map_err(|error| error.to_string())?;
        let undelivered: u64 = targets(&status).map(|it| it.undelivered).sum();
        bar.set_position(machine.recorder.summary().delivered);
        bar.set_length(machine.recorder.summary().delivered + undelivered);
        let read = sources(&status).all(|it| !it.reading && it.read_at.is_some_and(|at| at >= since));
        if read && undelivered == 0 && outside.differences().is_empty() {
            return Ok(());
        }
        if began.elapsed() > patience {
            return Ok(());
        }
        pause = LOOK.max(asked.elapsed() * (LOOKING - 1));
    }
}

fn sources(status: &Status) -> impl Iterator<Item = &sync::status::SourceStatus> {
    status.tenants.values().flat_map(|it| it.sources.values())
}

fn targets(status: &Status) -> impl Iterator<Item = &sync::status::TargetStatus> {
    status.tenants.values().flat_map(|it| it.targets.values())
}

async fn sum_up(report: &mut Report, machine: &Machine, outside: &dyn Outside) -> Result<(), String> {
    let status = sync::status::status(&machine.hub).await.map_err(|error| error.to_string())?;
    let total = |kind| sources(&status).filter_map(|it| it.totals.get(&kind)).sum();
    let day = machine.recorder.summary();
    report.persons = total(RecordKind::Person);
    report.groups = total(RecordKind::Group);
    report.delivered = day.delivered;
    report.undelivered = targets(&status).map(|it| it.undelivered).sum();
    report.dead_lettered = targets(&status).map(|it| it.dead_letters).sum();
    report.held = status.tenants.values().map(|it| it.holds.len() as u64).sum();
    report.lag_ms = Lag { p50: day.p50_ms, p99: day.p99_ms, max: day.max_ms };
    report.contract_violations = outside.contract_violations().len();
    report.target_requests = outside.target_requests();
    report.differences = outside.differences();
    report.differences.extend(outside.contract_violations());
    report.differences.extend(outside.mistakes());
    Ok(())
}

fn progress(quiet: bool) -> ProgressBar {
    let bar = ProgressBar::new(0);
    if quiet {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{msg:18} {bar:40} {pos}/{len} delivered, {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
