//! Logging: one JSON object a line in the cloud, readable text on a terminal. Personal data cannot get here: the
//! types that hold it print a mask.

use tracing_subscriber::EnvFilter;

/// The variable that says what is logged, e.g. `info` or `sync=debug,info`.
pub const LEVEL: &str = "SKOLBRO_LOG";

fn filter(default: &str) -> EnvFilter {
    let asked = std::env::var(LEVEL).unwrap_or_else(|_| default.to_owned());
    EnvFilter::try_new(asked).unwrap_or_else(|_| EnvFilter::new(default))
}

/// Logs as JSON to standard output. Does nothing when logging has begun already.
pub fn to_cloud() {
    let layer =
        tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).with_env_filter(filter("info"));
    let _ = layer.try_init();
}

/// Logs as text to standard error. Does nothing when logging has begun already.
pub fn to_terminal(default: &str) {
    let _ = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter(default)).try_init();
}
