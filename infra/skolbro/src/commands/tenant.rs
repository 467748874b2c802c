//! `skolbro tenant`: check a tenant's file, or store it for a hub in AWS.

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
        Tenant::Put { file, table } => {
            let Some((config, text)) = checked(&file)? else { return Ok(ExitCode::FAILURE) };
            let aws = aws_config::load_from_env().await;
            let store = Store::new(aws_sdk_dynamodb::Client::new(&aws), table);
            let changed = store.put_tenant(&config.tenant, &text).await?;
            say(format!("{}: {}.", config.tenant, if changed { "stored" } else { "unchanged" }));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The connectors, with secrets from the environment.
pub(super) fn factory() -> Shipped {
    Shipped::new(Arc::new(EnvironmentSecrets), Arc::new(SystemClock))
}

/// A tenant's file and its text; `None` when it has problems, which have been told.
pub(super) fn checked(file: &Path) -> Result<Option<(TenantConfig, String)>, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("{} cannot be read: {error}", file.display())))?;
    match read_tenant(&text, &factory()) {
        Ok(config) => Ok(Some((config, text))),
        Err(problems) => {
            for problem in problems {
                let place = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
                complain(format!("{}{place}: {}: {}", file.display(), problem.key, problem.message));
            }
            Ok(None)
        }
    }
}
