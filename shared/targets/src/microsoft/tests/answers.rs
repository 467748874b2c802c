//! Each row of answer → outcome.

use std::time::Duration;

use jiff::Timestamp;
use outbound::fuzzing::answer;
use rules::outcome::Outcome;
use serde_json::json;

use crate::microsoft::classify::{Area, Reply, Verdict, failures, parts, verdict};

fn reply(status: u16) -> Reply {
    Reply { status, ..Reply::default() }
}

fn of(status: u16) -> Verdict {
    verdict(Area::Users, &reply(status))
}

fn refused(code: &str, message: &str) -> Reply {
    let body = json!({ "error": { "code": code, "message": message } }).to_string();
    Reply::of(&answer(400, None, body.as_bytes()), Timestamp::UNIX_EPOCH)
}

#[test]
fn success_gives_what_was_asked_for() {
    for status in [200, 201, 202, 204, 207] {
        assert_eq!(of(status), Verdict::Given, "{status}");
    }
}

#[test]
fn what_is_not_there_is_missing() {
    assert_eq!([of(404), of(410)], [Verdict::Missing, Verdict::Missing]);
}

#[test]
fn what_is_wrong_with_one_object_is_refused() {
    for status in [400, 405, 409, 412, 413, 415, 422] {
        assert_eq!(of(status), Verdict::Refused, "{status}");
    }
}

#[test]
fn a_missing_right_is_named_and_about_the_target() {
    for (area, code, right) in [
        (Area::Users, "microsoft.users_forbidden", "User.Read.All"),
        (Area::Classes, "microsoft.classes_forbidden", "EduRoster.ReadWrite.All"),
        (Area::Teams, "microsoft.teams_forbidden", "Team.Create"),
        (Area::TeamMembers, "microsoft.team_members_forbidden", "TeamMember.ReadWrite.All"),
    ] {
        let reply = Reply { status: 403, code: "Authorization_RequestDenied".into(), ..Reply::default() };

        let Verdict::Failed(Outcome::TargetDown { code: found, detail }) = verdict(area, &reply) else {
            panic!("{area:?}")
        };

        assert_eq!(found, code);
        assert!(detail.contains(right) && detail.contains("Authorization_RequestDenied"), "{detail}");
    }
}

#[test]
fn being_refused_altogether_or_sent_elsewhere_is_about_the_target() {
    let down = |code, detail: &str| Verdict::Failed(Outcome::TargetDown { code, detail: detail.to_owned() });

    assert_eq!(of(401), down("microsoft.refused", "HTTP 401"));
    assert_eq!(of(302), down("microsoft.redirected", "HTTP 302"));
}

#[test]
fn too_many_requests_wait_as_long_as_told_or_as_the_hub_likes() {
    for after in [None, Some(Duration::from_secs(7))] {
        let reply = Reply { status: 429, retry_after: after, ..Reply::default() };

        let throttled = Outcome::Throttled { after, scope: "target".into() };
        assert_eq!(verdict(Area::Teams, &reply), Verdict::Failed(throttled));
    }
}

#[test]
fn a_service_in_trouble_is_tried_again() {
    let after = Some(Duration::from_secs(120));
    for status in [408, 423, 425, 500, 502, 503, 504, 509] {
        let reply = Reply { status, retry_after: after, ..Reply::default() };

        let retry = Outcome::Retry { after, code: "microsoft.unavailable", detail: format!("HTTP {status}") };
        assert_eq!(verdict(Area::Classes, &reply), Verdict::Failed(retry), "{status}");
    }
}

#[test]
fn what_somebody_else_changes_at_the_same_time_is_tried_again_and_a_creation_is_not() {
    for status in [409, 412] {
        let outcome = reply(status).refusal(&json!({}));

        assert!(matches!(outcome, Outcome::Retry { code: "microsoft.conflict", .. }), "{outcome:?}");
    }
    let made = reply(409).rejected(&json!({}));
    assert_eq!(made, Outcome::Rejected { code: "microsoft.conflict", message: "HTTP 409".into() });
    assert!(matches!(reply(413).refusal(&json!({})), Outcome::Rejected { code: "microsoft.too_large", .. }));
}

#[test]
fn only_one_message_says_that_a_member_is_there_already() {
    let there = "One or more added object references already exist for the following modified properties: 'members'.";

    assert!(refused("Request_BadRequest", there).is_there_already());
    for other in ["Another object with the same value for property userPrincipalName already exists.", ""] {
        assert!(!refused("Request_BadRequest", other).is_there_already(), "{other}");
    }
}

#[test]
fn microsofts_words_name_nobody_who_was_sent() {
    let sent = json!({
        "displayName": "Tolva Fågel",
        "userPrincipalName": "tolva.fagel@skola.example",
        "passwordProfile": { "password": "Sk-hemligt", "forceChangePasswordNextSignIn": true },
    });
    let reply = refused(
        "Request_BadRequest",
        "Tolva (tolva.fagel@skola.example) may not have Sk-hemligt, nor bo@skola.example.",
    );

    let outcome = reply.refusal(&sent);

    let message = "HTTP 400: Request_BadRequest: ••• (•••) may not have •••, nor •••".to_owned();
    assert_eq!(outcome, Outcome::Rejected { code: "microsoft.rejected", message });
}

#[test]
fn what_is_no_error_of_graphs_says_nothing() {
    let long = json!({ "error": { "code": "A", "message": "word ".repeat(20_000) } }).to_string();
    for body in ["<html>Tolva Fågel</html>", "", "{}", r#"{"error":"Tolva"}"#, &long] {
        let reply = Reply::of(&answer(400, None, body.as_bytes()), Timestamp::UNIX_EPOCH);

        let outcome = reply.refusal(&json!({}));
        assert_eq!(outcome, Outcome::Rejected { code: "microsoft.rejected", message: "HTTP 400".into() }, "{body}");
    }
}

#[test]
fn a_code_that_is_no_word_is_not_repeated() {
    assert_eq!(refused("Tolva Fågel is wrong", "").code, "");
}

#[test]
fn parts_of_a_batch_come_in_any_order_each_with_its_own_wait() {
    let body = json!({ "responses": [
        { "id": "1", "status": 429, "headers": { "Retry-After": "12" }, "body": {} },
        { "id": "0", "status": 400, "body": { "error": { "code": "Request_BadRequest", "message": "no" } } },
    ]});

    let parts = parts(&answer(200, None, body.to_string().as_bytes())).unwrap();

    let throttled = Reply { status: 429, retry_after: Some(Duration::from_secs(12)), ..Reply::default() };
    let refused = Reply { code: "Request_BadRequest".into(), words: "no".into(), ..reply(400) };
    assert_eq!(parts, [(1, throttled), (0, refused)]);
}

#[test]
fn of_many_members_only_those_who_failed_are_told() {
    let body = json!({ "value": [
        { "userId": "ASTRID", "error": { "code": "NotFound", "message": "" } },
        { "userId": "bo", "error": null },
        { "userId": "eva", "error": { "code": "SomethingElse" } },
    ]});

    let failed = failures(&answer(207, None, body.to_string().as_bytes())).unwrap();

    let told: Vec<(&str, u16)> = failed.iter().map(|it| (it.user.as_str(), it.reply.status)).collect();
    assert_eq!(told, [("astrid", 404), ("eva", 400)]);
}

#[test]
fn an_answer_without_content_tells_of_nobody_who_failed() {
    assert_eq!(failures(&answer(204, None, b" ")), Ok(Vec::new()));
}

#[test]
fn an_answer_that_is_none_is_no_success() {
    let page = answer(200, None, b"<html>");

    assert!(matches!(failures(&page), Err(Outcome::Retry { code: "microsoft.unreadable", .. })));
    assert!(matches!(parts(&page), Err(Outcome::Retry { code: "microsoft.unreadable", .. })));
}
