//! 9: with a healthy target a single change arrives within the window.

use sync::events::WINDOW;

use super::Breach;
use crate::play::Run;
use crate::{changes, tenants::Kind};

pub(super) async fn check(run: &Run, found: &mut Vec<Breach>) {
    for (tenant, world) in run.worlds.iter().enumerate() {
        let kind = if run.kinds[tenant] == Kind::Register { 4 } else { 6 };
        changes::make(world, run.kinds[tenant], kind, 0).await;
        run.snapshot(tenant);
    }
    run.pass(WINDOW.as_secs()).await;
    for world in run.worlds.iter() {
        let late = world.differences("gleerups").len();
        if late > 0 {
            found.push(Breach::new("9", format!("{}: a single change missed the window", world.name())));
        }
    }
}
