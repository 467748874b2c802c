//! Accounts: recognised and left alone, or made and looked after.

use rules::outcome::Outcome;
use rules::view::{PersonView, View};
use serde_json::json;

use super::stage::{Fate, Stage, address, person, pupil};

fn renamed(name: &str, given: &str) -> View {
    View::Person(PersonView { given_name: roster::Personal::new(given.to_owned()), ..person(name) })
}

#[tokio::test]
async fn an_account_that_is_there_is_recognised_and_left_as_it_is() {
    let stage = Stage::usual();
    let id = stage.plant("Astrid");

    let taken = stage.deliver(&pupil("Astrid")).await;
    stage.deliver(&renamed("Astrid", "Asta")).await;
    let gone = stage.remove(&pupil("Astrid")).await;

    assert_eq!((taken, gone), (Outcome::Done { remote: Some(id.clone()), adopted: true }, Outcome::AlreadyDone));
    assert_eq!(stage.server.state().users[&id].history.len(), 0);
    assert_eq!(stage.server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn an_account_that_is_not_there_is_waited_for_and_none_is_made() {
    let stage = Stage::usual();

    let waited = stage.deliver(&pupil("Astrid")).await;
    let id = stage.plant("Astrid");
    let taken = stage.deliver(&pupil("Astrid")).await;

    assert_eq!(waited, Outcome::WaitFor { code: "microsoft.account_missing" });
    assert_eq!(taken, Outcome::Done { remote: Some(id), adopted: true });
    assert_eq!(stage.server.state().users_by_us().count(), 0);
}

#[tokio::test]
async fn an_account_may_be_recognised_by_any_of_its_addresses() {
    let stage = Stage::usual();
    let planted = json!({
        "userPrincipalName": "elev17@skola.example", "displayName": "Astrid", "accountEnabled": true,
        "proxyAddresses": [format!("smtp:{}", address("Astrid"))],
    });
    stage.deliver(&pupil("Bo")).await;
    let id = stage.server.plant_user(planted);

    let taken = stage.deliver(&pupil("Astrid")).await;

    assert_eq!(taken, Outcome::Done { remote: Some(id), adopted: true });
}

#[tokio::test]
async fn nobody_is_guessed_at_when_two_accounts_have_the_address() {
    let stage = Stage::usual();
    stage.deliver(&pupil("Bo")).await;
    for name in ["elev17", "elev18"] {
        stage.server.plant_user(json!({
            "userPrincipalName": format!("{name}@skola.example"), "displayName": name, "accountEnabled": true,
            "proxyAddresses": [format!("smtp:{}", address("Astrid"))],
        }));
    }

    let outcome = stage.deliver(&pupil("Astrid")).await;

    assert!(matches!(outcome, Outcome::Rejected { code: "microsoft.account_ambiguous", .. }), "{outcome:?}");
}

#[tokio::test]
async fn an_account_that_was_deleted_by_hand_before_it_was_taken_over_is_waited_for() {
    let stage = Stage::usual();
    let id = stage.plant("Astrid");
    stage.plant("Bo");
    stage.deliver(&pupil("Bo")).await;
    stage.server.remove_user(&id);

    let outcome = stage.deliver(&pupil("Astrid")).await;

    assert_eq!(outcome, Outcome::WaitFor { code: "microsoft.account_missing" });
}

#[tokio::test]
async fn an_account_is_made_and_changed() {
    let stage = Stage::of(|_| {}, "users = 'create'");

    let made = stage.deliver(&pupil("Astrid")).await;
    let changed = stage.deliver(&renamed("Astrid", "Asta")).await;

    let state = stage.server.state();
    let (_, user) = state.users_by_us().next().unwrap();
    assert!(made.is_success() && changed.is_success(), "{made:?} {changed:?}");
    assert_eq!((user.text("displayName"), user.text("usageLocation")), (Some("Asta Provsson"), Some("SE")));
    assert!(user.has_password && user.is_enabled());
    assert_eq!(stage.server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn accounts_that_we_made_are_kept_or_disabled_or_deleted_as_the_settings_say() {
    for (removed, left, enabled) in [("keep", 1, 1), ("disable", 1, 0), ("delete", 0, 0)] {
        let stage = Stage::of(|_| {}, &format!("users = 'create'\nremoved_users = '{removed}'"));
        stage.deliver(&pupil("Astrid")).await;

        let gone = stage.remove(&pupil("Astrid")).await;

        let state = stage.server.state();
        let active = state.users.values().filter(|it| it.is_enabled()).count();
        assert!(gone.is_success(), "{removed}: {gone:?}");
        assert_eq!((state.users.len(), active, stage.server.violations()), (left, enabled, vec![]), "{removed}");
    }
}

#[tokio::test]
async fn an_account_that_we_did_not_make_outlives_whatever_the_settings_say() {
    for removed in ["disable", "delete"] {
        let stage = Stage::of(|_| {}, &format!("users = 'create'\nremoved_users = '{removed}'"));
        let id = stage.plant("Astrid");
        stage.deliver(&pupil("Astrid")).await;

        stage.remove(&pupil("Astrid")).await;

        assert!(stage.server.state().users[&id].is_enabled(), "{removed}");
        assert_eq!(stage.server.violations(), Vec::<String>::new(), "{removed}");
    }
}

#[tokio::test]
async fn whoever_comes_back_has_the_account_that_was_disabled() {
    let stage = Stage::of(|_| {}, "users = 'create'\nremoved_users = 'disable'");
    stage.deliver(&pupil("Astrid")).await;
    let before = stage.at_target(&pupil("Astrid"));
    stage.remove(&pupil("Astrid")).await;

    let back = stage.deliver(&pupil("Astrid")).await;

    assert!(back.is_success(), "{back:?}");
    assert_eq!(stage.at_target(&pupil("Astrid")), before);
    assert!(stage.server.state().users[&before.at_target].is_enabled());
}

#[tokio::test]
async fn an_account_whose_making_was_not_answered_is_not_made_twice_and_is_ours() {
    let stage = Stage::of(|_| {}, "users = 'create'\nremoved_users = 'delete'");
    stage.accounts().await;
    stage.befall(1, Fate::AnswerLost);
    let lost = stage.deliver(&pupil("Astrid")).await;

    let again = stage.deliver(&pupil("Astrid")).await;
    let made = stage.server.state().users_by_us().count();
    stage.remove(&pupil("Astrid")).await;

    assert!(matches!(lost, Outcome::Retry { .. }) && again.is_success(), "{lost:?} {again:?}");
    assert_eq!((made, stage.server.state().users.len()), (1, 0));
}

#[tokio::test]
async fn an_account_whose_making_nobody_heard_of_is_not_left_behind() {
    let stage = Stage::of(|_| {}, "users = 'create'\nremoved_users = 'delete'");
    stage.accounts().await;
    stage.befall(1, Fate::AnswerLost);
    stage.deliver(&pupil("Astrid")).await;

    let gone = stage.remove(&pupil("Astrid")).await;

    assert!(gone.is_success(), "{gone:?}");
    assert_eq!(stage.server.state().users.len(), 0);
}

#[tokio::test]
async fn a_name_that_we_gave_to_another_is_a_refusal_that_names_nobody() {
    let stage = Stage::of(|_| {}, "users = 'create'");
    stage.deliver(&pupil("Astrid")).await;
    let namesake = PersonView { id: roster::Id::derived(&["namesake"]), ..person("Astrid") };

    let outcome = stage.deliver(&View::Person(namesake)).await;

    let Outcome::Rejected { code, message } = outcome else { panic!("{outcome:?}") };
    assert_eq!((code, message.to_lowercase().contains("astrid")), ("microsoft.account_taken", false), "{message}");
}

#[tokio::test]
async fn a_domain_that_is_not_the_schools_is_a_refusal_that_names_nobody() {
    let stage = Stage::of(|it| it.verified_domains = Some(vec!["skola.example".into()]), "users = 'create'");

    let outcome = stage.deliver(&pupil("Astrid")).await;

    let Outcome::Rejected { code, message } = outcome else { panic!("{outcome:?}") };
    assert_eq!((code, message.to_lowercase().contains("astrid")), ("microsoft.rejected", false), "{message}");
}

#[tokio::test]
async fn accounts_are_listed_page_by_page_with_what_they_are_recognised_by() {
    let stage = Stage::of(|it| it.largest_page = 2, "");
    for n in 0..5 {
        stage.plant(&format!("Elev{n}"));
    }

    let listed = stage.accounts().await;

    assert_eq!(listed.len(), 5);
    assert!(listed.iter().all(|it| it.recognised_by.iter().all(|mark| mark.as_str().ends_with("@elev.example"))));
}
