//! Registers that speak IMS Enterprise, against their counterpart.
#![allow(clippy::unwrap_used, clippy::panic)]

mod changes;
mod faults;
mod stage;
mod whole;
