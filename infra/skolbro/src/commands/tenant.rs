//! `skolbro tenant`: check a tenant's file, or store it at a hub.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use outbound::EnvironmentSecrets;
use roster::SystemClock;
use rules::config::TenantConfig;
use state::Store;
use sync::connectors::{Shipped, read_tenant};

use super::Failure;
use crate::cli::Tenant;
use crate::control::Client;
use crate::output::{complain, say};

pub(super) async fn run(tenant: Tenant) -> Result<ExitCode, Failure> {
    match tenant {
        Tenant::Check { file } => {
            let Some((config, _)) = checked(&file)? else { return Ok(ExitCode::FAILURE) };
            say(format!(
                "{}: {} source(s), {} target(s), no problems.",
                config.tenant,
                config.sources.len(),
                config.targets.len()
            ));
        }
        Tenant::Put { file, table, at } => {
            let Some((config, text)) = checked(&file)? else { return Ok(ExitCode::FAILURE) };
            let changed = match table {
                Some(table) => put_in_table(table, &config.tenant, &text).await?,
                None => Client::of(&at.data)?.post_with(&format!("tenant/{}", config.tenant), &text).await?,
            };
            say(format!("{}: {}.", config.tenant, if changed { "stored" } else { "unchanged" }));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn put_in_table(table: String, tenant: &str, text: &str) -> Result<bool, Failure> {
    let aws = aws_config::load_from_env().await;
    let store = Store::new(aws_sdk_dynamodb::Client::new(&aws), table);
    Ok(store.put_tenant(tenant, text).await?)
}

/// The connectors, with secrets from the environment.
pub(super) fn factory() -> Shipped {
    Shipped::new(Arc::new(EnvironmentSecrets), Arc::new(SystemClock))
}

/// A tenant's file and its text; `None` when it has problems, which have been told.
pub(super) fn checked(file: &Path) -> Result<Option<(TenantConfig, String)>, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("{} cannot be read: {error}", file.display())))?;
    Ok(checked_text(file, &text).map(|config| (config, text)))
}

/// What a file says, or is to say; `None` when that has problems, which have been told.
pub(super) fn checked_text(file: &Path, text: &str) -> Option<TenantConfig> {
    let problems = match read_tenant(text, &factory()) {
        Ok(config) => return Some(config),
        Err(problems) => problems,
    };
    for problem in problems {
        let place = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
        complain(format!("{}{place}: {}: {}", file.display(), problem.key, problem.message));
    }
    None
}
