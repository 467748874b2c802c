//! Registers and platforms: a folder each, all with the same recipe.
//!
//! `config.rs` (typed settings), `mapping.rs` (pure: wire → records), `client.rs` (requests, paging, tokens),
//! `classify.rs` (answer → what to do), `tests.rs` (snapshots of every wire format). A new source is a folder
//! and one line in [`registry`].
//!
//! A source reads and normalises; it never decides what a change means.
//! This crate must not know: targets, rules, storage, queues.

mod caller;
mod configuration;
mod decoding;
pub mod doorbell;
mod failure;
pub mod file_drop;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
pub mod graph_education;
mod hierarchy;
pub mod ims_enterprise;
mod lenient;
#[cfg(test)]
mod loopback;
pub mod manual;
mod membership;
mod notes;
pub mod oneroster;
mod paging;
mod periods;
pub mod registry;
pub mod report;
pub mod skolon;
mod source;
pub mod ss12000;
mod xml;

pub use configuration::ConfigProblem;
pub use source::{Next, Page, ReadRequest, Scope, Source, SourceError, SourceErrorKind, Subscription, Unreadable};
