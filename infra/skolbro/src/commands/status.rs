//! `skolbro status`: how sources and targets fare.

use std::process::ExitCode;

use serde_json::Value;

use super::Failure;
use crate::cli::Status;
use crate::control::Client;
use crate::output::{json, say};

pub(super) async fn run(status: Status) -> Result<ExitCode, Failure> {
    let answer: Value = Client::of(&status.at.data)?.get("status").await?;
    if status.json {
        json(&answer);
    } else {
        lines(&answer).into_iter().for_each(say);
    }
    Ok(ExitCode::SUCCESS)
}

fn lines(status: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for (tenant, it) in entries(&status["tenants"]) {
        lines.push(tenant.clone());
        lines.extend(entries(&it["sources"]).into_iter().map(|(name, source)| source_line(&name, &source)));
        lines.extend(entries(&it["targets"]).into_iter().map(|(name, target)| target_line(&name, &target)));
        let held = it["holds"].as_array().map_or(0, Vec::len);
        if held > 0 {
            lines.push(format!("  {held} hold(s) wait for a decision: skolbro hold list"));
        }
    }
    lines
}

fn entries(value: &Value) -> Vec<(String, Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn source_line(name: &str, source: &Value) -> String {
    let state = match (&source["quarantined_until"], &source["trouble"]) {
        _ if source["paused"] == Value::Bool(true) => "paused today".to_owned(),
        (Value::String(until), _) => format!("left alone until {until} ({})", text(&source["trouble"]["code"])),
        (_, trouble) if trouble.is_object() => format!("failing ({})", text(&trouble["code"])),
        _ if source["reading"] == Value::Bool(true) => "being read".to_owned(),
        _ => format!("read {}", text(&source["read_at"])),
    };
    let totals: Vec<String> =
        entries(&source["totals"]).into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    format!("  source {name}: {state}; {}; {} warnings", totals.join(", "), source["warning_count"])
}

fn target_line(name: &str, target: &Value) -> String {
    let open = target["open_until"].as_str().map(|until| format!("; not called until {until}")).unwrap_or_default();
    let waiting = target["files"]["waiting_since"].as_str();
    let waiting = waiting.map(|since| format!("; files wait since {since}")).unwrap_or_default();
    let trouble = target["files"]["trouble"].as_str().map(|code| format!(" ({code})")).unwrap_or_default();
    let readers = readers(&target["readers"]);
    let refused = entries(&target["refused"]).into_iter().map(|(code, count)| format!("; {count} refused ({code})"));
    let refused: String = refused.collect();
    format!(
        "  target {name}: {} undelivered, {} dead letters{refused}{open}{waiting}{trouble}{readers}",
        target["undelivered"], target["dead_letters"]
    )
}

fn readers(readers: &Value) -> String {
    if !readers.is_object() {
        return String::new();
    }
    let troubles =
        entries(&readers["troubles"]).into_iter().map(|(code, count)| format!(", {count} not told ({code})"));
    let troubles: String = troubles.collect();
    let errors = readers["reported_errors"].as_u64().filter(|count| *count > 0);
    let errors = errors.map(|count| format!(", {count} errors reported within a week")).unwrap_or_default();
    format!("; readers: {} subscription(s){troubles}{errors}", readers["subscriptions"])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("never")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_target_that_reads_says_how_its_readers_fare() {
        let readers = json!({"subscriptions": 2, "troubles": {"notice.refused": 1}, "reported_errors": 3});
        let target = json!({"undelivered": 0, "dead_letters": 0, "refused": {}, "readers": readers});

        let line = target_line("dnp", &target);

        assert!(
            line.ends_with(
                "; readers: 2 subscription(s), 1 not told (notice.refused), 3 errors reported within a week"
            ),
            "{line}"
        );
    }

    #[test]
    fn a_source_left_alone_says_until_when_and_why() {
        let source = serde_json::json!({
            "quarantined_until": "2026-11-22T10:00:00Z", "trouble": { "code": "source.page_failed" },
            "totals": { "person": 3 }, "warning_count": 1
        });

        assert_eq!(
            source_line("register", &source),
            "  source register: left alone until 2026-11-22T10:00:00Z (source.page_failed); 3 person; 1 warnings"
        );
    }
}
