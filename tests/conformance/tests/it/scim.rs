//! `scim` against a receiver that enforces what real ones enforce, as the standard has it and as some have it instead.

pub(crate) mod stage;

use std::collections::BTreeSet;

use rules::outcome::Outcome;
use rules::view::{PersonView, View};
use serde_json::json;
use stage::{Fate, Stage, class, person, pupil};
use targets::Occasion;
use world::scim::{MemberRemoval, ScimFilters, ScimKind, ScimOptions, ScimPatch};

/// A way of a receiver, with the settings that it needs.
type Way = (&'static str, fn(&mut ScimOptions), &'static str);

/// As the standard has it, and as some have it instead.
const WAYS: [Way; 7] = [
    ("standard", |_| {}, ""),
    ("no PATCH", |it| it.patch = ScimPatch::NotImplemented, ""),
    ("PATCH without an answer", |it| it.patch = ScimPatch::SupportedWithoutBody, ""),
    ("members leave by value", |it| it.member_removal = MemberRemoval::ByValue, "remove_members_by_value = true"),
    ("no filters", |it| it.filters = ScimFilters::Refused, ""),
    ("no discovery", |it| it.discovery = false, ""),
    (
        "strict",
        |it| {
            (it.accepts_plain_json, it.capitalised_operations, it.refuses_unknown_attributes) = (false, false, true);
            it.removing_nobody_fails = true;
        },
        "",
    ),
];

fn stages() -> impl Iterator<Item = (&'static str, Stage)> {
    WAYS.into_iter().map(|(name, options, more)| (name, Stage::of(options, more)))
}

fn renamed(name: &str, display: &str) -> View {
    View::Person(PersonView { given_name: roster::Personal::new(display.to_owned()), ..person(name) })
}

#[tokio::test]
async fn a_pupil_is_made_and_changed_and_taken_away() {
    for (way, stage) in stages() {
        let made = stage.deliver(&pupil("Astrid")).await.is_success();
        let changed = stage.deliver(&renamed("Astrid", "Asta")).await.is_success();
        let name = stage.server.state().users.values().next().map(|it| it.text("displayName").unwrap().to_owned());
        let gone = stage.remove(&pupil("Astrid")).await.is_success();

        assert_eq!((made, changed, name.as_deref(), gone), (true, true, Some("Asta Provsson"), true), "{way}");
        assert_eq!((stage.made(ScimKind::User), stage.server.violations()), (0, vec![]), "{way}");
    }
}

#[tokio::test]
async fn a_class_has_whoever_joins_and_not_who_leaves_and_whoever_was_put_there_by_hand_stays() {
    for (way, stage) in stages() {
        let by_hand = stage.server.plant_user(json!({ "userName": "vikarien@skola.example" }));
        for name in ["Astrid", "Bo", "Eva"] {
            assert!(stage.deliver(&pupil(name)).await.is_success(), "{way}");
        }
        let [astrid, bo, eva] = ["Astrid", "Bo", "Eva"].map(|name| stage.at_target(&pupil(name)));
        assert!(stage.deliver(&class(vec![astrid.clone(), bo.clone()])).await.is_success(), "{way}");
        let id = stage.server.state().groups.keys().next().unwrap().clone();
        let members = [&astrid.at_target, &bo.at_target, &by_hand].map(|it| json!({ "value": it }));
        stage.server.edit(ScimKind::Group, &id, json!({ "members": members }));

        let changed = stage.deliver(&class(vec![bo.clone(), eva.clone()])).await;

        assert!(changed.is_success(), "{way}: {changed:?}");
        let group = stage.server.state().groups[&id].clone();
        let expected = BTreeSet::from([bo.at_target.as_str(), &eva.at_target, &by_hand]);
        assert_eq!((group.members(), stage.server.violations()), (expected, vec![]), "{way}");
    }
}

#[tokio::test]
async fn what_was_made_when_the_answer_was_lost_is_not_made_twice() {
    for (way, stage) in stages() {
        stage.deliver(&pupil("Bo")).await;
        let bo = stage.at_target(&pupil("Bo"));
        for view in [pupil("Astrid"), class(vec![bo])] {
            let before = stage.made(ScimKind::User) + stage.made(ScimKind::Group);
            stage.expect_of("POST", Fate::AnswerLost);
            let lost = stage.deliver(&view).await;

            let again = stage.deliver(&view).await;

            let made = stage.made(ScimKind::User) + stage.made(ScimKind::Group) - before;
            assert!(matches!(lost, Outcome::Retry { .. }), "{way}: {lost:?}");
            assert!(again.is_success() && made == 1, "{way}: {again:?}, {made}");
        }
    }
}

#[tokio::test]
async fn a_change_of_members_whose_answer_was_lost_ends_as_it_should() {
    for (way, stage) in stages() {
        for name in ["Astrid", "Bo"] {
            stage.deliver(&pupil(name)).await;
        }
        let [astrid, bo] = ["Astrid", "Bo"].map(|name| stage.at_target(&pupil(name)));
        stage.deliver(&class(vec![astrid])).await;
        for method in ["PATCH", "PUT"] {
            stage.expect_of(method, Fate::AnswerLost);
            stage.deliver(&class(vec![bo.clone()])).await;
            stage.forget_fates();
        }

        let again = stage.deliver(&class(vec![bo.clone()])).await;

        let group = stage.server.state().groups.values().next().unwrap().clone();
        assert!(again.is_success(), "{way}: {again:?}");
        assert_eq!(group.members(), BTreeSet::from([bo.at_target.as_str()]), "{way}");
    }
}

#[tokio::test]
async fn what_was_made_when_the_answer_was_lost_and_is_not_wanted_any_more_is_taken_away() {
    for (way, stage) in stages() {
        stage.expect_of("POST", Fate::AnswerLost);
        stage.deliver(&pupil("Astrid")).await;
        let begun = rules::object::DeliveredObject::begun(&stage.wanted(&pupil("Astrid")));

        let outcome = stage.target.apply(&rules::plan::Operation::Delete(begun), Occasion::default()).await;

        assert!(outcome.is_success(), "{way}: {outcome:?}");
        assert_eq!(stage.made(ScimKind::User), 0, "{way}");
    }
}

#[tokio::test]
async fn an_account_is_not_overwritten_with_an_answer_that_failed() {
    let stage = Stage::of(|it| it.patch = ScimPatch::NotImplemented, "removed_users = 'disable'");
    stage.deliver(&pupil("Astrid")).await;
    stage.deliver(&renamed("Astrid", "Asta")).await;
    stage.expect_of("GET", Fate::Status(503));

    let outcome = stage.remove(&pupil("Astrid")).await;

    let user = stage.server.state().users.values().next().unwrap().clone();
    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert_eq!((user.text("displayName"), &user.body["active"]), (Some("Asta Provsson"), &json!(true)));
}

#[tokio::test]
async fn what_else_stands_in_an_account_that_is_taken_over_is_kept() {
    for (way, stage) in stages() {
        let phones = json!([{ "value": "0910-000 00", "type": "work" }]);
        let planted = json!({ "userName": "Astrid.Provsson@elev.example", "phoneNumbers": phones, "name": { "middleName": "Maj" } });
        let id = stage.server.plant_user(planted);
        stage.server.allow_adoption(ScimKind::User, &id);
        let wanted = stage.wanted(&pupil("Astrid"));

        let occasion = Occasion { remote: Some(&id), ..Occasion::default() };
        let outcome = stage.target.apply(&rules::plan::Operation::Create(wanted.clone()), occasion).await;

        assert_eq!(outcome, Outcome::Done { remote: Some(id.clone()), adopted: true }, "{way}");
        let user = stage.server.state().users[&id].clone();
        assert_eq!(
            (&user.body["phoneNumbers"], &user.body["name"]["middleName"], user.text("externalId")),
            (&phones, &json!("Maj"), Some(wanted.key.key.as_str())),
            "{way}"
        );
        assert_eq!(stage.server.violations(), Vec::<String>::new(), "{way}");
    }
}

#[tokio::test]
async fn a_user_name_that_is_somebody_elses_is_a_refusal_that_names_nobody() {
    for (way, stage) in stages() {
        stage.server.plant_user(json!({ "userName": "astrid.provsson@elev.example", "displayName": "Astrid" }));

        let outcome = stage.deliver(&pupil("Astrid")).await;

        let Outcome::Rejected { code, message } = outcome else { panic!("{way}: {outcome:?}") };
        assert_eq!((code, message.to_lowercase().contains("astrid")), ("scim.conflict", false), "{way}: {message}");
        assert_eq!(stage.server.violations(), Vec::<String>::new(), "{way}");
    }
}

#[tokio::test]
async fn what_vanished_is_made_again_and_what_is_gone_is_gone_already() {
    for (way, stage) in stages() {
        stage.deliver(&pupil("Astrid")).await;
        let id = stage.server.state().users.keys().next().unwrap().clone();
        stage.server.remove(ScimKind::User, &id);
        assert!(stage.deliver(&renamed("Astrid", "Asta")).await.is_success(), "{way}");
        let id = stage.server.state().users.keys().next().unwrap().clone();
        stage.server.remove(ScimKind::User, &id);

        assert_eq!(stage.remove(&pupil("Astrid")).await, Outcome::AlreadyDone, "{way}");
    }
}

#[tokio::test]
async fn answers_that_fail_end_where_they_should() {
    let of = async |fate: Fate| {
        let stage = Stage::usual();
        stage.deliver(&pupil("Bo")).await;
        stage.expect(fate);
        stage.deliver(&pupil("Astrid")).await
    };

    assert!(matches!(of(Fate::Status(401)).await, Outcome::TargetDown { code: "scim.refused", .. }));
    assert!(matches!(of(Fate::Status(302)).await, Outcome::TargetDown { code: "scim.redirected", .. }));
    assert!(matches!(of(Fate::Status(503)).await, Outcome::Retry { code: "scim.unavailable", .. }));
    assert!(matches!(of(Fate::Status(501)).await, Outcome::Rejected { code: "scim.not_supported", .. }));
    let Outcome::Throttled { after, .. } = of(Fate::Throttled(30)).await else { panic!("not throttled") };
    assert_eq!(after.map(|it| it.as_secs()), Some(30));
}

#[tokio::test]
async fn a_receiver_that_does_not_say_what_it_can_is_asked_again_before_anything_is_changed() {
    let stage = Stage::usual();
    stage.deliver(&pupil("Astrid")).await;
    stage.expect(Fate::Status(503));

    let outcome = stage.deliver(&renamed("Astrid", "Asta")).await;

    assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    assert!(stage.deliver(&renamed("Astrid", "Asta")).await.is_success());
}

#[tokio::test]
async fn an_account_may_be_disabled_instead_and_is_the_same_when_the_pupil_comes_back() {
    for (way, options, more) in WAYS {
        let stage = Stage::of(options, &format!("{more}\nremoved_users = 'disable'"));
        stage.deliver(&pupil("Astrid")).await;
        let disabled = stage.remove(&pupil("Astrid")).await;
        let active = || stage.server.state().users.values().map(|it| it.body["active"].clone()).collect::<Vec<_>>();
        let after = active();

        let back = stage.deliver(&pupil("Astrid")).await;

        assert!(disabled.is_success() && back.is_success(), "{way}: {disabled:?} {back:?}");
        assert_eq!((after, active()), (vec![json!(false)], vec![json!(true)]), "{way}");
    }
}

#[tokio::test]
async fn a_new_class_of_thirty_is_three_calls_and_a_change_of_one_member_is_one() {
    let stage = Stage::usual();
    let mut roll = Vec::new();
    for n in 0..31 {
        let view = pupil(&format!("Elev{n}"));
        stage.deliver(&view).await;
        roll.push(stage.at_target(&view));
    }
    let calls = |stage: &Stage| stage.server.counters().calls.values().sum::<u64>();
    let before = calls(&stage);
    stage.deliver(&class(roll[..30].to_vec())).await;
    let made = calls(&stage) - before;

    stage.deliver(&class(roll.clone())).await;

    assert!(made <= 3, "{made}");
    assert_eq!(calls(&stage) - before - made, 1);
}

#[tokio::test]
async fn accounts_are_listed_page_by_page_with_what_they_are_recognised_by() {
    let stage = Stage::of(|it| it.largest_page = 2, "");
    for n in 0..5 {
        stage.server.plant_user(json!({ "userName": format!("Elev{n}@Elev.Example") }));
    }
    let (mut found, mut page) = (Vec::new(), None);
    loop {
        let kind = targets::scim::USERS;
        let listed = stage.target.inventory(&kind, page.as_deref()).await.unwrap().unwrap();
        found.extend(listed.entries.into_iter().flat_map(|it| it.recognised_by));
        page = listed.next;
        if page.is_none() {
            break;
        }
    }

    assert_eq!(found.len(), 5);
    assert!(found.iter().all(|it| it.as_str().ends_with("@elev.example")));
}
