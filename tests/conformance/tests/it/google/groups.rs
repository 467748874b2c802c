//! Groups with an address.

use rules::outcome::Outcome;
use targets::google::GROUPS;

use super::stage::{Fate, Stage, address, class, named_class};

const GROUPS_ONLY: &str = "courses = false\ngroups = { email = '{name}@norrbyholm.example' }";

const ADDRESS: &str = "7a@norrbyholm.example";

fn stage() -> Stage {
    Stage::of(|_| {}, GROUPS_ONLY)
}

fn members(stage: &Stage, group: &str) -> Vec<String> {
    let addresses = stage.server.state().member_addresses(group);
    addresses.iter().map(|it| it.split('.').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_class_becomes_a_group_and_changes_and_ends_with_it() {
    let stage = stage();
    let (astrid, bo) = (stage.found("Astrid").await, stage.found("Bo").await);
    let made = stage.deliver(&class(&[astrid], &[])).await;
    let first = members(&stage, ADDRESS);
    let changed = stage.deliver(&named_class("7A", "8A", &[], &[bo])).await;
    let then = members(&stage, "8a@norrbyholm.example");

    let ended = stage.remove(&class(&[], &[])).await;

    assert!(made.is_success() && changed.is_success() && ended.is_success(), "{made:?} {changed:?} {ended:?}");
    assert_eq!((first, then), (vec!["astrid".to_owned()], vec!["bo".to_owned()]));
    assert_eq!((stage.server.state().groups.len(), stage.server.violations()), (0, vec![]));
}

#[tokio::test]
async fn members_who_were_added_by_hand_stay() {
    let stage = stage();
    let (astrid, bo) = (stage.found("Astrid").await, stage.found("Bo").await);
    stage.server.plant_user(&address("Vikarie"), "Vikarie", "Provsson");
    stage.deliver(&class(&[astrid], &[])).await;
    stage.server.plant_member(ADDRESS, &address("Vikarie"), "OWNER");

    let outcome = stage.deliver(&class(&[bo], &[])).await;

    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!((members(&stage, ADDRESS), stage.server.violations()), (vec!["bo".into(), "vikarie".into()], vec![]));
}

#[tokio::test]
async fn a_group_that_somebody_else_made_is_never_taken_over() {
    let stage = stage();
    let astrid = stage.found("Astrid").await;
    stage.server.plant_group(ADDRESS, "7A:s föräldrar");

    let outcome = stage.deliver(&class(&[astrid], &[])).await;

    assert!(matches!(outcome, Outcome::Rejected { code: "google.group_address_taken", .. }), "{outcome:?}");
    assert_eq!((members(&stage, ADDRESS), stage.server.violations()), (Vec::<String>::new(), vec![]));
}

#[tokio::test]
async fn the_address_of_a_class_that_moves_on_is_waited_for_and_then_had() {
    let stage = stage();
    for (id, name) in [("a", "7A"), ("b", "6A")] {
        assert!(stage.deliver(&named_class(id, name, &[], &[])).await.is_success());
    }

    let early = stage.deliver(&named_class("b", "7A", &[], &[])).await;
    let moved = stage.deliver(&named_class("a", "8A", &[], &[])).await;
    let late = stage.deliver(&named_class("b", "7A", &[], &[])).await;

    assert_eq!(early, Outcome::WaitFor { code: "google.group_address_in_use" });
    assert!(moved.is_success() && late.is_success(), "{moved:?} {late:?}");
    let state = stage.server.state();
    let mut has: Vec<String> = state.groups.values().map(|it| format!("{} {}", it.name, it.email)).collect();
    has.sort();
    assert_eq!(has, ["7A 7a@norrbyholm.example", "8A 8a@norrbyholm.example"]);
    assert_eq!(stage.server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn whichever_answer_is_lost_it_ends_as_it_should_and_nothing_is_there_twice() {
    for at in 0..6 {
        let stage = stage();
        let mut roll = Vec::new();
        for number in 0..12 {
            roll.push(stage.found(&format!("Elev{number}")).await);
        }
        stage.expect_after(at, Fate::AnswerLost);
        let made = stage.persist(&class(&roll[..11], &[])).await;
        let changed = stage.persist(&named_class("7A", "8A", &roll[1..], &[])).await;

        assert!(made.is_success() && changed.is_success(), "{at}: {made:?} {changed:?}");
        assert_eq!(stage.server.state().groups.len(), 1, "{at}");
        assert_eq!(members(&stage, "8a@norrbyholm.example").len(), 11, "{at}");
        assert_eq!(stage.server.violations(), Vec::<String>::new(), "{at}");
    }
}

#[tokio::test]
async fn a_group_made_when_the_answer_was_lost_and_not_wanted_any_more_is_taken_away() {
    let stage = stage();
    stage.expect_after(0, Fate::AnswerLost);
    stage.deliver(&class(&[], &[])).await;

    let gone = stage.remove(&class(&[], &[])).await;

    assert!(gone.is_success(), "{gone:?}");
    assert_eq!(stage.server.state().groups.len(), 0);
}

#[tokio::test]
async fn a_group_that_vanished_is_made_anew() {
    let stage = stage();
    let (astrid, bo) = (stage.found("Astrid").await, stage.found("Bo").await);
    stage.deliver(&class(std::slice::from_ref(&astrid), &[])).await;
    let before = stage.at_target(&GROUPS, &class(&[], &[])).at_target;
    stage.server.remove_group(&before);

    let outcome = stage.deliver(&class(&[astrid, bo], &[])).await;

    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!(members(&stage, ADDRESS), ["astrid", "bo"]);
}

#[tokio::test]
async fn a_member_that_is_there_already_is_there_however_google_says_it() {
    for options in [
        (|it| it.existing_member = world::google::ExistingMember::ConditionNotMet) as fn(&mut world::GoogleOptions),
        |it| it.delayed_members = Some(jiff::SignedDuration::from_secs(60)),
    ] {
        let stage = Stage::of(options, GROUPS_ONLY);
        let astrid = stage.found("Astrid").await;
        stage.deliver(&class(&[], &[])).await;
        stage.server.plant_member(ADDRESS, &address("Astrid"), "MEMBER");

        let outcome = stage.deliver(&class(&[astrid], &[])).await;

        stage.later(61);
        assert!(outcome.is_success(), "{outcome:?}");
        assert_eq!(members(&stage, ADDRESS), ["astrid"]);
    }
}

#[tokio::test]
async fn a_class_may_be_a_course_and_a_group() {
    let stage = Stage::of(|_| {}, "groups = { email = '{name}@norrbyholm.example', members = ['teachers'] }");
    let (astrid, bo) = (stage.found("Astrid").await, stage.found("Bo").await);

    let outcome = stage.deliver(&class(&[astrid], &[bo])).await;

    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!((stage.course().students.len(), members(&stage, ADDRESS)), (1, vec!["bo".to_owned()]));
}
