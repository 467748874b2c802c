//! The use cases that the functions call: notify, poll, ingest, deliver, sweep, and what operators do with holds
//! and previews.
//!
//! Deciding is left to `rules`, reading to `sources`, carrying out to `targets`, remembering to `state`, waking to
//! `queue`. What is here puts them in order, and in an order in which a crash between any two steps loses nothing.
//!
//! This crate must not know: which queue or store it runs on, Lambda, HTTP, any vendor.

pub mod connectors;
pub mod deliver;
pub mod directory;
pub mod doorbell;
mod error;
pub mod events;
pub mod holds;
mod hub;
pub mod ingest;
pub mod messages;
pub mod notify;
pub mod poll;
pub mod preview;
pub mod published;
pub mod resend;
pub mod status;
pub mod subscribers;
pub mod sweep;
pub mod windows;

pub use error::SyncError;
pub use hub::{Hub, Lanes, Queues};
