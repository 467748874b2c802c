//! Each row of answer → outcome.

use std::time::Duration;

use rules::outcome::Outcome;

use crate::egil::codes::CODES;
use crate::scim_protocol::{Reply, Step, judged, outcome};

fn of(step: Step, status: u16) -> Outcome {
    outcome(&CODES, step, Reply { status, retry_after: None, words: "words".into() })
}

fn rejected(code: &'static str, status: u16) -> Outcome {
    Outcome::Rejected { code, message: format!("HTTP {status}: words") }
}

#[test]
fn success_is_done_for_every_step() {
    for (step, status) in
        [(Step::Create, 201), (Step::Create, 200), (Step::Replace, 200), (Step::Delete, 204), (Step::Delete, 202)]
    {
        assert_eq!(of(step, status), Outcome::done(), "{step:?} {status}");
    }
}

#[test]
fn replacing_what_is_gone_has_it_made_again() {
    assert_eq!([of(Step::Replace, 404), of(Step::Replace, 410)], [Outcome::Vanished, Outcome::Vanished]);
}

#[test]
fn deleting_what_is_gone_is_done_already() {
    assert_eq!([of(Step::Delete, 404), of(Step::Delete, 410)], [Outcome::AlreadyDone, Outcome::AlreadyDone]);
}

#[test]
fn what_is_wrong_with_one_object_rejects_that_object() {
    for (step, status, code) in [
        (Step::Create, 400, "egil.rejected"),
        (Step::Replace, 422, "egil.rejected"),
        (Step::Create, 404, "egil.no_such_endpoint"),
        (Step::Delete, 405, "egil.no_such_endpoint"),
        (Step::Replace, 409, "egil.conflict"),
        (Step::Create, 413, "egil.too_large"),
        (Step::Create, 415, "egil.media_type"),
        (Step::Create, 501, "egil.not_supported"),
        (Step::Create, 418, "egil.rejected"),
    ] {
        assert_eq!(of(step, status), rejected(code, status), "{step:?} {status}");
    }
}

#[test]
fn being_refused_altogether_is_about_the_target() {
    for status in [401, 403] {
        let wanted = Outcome::TargetDown { code: "egil.refused", detail: format!("HTTP {status}: words") };

        assert_eq!(of(Step::Create, status), wanted);
    }
}

#[test]
fn being_sent_elsewhere_is_about_the_target() {
    let wanted = Outcome::TargetDown { code: "egil.redirected", detail: "HTTP 301: words".into() };

    assert_eq!(of(Step::Replace, 301), wanted);
}

#[test]
fn too_many_requests_waits_as_long_as_told() {
    let after = Some(Duration::from_secs(7));

    let outcome = outcome(&CODES, Step::Create, Reply { status: 429, retry_after: after, words: String::new() });

    assert_eq!(outcome, Outcome::Throttled { after, scope: "target".into() });
}

#[test]
fn a_portal_in_trouble_is_tried_again() {
    for status in [408, 423, 425, 500, 502, 503, 504] {
        let (code, detail) = ("egil.unavailable", format!("HTTP {status}: words"));

        assert_eq!(of(Step::Create, status), Outcome::Retry { after: None, code, detail });
    }
}

#[test]
fn retry_after_holds_for_a_portal_in_trouble_too() {
    let after = Some(Duration::from_secs(120));

    let outcome = outcome(&CODES, Step::Delete, Reply { status: 503, retry_after: after, words: String::new() });

    let (code, detail) = ("egil.unavailable", "HTTP 503".to_owned());
    assert_eq!(outcome, Outcome::Retry { after, code, detail });
}

fn told(body: &str) -> String {
    let sent =
        serde_json::json!({ "displayName": "Tolva Fågel", "emails": [{ "value": "tolva.fagel@skola.example" }] });
    let answer = outbound::fuzzing::answer(400, None, body.as_bytes());
    match judged(&CODES, Step::Create, &answer, Some(&sent), jiff::Timestamp::UNIX_EPOCH) {
        Outcome::Rejected { message, .. } => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn words_cut_off_in_the_middle_of_an_address_do_not_show_its_first_half() {
    let told = told(&"tolva.fagel@skola.example ".repeat(100));

    assert!(!told.contains("tolva") && told.contains("•••"), "{told}");
}

#[test]
fn an_error_as_long_as_a_book_says_nothing() {
    assert_eq!(told(&"word ".repeat(20_000)), "HTTP 400");
}

#[test]
fn escapes_in_what_is_no_json_hide_nobody() {
    assert_eq!(told(r#"{"title":"\u0054olva F\u00e5gel"#), "HTTP 400");
}
