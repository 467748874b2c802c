//! Operations carried out at a portal.

use std::time::Duration;

use rules::outcome::Outcome;
use rules::plan::Operation;

use super::fixtures::{delivered, user};
use super::portal::{KEY, Portal, nobody, target};
use crate::Occasion;
use crate::invented::id;

const PATH: &str = "/scim/Users/00000000-0000-4000-8000-000000000010";

fn update(remote: Option<&str>) -> Operation {
    Operation::Update { wanted: user(), delivered: delivered(remote) }
}

fn adopting(remote: &str) -> Occasion<'_> {
    Occasion { remote: Some(remote), ..Occasion::default() }
}

fn adopted(remote: Option<&str>) -> Outcome {
    Outcome::Done { remote: remote.map(str::to_owned), adopted: true }
}

#[tokio::test]
async fn a_create_posts_the_object_with_key_and_media_type() {
    let portal = Portal::answering(&[(201, "", "")]).await;

    let outcome = portal.target("").apply(&Operation::Create(user()), Occasion::default()).await;

    let asked = portal.asked().remove(0);
    assert_eq!(outcome, Outcome::done());
    assert_eq!((asked.line.as_str(), asked.key.as_str()), ("POST /scim/Users", KEY));
    assert_eq!((asked.media_type.as_str(), &asked.body), ("application/scim+json", user().body.expose()));
}

#[tokio::test]
async fn the_media_type_is_as_configured() {
    let portal = Portal::answering(&[(201, "", "")]).await;

    portal.target("media_type = \"application/json\"").apply(&Operation::Create(user()), Occasion::default()).await;

    assert_eq!(portal.asked()[0].media_type, "application/json");
}

#[tokio::test]
async fn an_identity_that_the_portal_gives_is_kept() {
    let portal = Portal::answering(&[(201, "", r#"{"id":"konto-1"}"#)]).await;

    let outcome = portal.target("").apply(&Operation::Create(user()), Occasion::default()).await;

    assert_eq!(outcome, Outcome::Done { remote: Some("konto-1".into()), adopted: false });
}

#[tokio::test]
async fn our_own_identity_in_the_answer_is_nothing_to_keep() {
    let portal = Portal::answering(&[(201, "", r#"{"id":"00000000-0000-4000-8000-000000000010"}"#)]).await;

    assert_eq!(portal.target("").apply(&Operation::Create(user()), Occasion::default()).await, Outcome::done());
}

#[tokio::test]
async fn a_create_that_meets_our_own_object_replaces_it() {
    let portal = Portal::answering(&[(409, "", "exists"), (200, "", "")]).await;

    let outcome = portal.target("").apply(&Operation::Create(user()), Occasion::default()).await;

    assert_eq!(outcome, adopted(None));
    assert_eq!(portal.lines(), ["POST /scim/Users".to_owned(), format!("PUT {PATH}")]);
}

#[tokio::test]
async fn a_create_that_meets_somebody_elses_name_is_rejected_with_the_portals_words() {
    let words = "userName astlin01@skola.example is held by ASTRID Lindgård";
    let portal = Portal::answering(&[(409, "", words), (404, "", "not found")]).await;

    let outcome = portal.target("").apply(&Operation::Create(user()), Occasion::default()).await;

    let message = "HTTP 409: userName ••• is held by •••".to_owned();
    assert_eq!(outcome, Outcome::Rejected { code: "egil.conflict", message });
}

#[tokio::test]
async fn a_key_that_the_portal_repeats_is_not_among_its_words() {
    let error = r#"{"status":"400","detail":"the key nyckel-1234 is not good here"}"#;
    assert!(error.contains(KEY));
    let portal = Portal::answering(&[(400, "", error)]).await;

    let outcome = portal.target("").apply(&Operation::Create(user()), Occasion::default()).await;

    let message = "HTTP 400: the key ••• is not good here".to_owned();
    assert_eq!(outcome, Outcome::Rejected { code: "egil.rejected", message });
}

#[tokio::test]
async fn the_detail_of_a_scim_error_is_the_portals_words() {
    let error = r#"{"status":"400","scimType":"invalidValue","detail":"Lindg\u00e5rd is no name"}"#;
    let portal = Portal::answering(&[(400, "", error)]).await;

    let outcome = portal.target("").apply(&Operation::Create(user()), Occasion::default()).await;

    let message = "HTTP 400: invalidValue: ••• is no name".to_owned();
    assert_eq!(outcome, Outcome::Rejected { code: "egil.rejected", message });
}

#[tokio::test]
async fn json_of_the_portals_own_hides_no_name_behind_escapes() {
    let portal = Portal::answering(&[(400, "", r#"["Lindg\u00e5rd"]"#)]).await;

    let outcome = portal.target("").apply(&Operation::Create(user()), Occasion::default()).await;

    let message = r#"HTTP 400: ["•••"]"#.to_owned();
    assert_eq!(outcome, Outcome::Rejected { code: "egil.rejected", message });
}

#[tokio::test]
async fn an_account_is_adopted_by_replacing_it_under_its_own_identity() {
    let portal = Portal::answering(&[(200, "", "")]).await;

    let outcome = portal.target("").apply(&Operation::Create(user()), adopting("konto 7/a?")).await;

    assert_eq!(outcome, adopted(Some("konto 7/a?")));
    assert_eq!(portal.lines(), ["PUT /scim/Users/konto%207%2Fa%3F"]);
}

#[tokio::test]
async fn an_account_that_went_before_it_was_adopted_has_vanished() {
    let portal = Portal::answering(&[(404, "", "")]).await;

    let outcome = portal.target("").apply(&Operation::Create(user()), adopting("konto-7")).await;

    assert_eq!(outcome, Outcome::Vanished);
}

#[tokio::test]
async fn an_update_replaces_the_object_under_the_identity_it_has() {
    let portal = Portal::answering(&[(200, "", ""), (200, "", "")]).await;
    let target = portal.target("");

    let own = target.apply(&update(None), Occasion::default()).await;
    let kept = target.apply(&update(Some("konto-7")), Occasion::default()).await;

    assert_eq!([own, kept], [Outcome::done(), Outcome::Done { remote: Some("konto-7".into()), adopted: false }]);
    assert_eq!(portal.lines(), [format!("PUT {PATH}"), "PUT /scim/Users/konto-7".to_owned()]);
}

#[tokio::test]
async fn an_update_of_what_is_gone_has_vanished() {
    let portal = Portal::answering(&[(404, "", "not found")]).await;

    assert_eq!(portal.target("").apply(&update(None), Occasion::default()).await, Outcome::Vanished);
}

#[tokio::test]
async fn a_replacement_can_be_put_to_the_collection() {
    let portal = Portal::answering(&[(200, "", ""), (200, "", "")]).await;
    let target = portal.target("put_to_collection = true");

    target.apply(&update(None), Occasion::default()).await;
    target.apply(&update(Some("konto-7")), Occasion::default()).await;

    let identities: Vec<_> = portal.asked().into_iter().map(|it| it.body["id"].as_str().map(str::to_owned)).collect();
    assert_eq!(portal.lines(), ["PUT /scim/Users", "PUT /scim/Users"]);
    assert_eq!(identities, [None, Some("konto-7".to_owned())]);
}

#[tokio::test]
async fn a_delete_is_by_identity_and_without_body() {
    let portal = Portal::answering(&[(204, "", "")]).await;

    let outcome = portal.target("").apply(&Operation::Delete(delivered(None)), Occasion::default()).await;

    assert_eq!((outcome, portal.lines()), (Outcome::done(), vec![format!("DELETE {PATH}")]));
}

#[tokio::test]
async fn a_delete_of_what_is_gone_is_done_already() {
    let portal = Portal::answering(&[(404, "", "not found")]).await;

    let outcome = portal.target("").apply(&Operation::Delete(delivered(None)), Occasion::default()).await;

    assert_eq!(outcome, Outcome::AlreadyDone);
}

#[tokio::test]
async fn what_is_said_of_a_failed_delete_is_not_kept_since_it_may_name_somebody() {
    let portal = Portal::answering(&[(409, "", "Astrid Lindgård is a member of 7A")]).await;

    let outcome = portal.target("").apply(&Operation::Delete(delivered(None)), Occasion::default()).await;

    assert_eq!(outcome, Outcome::Rejected { code: "egil.conflict", message: "HTTP 409".into() });
}

#[tokio::test]
async fn an_identity_that_would_name_the_whole_collection_is_not_called() {
    let portal = Portal::answering(&[(204, "", "")]).await;
    let target = portal.target("");

    for remote in ["", ".", ".."] {
        let outcome = target.apply(&Operation::Delete(delivered(Some(remote))), Occasion::default()).await;

        assert!(matches!(outcome, Outcome::Rejected { code: "egil.unusable_identity", .. }), "{outcome:?}");
    }
    assert_eq!(portal.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn too_many_requests_waits_until_the_date_told() {
    let portal = Portal::answering(&[(429, "Mon, 17 Aug 2026 08:00:42 GMT", "")]).await;

    let outcome = portal.target("").apply(&update(None), Occasion::default()).await;

    let after = Some(Duration::from_secs(42));
    assert_eq!(outcome, Outcome::Throttled { after, scope: "target".into() });
}

#[tokio::test]
async fn a_portal_that_is_not_there_is_down() {
    let outcome = nobody().await.apply(&update(None), Occasion::default()).await;

    assert!(matches!(outcome, Outcome::TargetDown { code: "outbound.connect", .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_connection_that_breaks_after_sending_is_tried_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        stream.readable().await.unwrap();
    });

    let outcome = target(&base, "", false).apply(&Operation::Create(user()), Occasion::default()).await;

    assert!(matches!(outcome, Outcome::Retry { code: "outbound.reset", .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_key_that_cannot_be_had_stops_the_target() {
    let settings = "base_url = \"https://portal.example\"\napi_key = { ssm = \"/portal/key\" }";
    let context = crate::registry::TargetContext {
        transport: None,
        secrets: std::sync::Arc::new(outbound::EnvironmentSecrets),
        clock: std::sync::Arc::new(roster::SystemClock),
        user_agent: "skolbro-test".into(),
        places: None,
        dry_run: false,
    };
    let built = crate::registry::build("gleerups", &settings.parse().unwrap(), &context).unwrap();

    let outcome = built.target.apply(&update(None), Occasion::default()).await;

    assert!(matches!(outcome, Outcome::TargetDown { code: "secret.not_available_here", .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let portal = Portal::answering(&[(201, "", "")]).await;

    let outcome = portal.dry().apply(&Operation::Create(user()), Occasion::default()).await;

    assert!(matches!(outcome, Outcome::TargetDown { code: "outbound.dry_run", .. }), "{outcome:?}");
    assert_eq!(portal.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn debug_shows_no_key_even_after_it_was_used() {
    let portal = Portal::answering(&[(201, "", "")]).await;
    let target = portal.target("");
    target.apply(&Operation::Create(user()), Occasion::default()).await;

    assert!(!format!("{target:?}").contains(KEY));
}

#[tokio::test]
async fn others_refer_to_the_user_the_group_and_the_unit() {
    use roster::SubjectKey;
    let portal = Portal::answering(&[]).await;
    let target = portal.target("");

    let kinds: Vec<String> = [SubjectKey::person(id(1)), SubjectKey::group(id(1)), SubjectKey::organisation(id(1))]
        .iter()
        .map(|it| target.reference_of(it).kind.to_string())
        .collect();

    assert_eq!(kinds, ["Users", "StudentGroups", "SchoolUnits"]);
}
