//! The table against the embedded store, over its HTTP interface, with faults in between.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod contention;
mod faults;
mod holds;
mod published;
mod same;
mod stage;
mod subjects;
mod tables;
