//! `skolbro resend`: the running hub sends a target everything again.

use std::process::ExitCode;

use super::Failure;
use crate::cli::Resend;
use crate::control::Client;
use crate::output::say;

pub(super) async fn run(resend: Resend) -> Result<ExitCode, Failure> {
    let path = format!("resend/{}/{}", resend.tenant, resend.target);
    let count: usize = Client::of(&resend.at.data)?.post(&path).await?;
    say(format!("{count} are sent to {} of {} again: skolbro status.", resend.target, resend.tenant));
    Ok(ExitCode::SUCCESS)
}
