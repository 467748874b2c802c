//! The invariants: what must hold of every run, whatever went wrong in it.

mod accounts;
mod by_hand;
mod neighbours;
mod order;
mod preview;
mod privacy;
mod removals;
mod repetition;
mod window;

use std::collections::BTreeSet;
use std::fmt;

use skolbro::demo::systems::Systems;

use crate::canary::Capture;
use crate::play::Run;

/// Something that must never be, was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Breach {
    /// Which invariant: `1` to `10`, `contract`, `outside` (which itself broke its contract), or `run`.
    pub invariant: &'static str,
    /// What was seen.
    pub what: String,
}

impl Breach {
    pub(crate) fn new(invariant: &'static str, what: impl Into<String>) -> Self {
        Self { invariant, what: what.into() }
    }

    /// The same seed, played twice, was not the same.
    #[must_use]
    pub fn different() -> Self {
        Self::new("run", "two runs of the seed differ")
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.invariant, self.what)
    }
}

/// Checks them all, at the end of a run.
pub(crate) async fn check(run: &Run, capture: &Capture) -> Vec<Breach> {
    let mut found = Vec::new();
    equal(run, &mut found, |tenant, difference| by_hand::explains(run, tenant, difference));
    removals::check(run, &mut found);
    order::check(run, &mut found);
    accounts::check(run, &mut found).await;
    if found.is_empty() {
        // These go on with the run, and say nothing of one that went wrong before.
        by_hand::check(run, &mut found).await;
        window::check(run, &mut found).await;
        repetition::check(run, &mut found).await;
        equal(run, &mut found, |_, _| false);
    }
    if found.is_empty() {
        // The last: it leaves a tenant with other rules.
        preview::check(run, &mut found).await;
    }
    contract(run, &mut found);
    privacy::check(run, capture, &mut found);
    found
}

/// Checks a run in which one tenant has many pupils: nothing goes wrong in it but that there is much to do.
pub(crate) async fn check_beside_bulk(run: &Run, capture: &Capture) -> Vec<Breach> {
    let mut found = Vec::new();
    equal(run, &mut found, |_, _| false);
    if found.is_empty() {
        neighbours::check(run, &mut found).await;
        // What is much takes its time, and then is done.
        run.pass(60 * 60).await;
        equal(run, &mut found, |_, _| false);
        accounts::check(run, &mut found).await;
    }
    contract(run, &mut found);
    privacy::check(run, capture, &mut found);
    found
}

/// 1: every target equals what the rules want, for what is ours and not excused; 2: what is foreign is as it was.
fn equal(run: &Run, found: &mut Vec<Breach>, is_excused: impl Fn(usize, &str) -> bool) {
    for (tenant, world) in run.worlds.iter().enumerate() {
        world.turn_day();
        for receiver in world.receivers() {
            let differences = world.differences(&receiver.options().name).into_iter();
            for difference in differences.filter(|it| !is_excused(tenant, it)) {
                let foreign = difference.contains("was not the sender's");
                found.push(Breach::new(if foreign { "2" } else { "1" }, format!("{}: {difference}", world.name())));
            }
        }
        let beside = run.beside.differences(tenant, world).into_iter();
        found.extend(beside.map(|it| Breach::new("1", format!("{}: {it}", world.name()))));
    }
}

/// The outside's contracts; 2: nothing foreign is touched; 10: nobody comes with another's key.
fn contract(run: &Run, found: &mut Vec<Breach>) {
    for (tenant, world) in run.worlds.iter().enumerate() {
        for violation in world.contract_violations() {
            if violation.contains("still referenced") && is_protected(run, tenant, &violation) {
                // Whoever is protected is to be gone, whatever still refers to them.
                continue;
            }
            if by_hand::excuses(run, tenant, &violation) {
                continue;
            }
            let invariant = if violation.contains("not the sender's") {
                "2"
            } else if violation.contains("X-API-Key") {
                "10"
            } else {
                "contract"
            };
            found.push(Breach::new(invariant, format!("{}: {violation}", world.name())));
        }
        let beside = run.beside.of_tenant(tenant).map(Systems::violations).unwrap_or_default().into_iter();
        found.extend(beside.map(|it| Breach::new("contract", format!("{}: {it}", world.name()))));
        let mistakes = world.mistakes().into_iter();
        found.extend(mistakes.map(|it| Breach::new("outside", format!("{}: {it}", world.name()))));
    }
    found.extend(run.network.strangers().into_iter().map(|it| Breach::new("10", it)));
}

/// Whether a violation is about somebody whose personal data are protected, or have been.
fn is_protected(run: &Run, tenant: usize, violation: &str) -> bool {
    let history = run.history.of_tenant(tenant);
    let mut protected: BTreeSet<String> = history.iter().flat_map(|it| &it.protected).cloned().collect();
    // An account that was taken over has a name of the target's own.
    let writes = run.network.writes().into_iter().filter(|it| it.tenant == tenant);
    let taken_over = writes.filter(|it| it.body["externalId"].as_str().is_some_and(|id| protected.contains(id)));
    let names: Vec<String> = taken_over.map(|it| it.id).collect();
    protected.extend(names);
    run.worlds[tenant].register().with_truth(|truth| {
        let duties = |person: &str| duties_of(truth, person.parse().unwrap_or_default());
        protected.iter().any(|id| violation.ends_with(id) || duties(id).any(|it| violation.ends_with(&it)))
    })
}

fn duties_of(truth: &world::truth::Municipality, person: uuid::Uuid) -> impl Iterator<Item = String> {
    truth.duties.values().filter(move |it| it.person == person).map(|it| it.id.to_string())
}
