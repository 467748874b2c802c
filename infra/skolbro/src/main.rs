//! `skolbro`: see `skolbro --help`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = skolbro::cli::Cli::parse();
    skolbro::run(cli)
}
