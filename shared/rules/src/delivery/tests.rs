use super::*;
use crate::object::{Body, DeliveredObject, ObjectKey, ObjectKind, Origin, Ties, WantedObject};

mod model;

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

fn group() -> WantedObject {
    WantedObject::new(ObjectKey { kind: ObjectKind::new("Groups"), key: "7a".into() }, Body::new(serde_json::json!({})))
}

fn made() -> DeliveredObject {
    DeliveredObject { origin: Origin::Created, ..DeliveredObject::begun(&group()) }
}

#[test]
fn what_comes_after_a_dead_letter_is_told_to_those_that_were_decided_without() {
    let mut delivery = marked();
    delivery.settle(1, vec![], Settlement::Dead(trouble(1)), at(1));
    delivery.mark(at(2), Lane::Fresh);

    delivery.settle(2, vec![made()], done(), at(3));

    assert_eq!(delivery.untold, Some(at(3)));
}

#[test]
fn what_was_lost_and_made_anew_by_a_worker_that_died_is_told_when_the_next_one_finds_it() {
    let mut delivery = marked();
    delivery.settle(1, vec![made()], done(), at(1));
    delivery.mark(at(2), Lane::Fresh);
    delivery.claim("dies", at(2));
    delivery.lose(&group(), at(2));
    // Those that refer to it are told at once, by a job that comes meanwhile, and are decided without.
    delivery.untold = None;

    delivery.settle(2, vec![made()], done(), at(200));

    assert_eq!(delivery.untold, Some(at(200)));
}

#[test]
fn what_was_lost_is_waited_for_while_making_it_anew_fails_and_not_when_it_is_given_up() {
    let mut delivery = marked();
    delivery.settle(1, vec![made()], done(), at(1));
    delivery.mark(at(2), Lane::Fresh);
    delivery.lose(&group(), at(2));
    let lost = delivery.objects.clone();

    let failed = Settlement::Later { at: at(9), failure: true, trouble: trouble(3) };
    delivery.settle(2, lost.clone(), failed, at(3));
    let while_it_fails = delivery.is_making_anew();
    delivery.settle(2, lost, Settlement::Dead(trouble(4)), at(4));

    assert_eq!((while_it_fails, delivery.is_making_anew()), (true, false));
}

#[test]
fn what_was_lost_and_is_refused_is_told_to_those_that_refer_to_it() {
    let mut delivery = marked();
    delivery.settle(1, vec![made()], done(), at(1));
    delivery.mark(at(2), Lane::Fresh);
    delivery.lose(&group(), at(2));

    delivery.settle(2, vec![DeliveredObject::lost(&group())], Settlement::Dead(trouble(3)), at(3));

    assert_eq!(delivery.untold, Some(at(2)));
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

/// Those that refer to it were asked to let go of it; then it was decided again.
fn decided_after_asking(standing: Standing) -> Delivery {
    let mut delivery = marked();
    let asked = Trouble { code: STILL_REFERRED_TO.into(), ..trouble(1) };
    delivery.settle(1, vec![], Settlement::Later { at: at(2), failure: false, trouble: asked }, at(1));
    delivery.settle(1, vec![], Settlement::Done { standing, next_turn: None }, at(3));
    delivery
}

#[test]
fn only_contradictions_are_counted_as_such() {
    let mut delivery = marked();
    for code in ["rules.member_pending", NOT_SPREAD, "target.throttled"] {
        let trouble = Trouble { code: code.into(), ..trouble(1) };
        delivery.settle(1, vec![], Settlement::Later { at: at(2), failure: false, trouble }, at(1));
    }

    assert_eq!((delivery.waits, delivery.contradictions), (3, 1));
}

#[test]
fn those_asked_to_let_go_are_told_of_what_stays_after_all() {
    assert_eq!(decided_after_asking(Standing::Present).untold, Some(at(3)));
}

#[test]
fn those_who_may_have_been_asked_by_a_worker_that_died_are_told_of_what_stays() {
    let mut delivery = marked();
    delivery.clear(at(1));

    delivery.settle(1, vec![], Settlement::Done { standing: Standing::Present, next_turn: None }, at(3));

    assert_eq!(delivery.untold, Some(at(3)));
}

#[test]
fn those_asked_to_let_go_need_not_hear_that_it_went() {
    assert_eq!(decided_after_asking(Standing::Unwanted("rules.gone".into())).untold, None);
}

fn referrer(objects: usize) -> Delivery {
    let object = |n: usize| {
        let key = ObjectKey { kind: ObjectKind::new("Groups"), key: n.to_string() };
        let wanted = WantedObject::new(key, Body::new(serde_json::json!({})));
        DeliveredObject { origin: Origin::Created, ..DeliveredObject::begun(&wanted) }
    };
    let mut delivery = marked();
    delivery.settle(1, (0..objects).map(object).collect(), done(), at(1));
    delivery
}

fn someone(n: u128) -> SubjectKey {
    SubjectKey::person(Id::from_uuid(uuid::Uuid::from_u128(n)))
}

#[test]
fn who_lets_go_tells_whoever_asked_before_it_was_decided() {
    let mut delivery = referrer(1);
    delivery.ask_to_let_go(someone(1), at(2));
    let seen = delivery.wanted;
    delivery.ask_to_let_go(someone(2), at(3));

    let waited = delivery.settle(seen, delivery.objects.clone(), done(), at(4));

    assert_eq!((waited, delivery.may_refer_to(someone(2))), (vec![someone(1)], true));
}

#[test]
fn who_cannot_let_go_yet_may_still_refer() {
    let mut delivery = referrer(1);
    delivery.ask_to_let_go(someone(1), at(2));

    let later = Settlement::Later { at: at(5), failure: true, trouble: trouble(3) };
    let waited = delivery.settle(delivery.wanted, delivery.objects.clone(), later, at(3));

    assert_eq!((waited, delivery.may_refer_to(someone(1))), (vec![], true));
}

#[test]
fn who_became_a_dead_letter_is_not_waited_for() {
    let mut delivery = referrer(1);
    delivery.ask_to_let_go(someone(1), at(2));

    let waited = delivery.settle(delivery.wanted, delivery.objects.clone(), Settlement::Dead(trouble(3)), at(3));

    assert_eq!(waited, [someone(1)]);
}

#[test]
fn who_has_nothing_at_the_target_decides_anew_and_is_not_waited_for() {
    let mut delivery = referrer(0);

    delivery.ask_to_let_go(someone(1), at(2));

    assert_eq!((delivery.may_refer_to(someone(1)), delivery.claim("w", at(2))), (false, Claim::Granted));
}

#[test]
fn whoever_is_not_remembered_waits_until_all_is_done() {
    let mut delivery = referrer(1);
    let last = someone(ASKED_BY_AT_MOST as u128);
    (0..=ASKED_BY_AT_MOST as u128).for_each(|n| delivery.ask_to_let_go(someone(n), at(2)));

    let before = delivery.may_refer_to(last);
    delivery.settle(delivery.wanted, delivery.objects.clone(), done(), at(3));

    assert_eq!((before, delivery.may_refer_to(last)), (true, false));
}

fn waiting_for_others() -> Delivery {
    let mut delivery = marked();
    let asked = Trouble { code: STILL_REFERRED_TO.into(), ..trouble(1) };
    delivery.settle(1, vec![], Settlement::Later { at: at(300), failure: false, trouble: asked }, at(1));
    delivery
}

#[test]
fn whoever_waits_for_others_looks_when_one_has_let_go_and_asks_nobody_again() {
    let mut delivery = waiting_for_others();

    delivery.look_now(at(20));

    assert_eq!((delivery.has_asked(), delivery.claim("w", at(20))), (true, Claim::Granted));
}

#[test]
fn a_look_that_was_under_way_when_the_other_let_go_is_made_again() {
    let mut delivery = waiting_for_others();
    let seen = delivery.wanted;
    delivery.claim("w", at(300));
    delivery.look_now(at(300));

    let asked = Trouble { code: STILL_REFERRED_TO.into(), ..trouble(301) };
    delivery.settle(seen, vec![], Settlement::Later { at: at(600), failure: false, trouble: asked }, at(301));

    assert_eq!(delivery.claim("w", at(301)), Claim::Granted);
}

#[test]
fn a_change_is_reason_to_ask_again() {
    let mut delivery = waiting_for_others();

    delivery.mark(at(20), Lane::Fresh);

    assert!(!delivery.has_asked());
}

#[test]
fn whoever_waits_for_the_target_is_not_made_to_look_before_time() {
    let mut delivery = marked();
    delivery.settle(1, vec![], Settlement::Later { at: at(60), failure: true, trouble: trouble(1) }, at(1));

    delivery.look_now(at(20));

    assert_eq!(delivery.claim("w", at(20)), Claim::NotYet);
}

#[test]
fn the_lag_counts_from_the_oldest_change() {
    let mut delivery = marked();
    delivery.mark(at(30), Lane::Fresh);

    assert_eq!(delivery.known_at, Some(at(0)));
}

#[test]
fn what_waited_for_a_person_is_not_late() {
    let mut delivery = marked();
    let held = Trouble { code: REMOVAL_HELD.into(), ..trouble(0) };
    delivery.settle(1, vec![], Settlement::Later { at: at(3_600), failure: false, trouble: held }, at(0));

    delivery.mark(at(900), Lane::Fresh);

    assert_eq!(delivery.known_for(at(901)), Duration::from_secs(1));
}

fn being_taken_away() -> Delivery {
    let key = ObjectKey { kind: ObjectKind::new("Users"), key: "1".into() };
    let (fingerprint, origin) = ("a".into(), Origin::Created);
    let object =
        DeliveredObject { key, fingerprint, origin, remote: None, needs: vec![], ties: Ties::new(), leaving: false };
    let mut delivery = Delivery { objects: vec![object], ..marked() };
    delivery.begin(&crate::plan::diff(vec![], &delivery.objects.clone()));
    delivery
}

#[test]
fn what_a_worker_never_told_of_taking_away_is_not_taken_to_be_as_it_was() {
    assert_eq!(being_taken_away().objects[0].fingerprint, "");
}

#[test]
fn nobody_refers_to_what_is_being_taken_away() {
    assert!(!being_taken_away().objects[0].may_be_referred_to());
}

#[test]
fn those_decided_while_it_was_being_taken_away_are_told_of_what_stays() {
    let mut delivery = being_taken_away();
    let kept = delivery.objects.clone();

    delivery.settle(1, kept, done(), at(3));

    assert_eq!(delivery.untold, Some(at(3)));
}

#[test]
fn what_a_worker_never_told_of_replacing_is_not_taken_to_be_as_it_was() {
    let key = ObjectKey { kind: ObjectKind::new("Users"), key: "1".into() };
    let object = |fingerprint: &str| DeliveredObject {
        key: key.clone(),
        fingerprint: fingerprint.into(),
        origin: Origin::Created,
        remote: None,
        needs: vec![],
        ties: Ties::new(),
        leaving: false,
    };
    let wanted = |name: &str| WantedObject::new(key.clone(), Body::new(serde_json::json!({ "displayName": name })));
    let before = object(&wanted("7A").body.fingerprint());
    let mut delivery = Delivery { objects: vec![before], ..marked() };

    delivery.begin(&crate::plan::diff(vec![wanted("8A")], &delivery.objects.clone()));

    assert!(!crate::plan::diff(vec![wanted("7A")], &delivery.objects).is_empty());
}

#[test]
fn what_a_worker_never_told_of_tying_may_be_tied_as_before_and_as_was_begun() {
    let key = ObjectKey { kind: ObjectKind::new("Groups"), key: "7a".into() };
    let with = |member: &str| {
        let ties = Ties::from([("members".to_owned(), [member.to_owned()].into())]);
        WantedObject { ties, ..WantedObject::new(key.clone(), Body::new(serde_json::json!({}))) }
    };
    let before = DeliveredObject {
        fingerprint: with("astrid").fingerprint(),
        origin: Origin::Created,
        ..DeliveredObject::begun(&with("astrid"))
    };
    let mut delivery = Delivery { objects: vec![before], ..marked() };

    delivery.begin(&crate::plan::diff(vec![with("bo")], &delivery.objects.clone()));

    let tied = &delivery.objects[0].ties["members"];
    assert_eq!(tied.iter().collect::<Vec<_>>(), ["astrid", "bo"]);
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

fn delivered(fingerprint: &str) -> (Delivery, Told) {
    let key = ObjectKey { kind: ObjectKind::new("Person"), key: "astrid".into() };
    let wanted = WantedObject::new(key.clone(), Body::new(serde_json::json!({})));
    let object =
        DeliveredObject { origin: Origin::Created, fingerprint: fingerprint.into(), ..DeliveredObject::begun(&wanted) };
    let mut delivery = marked();
    delivery.settle(1, vec![object], done(), at(1));
    delivery.untold = None;
    (delivery, Told { key, fingerprint: Some("told".into()), needs: vec![] })
}

#[test]
fn what_is_turned_down_afterwards_and_is_not_there_is_dead_and_told_to_those_that_refer_to_it() {
    let (mut delivery, told) = delivered("told");

    let settled = delivery.turn_down(&told, false, trouble(9), at(9));

    let object = &delivery.objects[0];
    assert_eq!((settled, delivery.dead, delivery.untold), (true, true, Some(at(9))));
    assert!(!object.may_be_referred_to() && object.fingerprint.is_empty());
}

#[test]
fn what_is_turned_down_as_changed_may_still_be_referred_to() {
    let (mut delivery, told) = delivered("told");

    delivery.turn_down(&told, true, trouble(9), at(9));

    assert_eq!((delivery.dead, delivery.untold), (true, None));
    assert!(delivery.objects[0].may_be_referred_to());
}

#[test]
fn an_answer_about_what_has_been_told_anew_says_nothing() {
    let (mut delivery, told) = delivered("newer");
    let before = delivery.clone();

    let settled = delivery.turn_down(&told, false, trouble(9), at(9));

    assert_eq!((settled, delivery), (true, before));
}

#[test]
fn whoever_works_on_it_is_not_disturbed() {
    let (mut delivery, told) = delivered("told");
    delivery.mark(at(8), Lane::Fresh);
    delivery.claim("w", at(8));
    let before = delivery.clone();

    let settled = delivery.turn_down(&told, false, trouble(9), at(9));

    assert_eq!((settled, delivery), (false, before));
}

#[test]
fn what_is_about_to_be_decided_anew_is_not_given_up() {
    let (mut delivery, told) = delivered("told");
    delivery.mark(at(8), Lane::Fresh);

    delivery.turn_down(&told, false, trouble(9), at(9));

    assert_eq!((delivery.dead, delivery.claim("w", at(9))), (false, Claim::Granted));
}

#[test]
fn a_deletion_that_is_turned_down_leaves_what_is_there_to_be_deleted() {
    let (mut delivery, told) = delivered("told");
    delivery.mark(at(2), Lane::Fresh);
    delivery.settle(2, vec![], done(), at(3));

    delivery.turn_down(&Told { fingerprint: None, ..told }, true, trouble(9), at(9));

    assert!(delivery.dead && delivery.objects[0].leaving);
}

#[test]
fn what_is_taken_in_part_is_due_again_at_its_time() {
    let (mut delivery, told) = delivered("told");

    delivery.send_again(&told, at(100), trouble(9), at(9));

    assert_eq!((delivery.claim("w", at(99)), delivery.clone().claim("w", at(100))), (Claim::NotYet, Claim::Granted));
    assert!(!delivery.dead && delivery.objects[0].fingerprint.is_empty());
}
