//! `skolbro hold`: show and decide removals that are held.

use std::process::ExitCode;

use super::Failure;
use crate::cli::{Decision, Hold};
use crate::control::Client;
use crate::output::{json, say};

pub(super) async fn run(hold: Hold) -> Result<ExitCode, Failure> {
    match hold {
        Hold::List { json: as_json, at } => list(as_json, &Client::of(&at.data)?).await,
        Hold::Approve(decision) => decide(decision, "approve").await,
        Hold::Reject(decision) => decide(decision, "reject").await,
    }
}

async fn list(as_json: bool, client: &Client) -> Result<ExitCode, Failure> {
    let status: serde_json::Value = client.get("status").await?;
    let none = serde_json::Map::new();
    let tenants = status["tenants"].as_object().unwrap_or(&none);
    let holds = tenants.iter().flat_map(|(tenant, it)| {
        let holds = it["holds"].as_array().cloned().unwrap_or_default();
        holds.into_iter().map(move |hold| (tenant.clone(), hold))
    });
    let holds: Vec<(String, serde_json::Value)> = holds.collect();
    if as_json {
        json(
            &holds
                .iter()
                .map(|(tenant, hold)| serde_json::json!({ "tenant": tenant, "hold": hold }))
                .collect::<Vec<_>>(),
        );
    } else if holds.is_empty() {
        say("Nothing is held.");
    } else {
        for (tenant, hold) in holds {
            let text = |key: &str| hold[key].as_str().unwrap_or_default().to_owned();
            let origin =
                hold["target"].as_str().map_or_else(|| format!("from {}", text("source")), |it| format!("at {it}"));
            say(format!(
                "{tenant}  {}  {} {} {origin}  ({}, since {})",
                text("id"),
                hold["count"],
                text("kind"),
                text("reason"),
                text("at")
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn decide(decision: Decision, verb: &str) -> Result<ExitCode, Failure> {
    let client = Client::of(&decision.at.data)?;
    let count: usize = client.post(&format!("holds/{}/{}/{verb}", decision.tenant, decision.id)).await?;
    say(match verb {
        "approve" => format!("Approved: {count} removals are on their way."),
        _ => format!("Rejected: {count} removals were dropped."),
    });
    Ok(ExitCode::SUCCESS)
}
