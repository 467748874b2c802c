//! The demonstration: a simulated municipality, the hub beside it, a school day, and whether it came out right.

mod connect;
mod play;
mod report;

pub use connect::{DemoSecrets, connect, tenant_files};
pub use play::{differences, play};
pub use report::{Lag, Report};
