//! `skolbro drop`: puts files where a source reads them, on this machine or at a hub elsewhere.

mod placing;
mod sending;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use outbound::{EnvironmentSecrets, FilePlace};
use rules::config::SourceConfig;
use sources::file_drop::{FileDropConfig, Names};
use sync::connectors::read_tenant;

use self::placing::{Placing, name_of};
use super::{Failure, tenant};
use crate::cli::Drop;
use crate::control::{Client, ControlError};
use crate::machine;
use crate::output::say;

/// The kind of source that files are dropped for.
const KIND: &str = "file-drop";

pub(super) async fn run(drop: Drop) -> Result<ExitCode, Failure> {
    if let Some(to) = &drop.to {
        return sending::send(to, &drop).await;
    }
    let (text, hub) = known(&drop.tenant, &drop.at.data).await?;
    let source = source(&text, &drop)?;
    let config = FileDropConfig::of(&source.settings)?;
    let folder = folder(&config, &drop)?;
    let names = config.names()?;
    let files = in_order(&drop, &names)?;
    place(&folder, &files)?;
    let settled = format!("once unchanged for {} s", config.settle_seconds);
    let told = match hub {
        None => format!("No hub is running; they are read after it is started, {settled}."),
        Some(hub) => match hub.post::<()>(&format!("ring/{}/{}", drop.tenant, drop.source)).await {
            Ok(()) => format!("{} was rung; they are read {settled}.", drop.source),
            Err(error) => format!("The hub could not be told, and reads them at its next poll. {error}"),
        },
    };
    say(format!("{} file(s) lie in {}. {told}", files.len(), folder.display()));
    Ok(ExitCode::SUCCESS)
}

/// The tenant's file as the hub knows it, and the hub if it runs.
async fn known(tenant: &str, data: &Path) -> Result<(String, Option<Client>), Failure> {
    if let Ok(client) = Client::of(data) {
        match client.get(&format!("tenant/{tenant}")).await {
            Ok(text) => return Ok((text, Some(client))),
            Err(ControlError::NotRunning(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if !machine::has_data(data) {
        return Err(Failure::new(format!("No hub has worked in {}. Name its folder with --data.", data.display())));
    }
    let machine = machine::open(Some(data), Arc::new(EnvironmentSecrets)).await?;
    let known = machine.hub.store.tenants().await?.into_iter().find(|it| it.tenant == tenant);
    let unknown = || Failure::new(format!("The hub in {} knows no tenant {tenant}.", data.display()));
    Ok((known.ok_or_else(unknown)?.text, None))
}

fn source(text: &str, drop: &Drop) -> Result<SourceConfig, Failure> {
    let Drop { tenant, source, .. } = drop;
    let config = read_tenant(text, &tenant::factory())
        .map_err(|_| Failure::new(format!("The file of {tenant} has problems; see `skolbro tenant check`.")))?;
    let known = config.sources.into_iter().find(|it| it.name == *source);
    let known = known.ok_or_else(|| Failure::new(format!("{tenant} has no source {source}.")))?;
    if known.kind != KIND {
        let words = format!("{source} is of kind {}; files are dropped only for kind {KIND}.", known.kind);
        return Err(Failure::new(words));
    }
    Ok(known)
}

fn folder(config: &FileDropConfig, drop: &Drop) -> Result<PathBuf, Failure> {
    match config.address()? {
        FilePlace::Folder(folder) => Ok(folder),
        FilePlace::Bucket { name, prefix } => Err(Failure::new(format!(
            "{} reads a bucket. Put files there with `aws s3 cp FILE s3://{name}/{prefix}`.",
            drop.source
        ))),
    }
}

/// The files with their names, those that say that others are whole at the end.
fn in_order(drop: &Drop, names: &Names) -> Result<Vec<(PathBuf, String)>, Failure> {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for file in &drop.files {
        let name = name_of(file).filter(|name| names.fit(name)).ok_or_else(|| {
            let read = names.told().join(", ");
            Failure::new(format!("{} is nothing that {} reads. It reads {read}.", file.display(), drop.source))
        })?;
        if files.iter().any(|(_, other)| other.to_lowercase() == name.to_lowercase()) {
            return Err(Failure::new(format!("Two of the files are called {name}.")));
        }
        files.push((file.clone(), name));
    }
    files.sort_by_key(|(_, name)| names.marks(name));
    Ok(files)
}

/// Brings all into the folder, and only then gives them their names: a set whose copying breaks off is not there.
fn place(folder: &Path, files: &[(PathBuf, String)]) -> Result<(), Failure> {
    let brought = files.iter().map(|(file, name)| {
        Placing::bring(file, folder, name).map_err(|error| {
            Failure::new(format!("{} cannot be put into {}: {error}", file.display(), folder.display()))
        })
    });
    let brought = brought.collect::<Result<Vec<_>, _>>()?;
    for placing in brought {
        placing.finish()?;
    }
    Ok(placing::make_last(folder)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Data;

    const SETTINGS: &str = "format = 'csv'\nfolder = '/srv/drop'\nmarker = '{name}.done'\n[[table]]\n\
                            file = 'elever_*.csv'\nperson = { id = 'Id', given_name = 'Given', family_name = 'Family' }";

    fn ordered(files: &[&str]) -> Result<Vec<String>, String> {
        let names = FileDropConfig::of(&SETTINGS.parse().unwrap()).unwrap().names().unwrap();
        let drop = Drop {
            tenant: "demoskolan".into(),
            source: "register".into(),
            files: files.iter().map(PathBuf::from).collect(),
            to: None,
            at: Data { data: ".skolbro".into() },
        };
        let ordered = in_order(&drop, &names).map_err(|Failure(words)| words)?;
        Ok(ordered.into_iter().map(|(_, name)| name).collect())
    }

    #[test]
    fn what_says_that_others_are_whole_comes_last() {
        let files = ["/a/elever_1.csv.done", "/a/elever_2.csv", "/a/elever_1.csv"];

        assert_eq!(ordered(&files).unwrap(), ["elever_2.csv", "elever_1.csv", "elever_1.csv.done"]);
    }

    #[test]
    fn two_files_of_one_name_are_refused() {
        assert_eq!(
            ordered(&["/a/elever_1.csv", "/b/Elever_1.csv"]).unwrap_err(),
            "Two of the files are called Elever_1.csv."
        );
    }

    #[test]
    fn what_has_no_name_of_its_own_is_refused() {
        assert!(["/", "/a/..", ".elever_1.csv", "elever_1.csv.tmp"].iter().all(|file| ordered(&[file]).is_err()));
    }
}
