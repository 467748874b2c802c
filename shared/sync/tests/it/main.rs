//! The use cases over the table in memory, with sources that are lists.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod accounts;
mod crowd;
mod deployment;
mod desk;
mod handing_over;
mod interrupted;
mod joins;
mod lists;
mod paper;
mod readers;
mod resend;
mod shelf;
mod stage;
mod table;
mod windows;
