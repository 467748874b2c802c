//! 6: a duplicate has no further effect; replaying a dead-letter queue twice equals once.

use std::collections::BTreeSet;
use std::time::Duration;

use queue::{LocalQueue, Outgoing, Queue};

use super::Breach;
use crate::play::Run;
use crate::queues::FaultyQueue;

pub(super) async fn check(run: &Run, found: &mut Vec<Breach>) {
    let before = run.network.write_count();
    for queue in run.queues.working() {
        let mut seen = BTreeSet::new();
        for message in queue.sent().into_iter().filter(|it| seen.insert(it.body.clone())) {
            again(run, queue, message.body, message.group).await;
        }
    }
    for _ in 0..2 {
        replay(run, &run.queues.notices_dead, &run.queues.notices).await;
        if let Some([fresh, _]) = run.queues.jobs.values().next() {
            replay(run, &run.queues.jobs_dead, fresh).await;
        }
        run.pass(4 * 60).await;
    }
    let further = run.network.write_count() - before;
    if further > 0 {
        found.push(Breach::new("6", format!("{further} calls changed something when everything was said again")));
    }
}

async fn again(run: &Run, queue: &FaultyQueue, body: String, group: Option<String>) {
    let name = roster::Chance::name(&run.effects.dice);
    queue.put(Outgoing { body, group, deduplication: Some(name), delay: Duration::ZERO }).await;
}

async fn replay(run: &Run, letters: &LocalQueue, queue: &FaultyQueue) {
    loop {
        let received = letters.receive(10, Duration::ZERO).await.unwrap_or_default();
        if received.is_empty() {
            return;
        }
        for letter in received {
            again(run, queue, letter.body, letter.group).await;
            let _ = letters.delete(vec![letter.receipt]).await;
        }
    }
}
