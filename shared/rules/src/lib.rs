//! Deciding: a tenant's configuration, what each target may see of a subject, what must be done about it.
//! Plain functions without I/O, time or randomness of their own.
//!
//! ```text
//! facts ─merge─▶ merged subject ─project─▶ view ─(a target's mapping)─▶ wanted objects ─diff─▶ plan
//!                                                     delivered objects ───────────────┘
//! ```
//!
//! This crate must not know: any wire format, storage, queues, clocks, async.

pub mod backoff;
pub mod breaker;
pub mod config;
pub mod delivery;
pub mod guard;
pub mod join;
pub mod merge;
pub mod news;
pub mod object;
pub mod outcome;
pub mod plan;
pub mod policy;
pub mod project;
#[cfg(test)]
mod testing;
pub mod view;
pub mod window;
