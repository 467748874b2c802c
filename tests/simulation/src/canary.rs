//! What the hub writes to its log in a run, kept to be searched.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// Everything logged on this thread.
#[derive(Debug, Clone, Default)]
pub(crate) struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Captures until the guard is dropped.
    pub(crate) fn begin(&self) -> DefaultGuard {
        use tracing_subscriber::layer::SubscriberExt;
        let ours = ["sync", "state", "queue", "sources", "targets", "outbound", "rules", "runtime", "webhook"];
        let ours = ours.into_iter().chain(["timer", "ingest", "deliver"]);
        let filter: tracing_subscriber::filter::Targets =
            ours.map(|it| (it, tracing::level_filters::LevelFilter::TRACE)).collect();
        let layer = tracing_subscriber::fmt::layer().json().without_time().with_writer(self.clone());
        tracing::subscriber::set_default(tracing_subscriber::registry().with(layer).with(filter))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl io::Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Capture {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
