//! Accounts: found, waited for, made.

use rules::outcome::Outcome;
use rules::view::View;
use targets::google::USERS;

use super::stage::{Fate, Stage, address, person, pupil};

const CREATE: &str = "users = 'create'\norg_unit_pupils = '/Elever'\ncourses = false";

fn renamed(name: &str, given: &str) -> View {
    let mut view = person(name);
    view.given_name = roster::Personal::new(given.to_owned());
    View::Person(view)
}

fn creating(more: &str) -> Stage {
    Stage::of(|_| {}, &format!("{CREATE}\n{more}"))
}

#[tokio::test]
async fn an_account_that_somebody_else_makes_is_waited_for_and_then_found() {
    let stage = Stage::usual();
    let before = stage.deliver(&pupil("Astrid")).await;
    let id = stage.server.plant_user(&address("Astrid"), "Astrid", "Provsson");

    let after = stage.deliver(&pupil("Astrid")).await;

    assert_eq!(before, Outcome::WaitFor { code: "google.account_missing" });
    assert_eq!(after, Outcome::Done { remote: Some(id), adopted: true });
    assert_eq!(stage.server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn an_account_is_found_by_an_alias_of_it() {
    let stage = Stage::usual();
    let id = stage.server.plant_user("astpro01@norrbyholm.example", "Astrid", "Provsson");
    stage.server.edit_user(&id, |it| {
        it.aliases.insert(address("Astrid"));
    });

    let outcome = stage.deliver(&pupil("Astrid")).await;

    assert_eq!(outcome, Outcome::Done { remote: Some(id), adopted: true });
}

#[tokio::test]
async fn nothing_is_ever_written_to_an_account_that_is_only_found() {
    let stage = Stage::of(|_| {}, "removed_users = 'delete'");
    stage.found("Astrid").await;

    let changed = stage.deliver(&renamed("Astrid", "Asta")).await;
    let gone = stage.remove(&pupil("Astrid")).await;

    let state = stage.server.state();
    assert!(changed.is_success() && gone.is_success(), "{changed:?} {gone:?}");
    assert_eq!(state.user(&address("Astrid")).map(|it| it.provenance.history.len()), Some(0));
}

#[tokio::test]
async fn an_account_is_made_and_changed_and_taken_away() {
    for (removed, suspended) in [("suspend", Some(true)), ("delete", None), ("keep", Some(false))] {
        let stage = creating(&format!("removed_users = '{removed}'"));
        let made = stage.deliver(&pupil("Astrid")).await.is_success();
        let changed = stage.deliver(&renamed("Astrid", "Asta")).await.is_success();
        let user = stage.server.state().user(&address("Astrid")).unwrap().clone();
        let gone = stage.remove(&pupil("Astrid")).await.is_success();

        let state = stage.server.state();
        assert_eq!((made, changed, gone), (true, true, true), "{removed}");
        assert_eq!((user.given_name.as_str(), user.org_unit_path.as_str(), user.passwords), ("Asta", "/Elever", 1));
        assert_eq!(state.user(&address("Astrid")).map(|it| it.suspended), suspended, "{removed}");
        assert_eq!(stage.server.violations(), Vec::<String>::new(), "{removed}");
    }
}

#[tokio::test]
async fn who_comes_back_to_a_suspended_account_can_sign_in_again_and_the_account_is_still_ours() {
    let stage = creating("removed_users = 'suspend'");
    stage.deliver(&pupil("Astrid")).await;
    stage.remove(&pupil("Astrid")).await;

    let back = stage.deliver(&pupil("Astrid")).await;

    let suspended = |stage: &Stage| stage.server.state().user(&address("Astrid")).map(|it| it.suspended);
    assert!(matches!(back, Outcome::Done { adopted: false, .. }), "{back:?}");
    assert_eq!(suspended(&stage), Some(false));
    assert!(stage.remove(&pupil("Astrid")).await.is_success());
    assert_eq!(suspended(&stage), Some(true));
}

#[tokio::test]
async fn an_account_that_was_there_is_taken_over_by_its_name_only_and_never_taken_away() {
    let stage = creating("removed_users = 'delete'");
    let id = stage.server.plant_user(&address("Astrid"), "A", "P");
    stage.server.allow_adoption(&id);

    let adopted = stage.deliver(&pupil("Astrid")).await;
    let gone = stage.remove(&pupil("Astrid")).await;

    let user = stage.server.state().users[&id].clone();
    assert_eq!(adopted, Outcome::Done { remote: Some(id), adopted: true });
    assert!(gone.is_success(), "{gone:?}");
    assert_eq!((user.given_name.as_str(), user.org_unit_path.as_str(), user.suspended), ("Astrid", "/", false));
    assert_eq!(stage.server.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn an_account_that_was_recognised_in_the_list_and_is_gone_is_looked_for_anew() {
    let stage = Stage::usual();
    let id = stage.server.plant_user(&address("Astrid"), "Astrid", "Provsson");
    let wanted = stage.wanted(&pupil("Astrid")).remove(0);
    stage.server.remove_user(&id);

    let outcome = stage.bring(wanted, Some(&id)).await;

    assert_eq!(outcome, Outcome::WaitFor { code: "google.account_missing" });
}

#[tokio::test]
async fn an_organizational_unit_that_is_not_there_is_refused_by_its_own_name() {
    let stage = Stage::of(|_| {}, "users = 'create'\norg_unit_pupils = '/Ingenstans'\ncourses = false");

    let outcome = stage.deliver(&pupil("Astrid")).await;

    assert!(matches!(outcome, Outcome::Rejected { code: "google.org_unit_missing", .. }), "{outcome:?}");
}

#[tokio::test]
async fn an_address_of_a_group_is_no_account() {
    let stage = creating("");
    stage.server.plant_group(&address("Astrid"), "Astrid");

    let outcome = stage.deliver(&pupil("Astrid")).await;

    let Outcome::Rejected { code, message } = outcome else { panic!("{outcome:?}") };
    assert_eq!((code, message.to_lowercase().contains("astrid")), ("google.address_taken", false), "{message}");
}

#[tokio::test]
async fn an_account_made_when_the_answer_was_lost_is_not_made_twice_and_is_ours() {
    let stage = creating("removed_users = 'delete'");
    stage.expect_after(0, Fate::AnswerLost);
    let lost = stage.deliver(&pupil("Astrid")).await;

    let again = stage.deliver(&pupil("Astrid")).await;
    let gone = stage.remove(&pupil("Astrid")).await;

    assert!(matches!(lost, Outcome::Retry { .. }), "{lost:?}");
    assert!(matches!(again, Outcome::Done { adopted: false, .. }), "{again:?}");
    assert!(gone.is_success() && stage.server.state().user(&address("Astrid")).is_none(), "{gone:?}");
}

#[tokio::test]
async fn an_account_made_when_the_answer_was_lost_and_not_wanted_any_more_is_taken_away() {
    let stage = creating("removed_users = 'delete'");
    stage.expect_after(0, Fate::AnswerLost);
    stage.deliver(&pupil("Astrid")).await;

    let gone = stage.remove(&pupil("Astrid")).await;

    assert!(gone.is_success(), "{gone:?}");
    assert!(stage.server.state().user(&address("Astrid")).is_none());
}

#[tokio::test]
async fn accounts_are_listed_page_by_page_with_what_they_are_recognised_by() {
    let stage = Stage::usual();
    for number in 0..501 {
        stage.server.plant_user(&address(&format!("elev{number}")), "Elev", "Provsson");
    }
    let (mut found, mut pages, mut page) = (0, 0, None);
    loop {
        let listed = stage.target.inventory(&USERS, page.as_deref()).await.unwrap().unwrap();
        found +=
            listed.entries.iter().flat_map(|it| &it.recognised_by).filter(|it| it.as_str().starts_with("elev")).count();
        pages += 1;
        page = listed.next;
        if page.is_none() {
            break;
        }
    }

    assert_eq!((found, pages), (501, 2));
}
