//! 3: nobody is removed who should be there, and no more are removed without an approval than the thresholds allow – in
//! any day, counted from when they were gone from the source; those that still are in the source, from when the rules did
//! not want them any more until they were removed.
//!
//! What a source leaves out of a page, though it has it, cannot be told from what is gone: it is a reason to remove – no
//! more than the thresholds allow, as if it were gone – and by the next read of everything it is back (invariant 1).
//! Whoever was left out and not wanted any more either, or has lost everything with their place at Skolon, went by the one
//! guard or the other: together they let no more go than twice as many.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use roster::{RecordKey, RecordKind};

use super::Breach;
use crate::history::Snapshot;
use crate::network::Write;
use crate::pages::LeftOut;
use crate::play::Run;
use crate::tenants::{Kind, REMOVED_COUNT, REMOVED_PERCENT};

const DAY: SignedDuration = SignedDuration::from_hours(24);

pub(super) fn check(run: &Run, found: &mut Vec<Breach>) {
    let (writes, left_out) = (run.network.writes(), run.network.left_out());
    for (tenant, world) in run.worlds.iter().enumerate() {
        let history = run.history.of_tenant(tenant);
        let left_out = left_out.iter().filter(|it| it.tenant == tenant).collect::<Vec<_>>();
        let removed = removed(&writes, tenant);
        for (user, at) in &removed {
            if !ever_unwanted(&history, user, *at) && LeftOutLast::of(&left_out, user, *at).is_nowhere() {
                found.push(Breach::new("3", format!("{}: Users/{user} was removed for no reason", world.name())));
            }
        }
        let unapproved = removed.iter().filter(|(user, _)| !is_approved(run, world.name(), user));
        let (mut gone, mut ended, mut either) = (Vec::new(), Vec::new(), Vec::new());
        for (user, at) in unapproved {
            let left_out = LeftOutLast::of(&left_out, user, *at);
            let about_them = unwanted_since(&history, user, *at).into_iter().chain(left_out.about).min();
            match (gone_since(&history, user, *at), about_them, left_out.themselves) {
                // Those whose data are protected do not wait because of the others: they are judged among themselves. Who
                // is gone from the source a moment later went for that all the same.
                (_, Some(_), _) if was_protected(&history, user, *at) => {}
                // Whoever is gone from Skolon has no licence any more either, and may have gone for that.
                (Some(since), _, _) if run.kinds[tenant] == Kind::Skolon => either.push((since, *at)),
                (Some(since), _, _) => gone.push((since, *at)),
                (None, Some(since), Some(left_out)) => either.push((since.min(left_out), *at)),
                (None, Some(since), None) => ended.push((since, *at)),
                (None, None, Some(since)) => gone.push((since, *at)),
                (None, None, None) => {}
            }
        }
        let all = [&*gone, &ended, &either].concat();
        let too_many = too_many(&history, &gone, 1).or_else(|| too_many(&history, &ended, 1));
        if let Some(count) = too_many.or_else(|| self::too_many(&history, &all, 2)) {
            found.push(Breach::new("3", format!("{}: {count} users were removed without an approval", world.name())));
        }
    }
}

/// When a source last left somebody out of its pages, before they were removed.
#[derive(Debug, Clone, Copy)]
struct LeftOutLast {
    /// The person's own record: judged where it was read.
    themselves: Option<Timestamp>,
    /// Their duties or licences: judged at the target.
    about: Option<Timestamp>,
}

impl LeftOutLast {
    fn of(left_out: &[&LeftOut], user: &str, until: Timestamp) -> Self {
        let before = || left_out.iter().filter(|it| it.at <= until);
        Self {
            themselves: before().rfind(|it| it.themselves.contains(user)).map(|it| it.at),
            about: before().rfind(|it| it.about.contains(user)).map(|it| it.at),
        }
    }

    const fn is_nowhere(self) -> bool {
        self.themselves.is_none() && self.about.is_none()
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

/// Since when the source has not had a person, before `until` and before the person came back.
fn gone_since(history: &[Snapshot], user: &str, until: Timestamp) -> Option<Timestamp> {
    let had = history.iter().position(|it| it.present.contains(user))?;
    history[had..].iter().find(|it| !it.present.contains(user)).map(|it| it.at).filter(|since| *since <= until)
}

/// Since when a user has not been wanted, before `until`, though the source has the person.
fn unwanted_since(history: &[Snapshot], user: &str, until: Timestamp) -> Option<Timestamp> {
    let wanted = history.iter().position(|it| it.users.contains_key(user))?;
    history[wanted..].iter().find(|it| !it.users.contains_key(user)).map(|it| it.at).filter(|since| *since <= until)
}

/// Whether there was a moment before `until` at which a person's data were protected.
fn was_protected(history: &[Snapshot], user: &str, until: Timestamp) -> bool {
    history.iter().filter(|it| it.at <= until).any(|it| it.protected.contains(user))
}

fn is_approved(run: &Run, tenant: &str, user: &str) -> bool {
    let Ok(id) = user.parse() else { return false };
    run.recorder.is_approved(tenant, RecordKey { kind: RecordKind::Person, id })
}

/// How many went for certain within one day, if that is more than the thresholds allow. Each was judged at an unknown
/// moment between the two: what a person rejects, or a source that does not answer hides, is judged long after it began.
/// Each of the `guards` – at the source, at the target – allows as many.
fn too_many(history: &[Snapshot], gone: &[(Timestamp, Timestamp)], guards: u64) -> Option<u64> {
    gone.iter().find_map(|(first, _)| {
        let within = |(from, until): &&(Timestamp, Timestamp)| from >= first && until.duration_since(*first) < DAY;
        let count = gone.iter().filter(within).count() as u64;
        let before = history.iter().rfind(|it| it.at <= *first).map_or(0, |it| it.present.len() as u64);
        let before = before.max(history.first().map_or(0, |it| it.present.len() as u64));
        let allowed = |bound| bound * guards;
        (count > allowed(REMOVED_COUNT) && count * 100 > allowed(REMOVED_PERCENT) * before.max(1)).then_some(count)
    })
}
