//! 7: a preview makes no mutating call, and its plan equals the one later executed on the same inputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use sync::preview::{Change, Delivered, Preview, Proposal, Why, preview};

use super::Breach;
use crate::mutation::Mutation;
use crate::play::Run;
use crate::tenants::{self, Kind};
use crate::watched::Watched;

/// Of how many runs one asks.
const ONE_OF: u64 = 4;

/// How long the hub has for what was shown: to see that the file is another, and to deliver.
const SECONDS: u64 = 8 * 60;

/// How a tenant's rules might change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rules {
    /// Users are named by their addresses.
    NamedByAddress,
    /// Who is delivered does not depend on licences any more, or begins to.
    OtherUsers,
}

pub(super) async fn check(run: &Run, found: &mut Vec<Breach>) {
    if run.effects.dice.below(ONE_OF) > 0 {
        return;
    }
    let tenant = usize::try_from(run.effects.dice.below(run.worlds.len() as u64)).unwrap_or(0);
    let rules = if run.effects.dice.strikes(0.5) { Rules::NamedByAddress } else { Rules::OtherUsers };
    if let Err(code) = compare(run, tenant, rules, found).await {
        found.push(Breach::new("7", format!("{}: {code}", run.worlds[tenant].name())));
    }
}

async fn compare(run: &Run, tenant: usize, rules: Rules, found: &mut Vec<Breach>) -> Result<(), &'static str> {
    let name = run.worlds[tenant].name();
    let before = run.beside.added_to(&tenants::file(&run.worlds[tenant], run.kinds[tenant], false, None), tenant);
    let file = changed(&before, run.kinds[tenant], rules);
    let proposal = Proposal { file: Some(file.clone()), ..Proposal::default() };
    let watched = Arc::new(Watched::over(run.processes.table(), run.is_broken_by(Mutation::BlindPreview)));
    let hub = run.processes.hub_over(Arc::clone(&watched) as _);

    let calls = run.network.write_count();
    let shown = preview(&hub, name, &proposal).await.map_err(|error| error.code())?;
    if run.network.write_count() > calls || watched.writes() > 0 {
        found.push(Breach::new("7", format!("{name}: a preview changed something")));
    }

    let store = run.processes.hub().store;
    let before = Delivered::of(&store, name, None).await.map_err(|error| error.code())?;
    store.put_tenant(name, &file).await.map_err(|error| error.code())?;
    run.pass(SECONDS).await;
    let after = Delivered::of(&store, name, None).await.map_err(|error| error.code())?;
    let done = Preview::between(name, &before, &after);
    let same = if is_left_to_others(&shown, &done) { numbers(&shown) == numbers(&done) } else { shown == done };
    if !same {
        let numbers = (numbers(&shown), numbers(&done));
        found.push(Breach::new("7", format!("{name}: {rules:?}: shown was {:?}, done {:?}", numbers.0, numbers.1)));
    }
    Ok(())
}

/// Whether something else decides the details: in which order many are taken away until the guard holds the others, or
/// whether an account that is to be taken over is still there, which only the target can say.
fn is_left_to_others(shown: &Preview, done: &Preview) -> bool {
    let held = done.left.iter().any(|it| it.why == Why::Held);
    held || shown.steps.iter().any(|it| it.change == Change::Adopted)
}

fn changed(file: &str, kind: Kind, rules: Rules) -> String {
    match (rules, kind) {
        (Rules::NamedByAddress, _) => format!("{file}user_name = [\"email\"]\n"),
        (Rules::OtherUsers, Kind::Register) => file.replace("\"all\"", "\"licensed_only\""),
        (Rules::OtherUsers, Kind::Skolon) => file.replace("\"licensed_only\"", "\"all\""),
    }
}

/// How many users are made or taken over, changed and taken away, and how many subjects do not get there.
fn numbers(preview: &Preview) -> (BTreeMap<Change, usize>, BTreeMap<Why, usize>) {
    let (mut steps, mut left) = (BTreeMap::new(), BTreeMap::new());
    for step in preview.steps.iter().filter(|it| it.kind.as_str() == "Users") {
        let change = if step.change == Change::Adopted { Change::Created } else { step.change };
        *steps.entry(change).or_default() += 1;
    }
    preview.left.iter().for_each(|it| *left.entry(it.why).or_default() += 1);
    (steps, left)
}
