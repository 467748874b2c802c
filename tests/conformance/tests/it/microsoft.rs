//! `microsoft` against a Microsoft 365 that enforces what the real one enforces.

mod accounts;
mod faults;
mod members;
mod stage;
mod teams;
