//! 5: every accepted notice and every change ends delivered, superseded, held or dead-lettered with a reason, and the
//! counts add up.

use queue::Queue;
use roster::SubjectKind;
use rules::delivery::Delivery;

use super::Breach;
use crate::play::Run;

pub(super) async fn check(run: &Run, found: &mut Vec<Breach>) {
    messages(run, found).await;
    for world in run.worlds.iter() {
        if let Err(error) = deliveries(run, world.name(), found).await {
            found.push(Breach::new("5", format!("{}: {}", world.name(), error.code())));
        }
    }
}

/// What entered the queues has left them, or is in a dead-letter queue.
async fn messages(run: &Run, found: &mut Vec<Breach>) {
    let (mut expected, mut waiting) = (0u64, 0u64);
    for queue in run.queues.working() {
        let count = queue.count();
        expected += count.entered.saturating_sub(count.handled + count.purged);
        waiting += queue.held().await;
    }
    let mut dead = 0;
    for letters in [&run.queues.notices_dead, &run.queues.jobs_dead] {
        let depth = letters.depth().await.unwrap_or_default();
        dead += depth.visible + depth.in_flight + depth.delayed;
    }
    if waiting > 0 {
        found.push(Breach::new("5", format!("{waiting} messages still wait")));
    }
    if expected != waiting + dead {
        let what = format!("{expected} messages should be somewhere, {waiting} wait and {dead} are dead letters");
        found.push(Breach::new("5", what));
    }
}

async fn deliveries(run: &Run, tenant: &str, found: &mut Vec<Breach>) -> Result<(), state::StateError> {
    let store = run.processes.hub().store;
    for kind in SubjectKind::ALL {
        let keys = store.subject_ids(tenant, kind).await?;
        for (key, subject) in store.subjects(tenant, keys).await? {
            let wrong = subject.deliveries.values().find_map(|delivery| unfinished(run, delivery));
            found.extend(wrong.map(|why| Breach::new("5", format!("{tenant}: {key} {why}"))));
        }
    }
    Ok(())
}

/// What is wrong with a delivery that should have come to an end.
fn unfinished(run: &Run, delivery: &Delivery) -> Option<&'static str> {
    let now = roster::Clock::now(&run.clock);
    if delivery.is_pending(now) {
        Some("is not delivered")
    } else if delivery.dead && delivery.trouble.is_none() {
        Some("is a dead letter without a reason")
    } else if !delivery.dead && (delivery.delivered != delivery.wanted || delivery.standing.is_none()) {
        Some("ended without an end")
    } else {
        None
    }
}
