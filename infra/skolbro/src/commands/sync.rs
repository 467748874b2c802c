//! `skolbro sync`: the running hub reads a tenant's sources now.

use std::process::ExitCode;

use super::Failure;
use crate::cli::Sync;
use crate::control::Client;
use crate::output::say;

pub(super) async fn run(sync: Sync) -> Result<ExitCode, Failure> {
    let extent = if sync.full { "full" } else { "changes" };
    let client = Client::of(&sync.at.data)?;
    let sources: Vec<String> = client.post(&format!("sync/{}/{extent}", sync.tenant)).await?;
    say(format!(
        "Reading {} of {}: {}.",
        if sync.full { "everything" } else { "changes" },
        sync.tenant,
        sources.join(", ")
    ));
    Ok(ExitCode::SUCCESS)
}
