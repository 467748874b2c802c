//! Telling the provider what became of a read (`/log/`, `/statistics/`).

use outbound::{Answer, Request};
use serde_json::{Value, json};

use super::classify::{Verdict, verdict};
use super::client::Client;
use super::resource::Resource;
use crate::report::{ReadReport, Reported};
use crate::{SourceError, Unreadable};

/// Nobody reads more than this of one read; the rest is the same in other records.
const MOST_LOG_ENTRIES: usize = 100;

/// Posts one entry per kind to `/statistics/`, then one per unreadable record to `/log/`. What the provider does not
/// have is left out; an entry that was posted is not posted again when a later one fails.
pub(super) async fn report(client: &Client, report: &ReadReport) -> Result<Reported, SourceError> {
    let statistics = post_all(client, "statistics", statistics(report)).await?;
    let log = post_all(client, "log", log(report)).await?;
    Ok(match (statistics, log) {
        (None, None) => Reported::NotWanted,
        (statistics, log) => Reported::Taken(statistics.unwrap_or(0) + log.unwrap_or(0)),
    })
}

/// How many were taken; `None`: there is no such place, or no right to it.
async fn post_all(client: &Client, place: &str, entries: Vec<Value>) -> Result<Option<usize>, SourceError> {
    let mut taken = 0;
    for entry in entries {
        let answer = post(client, place, &entry).await?;
        match verdict(&answer) {
            Verdict::Given => taken += 1,
            Verdict::Missing => return Ok(None),
            Verdict::Failed if answer.status == 403 => return Ok(None),
            Verdict::NotUnderstood | Verdict::Failed => return Err(client.failure(&answer)),
        }
    }
    Ok(Some(taken))
}

/// The standard's paths end in a slash.
async fn post(client: &Client, place: &str, entry: &Value) -> Result<Answer, SourceError> {
    client.caller.send(Request::post(client.url(&[place, ""])).accept("application/json").json(entry)).await
}

fn statistics(report: &ReadReport) -> Vec<Value> {
    let known = report.counts.iter().filter_map(|(kind, counts)| Some((Resource::of_kind(*kind)?, counts)));
    let entry = |(resource, counts): (Resource, &crate::report::Counts)| {
        json!({
            "resourceType": resource.entity(),
            "newCount": counts.new,
            "updatedCount": counts.changed,
            "deletedCount": counts.removed,
            "timeOfOccurance": report.at.to_string(),
        })
    };
    known.map(entry).collect()
}

fn log(report: &ReadReport) -> Vec<Value> {
    report.unreadable.iter().take(MOST_LOG_ENTRIES).map(|it| log_entry(report, it)).collect()
}

fn log_entry(report: &ReadReport, unreadable: &Unreadable) -> Value {
    let mut entry = json!({
        "message": unreadable.reason,
        "messageType": unreadable.code,
        "severityLevel": if unreadable.lost { "Error" } else { "Warning" },
        "timeOfOccurance": report.at.to_string(),
    });
    if let Some(resource) = Resource::of_kind(unreadable.kind) {
        entry["resourceType"] = json!(resource.entity());
    }
    if let Some(id) = &unreadable.id {
        entry["resourceId"] = json!(id);
    }
    entry
}
