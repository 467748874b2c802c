//! What happened, as typed events: each is one log line, and one call to whoever measures.

use std::fmt::Debug;
use std::time::Duration;

use jiff::Timestamp;
use roster::{RecordKind, SubjectKey};

/// Hears what happens. All methods do nothing by default.
pub trait Observer: Send + Sync + Debug {
    /// A change reached a target, `lag` after it became known.
    fn delivered(&self, _tenant: &str, _target: &str, _lag: Duration) {}
    /// Operations were carried out at a target.
    fn called(&self, _tenant: &str, _target: &str, _calls: u32) {}
    /// A subject was refused for good.
    fn died(&self, _tenant: &str, _target: &str, _code: &str) {}
    /// Records were read and changed subjects.
    fn absorbed(&self, _tenant: &str, _source: &str, _records: usize, _changed: usize) {}
    /// Removals that a source, or a target's rules, asked for were held.
    fn held(&self, _tenant: &str, _origin: &str, _kind: RecordKind, _count: usize) {}
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deaf;

impl Observer for Deaf {}

/// The promised window.
pub const WINDOW: Duration = Duration::from_secs(300);

pub(crate) fn delivered(observer: &dyn Observer, tenant: &str, target: &str, subject: SubjectKey, lag: Duration) {
    observer.delivered(tenant, target, lag);
    let lag_ms = u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
    if lag > WINDOW {
        tracing::warn!(code = "delivery.late", tenant, target, %subject, lag_ms, "A change missed the window.");
    } else {
        tracing::debug!(code = "delivery.done", tenant, target, %subject, lag_ms, "A change was delivered.");
    }
}

pub(crate) fn died(observer: &dyn Observer, tenant: &str, target: &str, subject: SubjectKey, code: &str) {
    observer.died(tenant, target, code);
    tracing::warn!(code = "delivery.dead_letter", cause = code, tenant, target, %subject, "A target refused a subject.");
}

pub(crate) fn postponed(tenant: &str, target: &str, subject: SubjectKey, code: &str, until: Timestamp) {
    tracing::debug!(code = "delivery.postponed", cause = code, tenant, target, %subject, %until, "A delivery waits.");
}

pub(crate) fn breaker_opened(tenant: &str, target: &str, code: &str, until: Timestamp) {
    tracing::error!(code = "target.breaker_opened", cause = code, tenant, target, %until, "A target is left alone for a while.");
}

pub(crate) fn breaker_closed(tenant: &str, target: &str) {
    tracing::info!(code = "target.breaker_closed", tenant, target, "A target answers again.");
}

pub(crate) fn files_written(tenant: &str, target: &str, lines: usize, waited: Duration) {
    let waited_ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
    if waited > WINDOW {
        tracing::warn!(code = "files.late", tenant, target, lines, waited_ms, "Files missed the window.");
    } else {
        tracing::info!(code = "files.written", tenant, target, lines, waited_ms, "Files were written.");
    }
}

pub(crate) fn files_failed(tenant: &str, target: &str, error: &targets::files::PlaceError, failures: u32) {
    tracing::error!(
        code = error.kind.code(),
        tenant,
        target,
        failures,
        detail = error.detail,
        "Files could not be put in their place; their lines wait."
    );
}

pub(crate) fn handing_over_failed(tenant: &str, target: &str, code: &str, detail: &str, failures: u32) {
    tracing::error!(code, tenant, target, failures, detail, "Lines could not be handed over; they wait.");
}

/// By the target's own codes, with how often each was said.
pub(crate) fn lines_warned_of(tenant: &str, target: &str, warnings: &std::collections::BTreeMap<String, u64>) {
    for (warning, count) in warnings {
        tracing::warn!(
            code = "files.warned_of",
            tenant,
            target,
            warning,
            count,
            "A target took something, and warned."
        );
    }
}

pub(crate) fn notice_failed(tenant: &str, target: &str, error: &targets::feed::TellError, failures: u32) {
    tracing::warn!(
        code = error.code,
        tenant,
        target,
        failures,
        ends = error.is_final,
        detail = error.detail,
        "A reader could not be told that there is something to look at."
    );
}

pub(crate) fn read_failed(tenant: &str, source: &str, error: &sources::SourceError, failures: u32) {
    tracing::warn!(
        code = error.code,
        tenant,
        source,
        failures,
        detail = error.detail,
        "A source could not be read; nothing is concluded."
    );
}

pub(crate) fn read_done(tenant: &str, source: &str, full: bool, pages: u32, warnings: u64) {
    tracing::info!(code = "source.read", tenant, source, full, pages, warnings, "A source was read.");
}

pub(crate) fn held(observer: &dyn Observer, tenant: &str, hold: &state::holds::Hold) {
    observer.held(tenant, hold.target.as_deref().unwrap_or(&hold.source), hold.kind, hold.records.len());
    tracing::error!(
        code = hold.reason.code(),
        tenant,
        source = hold.source,
        target = hold.target,
        hold = hold.id,
        kind = hold.kind.as_str(),
        count = hold.records.len(),
        "Removals are held until a person decides."
    );
}
