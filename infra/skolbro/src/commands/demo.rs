//! `skolbro demo`: a school day, from the first load to the last delivery.

use std::process::ExitCode;
use std::time::Duration;

use super::Failure;
use crate::cli::Demo;
use crate::demo::{Report, play};
use crate::output::{json, say};

pub(super) async fn run(demo: Demo) -> Result<ExitCode, Failure> {
    runtime::logging::to_terminal("off");
    let report = play(&demo, Duration::from_secs(demo.patience)).await.map_err(Failure::new)?;
    if demo.json {
        json(&report);
    } else {
        show(&report);
    }
    Ok(if report.is_as_it_should_be() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show(report: &Report) {
    say(format!("{} persons and {} groups were read.", report.persons, report.groups));
    say(format!("{} changes were made on a school day.", report.changes));
    say(format!(
        "{} deliveries in {} calls; {} undelivered, {} held, {} dead letters.",
        report.delivered, report.target_requests, report.undelivered, report.held, report.dead_lettered
    ));
    let lag = &report.lag_ms;
    say(format!(
        "A change reached the receiver after {} ms (half), {} ms (99 %), {} ms (all).",
        lag.p50, lag.p99, lag.max
    ));
    if report.is_as_it_should_be() {
        say("The receiver is exactly as it should be.");
    } else {
        say(format!("The receiver is NOT as it should be: {} contract violations.", report.contract_violations));
        report.differences.iter().for_each(say);
    }
}
