//! Logging: one JSON object a line in the cloud, readable text on a terminal. Personal data cannot get here: the
//! types that hold it print a mask, and libraries, whose types do not, say nothing of what passes through them.

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterFn, Targets, filter_fn};
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

/// Whose lines may be of any level: the workspace's own crates.
const OURS: [&str; 14] = [
    "deliver", "ingest", "outbound", "queue", "roster", "rules", "runtime", "skolbro", "sources", "state", "sync",
    "targets", "timer", "webhook",
];

/// Others are heard from `info` on, whatever is asked for: at `trace` AWS's client prints whole requests, pupils and all.
fn discreet() -> FilterFn {
    filter_fn(|metadata| *metadata.level() <= Level::INFO || is_ours(metadata))
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    let crate_name = metadata.target().split("::").next().unwrap_or_default();
    OURS.contains(&crate_name)
}

/// Logs as JSON to standard output. Does nothing when logging has begun already.
pub fn to_cloud() {
    let layer = fmt::layer().json().flatten_event(true).with_current_span(false);
    let _ = registry().with(layer).with(filter("info")).with(discreet()).try_init();
}

/// Logs as text to standard error. Does nothing when logging has begun already.
pub fn to_terminal(default: &str) {
    let layer = fmt::layer().with_writer(std::io::stderr);
    let _ = registry().with(layer).with(filter(default)).with(discreet()).try_init();
}
