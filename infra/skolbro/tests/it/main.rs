//! The command line as a process of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod all_sources;
mod all_targets;
mod alone;
mod canaries;
mod check;
mod dropping;
mod hindered;
mod kill;
mod manual;
mod probe;
mod process;
mod sending;
mod town;
