//! What each command does.

mod demo;
mod drop;
mod hold;
mod manual;
mod outside;
mod preview;
mod resend;
mod source;
mod status;
mod sync;
mod tenant;
mod up;

use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::output::complain;

/// Why a command did not do what it was asked, in words for whoever asked.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut words = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            words.push_str(": ");
            words.push_str(&inner.to_string());
            cause = inner.source();
        }
        Self(words)
    }
}

impl Failure {
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

/// Runs a command. Exit codes: 0 done; 1 could not be done, or the demo did not end as it should; 2 misspelt (clap).
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(format!("Cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(dispatch(cli.command)) {
        Ok(code) => code,
        Err(Failure(words)) => {
            complain(words);
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Up(up) => up::run(up).await,
        Command::Demo(demo) => demo::run(demo).await,
        Command::Outside(outside) => outside::run(outside).await,
        Command::Tenant(tenant) => tenant::run(tenant).await,
        Command::Source(source) => source::run(source).await,
        Command::Manual(manual) => manual::run(manual),
        Command::Sync(sync) => sync::run(sync).await,
        Command::Drop(drop) => drop::run(drop).await,
        Command::Status(status) => status::run(status).await,
        Command::Hold(hold) => hold::run(hold).await,
        Command::Preview(preview) => preview::run(preview).await,
        Command::Resend(resend) => resend::run(resend).await,
    }
}
