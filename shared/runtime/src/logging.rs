//! Logging: one JSON object a line in the cloud, readable text on a terminal. Personal data cannot get here: the
//! types that hold it print a mask.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{fmt, registry};

/// The variable that says what is logged, e.g. `info` or `sync=debug,info`.
pub const LEVEL: &str = "SKOLBRO_LOG";

/// What is asked for, if it can be understood.
fn filter(default: &str) -> Targets {
    let asked = std::env::var(LEVEL).ok().and_then(|it| it.parse().ok());
    asked.unwrap_or_else(|| default.parse().unwrap_or_default())
}

/// Logs as JSON to standard output. Does nothing when logging has begun already.
pub fn to_cloud() {
    let layer = fmt::layer().json().flatten_event(true).with_current_span(false);
    let _ = registry().with(layer).with(filter("info")).try_init();
}

/// Logs as text to standard error. Does nothing when logging has begun already.
pub fn to_terminal(default: &str) {
    let _ = registry().with(fmt::layer().with_writer(std::io::stderr)).with(filter(default)).try_init();
}
