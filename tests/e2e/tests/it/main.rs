//! The hub and the simulated outside together, judged by the outside's own truth.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod days;
mod dnp;
mod documents;
mod doorbells;
mod drops;
mod files;
mod previews;
mod promises;
mod readers;
mod removals;
mod rooms;
mod scim;
mod secrets;
mod signatures;
mod stage;
