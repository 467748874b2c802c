//! Receiving systems: a folder each, all with the same recipe.
//!
//! `config.rs` (typed settings), `mapping.rs` (pure: view → wanted objects), `client.rs` (requests),
//! `classify.rs` (answer → outcome), `tests.rs` (snapshots of every wire format). A new target is a folder
//! and one line in [`registry`].
//!
//! An adapter never decides: it carries out operations and reports an outcome for each.
//! This crate must not know: sources, storage, queues, the delivery's state.

mod base;
pub mod dnp;
pub mod egil;
pub mod feed;
pub mod files;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
pub mod google;
#[cfg(test)]
mod invented;
mod limits;
mod masking;
pub mod microsoft;
mod name_template;
pub mod oneroster_csv;
pub mod registry;
pub mod school_data_sync;
pub mod scim;
mod scim_protocol;
mod ss12000_objects;
pub mod ss12000_provider;
mod tables;
mod target;
mod transaction;
pub mod unikum;
pub mod webhook;

pub use target::{InventoryEntry, InventoryPage, Occasion, Refusal, Target, TargetError};
