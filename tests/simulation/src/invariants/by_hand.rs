//! 1, for what people changed at a target by hand.
//!
//! The hub never reads what a target holds of its own: such a change cannot be seen. What is promised is that the account
//! is made again when the person changes next (the target then says that it is not there), and that a group is whole
//! again when the group changes next. Until then what refers to a removed account may be refused by the target too.

use sync::events::WINDOW;
use world::World;
use world::skolon::SkolonChange;
use world::truth::Change;

use super::{Breach, equal};
use crate::by_hand::Touched;
use crate::play::Run;
use crate::tenants::Kind;

/// Whether a difference may be there because of what was changed by hand, until that changes next.
pub(super) fn explains(run: &Run, tenant: usize, difference: &str) -> bool {
    let touched = run.by_hand.touched(tenant);
    let about =
        |kind: &str| difference.strip_prefix(kind).map(|it| it.split(' ').next().unwrap_or_default().to_owned());
    let owner = |duty: String| {
        run.worlds[tenant]
            .register()
            .with_truth(|truth| Some(truth.duties.get(&duty.parse().ok()?)?.person.to_string()))
    };
    let employed = || about("Employment of ").or_else(|| about("Employments/").and_then(owner));
    if let Some(user) = about("Users/").or_else(employed) {
        return touched.accounts.contains(&user);
    }
    let may_be_refused = !touched.accounts.is_empty();
    match about("StudentGroups/") {
        Some(group) => may_be_refused || touched.groups.contains(&group),
        None => may_be_refused && (difference.contains("Activit") || difference.contains("activity")),
    }
}

/// Whether a breach of the target's contract is due to an account that was removed by hand: a reference to it; or, since
/// the groups that have it among others cannot let go of anybody, that somebody was deleted to whom they still refer.
pub(super) fn excuses(run: &Run, tenant: usize, violation: &str) -> bool {
    let touched = run.by_hand.touched(tenant);
    let still_referenced = violation.contains("still referenced") && !touched.accounts.is_empty();
    still_referenced
        || touched.names.iter().any(|name| violation.ends_with(&format!("refers to Users/{name}, which is not here")))
}

/// Everything that was changed by hand changes at the source, and is put right by that.
pub(super) async fn check(run: &Run, found: &mut Vec<Breach>) {
    let touched: Vec<_> = (0..run.worlds.len()).map(|tenant| run.by_hand.touched(tenant)).collect();
    if touched.iter().all(Touched::is_empty) {
        return;
    }
    for (tenant, world) in run.worlds.iter().enumerate() {
        for account in touched[tenant].accounts.iter().filter_map(|it| it.parse().ok()) {
            let changes = [Change::PersonRenamed { person: account }, Change::EmailChanged { person: account }];
            change(world, run.kinds[tenant], &changes, SkolonChange::UserChanged { user: account }).await;
        }
        run.snapshot(tenant);
    }
    run.pass(WINDOW.as_secs()).await;
    for (tenant, world) in run.worlds.iter().enumerate() {
        for group in touched[tenant].groups.iter().filter_map(|it| it.parse().ok()) {
            change(world, run.kinds[tenant], &[Change::GroupRenamed { group }], SkolonChange::GroupRenamed { group })
                .await;
        }
        run.snapshot(tenant);
    }
    run.pass(WINDOW.as_secs()).await;
    equal(run, found, |_, _| false);
}

async fn change(world: &World, kind: Kind, in_register: &[Change], in_skolon: SkolonChange) {
    match kind {
        Kind::Register => drop(world.register().apply(in_register).await),
        Kind::Skolon => drop(world.skolon().apply(&[in_skolon]).await),
    }
}
