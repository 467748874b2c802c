//! 3: nobody is removed who should be there, and no more are removed without an approval than the thresholds allow – in
//! any day, counted from when they were gone from the source.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use roster::{RecordKey, RecordKind};

use super::Breach;
use crate::history::Snapshot;
use crate::network::Write;
use crate::play::Run;
use crate::tenants::{REMOVED_COUNT, REMOVED_PERCENT};

const DAY: SignedDuration = SignedDuration::from_hours(24);

pub(super) fn check(run: &Run, found: &mut Vec<Breach>) {
    let writes = run.network.writes();
    for (tenant, world) in run.worlds.iter().enumerate() {
        let history = run.history.of_tenant(tenant);
        let removed = removed(&writes, tenant);
        for (user, at) in &removed {
            if !ever_unwanted(&history, user, *at) {
                found.push(Breach::new("3", format!("{}: Users/{user} was removed for no reason", world.name())));
            }
        }
        let unapproved = removed.keys().filter(|user| !is_approved(run, world.name(), user));
        let gone: Vec<Timestamp> = unapproved.filter_map(|user| gone_since(&history, user)).collect();
        if let Some(count) = too_many(&history, &gone) {
            found.push(Breach::new("3", format!("{}: {count} users were removed without an approval", world.name())));
        }
    }
}

/// Users that were deleted, by external identity, with when it happened first.
fn removed(writes: &[Write], tenant: usize) -> BTreeMap<String, Timestamp> {
    let mut names = BTreeMap::new();
    let mut removed = BTreeMap::new();
    for write in writes.iter().filter(|it| it.tenant == tenant && it.kind == "Users") {
        if let Some(external) = write.body["externalId"].as_str() {
            names.insert(write.id.clone(), external.to_owned());
        }
        if write.method == "DELETE" && write.status == 204 {
            let user = names.get(&write.id).unwrap_or(&write.id).clone();
            removed.entry(user).or_insert(write.at);
        }
    }
    removed
}

/// Whether there was a moment before `until` at which a user was not wanted, after having been wanted or from the start.
fn ever_unwanted(history: &[Snapshot], user: &str, until: Timestamp) -> bool {
    history.iter().filter(|it| it.at <= until).any(|it| !it.users.contains_key(user))
}

/// Since when the source has not had a person, at the end of the run or before the person came back.
fn gone_since(history: &[Snapshot], user: &str) -> Option<Timestamp> {
    let had = history.iter().position(|it| it.present.contains(user))?;
    history[had..].iter().find(|it| !it.present.contains(user)).map(|it| it.at)
}

fn is_approved(run: &Run, tenant: &str, user: &str) -> bool {
    let Ok(id) = user.parse() else { return false };
    run.recorder.is_approved(tenant, RecordKey { kind: RecordKind::Person, id })
}

/// How many went within one day, if that is more than the thresholds allow.
fn too_many(history: &[Snapshot], gone: &[Timestamp]) -> Option<u64> {
    gone.iter().find_map(|first| {
        let within = |at: &&Timestamp| **at >= *first && at.duration_since(*first) < DAY;
        let count = gone.iter().filter(within).count() as u64;
        let before = history.iter().rfind(|it| it.at <= *first).map_or(0, |it| it.present.len() as u64);
        let before = before.max(history.first().map_or(0, |it| it.present.len() as u64));
        (count > REMOVED_COUNT && count * 100 > REMOVED_PERCENT * before.max(1)).then_some(count)
    })
}
