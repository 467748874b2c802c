//! Measuring the hub as a whole: `cargo run --release -p bench`. Prints a table; asserts nothing about time.
//!
//! The hub runs as a process of its own, so that its memory is its own; the outside runs here.

pub mod documents;
pub mod figures;
pub mod hub;
pub mod load;
pub mod normalise;
pub mod register;
pub mod single;
pub mod start;
