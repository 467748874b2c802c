use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn done() -> Settlement {
    Settlement::Done { standing: Standing::Present, next_turn: None }
}

fn trouble(second: i64) -> Trouble {
    Trouble { code: "test.trouble".into(), message: String::new(), at: at(second) }
}

fn marked() -> Delivery {
    let mut delivery = Delivery::default();
    delivery.mark(at(0), Lane::Fresh);
    delivery
}

#[test]
fn a_mark_is_work_at_once() {
    assert_eq!(marked().claim("w", at(0)), Claim::Granted);
}

#[test]
fn a_second_worker_is_turned_away() {
    let mut delivery = marked();
    delivery.claim("first", at(0));

    assert_eq!(delivery.claim("second", at(1)), Claim::Leased);
}

#[test]
fn a_dead_workers_lease_ends_by_itself() {
    let mut delivery = marked();
    delivery.claim("first", at(0));

    assert_eq!(delivery.claim("second", at(121)), Claim::Granted);
}

#[test]
fn a_change_during_the_work_is_work_again() {
    let mut delivery = marked();
    delivery.claim("w", at(0));
    delivery.mark(at(1), Lane::Fresh);

    delivery.settle(1, vec![], done(), at(2));

    assert_eq!(delivery.claim("w", at(2)), Claim::Granted);
}

#[test]
fn a_change_during_the_work_is_not_buried_with_a_dead_letter() {
    let mut delivery = marked();
    delivery.claim("w", at(0));
    delivery.mark(at(1), Lane::Fresh);

    delivery.settle(1, vec![], Settlement::Dead(trouble(2)), at(2));

    assert!(!delivery.dead);
}

#[test]
fn a_wait_is_no_failure() {
    let mut delivery = marked();

    delivery.settle(1, vec![], Settlement::Later { at: at(5), failure: false, trouble: trouble(0) }, at(0));

    assert_eq!((delivery.failures, delivery.claim("w", at(4))), (0, Claim::NotYet));
}

#[test]
fn a_turn_of_the_calendar_is_not_undelivered() {
    let mut delivery = marked();

    let turn = Settlement::Done { standing: Standing::Present, next_turn: Some(at(9_999)) };
    delivery.settle(1, vec![], turn, at(1));

    assert!(!delivery.is_pending(at(2)));
}

#[test]
fn a_new_change_revives_a_dead_letter() {
    let mut delivery = marked();
    delivery.settle(1, vec![], Settlement::Dead(trouble(1)), at(1));

    delivery.mark(at(50), Lane::Fresh);

    assert_eq!((delivery.claim("w", at(50)), delivery.known_at), (Claim::Granted, Some(at(50))));
}

#[test]
fn the_lag_counts_from_the_oldest_change() {
    let mut delivery = marked();
    delivery.mark(at(30), Lane::Fresh);

    assert_eq!(delivery.known_at, Some(at(0)));
}

#[derive(Debug, Clone)]
enum Step {
    Mark,
    Claim(u8),
    Done(u8),
    Fail(u8),
    Die(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        Just(Step::Mark),
        (0u8..3).prop_map(Step::Claim),
        (0u8..3).prop_map(Step::Done),
        (0u8..3).prop_map(Step::Fail),
        (0u8..3).prop_map(Step::Die),
    ];
    proptest::collection::vec(step, 0..60)
}

proptest! {
    /// Workers come, work on what they saw, and leave in any order: nothing is lost, two never work at once.
    #[test]
    fn whatever_happens_the_last_change_is_delivered_dead_or_waiting(script in steps()) {
        let mut delivery = Delivery::default();
        let mut version = 0u64;
        let mut working: [Option<u64>; 3] = [None; 3];
        for (second, step) in script.into_iter().enumerate() {
            let now = at(i64::try_from(second).unwrap());
            match step {
                Step::Mark => {
                    version += 1;
                    delivery.mark(now, Lane::Fresh);
                }
                Step::Claim(n) => {
                    if working[usize::from(n)].is_none() && delivery.claim(&n.to_string(), now) == Claim::Granted {
                        prop_assert!(working.iter().all(Option::is_none), "two workers at once");
                        working[usize::from(n)] = Some(version);
                    }
                }
                Step::Done(n) | Step::Fail(n) | Step::Die(n) => {
                    let Some(seen) = working[usize::from(n)].take() else { continue };
                    prop_assert!(delivery.is_held_by(&n.to_string()));
                    let settlement = match step {
                        Step::Done(_) => done(),
                        Step::Fail(_) => Settlement::Later { at: now, failure: true, trouble: trouble(0) },
                        _ => Settlement::Dead(trouble(0)),
                    };
                    delivery.settle(seen, vec![], settlement, now);
                }
            }
        }
        let waiting = delivery.ready_at.is_some() || delivery.lease.is_some();
        prop_assert!(version == 0 || delivery.delivered == version || delivery.dead || waiting);
    }
}

#[test]
fn a_refusal_is_told_since_when_it_is_refused_for_that_reason() {
    let refused = |code: &str| Settlement::Done { standing: Standing::Refused(code.into()), next_turn: None };
    let mut delivery = marked();

    delivery.settle(1, vec![], refused("rules.user_name_missing"), at(1));
    delivery.settle(1, vec![], refused("rules.user_name_missing"), at(2));
    let since = delivery.trouble.clone().map(|it| it.at);
    delivery.settle(1, vec![], refused("rules.school_unit_missing"), at(3));

    assert_eq!((since, delivery.trouble.map(|it| it.at)), (Some(at(1)), Some(at(3))));
}
