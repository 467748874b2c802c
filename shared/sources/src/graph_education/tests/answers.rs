//! Every row of the classification, and what is around the objects.

use outbound::Answer;

use crate::SourceErrorKind;
use crate::graph_education::classify::{Verdict, given, verdict};
use crate::graph_education::envelope::{Collection, Link, parts};
use crate::loopback::Loopback;

/// An answer as it comes, since nobody but the client makes one.
async fn answer(status: u16, body: &'static str) -> Answer {
    let server = Loopback::answering(move |_| (status, body.to_owned())).await;
    let base: outbound::Url = server.base.parse().unwrap();
    let outbound = outbound::Outbound::for_base(&outbound::OutboundSettings::new("a-test/1"), &base).unwrap();
    outbound.send(outbound::Request::get(base)).await.unwrap()
}

#[tokio::test]
async fn every_answer_is_told_apart() {
    let expired = r#"{"error":{"code":"syncStateNotFound","message":"…"}}"#;
    for (status, body, expected) in [
        (200, "{}", Verdict::Given),
        (410, "", Verdict::Expired),
        (410, r#"{"error":{"code":"resyncRequired"}}"#, Verdict::Expired),
        (400, expired, Verdict::Expired),
        (404, expired, Verdict::Expired),
        (400, r#"{"error":{"code":"Directory_ExpiredPageToken"}}"#, Verdict::Expired),
        (400, r#"{"error":{"code":"Request_BadRequest"}}"#, Verdict::Failed),
        (400, "no JSON", Verdict::Failed),
        (404, r#"{"error":{"code":"Request_ResourceNotFound"}}"#, Verdict::Missing),
        (403, r#"{"error":{"code":"Authorization_RequestDenied"}}"#, Verdict::Failed),
        (429, "", Verdict::Failed),
        (503, expired, Verdict::Failed),
    ] {
        assert_eq!(verdict(&answer(status, body).await), expected, "{status} {body}");
    }
}

fn part_of(status: u16, headers: &str) -> Result<bool, (SourceErrorKind, &'static str)> {
    let body = format!(r#"{{"responses":[{{"id":"0","status":{status},"headers":{headers}}}]}}"#);
    let part = parts(body.as_bytes(), 1).unwrap().remove(0);
    given(part).map(|it| it.is_some()).map_err(|error| (error.kind, error.code))
}

#[test]
fn a_part_of_a_batch_is_judged_as_an_answer_of_its_own() {
    let wait = r#"{"Retry-After":"17"}"#;
    for (status, headers, expected) in [
        (200, "{}", Ok(true)),
        (404, "{}", Ok(false)),
        (401, "{}", Err((SourceErrorKind::Refused, "source.refused"))),
        (403, "{}", Err((SourceErrorKind::Refused, "source.refused"))),
        (429, wait, Err((SourceErrorKind::Throttled(17), "source.throttled"))),
        (429, r#"{"retry-after":3}"#, Err((SourceErrorKind::Throttled(3), "source.throttled"))),
        (429, "{}", Err((SourceErrorKind::Throttled(30), "source.throttled"))),
        (429, r#"{"retry-after":"9999999"}"#, Err((SourceErrorKind::Throttled(86_400), "source.throttled"))),
        (503, wait, Err((SourceErrorKind::Throttled(17), "source.throttled"))),
        (503, "{}", Err((SourceErrorKind::Passing, "source.page_failed"))),
        (500, "{}", Err((SourceErrorKind::Passing, "source.page_failed"))),
        (400, "{}", Err((SourceErrorKind::Contract, "source.unexpected_answer"))),
    ] {
        assert_eq!(part_of(status, headers), expected, "{status} {headers}");
    }
}

#[test]
fn the_parts_of_a_batch_come_in_any_order() {
    let body = br#"{"responses":[{"id":"1","status":404},{"id":"0","status":200,"body":{"value":[]}}]}"#;

    let statuses: Vec<u16> = parts(body, 2).unwrap().iter().map(|it| it.status).collect();

    assert_eq!(statuses, [200, 404]);
}

#[test]
fn a_batch_that_leaves_out_repeats_or_invents_is_no_answer() {
    for body in [
        r#"{"responses":[{"id":"0","status":200}]}"#,
        r#"{"responses":[{"id":"0","status":200},{"id":"0","status":200}]}"#,
        r#"{"responses":[{"id":"0","status":200},{"id":"2","status":200}]}"#,
        r#"{"responses":[{"id":"0","status":200},{"status":200}]}"#,
        r#"{"responses":{}}"#,
        r#"{"responses":[{"id":"0","#,
        "{}",
        "",
    ] {
        assert_eq!(parts(body.as_bytes(), 2).unwrap_err().code, "source.page_unreadable", "{body}");
    }
}

#[test]
fn a_page_ends_with_a_next_one_with_changes_to_come_or_with_nothing() {
    let link = |body: &str| Collection::of(body.as_bytes()).unwrap().link;

    assert_eq!(link(r#"{"value":[],"@odata.nextLink":"n"}"#), Link::Next("n".into()));
    assert_eq!(link(r#"{"value":[],"@odata.nextLink":"n","@odata.deltaLink":"d"}"#), Link::Next("n".into()));
    assert_eq!(link(r#"{"value":[],"@odata.nextLink":null,"@odata.deltaLink":"d"}"#), Link::Delta("d".into()));
    assert_eq!(link(r#"{"value":[]}"#), Link::End);
}

#[test]
fn what_is_no_whole_page_is_no_page() {
    for body in [
        &b""[..],
        b"{}",
        b"[]",
        b"null",
        br#"{"value":{}}"#,
        br#"{"value":[{"id":"5b2c"#,
        br#"{"value":[],"@odata.nextLink":7.5}"#,
        br#"{"value":[],"@odata.nextLink":" "}"#,
        br#"{"value":[],"value":[]}"#,
        b"\xff\xfe{\x00}\x00",
        b"{\"value\":[\"\xe5\"]}",
    ] {
        assert_eq!(Collection::of(body).unwrap_err().code, "source.page_unreadable", "{body:?}");
    }
}
