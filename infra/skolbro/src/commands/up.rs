//! `skolbro up`: the whole hub on this machine.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use outbound::{EnvironmentSecrets, Secrets};
use world::{World, WorldOptions};

use super::{Failure, tenant};
use crate::cli::Up;
use crate::control::{Address, new_token};
use crate::demo::{DemoSecrets, connect, tenant_files};
use crate::machine::{TemporaryFolder, open};
use crate::output::say;

pub(super) async fn run(up: Up) -> Result<ExitCode, Failure> {
    runtime::logging::to_terminal("info");
    let mut tenants = Vec::new();
    for file in &up.config {
        let Some(checked) = tenant::checked(file)? else { return Ok(ExitCode::FAILURE) };
        tenants.push((checked.0.tenant, checked.1));
    }
    let world = if up.demo { Some(World::start(WorldOptions::default()).await?) } else { None };
    let secrets: Arc<dyn Secrets> = match &world {
        Some(world) => Arc::new(DemoSecrets::of(world)),
        None => Arc::new(EnvironmentSecrets),
    };
    let folder = data_folder(&up)?;
    let mut machine = open(Some(folder.path()), secrets).await?;
    let token = new_token();
    let address = machine.serve(up.listen, &token).await?;
    let url = format!("http://{address}");
    Address { url: url.clone(), token }.note(folder.path())?;
    if let Some(world) = &world {
        tenants.extend(tenant_files(world, &url));
    }
    for (name, text) in &tenants {
        machine.put_tenant(name, text).await?;
    }
    if let Some(world) = &world {
        connect(world, &url);
    }
    machine.start().await?;
    say(format!("ready {url}"));
    tokio::signal::ctrl_c().await?;
    Ok(ExitCode::SUCCESS)
}

enum Folder {
    Kept(PathBuf),
    Temporary(TemporaryFolder),
}

impl Folder {
    fn path(&self) -> &std::path::Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

fn data_folder(up: &Up) -> Result<Folder, Failure> {
    Ok(match (&up.data, up.demo) {
        (Some(path), _) => Folder::Kept(path.clone()),
        (None, true) => Folder::Temporary(TemporaryFolder::new()?),
        (None, false) => Folder::Kept(PathBuf::from(".skolbro")),
    })
}
