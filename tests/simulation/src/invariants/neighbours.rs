//! 9, beside bulk work: with a healthy target a single change arrives within the window while another tenant changes
//! everything.

use std::time::Duration;

use sync::events::WINDOW;
use world::truth::Change;

use super::Breach;
use crate::play::Run;
use crate::{changes, operator};

/// The tenant that changes everything, and the one that changes a little.
const MANY: usize = 0;
const FEW: usize = 1;

/// How many single changes there are, which of them is that somebody leaves, and how long it takes from one to the next.
const SINGLE: u32 = 6;
const LEAVES: u32 = 2;
const BETWEEN: Duration = Duration::from_secs(25);

pub(super) async fn check(run: &Run, found: &mut Vec<Breach>) {
    let many = run.worlds[MANY].register();
    run.recorder.forget_lags();
    let pupils: Vec<_> = many.with_truth(|truth| truth.pupils().map(|it| it.id).collect());
    many.apply(&pupils.into_iter().map(|person| Change::PersonRenamed { person }).collect::<Vec<_>>()).await;
    run.snapshot(MANY);
    for pick in 0..SINGLE {
        run.pass(BETWEEN.as_secs()).await;
        if pick == LEAVES {
            changes::leave(&run.worlds[FEW], run.kinds[FEW], pick).await;
        } else {
            changes::rename(&run.worlds[FEW], run.kinds[FEW], pick).await;
        }
        run.snapshot(FEW);
    }
    if run.worlds[MANY].differences("gleerups").is_empty() {
        found.push(Breach::new("run", "the bulk work was over before the single changes were made"));
    }
    run.pass(WINDOW.as_secs()).await;
    // In a hamlet, one who leaves may be more than the guard lets through. The window begins when that is approved.
    if operator::look_at_holds(run).await {
        run.pass(WINDOW.as_secs()).await;
    }
    let few = &run.worlds[FEW];
    let missing = few.differences("gleerups").len();
    let late = run.recorder.lags(few.name()).into_iter().filter(|lag| *lag > WINDOW).count();
    if missing + late > 0 {
        let what =
            format!("{}: beside another's bulk work {missing} changes are missing and {late} came late", few.name());
        found.push(Breach::new("9", what));
    }
}
