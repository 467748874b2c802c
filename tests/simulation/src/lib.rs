//! Thousands of bad days: the hub's real handlers, over the real state on a table in memory (or on the embedded store,
//! with the same answers), in a world where time is simulated and everything that can go wrong does – and where every run can be repeated from its seed.
//!
//! One thread, one generator, no socket, no wall clock. Each function runs in containers that crash between any two
//! effects; the sources and targets are the simulated outside's own servers, reached in process through their real wire
//! formats. What must hold of every run is in [`invariants`].
//!
//! This crate must not know: how the hub decides anything.

mod beside;
mod by_hand;
mod canary;
mod changes;
mod clock;
mod dice;
mod effects;
mod fault;
mod history;
pub mod invariants;
mod kept;
mod mutation;
mod network;
mod operator;
mod pages;
mod play;
mod processes;
mod profile;
mod queues;
mod recorder;
pub mod script;
mod shrink;
mod table;
mod tenants;
mod trace;
mod watched;

pub use fault::Fault;
pub use kept::Kept;
pub use mutation::Mutation;
pub use play::{Played, Setting, play, play_script};
pub use profile::Profile;
pub use shrink::{TRIES, shortest};
pub use table::Keeper;
