//! Start-up common to all functions: settings, secrets, drop places, AWS clients, logging, metrics; the handling of a batch of
//! messages one by one; and how often somebody may come to those that can be reached from outside.
//!
//! This crate must not know: what any function does.

pub mod batch;
pub mod buckets;
mod hub;
pub mod logging;
pub mod metrics;
pub mod rate;
pub mod secrets;
pub mod settings;
mod signed;

pub use hub::{StartError, start};
pub use settings::Settings;
