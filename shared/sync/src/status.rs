//! Status: how every source and target of every tenant fares.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use roster::RecordKind;
use roster::validity::date_in_sweden;
use rules::delivery::later;
use serde::Serialize;
use state::Subject;
use state::sources::{SourceTrouble, SourceWarning};

use crate::error::SyncError;
use crate::hub::Hub;

/// Work further ahead than the slowest retry is a turn of the calendar, not something undelivered.
pub(crate) const HORIZON: Duration = Duration::from_secs(6 * 3_600);

/// For how long what readers report is shown.
const REPORTS_SHOWN: Duration = Duration::from_secs(7 * 86_400);

/// How many due subjects of a shard are counted.
const PER_SHARD: usize = 100_000;

/// How the hub fares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// By tenant.
    pub tenants: BTreeMap<String, TenantStatus>,
}

/// How a tenant fares.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TenantStatus {
    /// By source.
    pub sources: BTreeMap<String, SourceStatus>,
    /// By target.
    pub targets: BTreeMap<String, TargetStatus>,
    /// Removals that wait for a person.
    pub holds: Vec<HoldStatus>,
}

/// How a source fares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceStatus {
    /// When the last complete read began.
    pub read_at: Option<Timestamp>,
    /// When everything was last read.
    pub full_read_at: Option<Timestamp>,
    /// Whether a read is under way.
    pub reading: bool,
    /// How many records of each kind it has.
    pub totals: BTreeMap<RecordKind, u64>,
    /// Failures in a row.
    pub failures: u32,
    /// The last failure.
    pub trouble: Option<SourceTrouble>,
    /// Left alone until then.
    pub quarantined_until: Option<Timestamp>,
    /// Whether it is left alone today, as its configuration says.
    pub paused: bool,
    /// How many warnings the last full read gave.
    pub warning_count: u64,
    /// The newest warnings.
    pub warnings: Vec<SourceWarning>,
}

/// How a target fares.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TargetStatus {
    /// Subjects with a change that has not been delivered. Held removals are not counted here, but under `holds`.
    pub undelivered: u64,
    /// Since when the oldest of them is known.
    pub oldest_undelivered: Option<Timestamp>,
    /// What is in the way of the undelivered and of the dead letters, by code.
    pub troubles: BTreeMap<String, u64>,
    /// Dead letters: refused by the target, or given up.
    pub dead_letters: u64,
    /// Those that the rules refuse, by code: they lack what the target needs.
    pub refused: BTreeMap<String, u64>,
    /// The breaker: no calls until then.
    pub open_until: Option<Timestamp>,
    /// What waits for a file, where the target gets those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<FilesStatus>,
    /// How those fare who read at the target, where it is one that reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readers: Option<ReadersStatus>,
}

/// How those fare who read at a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadersStatus {
    /// How many subscriptions there are.
    pub subscriptions: usize,
    /// Why some could not be told last, as stable codes.
    pub troubles: BTreeMap<String, u64>,
    /// How many errors they have reported within a week.
    pub reported_errors: usize,
}

/// What waits for a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilesStatus {
    /// Since when the oldest waits; `None`: nothing does.
    pub waiting_since: Option<Timestamp>,
    /// Why the last files could not be put in their place, as a stable code.
    pub trouble: Option<String>,
}

/// A hold, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoldStatus {
    /// Names it together with what it holds.
    pub id: String,
    /// The source that they are gone from; empty: see `target`.
    pub source: String,
    /// The target that should not have them any more by its rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Of which kind.
    pub kind: RecordKind,
    /// Why, as a stable code.
    pub reason: String,
    /// How many removals.
    pub count: usize,
    /// Since when.
    pub at: Timestamp,
}

/// How the hub fares.
///
/// # Errors
/// [`SyncError`].
pub async fn status(hub: &Hub) -> Result<Status, SyncError> {
    let mut tenants = BTreeMap::new();
    for tenant in hub.directory.tenants() {
        let name = &tenant.config.tenant;
        let mut status = TenantStatus::default();
        for (source, built) in &tenant.sources {
            let state = hub.store.source(name, source).await?.state;
            let paused = built.config.is_paused_on(date_in_sweden(hub.now()));
            status.sources.insert(source.clone(), of_source(state, paused));
        }
        for (target, built) in &tenant.targets {
            let mut it = of_target(hub, name, target).await?;
            if built.target.files().is_some() {
                let window = hub.store.window(name, target).await?;
                let waiting_since = window.waiting_since();
                it.files = Some(FilesStatus { waiting_since, trouble: window.trouble.map(|it| it.code) });
            }
            if built.target.feed().is_some() {
                it.readers = Some(of_readers(hub, name, target).await?);
            }
            status.targets.insert(target.clone(), it);
        }
        status.holds = hub.store.holds(name).await?.into_iter().map(of_hold).collect();
        tenants.insert(name.clone(), status);
    }
    let mut status = Status { tenants };
    count_undelivered(hub, &mut status).await?;
    Ok(status)
}

fn of_source(state: state::sources::SourceState, paused: bool) -> SourceStatus {
    SourceStatus {
        read_at: state.read_at,
        full_read_at: state.full_read_at,
        reading: state.reading.is_some(),
        totals: state.totals,
        failures: state.failures,
        trouble: state.trouble,
        quarantined_until: state.quarantined_until,
        paused,
        warning_count: state.warning_count,
        warnings: state.warnings,
    }
}

async fn of_target(hub: &Hub, tenant: &str, target: &str) -> Result<TargetStatus, SyncError> {
    let open_until = hub.store.target(tenant, target).await?.open_until.filter(|until| *until > hub.now());
    let mut status = TargetStatus { open_until, ..TargetStatus::default() };
    for it in hub.store.undeliverable(tenant, target).await? {
        status.dead_letters += u64::from(it.dead);
        let codes = if it.dead { &mut status.troubles } else { &mut status.refused };
        *codes.entry(it.code).or_insert(0) += 1;
    }
    Ok(status)
}

async fn of_readers(hub: &Hub, tenant: &str, target: &str) -> Result<ReadersStatus, SyncError> {
    let now = hub.now();
    let subscriptions = hub.store.subscriptions(tenant, target).await?.into_iter().filter(|it| !it.is_over(now));
    let (mut count, mut troubles) = (0, BTreeMap::new());
    for it in subscriptions {
        count += 1;
        if let Some(trouble) = it.trouble {
            *troubles.entry(trouble.code).or_insert(0) += 1;
        }
    }
    let since = now.checked_sub(REPORTS_SHOWN).unwrap_or(now);
    let reports = hub.store.reports(tenant, target, since).await?;
    let reported_errors = reports.iter().filter(|it| it.is_error).count();
    Ok(ReadersStatus { subscriptions: count, troubles, reported_errors })
}

fn of_hold(hold: state::holds::Hold) -> HoldStatus {
    HoldStatus {
        id: hold.reference(),
        source: hold.source,
        target: hold.target,
        kind: hold.kind,
        reason: hold.reason.code().to_owned(),
        count: hold.records.len(),
        at: hold.at,
    }
}

async fn count_undelivered(hub: &Hub, status: &mut Status) -> Result<(), SyncError> {
    let now = hub.now();
    for shard in 0..hub.store.shards() {
        count(hub.store.due_subjects(shard, later(now, HORIZON), PER_SHARD).await?, status, now);
    }
    Ok(())
}

fn count(due: Vec<Subject>, status: &mut Status, now: Timestamp) {
    for subject in due {
        let Some(tenant) = status.tenants.get_mut(&subject.tenant) else { continue };
        for (name, delivery) in subject.deliveries.iter().filter(|(_, it)| it.is_pending(now) && !it.is_held()) {
            let Some(target) = tenant.targets.get_mut(name) else { continue };
            target.undelivered += 1;
            let since = delivery.known_at.into_iter().chain(target.oldest_undelivered).min();
            target.oldest_undelivered = since;
            if let Some(trouble) = &delivery.trouble {
                *target.troubles.entry(trouble.code.clone()).or_insert(0) += 1;
            }
        }
    }
}
