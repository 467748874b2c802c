//! `skolbro source`: look at a source before it is relied on.

use std::process::ExitCode;

use sync::connectors::Factory;

use super::{Failure, tenant};
use crate::cli::Source;
use crate::output::json;

pub(super) async fn run(source: Source) -> Result<ExitCode, Failure> {
    let Source::Probe { file, source } = source;
    let Some((config, _)) = tenant::checked(&file)? else { return Ok(ExitCode::FAILURE) };
    let known = config.sources.iter().find(|it| it.name == source);
    let known = known.ok_or_else(|| Failure::new(format!("{} has no source {source}.", file.display())))?;
    let built = tenant::factory()
        .source(&config.tenant, known)
        .map_err(|problem| Failure::new(format!("{source} cannot be asked: {}", problem.message)))?;
    match built.probe().await? {
        Some(probe) => {
            json(&probe);
            Ok(ExitCode::SUCCESS)
        }
        None => Err(Failure::new(format!("There is nothing to find out about a source of kind {}.", known.kind))),
    }
}
