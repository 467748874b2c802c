//! The command line, and the hub whole on one machine: the same handlers as in the cloud, on an embedded store and
//! queues in process.
//!
//! This crate must not know: how anything is decided. It starts things, shows things, and passes decisions on.

pub mod cli;
mod commands;
pub mod control;
pub mod demo;
pub mod machine;
mod output;

pub use commands::run;
