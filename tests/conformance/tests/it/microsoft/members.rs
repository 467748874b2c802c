//! Classes, and who is in them.

use std::collections::BTreeSet;

use roster::Id;
use rules::outcome::Outcome;
use rules::view::Reference;
use serde_json::json;
use world::microsoft::{MicrosoftLink, TeamRole};

use super::stage::{Stage, class, class_named, ids, pupil};

/// Without teams, and with a team on every class that has a teacher.
const BOTH: [&str; 2] = ["", "teams = true"];

fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{prefix}{n}")).collect()
}

async fn many(stage: &Stage, count: usize) -> Vec<Reference> {
    let names = names("Elev", count);
    stage.people(&names.iter().map(String::as_str).collect::<Vec<_>>()).await
}

#[tokio::test]
async fn a_class_is_made_with_its_pupils_and_teachers_and_changed() {
    for more in BOTH {
        let stage = Stage::of(|_| {}, more);
        let people = stage.people(&["Astrid", "Bo", "Eva"]).await;
        let [astrid, bo, eva] = [&people[0], &people[1], &people[2]].map(Clone::clone);

        stage.until_done(&class(&[astrid.clone(), bo.clone()], std::slice::from_ref(&eva))).await;
        let made = stage.only_class().1;
        stage.until_done(&class_named("8A", std::slice::from_ref(&bo), std::slice::from_ref(&eva))).await;
        let changed = stage.only_class().1;

        assert_eq!((made.text("displayName"), changed.text("displayName")), (Some("7A"), Some("8A")), "{more}");
        assert_eq!((made.members, made.owners), (ids([&astrid, &bo, &eva]), ids([&eva])), "{more}");
        assert_eq!((changed.members, changed.owners), (ids([&bo, &eva]), ids([&eva])), "{more}");
        assert_eq!(stage.server.violations(), Vec::<String>::new(), "{more}");
    }
}

#[tokio::test]
async fn the_roll_of_a_new_class_of_thirty_is_three_calls_and_one_more_pupil_is_one() {
    let stage = Stage::usual();
    let people = many(&stage, 33).await;
    let (teachers, pupils) = people.split_at(2);
    let before = stage.calls();

    assert!(stage.deliver(&class(&pupils[..30], teachers)).await.is_success());
    // The class itself is looked for, and made.
    let made = stage.calls() - before - 2;
    assert!(stage.deliver(&class(pupils, teachers)).await.is_success());

    assert_eq!((made, stage.calls() - before - 2 - made), (3, 1));
    assert_eq!(stage.only_class().1.members, ids(&people));
}

#[tokio::test]
async fn one_more_pupil_in_a_team_is_one_call_and_one_less_too() {
    let stage = Stage::of(|_| {}, "teams = true");
    let people = many(&stage, 32).await;
    let (teachers, pupils) = people.split_at(1);
    stage.until_done(&class(&pupils[..30], teachers)).await;
    stage.clock.advance_seconds(120);
    let calls = async |view| {
        let before = stage.calls();
        assert!(stage.deliver(&view).await.is_success());
        stage.calls() - before
    };

    let more = calls(class(pupils, teachers)).await;
    let less = calls(class(&pupils[1..], teachers)).await;

    assert_eq!((more, less), (1, 1));
    let team = stage.only_class().1.team.unwrap();
    assert_eq!(team.members.into_keys().collect::<BTreeSet<_>>(), ids(people.iter().filter(|it| **it != pupils[0])));
}

#[tokio::test]
async fn whoever_was_put_there_by_hand_stays() {
    for more in BOTH {
        let stage = Stage::of(|_| {}, more);
        let people = stage.people(&["Astrid", "Bo", "Eva"]).await;
        let substitute = stage.plant("Vikarien");
        stage.until_done(&class(&people[..2], &people[2..])).await;
        let (id, _) = stage.only_class();
        for link in [MicrosoftLink::Member, MicrosoftLink::Owner] {
            stage.server.set_link(&id, link, &substitute, true);
        }

        stage.until_done(&class(&people[..1], &people[1..2])).await;

        let now = stage.only_class().1;
        let both = |of: &[Reference]| ids(of).into_iter().chain([substitute.clone()]).collect::<BTreeSet<_>>();
        assert_eq!((now.members, now.owners), (both(&people[..2]), both(&people[1..2])), "{more}");
    }
}

#[tokio::test]
async fn groups_that_somebody_made_by_hand_are_left_alone() {
    let stage = Stage::usual();
    let people = stage.people(&["Astrid"]).await;
    let planted = json!({
        "displayName": "7A", "mailNickname": "7A", "groupTypes": ["Unified"], "mailEnabled": true, "securityEnabled": true,
    });
    let id = stage.server.plant_group(planted, &[], &[]);

    stage.until_done(&class(&people, &[])).await;
    stage.remove(&class(&people, &[])).await;

    assert_eq!(stage.server.state().groups[&id].history.len(), 0);
    assert_eq!(stage.server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_class_with_our_identity_is_taken_over_and_never_deleted() {
    let stage = Stage::of(|_| {}, "removed_classes = 'delete'");
    let people = stage.people(&["Astrid"]).await;
    let key = Id::derived(&["7A"]).to_string();
    let planted = json!({
        "displayName": "Klass 7A", "mailNickname": "Section_7A", "groupTypes": ["Unified"], "mailEnabled": true,
        "securityEnabled": true, "externalId": key, "externalSource": "sis",
    });
    let id = stage.server.plant_group(planted, &[], &[]);
    stage.server.allow_adoption(&id);

    stage.until_done(&class(&people, &[])).await;
    let taken = stage.server.state().groups[&id].clone();
    stage.remove(&class(&people, &[])).await;

    assert_eq!((taken.members, taken.body["displayName"].as_str()), (ids(&people), Some("7A")));
    assert_eq!(taken.body["mailNickname"].as_str(), Some("Section_7A"));
    assert!(stage.server.state().groups.contains_key(&id));
}

#[tokio::test]
async fn one_who_is_there_already_does_not_keep_nineteen_others_out() {
    let stage = Stage::usual();
    let people = many(&stage, 20).await;
    stage.until_done(&class(&people[..1], &[])).await;
    let (id, _) = stage.only_class();
    stage.server.set_link(&id, MicrosoftLink::Member, &people[7].at_target, true);

    let outcome = stage.deliver(&class(&people, &[])).await;

    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!(stage.only_class().1.members, ids(&people));
}

#[tokio::test]
async fn whoever_was_taken_out_by_hand_counts_as_gone() {
    for more in BOTH {
        let stage = Stage::of(|_| {}, more);
        let people = stage.people(&["Astrid", "Bo", "Eva"]).await;
        stage.until_done(&class(&people[..2], &people[2..])).await;
        let (id, _) = stage.only_class();
        stage.server.set_link(&id, MicrosoftLink::Member, &people[0].at_target, false);

        let outcome = stage.deliver(&class(&people[1..2], &people[2..])).await;

        assert!(outcome.is_success(), "{more}: {outcome:?}");
        assert_eq!(stage.only_class().1.members, ids(&people[1..]), "{more}");
    }
}

#[tokio::test]
async fn a_member_who_is_not_known_is_waited_for_while_the_others_come() {
    for more in BOTH {
        let stage = Stage::of(|_| {}, more);
        let people = stage.people(&["Astrid", "Bo", "Eva"]).await;
        stage.until_done(&class(&people[..1], &people[2..])).await;
        stage.clock.advance_seconds(1_000);
        let nobody = Reference { id: Id::derived(&["nobody"]), at_target: Id::derived(&["nobody"]).to_string() };
        let wanted = [people[0].clone(), nobody.clone(), people[1].clone()];

        let waited = stage.deliver(&class(&wanted, &people[2..])).await;
        let meanwhile = stage.only_class().1.members;
        stage.server.plant_user(json!({
            "id": nobody.at_target, "userPrincipalName": "ny@elev.example", "displayName": "Ny", "accountEnabled": true,
        }));
        let then = stage.deliver(&class(&wanted, &people[2..])).await;

        assert_eq!(waited, Outcome::WaitFor { code: "microsoft.member_missing" }, "{more}");
        assert_eq!(meanwhile, ids(&people), "{more}");
        assert!(then.is_success(), "{more}: {then:?}");
        assert_eq!(stage.only_class().1.members.len(), 4, "{more}");
    }
}

#[tokio::test]
async fn a_teacher_comes_another_goes_and_a_pupil_becomes_one() {
    for more in BOTH {
        let stage = Stage::of(|_| {}, more);
        let people = stage.people(&["Astrid", "Bo", "Eva", "Ida"]).await;
        let [astrid, bo, eva, ida] = [0, 1, 2, 3].map(|n: usize| people[n].clone());
        stage.until_done(&class(&[astrid.clone(), ida.clone()], std::slice::from_ref(&bo))).await;

        let outcome = stage.deliver(&class(std::slice::from_ref(&bo), &[eva.clone(), ida.clone()])).await;

        let now = stage.only_class().1;
        assert!(outcome.is_success(), "{more}: {outcome:?}");
        assert_eq!((now.members, now.owners), (ids([&bo, &eva, &ida]), ids([&eva, &ida])), "{more}");
        assert_eq!(stage.server.violations(), Vec::<String>::new(), "{more}");
    }
}

#[tokio::test]
async fn the_last_owner_stays_until_another_comes() {
    for more in BOTH {
        let stage = Stage::of(|_| {}, more);
        let people = stage.people(&["Astrid", "Bo", "Eva"]).await;
        stage.until_done(&class(&people[..1], &people[1..2])).await;

        let alone = stage.deliver(&class(&people[..1], &[])).await;
        let kept = stage.only_class().1;
        let joined = stage.deliver(&class(&people[..1], &people[2..])).await;

        assert!(alone.is_success() && joined.is_success(), "{more}: {alone:?} {joined:?}");
        assert_eq!((kept.members, kept.owners), (ids(&people[..2]), ids(&people[1..2])), "{more}");
        assert!(stage.only_class().1.owners.contains(&people[2].at_target), "{more}");
    }
}

#[tokio::test]
async fn owners_that_the_settings_name_own_every_class_and_who_is_nobody_is_left_out() {
    let stage = Stage::of(|_| {}, "teams = true\nextra_owners = ['IT.Provsson@elev.example', 'borta@skola.example']");
    let it = stage.plant("IT");
    let people = stage.people(&["Astrid"]).await;

    stage.until_done(&class(&people, &[])).await;

    let now = stage.only_class().1;
    assert_eq!(now.owners, BTreeSet::from([it.clone()]));
    assert_eq!(now.team.unwrap().members[&it], TeamRole::Owner);
}

#[tokio::test]
async fn a_team_that_somebody_made_by_hand_is_written_to_as_a_team() {
    let stage = Stage::of(|it| it.group_to_team_lag = jiff::SignedDuration::from_hours(24), "");
    let people = stage.people(&["Astrid", "Bo", "Eva"]).await;
    stage.until_done(&class(&people[..1], &people[2..])).await;
    let (id, _) = stage.only_class();
    stage.server.plant_team(&id, "educationClass");
    stage.clock.advance_seconds(120);

    stage.until_done(&class(&people[..2], &people[2..])).await;

    assert!(stage.only_class().1.team.unwrap().members.contains_key(&people[1].at_target));
}

#[tokio::test]
async fn a_class_that_was_deleted_by_hand_is_made_again_with_its_team() {
    let stage = Stage::of(|_| {}, "teams = true");
    let people = stage.people(&["Astrid", "Bo"]).await;
    stage.until_done(&class(&people[..1], &people[1..])).await;
    let (id, _) = stage.only_class();
    stage.server.remove_group(&id);
    stage.clock.advance_seconds(3_700);

    stage.until_done(&class_named("8A", &people[..1], &people[1..])).await;
    // What needed it is sent again.
    stage.doubt_teams();
    stage.until_done(&class_named("8A", &people[..1], &people[1..])).await;

    let (again, now) = stage.only_class();
    assert!(again != id && now.team.is_some());
    assert_eq!(now.members, ids(&people));
}

#[tokio::test]
async fn a_pupil_who_is_recognised_later_comes_to_the_class() {
    let stage = Stage::usual();
    let people = stage.people(&["Astrid"]).await;
    stage.until_done(&class(&people, &[])).await;
    stage.plant("Bo");
    stage.until_done(&pupil("Bo")).await;
    let bo = stage.at_target(&pupil("Bo"));

    stage.until_done(&class(&[people[0].clone(), bo.clone()], &[])).await;

    assert!(stage.only_class().1.members.contains(&bo.at_target));
}

#[tokio::test]
async fn who_leaves_a_class_whose_team_is_still_in_the_making_has_left() {
    let stage = Stage::of(|it| it.operation_time = jiff::SignedDuration::from_hours(1), "teams = true");
    let people = stage.people(&["Astrid", "Bo", "Eva"]).await;
    stage.deliver(&class(&people[..2], &people[2..])).await;
    stage.clock.advance_seconds(120);

    let waited = stage.deliver(&class(&people[1..2], &people[2..])).await;

    assert_eq!(waited, Outcome::WaitFor { code: "microsoft.team_in_the_making" });
    assert_eq!(stage.only_class().1.members, ids(&people[1..]));
}

#[tokio::test]
async fn a_pupil_and_a_teacher_change_places() {
    for more in BOTH {
        let stage = Stage::of(|_| {}, more);
        let people = stage.people(&["Astrid", "Bo"]).await;
        stage.until_done(&class(&people[..1], &people[1..])).await;

        let outcome = stage.deliver(&class(&people[1..], &people[..1])).await;

        let now = stage.only_class().1;
        assert!(outcome.is_success(), "{more}: {outcome:?}");
        assert_eq!((now.members, now.owners), (ids(&people), ids(&people[..1])), "{more}");
    }
}
