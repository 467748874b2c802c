//! Simulated days as tests. Many more seeds are played by `cargo run --release -p simulation`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod beside_bulk;
mod every_target;
mod mutations;
mod scripts;
mod seeds;
