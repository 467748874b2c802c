//! The hub as a process.

use std::io::{self, BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use skolbro::demo::{DemoSecrets, connect, tenant_files};
use skolbro::machine::TemporaryFolder;
use world::World;

/// The hub as a process, with its data on disk.
#[derive(Debug)]
pub struct Hub {
    child: Child,
    folder: TemporaryFolder,
}

/// A program built beside this one.
///
/// # Errors
/// Those of the file system.
pub fn program(name: &str) -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.parent().unwrap_or_else(|| Path::new(".")).join(name))
}

impl Hub {
    /// Starts a hub beside a world and waits until it is ready.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(world: &World) -> io::Result<Self> {
        let folder = TemporaryFolder::new().map_err(io::Error::other)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let url = format!("http://127.0.0.1:{port}");
        connect(world, &url);
        let mut command = Command::new(program("skolbro")?);
        command
            .arg("up")
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .arg("--data")
            .arg(folder.path().join("data"));
        for (tenant, text) in tenant_files(world, &url) {
            let file = folder.path().join(format!("{tenant}.toml"));
            std::fs::write(&file, text)?;
            command.arg("--config").arg(file);
        }
        let mut child = command
            .envs(DemoSecrets::of(world).variables())
            .env("SKOLBRO_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        if line.starts_with("ready") {
            Ok(Self { child, folder })
        } else {
            Err(io::Error::other("the hub did not start"))
        }
    }

    /// The most memory it has had resident so far, in MB.
    #[must_use]
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|it| it.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_024
    }

    /// Reads everything of a tenant now.
    ///
    /// # Errors
    /// When it cannot be told to.
    pub fn compare(&self, tenant: &str) -> io::Result<()> {
        let data = self.folder.path().join("data");
        let done = Command::new(program("skolbro")?).args(["sync", tenant, "--full", "--data"]).arg(data).output()?;
        if done.status.success() { Ok(()) } else { Err(io::Error::other("the hub could not be told to compare")) }
    }

    /// What `skolbro status --json` says.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn status(&self) -> io::Result<serde_json::Value> {
        let data = self.folder.path().join("data");
        let said = Command::new(program("skolbro")?).args(["status", "--json", "--data"]).arg(data).output()?;
        serde_json::from_slice(&said.stdout).map_err(io::Error::other)
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
