//! `skolbro`: see `skolbro --help`.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// Thousands of small requests under way on few threads: the system's allocator would take a tenth of the time, and
/// give little back.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = skolbro::cli::Cli::parse();
    skolbro::run(cli)
}
