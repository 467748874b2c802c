//! The demonstration: a simulated municipality, the hub beside it, a school day, and whether it came out right.

mod all_sources;
mod all_targets;
mod connect;
mod outside;
mod play;
mod report;
pub mod systems;

pub use all_targets::domains;
pub use connect::{DemoSecrets, connect, register_tenant, tenant_files};
pub use outside::differences;
pub use play::play;
pub use report::{Lag, Report};
