//! The delivery against a reference that knows only counts and moments: several workers come, work, are slow, crash and
//! leave, in any order.

use proptest::prelude::*;

use super::*;

const WORKERS: usize = 3;

#[derive(Debug, Clone)]
enum Step {
    Mark,
    Claim(usize),
    Settle(usize, End),
    Crash(usize),
    Pass(i64),
}

#[derive(Debug, Clone, Copy)]
enum End {
    Done,
    DoneUntil(i64),
    Later(i64, bool),
    Dead,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let end = prop_oneof![
        3 => Just(End::Done),
        1 => (1i64..500).prop_map(End::DoneUntil),
        2 => (0i64..300, any::<bool>()).prop_map(|(after, failure)| End::Later(after, failure)),
        1 => Just(End::Dead),
    ];
    let step = prop_oneof![
        3 => Just(Step::Mark),
        5 => (0..WORKERS).prop_map(Step::Claim),
        4 => (0..WORKERS, end).prop_map(|(worker, end)| Step::Settle(worker, end)),
        1 => (0..WORKERS).prop_map(Step::Crash),
        3 => (1i64..200).prop_map(Step::Pass),
    ];
    proptest::collection::vec(step, 0..80)
}

/// What a delivery is, said as simply as can be.
#[derive(Debug, Default)]
struct Reference {
    changes: u64,
    delivered: u64,
    ready: Option<i64>,
    dead: bool,
    /// The claim that has the lease, and until when.
    lease: Option<(u64, i64)>,
}

/// What a worker took with it when its claim was granted.
#[derive(Debug, Clone, Copy)]
struct Work {
    claim: u64,
    seen: u64,
}

#[derive(Debug, Default)]
struct Stage {
    delivery: Delivery,
    reference: Reference,
    workers: [Option<Work>; WORKERS],
    claims: u64,
    now: i64,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn trouble() -> Trouble {
    Trouble { code: "test.trouble".into(), message: String::new(), at: at(0) }
}

impl Stage {
    fn play(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Pass(seconds) => self.now += seconds,
            Step::Crash(worker) => self.workers[*worker] = None,
            Step::Mark => self.mark(),
            Step::Claim(worker) => self.claim(*worker)?,
            Step::Settle(worker, end) => self.settle(*worker, *end)?,
        }
        self.agrees()
    }

    fn mark(&mut self) {
        self.delivery.mark(at(self.now), Lane::Fresh);
        let reference = &mut self.reference;
        reference.changes += 1;
        reference.dead = false;
        reference.ready = Some(reference.ready.map_or(self.now, |ready| ready.min(self.now)));
    }

    fn claim(&mut self, worker: usize) -> Result<(), TestCaseError> {
        if self.workers[worker].is_some() {
            return Ok(());
        }
        self.claims += 1;
        let claim = self.claims;
        let expected = match (self.reference.lease, self.reference.ready) {
            (Some((_, until)), _) if until > self.now => Claim::Leased,
            (_, None) => Claim::Nothing,
            (_, Some(ready)) if ready > self.now => Claim::NotYet,
            (_, Some(_)) => Claim::Granted,
        };
        prop_assert_eq!(self.delivery.claim(&claim.to_string(), at(self.now)), expected);
        if expected == Claim::Granted {
            let until = self.now + i64::try_from(LEASE.as_secs()).unwrap();
            self.reference.lease = Some((claim, until));
            self.workers[worker] = Some(Work { claim, seen: self.reference.changes });
        }
        Ok(())
    }

    /// Whoever comes too late stores nothing, as in `sync::deliver`.
    fn settle(&mut self, worker: usize, end: End) -> Result<(), TestCaseError> {
        let Some(work) = self.workers[worker].take() else { return Ok(()) };
        let held = self.reference.lease.is_some_and(|(claim, _)| claim == work.claim);
        prop_assert_eq!(self.delivery.is_held_by(&work.claim.to_string()), held, "a stale worker may store");
        if held {
            self.delivery.settle(work.seen, vec![], self.settlement(end), at(self.now));
            self.reference.settle(work.seen, end, self.now);
        }
        Ok(())
    }

    fn settlement(&self, end: End) -> Settlement {
        let done = |next_turn| Settlement::Done { standing: Standing::Present, next_turn };
        match end {
            End::Done => done(None),
            End::DoneUntil(after) => done(Some(at(self.now + after))),
            End::Later(after, failure) => Settlement::Later { at: at(self.now + after), failure, trouble: trouble() },
            End::Dead => Settlement::Dead(trouble()),
        }
    }

    fn agrees(&self) -> Result<(), TestCaseError> {
        let (delivery, reference) = (&self.delivery, &self.reference);
        prop_assert_eq!(delivery.wanted, reference.changes);
        prop_assert_eq!(delivery.delivered, reference.delivered);
        prop_assert_eq!(delivery.ready_at, reference.ready.map(at));
        prop_assert_eq!(delivery.dead, reference.dead);
        let up_to_date = reference.delivered == reference.changes;
        prop_assert!(up_to_date || reference.dead || reference.ready.is_some(), "the last change is lost");
        let settled = delivery.ready_at.is_none() && !delivery.dead;
        prop_assert!(!settled || delivery.wanted == delivery.delivered, "settled, and not delivered");
        let live = self.workers.iter().flatten().filter(|it| self.has_a_live_lease(it)).count();
        prop_assert!(live <= 1, "two live leases");
        let stored = serde_json::to_string(delivery).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Delivery>(&stored).unwrap(), delivery, "it changes in the table");
        Ok(())
    }

    fn has_a_live_lease(&self, work: &Work) -> bool {
        let lease = self.delivery.lease.as_ref();
        lease.is_some_and(|lease| lease.holder == work.claim.to_string() && lease.until > at(self.now))
    }
}

impl Reference {
    fn settle(&mut self, seen: u64, end: End, now: i64) {
        let changed_meanwhile = self.changes > seen;
        self.lease = None;
        match end {
            End::Done | End::DoneUntil(_) => {
                self.delivered = seen;
                let turn = if let End::DoneUntil(after) = end { Some(now + after) } else { None };
                self.ready = if changed_meanwhile { Some(now) } else { turn };
            }
            End::Later(_, _) if changed_meanwhile => self.ready = Some(now),
            End::Later(after, _) => self.ready = Some(now + after),
            End::Dead if changed_meanwhile => {}
            End::Dead => (self.dead, self.ready) = (true, None),
        }
    }
}

proptest! {
    #[test]
    fn workers_in_any_order_leave_a_delivery_as_the_reference_has_it(script in steps()) {
        let mut stage = Stage::default();

        for step in &script {
            stage.play(step)?;
        }
    }

    /// Whatever happened before: when nobody disturbs any more, one worker alone brings it to its end.
    #[test]
    fn after_any_history_one_worker_alone_finishes(script in steps()) {
        let mut stage = Stage::default();
        for step in &script {
            stage.play(step)?;
        }

        for step in [Step::Pass(1_000), Step::Crash(0), Step::Claim(0), Step::Settle(0, End::Done)] {
            stage.play(&step)?;
        }

        prop_assert!(stage.delivery.dead || stage.delivery.delivered == stage.delivery.wanted);
    }
}

#[test]
fn a_change_made_known_during_a_failing_call_does_not_wait_for_that_failure() {
    let mut delivery = Delivery::default();
    delivery.mark(at(0), Lane::Fresh);
    delivery.claim("w", at(0));
    delivery.mark(at(1), Lane::Fresh);

    delivery.settle(1, vec![], Settlement::Later { at: at(14_400), failure: true, trouble: trouble() }, at(2));

    assert_eq!(delivery.claim("w", at(2)), Claim::Granted);
}
