//! The program as a child process.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde::de::DeserializeOwned;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_skolbro");

pub(crate) fn skolbro() -> Command {
    Command::new(PROGRAM)
}

pub(crate) fn output(arguments: &[&str]) -> Output {
    skolbro().args(arguments).output().unwrap()
}

/// Runs a program of the system, which must succeed.
pub(crate) fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).status().unwrap();
    assert!(status.success(), "{program}: {status}");
}

/// A child that is killed without warning when dropped.
struct Process(Child);

impl Process {
    /// Starts it, and waits for its first line.
    fn start(command: &mut Command) -> (Self, String) {
        let mut child = command.env("SKOLBRO_LOG", "off").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (Self(child), line)
    }

    fn pid(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `skolbro up`.
pub(crate) struct Up(Process);

impl Up {
    /// Starts the hub and waits until it says that it is ready. `wrapper`: a command that starts it, if any.
    pub(crate) fn start(
        wrapper: &[&str],
        tenants: &[PathBuf],
        data: &Path,
        environment: &BTreeMap<String, String>,
    ) -> Self {
        let mut command = match wrapper {
            [] => skolbro(),
            [first, more @ ..] => {
                let mut command = Command::new(first);
                command.args(more).arg(PROGRAM);
                command
            }
        };
        command.arg("up").args(["--listen", "127.0.0.1:0"]).arg("--data").arg(data);
        for file in tenants {
            command.arg("--config").arg(file);
        }
        let (process, line) = Process::start(command.envs(environment));
        assert!(line.starts_with("ready http://"), "{line}");
        Self(process)
    }

    /// SIGKILL.
    pub(crate) fn kill(self) {
        drop(self.0);
    }

    pub(crate) fn pid(&self) -> String {
        self.0.pid()
    }
}

/// `skolbro outside`: a municipality and its receivers in a process of their own.
pub(crate) struct Outside {
    process: Process,
    told: Value,
}

impl Outside {
    pub(crate) fn start(seed: u64, pupils: usize) -> Self {
        let (seed, pupils) = (seed.to_string(), pupils.to_string());
        let arguments = ["outside", "--seed", &seed, "--pupils", &pupils];
        let (process, line) = Process::start(skolbro().args(arguments));
        Self { process, told: serde_json::from_str(&line).unwrap() }
    }

    pub(crate) fn pid(&self) -> String {
        self.process.pid()
    }

    /// The tenants' files.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let tenants = self.told["tenants"].as_array().unwrap().iter();
        tenants.map(|it| it["file"].as_str().unwrap().into()).collect()
    }

    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        serde_json::from_value(self.told["environment"].clone()).unwrap()
    }

    pub(crate) async fn differences(&self) -> Vec<String> {
        self.ask("differences").await
    }

    pub(crate) async fn violations(&self) -> usize {
        self.ask("violations").await
    }

    async fn ask<T: DeserializeOwned>(&self, what: &str) -> T {
        let url = format!("{}/{what}", self.told["control"].as_str().unwrap());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(url).send().await.unwrap().json().await.unwrap()
    }
}
