//! State: everything the hub must not forget, in one DynamoDB table with two indexes.
//!
//! A subject – its facts and its deliveries to all targets – is one item, so a change and the work it makes are one
//! conditional write: there is no moment in which the one is stored and the other is not.
//!
//! | PK | SK | Item |
//! |---|---|---|
//! | `T#{tenant}#P#{person}`, `…#G#{group}`, `…#O#{organisation}`, `…#A#{activity}` | `SUBJECT` | facts by source and deliveries by target |
//! | `T#{tenant}#P#{person}`, `…#G#{group}`, `T#{tenant}#D#{duty}` | `IN#{digest}` | groups and activities that refer to it, as many as were read together |
//! | `T#{tenant}#S#{source}#{kind}#{id}` | `RECORD` | whom a duty, activity, licence or supplement speaks about |
//! | `T#{tenant}#J#{key}` | `P#{person}#{source}`, `R#{row}#{source}` | persons, and rows of second sources, that meet by a key |
//! | `T#{tenant}#S#{source}` | `SOURCE`, `SCHEDULE`, `READ#{read}#{page}`, `REJOIN#{name}` | cursor, capabilities, warnings; what a read has noted; rows to be joined anew |
//! | `T#{tenant}#T#{target}` | `TARGET`, `BUDGET`, `GONE#{kind}`, `NOT#{subject}`, `KNOWN#{hash}`, `TAKEN#{account}`, `WINDOW`, `NEWS`, `SUBSCRIPTION#{id}`, `REPORT#{place}` | breaker, token bucket, what was taken away of a kind, what it cannot get, accounts to adopt and by whom they were, the window of a target that gets files; of one that others read at: what they have not been told, who wants to be, what they report |
//! | `T#{tenant}#T#{target}#{shard}` | `LINE#O#{digest}`, `LINE#R#{digest}` | lines of such files that wait for their window |
//! | `T#{tenant}#T#{target}#{resource}#{id}` | `PUBLISHED` | an object that others read, or that it is gone |
//! | `T#{tenant}#HOLDS` | `HOLD#{id}`, `HELD#{id}#{subject}` | removals that wait for a person; whom they concern at a target |
//! | `TENANTS` | `TENANT#{tenant}` | the tenant's configuration |
//!
//! Indexes: `due` (sparse, sharded; what there is to do, by time) and `listing` (what a tenant or source has, by kind).
//!
//! The same client speaks to AWS and to the embedded store, both through [`dynamodb`]; simulations have a table of their
//! own, and previews a sheet of glass over either ([`overlay`]). Nothing else in this crate knows which it is, and nothing at all knows a wire format of sources and targets, or
//! what the time is.

pub mod dynamodb;
mod error;
pub mod faults;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod gather;
pub mod holds;
pub mod involvement;
mod item;
pub mod joins;
mod keys;
pub mod memory;
pub mod outbox;
pub mod overlay;
pub mod published;
pub mod reads;
pub mod records;
pub mod schema;
pub mod sources;
mod store;
pub mod subjects;
pub mod subscribers;
pub mod table;
pub mod targets;
pub mod tenants;
mod units;

pub use error::StateError;
pub use item::{Expect, Item};
pub use store::Store;
pub use subjects::Subject;
pub use table::Table;
pub use units::{Consumed, Meter};
