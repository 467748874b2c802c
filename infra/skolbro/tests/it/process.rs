//! The program as a child process.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

pub(crate) fn skolbro() -> Command {
    Command::new(env!("CARGO_BIN_EXE_skolbro"))
}

pub(crate) fn output(arguments: &[&str]) -> Output {
    skolbro().args(arguments).output().unwrap()
}

/// `skolbro up`, killed without warning when dropped.
pub(crate) struct Up(Child);

impl Up {
    /// Starts the hub and waits until it says that it is ready.
    pub(crate) fn start(tenants: &[&Path], data: &Path, environment: &BTreeMap<String, String>) -> Self {
        let mut command = skolbro();
        command.arg("up").args(["--listen", "127.0.0.1:0"]).arg("--data").arg(data);
        for file in tenants {
            command.arg("--config").arg(file);
        }
        let mut child = command.envs(environment).env("SKOLBRO_LOG", "off").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("ready http://"), "{line}");
        Self(child)
    }

    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
