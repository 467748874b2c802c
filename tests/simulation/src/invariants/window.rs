//! 9: with a healthy target a single change arrives within the window – also that somebody is gone.

use sync::events::WINDOW;

use super::Breach;
use crate::play::Run;
use crate::{changes, operator};

pub(super) async fn check(run: &Run, found: &mut Vec<Breach>) {
    run.recorder.forget_lags();
    for (tenant, world) in run.worlds.iter().enumerate() {
        changes::rename(world, run.kinds[tenant], 0).await;
        changes::leave(world, run.kinds[tenant], 1).await;
        run.snapshot(tenant);
    }
    run.pass(WINDOW.as_secs()).await;
    // In a hamlet, one who leaves may be more than the guard lets through. The window begins when that is approved.
    if operator::look_at_holds(run).await {
        run.pass(WINDOW.as_secs()).await;
    }
    for world in run.worlds.iter() {
        let missing = world.differences("gleerups").len();
        let late = run.recorder.lags(world.name()).into_iter().filter(|lag| *lag > WINDOW).count();
        if missing + late > 0 {
            let what = format!("{}: {missing} differences after single changes, and {late} came late", world.name());
            found.push(Breach::new("9", what));
        }
    }
}
