//! The hub as a process.

use std::io::{self, BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use skolbro::demo::{DemoSecrets, connect, register_tenant, tenant_files};
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
        Self::with(world, |url| tenant_files(world, url))
    }

    /// The same with the register's tenant only, which may have no target.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn of_register(world: &World) -> io::Result<Self> {
        Self::with(world, |url| vec![register_tenant(world, url)])
    }

    fn with(world: &World, tenants: impl FnOnce(&str) -> Vec<(String, String)>) -> io::Result<Self> {
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
        for (tenant, text) in tenants(&url) {
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

    /// How large what it has stored is, in MB.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn stored(&self) -> io::Result<u64> {
        let files = std::fs::read_dir(self.folder.path().join("data"))?;
        let bytes: io::Result<u64> = files.map(|it| Ok(it?.metadata()?.len())).sum();
        Ok(bytes? / 1_000_000)
    }

    /// When everything was last read of the register of `demoskolan`, if it has been.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn register_read_at(&self) -> io::Result<Option<String>> {
        let status = self.status()?;
        let read = &status["tenants"]["demoskolan"]["sources"]["register"]["full_read_at"];
        Ok(read.as_str().map(str::to_owned))
    }

    /// Waits until everything has been read of the register again.
    ///
    /// # Errors
    /// When it is not read within `patience`.
    pub fn wait_for_read(&self, before: Option<&str>, patience: Duration) -> io::Result<()> {
        let began = Instant::now();
        while self.register_read_at()?.as_deref() == before {
            if began.elapsed() > patience {
                return Err(io::Error::other("the register was never read to its end"));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
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
