//! `skolbro preview`: what would be done at the targets, without doing it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::Value;

use super::Failure;
use crate::cli::Preview;
use crate::control::{Client, Question};
use crate::output::{json, say};

pub(super) async fn run(preview: Preview) -> Result<ExitCode, Failure> {
    let read = |file: &std::path::PathBuf| {
        let unreadable = |error| Failure::new(format!("{} cannot be read: {error}", file.display()));
        std::fs::read_to_string(file).map_err(unreadable)
    };
    let file = preview.rules.as_ref().map(read).transpose()?;
    let question = Question { file, target: preview.target, as_of: preview.as_of };
    let client = Client::of(&preview.at.data)?;
    let shown: Value = client.post_with(&format!("preview/{}", preview.tenant), &question).await?;
    if preview.json {
        json(&shown);
    } else {
        tell(&shown);
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(shown: &Value) {
    let each = |list: &str, keys: [&str; 3]| {
        let mut counts: BTreeMap<[String; 3], usize> = BTreeMap::new();
        for entry in shown["preview"][list].as_array().into_iter().flatten() {
            let text = keys.map(|key| entry[key].as_str().unwrap_or_default().to_owned());
            *counts.entry(text).or_default() += 1;
        }
        counts
    };
    let (steps, left) = (each("steps", ["target", "kind", "change"]), each("left", ["target", "why", "code"]));
    for ([target, kind, change], count) in &steps {
        say(format!("{target}  {count} {kind} {change}"));
    }
    for ([target, why, code], count) in &left {
        say(format!("{target}  {count} {why}  ({code})"));
    }
    if steps.is_empty() && left.is_empty() {
        say("Nothing would change.");
    }
    say(format!("Preview {}. Nothing was done.", shown["hash"].as_str().unwrap_or_default()));
}
