//! Courses and their rolls.

use rules::outcome::Outcome;
use targets::google::COURSES;

use super::stage::{Fate, OWNER, Stage, address, class, named_class, pupil};

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

#[tokio::test]
async fn a_class_becomes_an_active_course_of_the_service_teacher() {
    let stage = Stage::usual();
    let (astrid, bo) = (stage.found("Astrid").await, stage.found("Bo").await);

    let outcome = stage.deliver(&class(&[astrid], &[bo])).await;

    let course = stage.course();
    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!((course.name.as_str(), course.state.as_str()), ("7A", "ACTIVE"));
    assert_eq!(stage.roll(), (names(&["astrid"]), names(&["bo", "kurser"])));
    assert_eq!(stage.server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_course_has_whoever_joins_and_not_who_leaves_and_whoever_was_put_there_by_hand_stays() {
    let stage = Stage::usual();
    let (astrid, bo, eva) = (stage.found("Astrid").await, stage.found("Bo").await, stage.found("Eva").await);
    stage.server.plant_user(&address("Vikarie"), "Vikarie", "Provsson");
    stage.deliver(&class(&[astrid, bo.clone()], &[])).await;
    stage.server.plant_student(&stage.course().id, &address("Vikarie"));

    let changed = stage.deliver(&class(&[bo, eva], &[])).await;

    assert!(changed.is_success(), "{changed:?}");
    assert_eq!(stage.roll().0, names(&["bo", "eva", "vikarie"]));
    assert_eq!(stage.server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_pupil_who_becomes_the_teacher_is_the_teacher_in_whatever_order_a_batch_is_carried_out() {
    for backwards in [false, true] {
        let stage = Stage::of(|it| it.batches_backwards = backwards, "");
        let (astrid, bo) = (stage.found("Astrid").await, stage.found("Bo").await);
        stage.deliver(&class(std::slice::from_ref(&astrid), &[])).await;

        let changed = stage.deliver(&class(&[bo], &[astrid])).await;

        assert!(changed.is_success(), "{changed:?}");
        assert_eq!(stage.roll(), (names(&["bo"]), names(&["astrid", "kurser"])), "{backwards}");
    }
}

#[tokio::test]
async fn a_new_class_of_thirty_is_three_calls_and_a_change_of_one_member_is_one() {
    let stage = Stage::usual();
    let mut roll = Vec::new();
    for number in 0..31 {
        roll.push(stage.found(&format!("Elev{number}")).await);
    }
    let before = stage.calls();
    stage.deliver(&class(&roll[..30], &[])).await;
    let made = stage.calls() - before;

    stage.deliver(&class(&roll, &[])).await;

    assert!(made <= 3, "{made}");
    assert_eq!((stage.calls() - before - made, stage.roll().0.len()), (1, 31));
}

#[tokio::test]
async fn a_roll_longer_than_a_batch_is_several() {
    let stage = Stage::usual();
    let mut roll = Vec::new();
    for number in 0..120 {
        roll.push(stage.found(&format!("Elev{number}")).await);
    }

    let outcome = stage.deliver(&class(&roll, &[])).await;

    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!((stage.roll().0.len(), stage.server.violations()), (120, vec![]));
}

#[tokio::test]
async fn whichever_answer_is_lost_it_ends_as_it_should_and_nothing_is_there_twice() {
    for at in 0..6 {
        let stage = Stage::usual();
        let mut roll = Vec::new();
        for number in 0..12 {
            roll.push(stage.found(&format!("Elev{number}")).await);
        }
        let teacher = stage.found("Bo").await;
        stage.expect_after(at, Fate::AnswerLost);
        let made = stage.persist(&class(&roll[..11], &[])).await;
        let changed = stage.persist(&named_class("7A", "8A", &roll[1..], std::slice::from_ref(&teacher))).await;

        assert!(made.is_success() && changed.is_success(), "{at}: {made:?} {changed:?}");
        assert_eq!((stage.roll().0.len(), stage.course().name.as_str()), (11, "8A"), "{at}");
        assert_eq!(stage.roll().1, names(&["bo", "kurser"]), "{at}");
        assert_eq!(stage.server.violations(), Vec::<String>::new(), "{at}");
        // Each of its calls has been the one, and at least the last number was one too many.
        assert!(stage.all_happened() || at >= 4, "{at}");
    }
}

#[tokio::test]
async fn a_new_account_is_waited_for_and_the_others_are_in_the_course_meanwhile() {
    let options = |it: &mut world::GoogleOptions| it.lags.user_to_direct_add = jiff::SignedDuration::from_mins(30);
    let stage = Stage::of(options, "users = 'create'");
    let old = stage.server.plant_user(&address("Astrid"), "Astrid", "Provsson");
    stage.server.allow_adoption(&old);
    stage.deliver(&pupil("Astrid")).await;
    stage.deliver(&pupil("Bo")).await;
    let roll = ["Astrid", "Bo"].map(|name| stage.at_target(&targets::google::USERS, &pupil(name)));

    let before = stage.deliver(&class(&roll, &[])).await;
    let meanwhile = stage.roll().0;
    stage.later(1_801);
    let after = stage.deliver(&class(&roll, &[])).await;

    assert_eq!((before, meanwhile), (Outcome::WaitFor { code: "google.account_not_ready" }, names(&["astrid"])));
    assert!(after.is_success(), "{after:?}");
    assert_eq!(stage.roll().0, names(&["astrid", "bo"]));
}

#[tokio::test]
async fn of_a_batch_with_mixed_answers_what_succeeded_stays_and_what_did_not_is_told() {
    let stage = Stage::of(|it| it.teachers_per_course = 2, "");
    let (astrid, bo, eva) = (stage.found("Astrid").await, stage.found("Bo").await, stage.found("Eva").await);
    stage.deliver(&class(&[], &[])).await;
    stage.server.plant_student(&stage.course().id, &address("Astrid"));

    // One is there already, one is put there, and of the teachers one is too many.
    let outcome = stage.deliver(&class(&[astrid], &[bo, eva])).await;

    let Outcome::Rejected { code, message } = outcome else { panic!("{outcome:?}") };
    assert_eq!((code, message.contains("CourseTeacherLimitReached")), ("google.precondition", true), "{message}");
    assert_eq!((stage.roll().0, stage.roll().1.len()), (names(&["astrid"]), 2));
}

#[tokio::test]
async fn a_course_that_ends_is_archived_and_is_the_same_when_it_comes_back() {
    let stage = Stage::usual();
    let astrid = stage.found("Astrid").await;
    stage.deliver(&class(std::slice::from_ref(&astrid), &[])).await;
    let id = stage.course().id;

    let ended = stage.remove(&class(&[], &[])).await;
    let state = stage.course().state;
    let back = stage.deliver(&class(&[astrid], &[])).await;

    assert!(ended.is_success() && back.is_success(), "{ended:?} {back:?}");
    assert_eq!((state.as_str(), stage.course().state.as_str(), stage.course().id), ("ARCHIVED", "ACTIVE", id));
    assert_eq!((stage.roll().0, stage.server.violations()), (names(&["astrid"]), vec![]));
}

#[tokio::test]
async fn a_course_may_be_deleted_instead_or_kept() {
    for (setting, left) in [("delete", vec![]), ("keep", vec!["ACTIVE".to_owned()])] {
        let stage = Stage::of(|_| {}, &format!("removed_courses = '{setting}'"));
        stage.deliver(&class(&[], &[])).await;

        let ended = stage.remove(&class(&[], &[])).await;

        let states: Vec<String> = stage.server.state().courses.into_values().map(|it| it.state).collect();
        assert!(ended.is_success(), "{ended:?}");
        assert_eq!((states, stage.server.violations()), (left, vec![]), "{setting}");
    }
}

#[tokio::test]
async fn a_course_that_a_teacher_has_archived_is_opened_when_its_roll_changes() {
    let stage = Stage::usual();
    let (astrid, bo) = (stage.found("Astrid").await, stage.found("Bo").await);
    stage.deliver(&class(std::slice::from_ref(&astrid), &[])).await;
    stage.server.edit_course(&stage.course().id, |it| it.state = "ARCHIVED".to_owned());

    let outcome = stage.deliver(&class(&[astrid, bo], &[])).await;

    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!((stage.course().state.as_str(), stage.roll().0), ("ACTIVE", names(&["astrid", "bo"])));
}

#[tokio::test]
async fn the_owner_stays_although_the_register_takes_them_from_the_teachers() {
    let stage = Stage::usual();
    let owner = stage.server.state().user(OWNER).unwrap().id.clone();
    let bo = stage.found("Bo").await;
    let owner = rules::view::Reference { id: roster::Id::derived(&["owner"]), at_target: owner };
    stage.deliver(&class(&[], &[owner, bo.clone()])).await;

    let outcome = stage.deliver(&class(&[], &[bo])).await;

    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!((stage.roll().1, stage.server.violations()), (names(&["bo", "kurser"]), vec![]));
}

#[tokio::test]
async fn a_course_that_vanished_is_made_anew() {
    let stage = Stage::usual();
    let (astrid, bo) = (stage.found("Astrid").await, stage.found("Bo").await);
    stage.deliver(&class(std::slice::from_ref(&astrid), &[])).await;
    let before = stage.at_target(&COURSES, &class(&[], &[])).at_target;
    stage.server.remove_course(&before);

    let outcome = stage.deliver(&class(&[astrid, bo], &[])).await;

    assert!(outcome.is_success(), "{outcome:?}");
    assert!(stage.course().id != before);
    assert_eq!(stage.roll().0, names(&["astrid", "bo"]));
}

#[tokio::test]
async fn an_owner_that_is_no_account_stops_everything_by_its_own_name() {
    let stage = Stage::usual();
    stage.server.remove_user(OWNER);

    let outcome = stage.deliver(&class(&[], &[])).await;

    assert!(matches!(outcome, Outcome::TargetDown { code: "google.course_owner", .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_name_that_looks_like_an_address_on_the_web_is_taken() {
    let stage = Stage::usual();

    let outcome = stage.deliver(&named_class("7A", "7A.se", &[], &[])).await;

    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!(stage.course().name, "7A se");
}
