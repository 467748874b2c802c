//! Start-up common to all functions: settings, secrets, drop places, AWS clients, logging, metrics, and the handling of a batch
//! of messages one by one.
//!
//! This crate must not know: what any function does.

pub mod batch;
pub mod buckets;
mod hub;
pub mod logging;
pub mod metrics;
pub mod secrets;
pub mod settings;
mod signed;

pub use hub::{StartError, start};
pub use settings::Settings;
