use std::collections::BTreeMap;

use roster::{RecordKey, RecordKind};
use serde_json::{Value, json};

use super::*;
use crate::loopback::{Asked, Loopback, Reply, Whole, changes, context, whole};
use crate::report::Counts;
use crate::{Scope, SourceErrorKind, configuration};

const FIRST: &str = "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0001";
const SECOND: &str = "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0002";

fn source(server: &Loopback, more: &str) -> Ss12000Source {
    let text = format!("base_url = '{}'\npage_size = 2\n{more}", server.base);
    let text = if more.contains("client_id") { text } else { format!("anonymous = true\n{text}") };
    Ss12000Source::new(configuration::read(&text.parse().unwrap()).unwrap(), &context()).unwrap().impatient()
}

fn page(ids: &[&str], token: Option<&str>) -> Reply {
    let data: Vec<Value> = ids
        .iter()
        .map(|id| json!({"id": id, "displayName": "A", "organisationType": "Skola", "givenName": "A", "familyName": "B"}))
        .collect();
    (200, json!({"data": data, "pageToken": token}).to_string())
}

fn nothing() -> Reply {
    page(&[], None)
}

fn status(status: u16) -> Reply {
    (status, json!({"code": "x", "message": "y"}).to_string())
}

/// Answers by the beginning of the line; everything else is an empty page.
fn answers(table: &[(&str, Reply)]) -> impl Fn(&Asked) -> Reply + use<> {
    let table: BTreeMap<String, Reply> =
        table.iter().map(|(line, reply)| ((*line).to_owned(), reply.clone())).collect();
    move |asked| {
        let longest = table.iter().filter(|(line, _)| asked.line.starts_with(*line)).max_by_key(|(line, _)| line.len());
        longest.map_or_else(nothing, |(_, reply)| reply.clone())
    }
}

async fn failure(reading: impl Future<Output = Result<Whole, SourceError>>) -> (SourceErrorKind, &'static str) {
    let error = reading.await.unwrap_err();
    (error.kind, error.code)
}

const CURSOR: &str = "2026-11-22T11:00:00Z";

#[tokio::test]
async fn a_full_read_asks_for_every_resource_in_order_of_dependence() {
    let server = Loopback::answering(answers(&[
        ("GET /persons?limit", page(&[FIRST], Some("1"))),
        ("GET /persons?pageToken", page(&[SECOND], None)),
    ]))
    .await;

    let read = whole(&source(&server, ""), Scope::Full, None).await.unwrap();

    insta::assert_snapshot!(server.lines().join("\n"), @r"
    GET /organisations?limit=2
    GET /persons?limit=2
    GET /persons?pageToken=1&limit=2
    GET /groups?limit=2
    GET /duties?limit=2
    GET /activities?limit=2
    ");
    assert_eq!((read.records.len(), read.cursor.as_deref()), (2, Some("2026-11-22T12:00:00Z")));
    assert_eq!(read.complete, RecordKind::ALL[..5]);
}

#[tokio::test]
async fn changes_are_asked_for_from_five_minutes_before_and_no_filter_goes_with_a_page_token() {
    let deleted = json!({"data": {"persons": [FIRST.to_uppercase()], "activitites": [SECOND], "grades": ["x"]}});
    let more = json!({"data": {"activities": [FIRST], "groups": []}, "pageToken": null});
    let server = Loopback::answering(answers(&[
        ("GET /groups?meta", page(&[], Some("abc"))),
        (
            "GET /deletedEntities?after",
            (200, {
                let mut first = deleted;
                first["pageToken"] = json!("d2");
                first.to_string()
            }),
        ),
        ("GET /deletedEntities?pageToken", (200, more.to_string())),
    ]))
    .await;

    let read = whole(&source(&server, ""), changes(CURSOR), None).await.unwrap();

    insta::assert_snapshot!(server.lines().join("\n"), @r"
    GET /organisations?meta.modified.after=2026-11-22T10%3A55%3A00Z&limit=2
    GET /persons?meta.modified.after=2026-11-22T10%3A55%3A00Z&limit=2
    GET /groups?meta.modified.after=2026-11-22T10%3A55%3A00Z&limit=2
    GET /groups?pageToken=abc&limit=2
    GET /duties?meta.modified.after=2026-11-22T10%3A55%3A00Z&limit=2
    GET /activities?meta.modified.after=2026-11-22T10%3A55%3A00Z&limit=2
    GET /deletedEntities?after=2026-11-22T10%3A55%3A00Z&entities=Organisation&entities=Person&entities=Group&entities=Duty&entities=Activity&limit=2
    GET /deletedEntities?pageToken=d2&limit=2
    ");
    let key = |kind, id: &str| RecordKey { kind, id: id.parse().unwrap() };
    assert_eq!(
        read.removed,
        [key(RecordKind::Person, FIRST), key(RecordKind::Activity, SECOND), key(RecordKind::Activity, FIRST)]
    );
    assert_eq!((read.cursor.as_deref(), read.complete), (Some("2026-11-22T12:00:00Z"), vec![]));
}

#[tokio::test]
async fn a_provider_that_cannot_filter_by_time_is_read_in_full_from_then_on() {
    for refusal in [400, 404, 501] {
        let server = Loopback::answering(answers(&[("GET /organisations?meta", status(refusal))])).await;
        let source = source(&server, "");

        let error = whole(&source, changes(CURSOR), None).await.unwrap_err();

        assert_eq!(error.kind, SourceErrorKind::FullReadNeeded, "{refusal}");
        let asked = server.lines().len();
        let again = failure(whole(&source, changes(CURSOR), error.memory.clone())).await;
        assert_eq!(again, (SourceErrorKind::FullReadNeeded, "source.changes_unsupported"));
        assert_eq!(server.lines().len(), asked, "asked again although it is known");
        let full = whole(&source, Scope::Full, error.memory).await.unwrap();
        assert_eq!(full.cursor, None);
    }
}

#[tokio::test]
async fn a_provider_that_does_not_tell_what_was_deleted_is_read_without() {
    for refusal in [400, 403, 404, 501] {
        let server = Loopback::answering(answers(&[("GET /deletedEntities", status(refusal))])).await;
        let source = source(&server, "");

        let read = whole(&source, changes(CURSOR), None).await.unwrap();

        assert_eq!(read.cursor.as_deref(), Some("2026-11-22T12:00:00Z"), "{refusal}");
        let asked = server.lines().len();
        whole(&source, changes(CURSOR), read.memory).await.unwrap();
        assert_eq!(server.lines()[asked..].iter().filter(|it| it.contains("deleted")).count(), 0);
    }
}

#[tokio::test]
async fn nothing_deleted_may_be_written_as_an_empty_object_or_list() {
    for data in [json!({}), json!([]), json!({"persons": null, "groups": []})] {
        let reply = (200, json!({"data": data}).to_string());
        let server = Loopback::answering(answers(&[("GET /deletedEntities", reply)])).await;

        let read = whole(&source(&server, ""), changes(CURSOR), None).await.unwrap();

        assert_eq!(read.removed, []);
    }
}

#[tokio::test]
async fn what_was_deleted_may_be_a_list_of_entities() {
    let deleted = json!({"data": [
        {"entityType": "Person", "id": FIRST, "deletedAt": "2026-11-22T11:58:00.490"},
        {"entityType": "Activity", "id": SECOND, "deletedAt": "2026-11-22T11:59:00.120"},
        {"entityType": "Grade", "id": SECOND, "deletedAt": "2026-11-22T11:59:01.777"},
    ], "pageToken": null});
    let server = Loopback::answering(answers(&[("GET /deletedEntities", (200, deleted.to_string()))])).await;

    let read = whole(&source(&server, ""), changes(CURSOR), None).await.unwrap();

    let key = |kind, id: &str| RecordKey { kind, id: id.parse().unwrap() };
    assert_eq!(read.removed, [key(RecordKind::Person, FIRST), key(RecordKind::Activity, SECOND)]);
}

#[tokio::test]
async fn a_way_to_tell_deletions_that_nobody_has_described_is_none() {
    let deleted = (200, json!({"data": "Person 1"}).to_string());
    let server = Loopback::answering(answers(&[("GET /deletedEntities", deleted)])).await;
    let source = source(&server, "");

    let read = whole(&source, changes(CURSOR), None).await.unwrap();

    let asked = server.lines().len();
    whole(&source, changes(CURSOR), read.memory).await.unwrap();
    assert_eq!((read.removed, server.lines()[asked..].iter().any(|it| it.contains("deleted"))), (vec![], false));
}

#[tokio::test]
async fn a_resource_that_is_not_there_yields_no_removals() {
    let server = Loopback::answering(answers(&[("GET /activities", status(404)), ("GET /duties", status(501))])).await;
    let source = source(&server, "");

    let read = whole(&source, Scope::Full, None).await.unwrap();

    assert_eq!(read.complete, [RecordKind::Organisation, RecordKind::Person, RecordKind::Group]);
    let asked = server.lines().len();
    whole(&source, changes(CURSOR), read.memory).await.unwrap();
    assert!(!server.lines()[asked..].iter().any(|it| it.contains("GET /activities") || it.contains("GET /duties")));
}

#[tokio::test]
async fn a_resource_that_disappears_between_full_reads_stops_the_read() {
    let server = Loopback::answering(answers(&[("GET /groups", status(404))])).await;

    let failed = failure(whole(&source(&server, ""), changes(CURSOR), None)).await;

    assert_eq!(failed, (SourceErrorKind::Passing, "source.resource_gone"));
}

#[tokio::test]
async fn a_provider_with_nothing_at_all_is_not_an_empty_one() {
    let server = Loopback::answering(|_| status(404)).await;

    let failed = failure(whole(&source(&server, ""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Contract, "source.no_resources"));
}

#[tokio::test]
async fn a_provider_that_refuses_a_limit_is_asked_without() {
    let server = Loopback::answering(|asked| if asked.line.contains("limit=") { status(400) } else { nothing() }).await;

    whole(&source(&server, "resources = ['persons', 'groups']"), Scope::Full, None).await.unwrap();

    assert_eq!(server.lines(), ["GET /persons?limit=2", "GET /persons", "GET /groups"]);
}

#[tokio::test]
async fn a_page_token_that_comes_back_ends_the_read() {
    let server = Loopback::answering(|_| page(&[FIRST], Some("1"))).await;

    let failed = failure(whole(&source(&server, ""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Contract, "source.pages_endless"));
}

#[tokio::test]
async fn an_answer_that_is_no_whole_page_is_no_page() {
    for body in [
        r#"{"data": [{"id": "0b1e6a52-7f2f-4f0e"#,
        r#"{"pageToken": null}"#,
        r#"{"data": null}"#,
        r#"{"data": [], "pageToken": {"next": 1}}"#,
        "<html>",
        "",
    ] {
        let server = Loopback::answering(move |_| (200, body.to_owned())).await;

        let failed = failure(whole(&source(&server, ""), Scope::Full, None)).await;

        assert_eq!(failed, (SourceErrorKind::Contract, "source.page_unreadable"), "{body}");
    }
}

#[tokio::test]
async fn a_record_that_nobody_can_identify_keeps_its_kind_from_yielding_removals() {
    let broken = (200, json!({"data": [{"givenName": "Utan"}], "pageToken": "2"}).to_string());
    let server = Loopback::answering(answers(&[
        ("GET /persons?limit", broken),
        ("GET /persons?pageToken", page(&[SECOND], None)),
    ]))
    .await;

    let read = whole(&source(&server, "resources = ['organisations', 'persons']"), Scope::Full, None).await.unwrap();

    assert_eq!((read.records.len(), read.complete), (1, vec![RecordKind::Organisation]));
}

#[tokio::test]
async fn patience_is_asked_for_as_the_provider_says() {
    let server = Loopback::answering(|_| status(429)).await;

    let failed = failure(whole(&source(&server, ""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Throttled(7), "source.throttled"));
}

#[tokio::test]
async fn a_passing_fault_passes() {
    let server = Loopback::answering(|asked| if asked.before < 2 { status(503) } else { nothing() }).await;

    whole(&source(&server, "resources = ['persons']"), Scope::Full, None).await.unwrap();

    assert_eq!(server.lines(), ["GET /persons?limit=2"; 3]);
}

#[tokio::test]
async fn a_fault_that_stays_ends_the_read_after_three_tries() {
    let server = Loopback::answering(|_| status(500)).await;

    let failed = failure(whole(&source(&server, ""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Passing, "source.page_failed"));
    assert_eq!(server.lines().len(), 3);
}

#[tokio::test]
async fn an_outage_in_disguise_is_no_missing_resource() {
    let outage = (404, json!({"code": "source_unavailable", "message": "no current data set"}).to_string());
    let server = Loopback::answering(move |_| outage.clone()).await;

    let failed = failure(whole(&source(&server, ""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Passing, "source.page_failed"));
}

fn with_tokens(server: &Loopback) -> Ss12000Source {
    let more = format!(
        "token_url = '{}/token'\nclient_id = 'hub'\nclient_secret = {{ env = 'A_SECRET' }}\nresources = ['persons', 'groups']",
        server.base
    );
    source(server, &more)
}

fn token(asked: &Asked) -> Reply {
    (200, json!({"access_token": format!("t{}", asked.before), "expires_in": 3600}).to_string())
}

#[tokio::test]
async fn a_token_that_expires_between_pages_is_renewed() {
    let server = Loopback::answering(|asked| match asked.line.as_str() {
        "POST /token" => token(asked),
        line if line.contains("groups") && asked.token == "t0" => status(401),
        _ => nothing(),
    })
    .await;

    whole(&with_tokens(&server), Scope::Full, None).await.unwrap();

    assert_eq!(server.tokens(), ["", "t0", "t0", "", "t1"]);
}

#[tokio::test]
async fn a_source_that_accepts_no_token_has_refused() {
    let server =
        Loopback::answering(|asked| if asked.line == "POST /token" { token(asked) } else { status(401) }).await;

    let failed = failure(whole(&with_tokens(&server), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Refused, "source.refused"));
    assert_eq!(server.tokens(), ["", "t0", "", "t1"]);
}

#[tokio::test]
async fn a_token_server_that_refuses_has_refused() {
    let server = Loopback::answering(|_| (401, json!({"error": "invalid_client"}).to_string())).await;

    let failed = failure(whole(&with_tokens(&server), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Refused, "token.refused"));
}

#[tokio::test]
async fn a_cursor_that_is_no_time_asks_for_a_full_read() {
    let server = Loopback::answering(|_| nothing()).await;

    let failed = failure(whole(&source(&server, ""), changes("yesterday"), None)).await;

    assert_eq!(failed, (SourceErrorKind::FullReadNeeded, "source.cursor_unknown"));
}

const BELL: &str = "https://hub.example/doorbell";

fn subscription(expires: &str) -> Subscription {
    Subscription { id: "s 1".into(), expires: Some(expires.parse().unwrap()), doorbell: BELL.into() }
}

fn subscribed(id: &str, expires: &str) -> Reply {
    (201, json!({"id": id, "expires": expires, "target": BELL}).to_string())
}

#[tokio::test]
async fn a_subscription_is_made_for_the_kinds_that_are_read() {
    let server =
        Loopback::answering(answers(&[("POST /subscriptions", subscribed("s 1", "2027-02-01T00:00:00Z"))])).await;

    let made = source(&server, "resources = ['persons', 'groups']").subscribe(None, BELL).await.unwrap();

    assert_eq!(made, Some(subscription("2027-02-01T00:00:00Z")));
    insta::assert_snapshot!(server.lines().join("\n"), @r#"
    GET /subscriptions
    POST /subscriptions {"name":"demo register","resourceTypes":[{"resource":"Person"},{"resource":"Group"}],"target":"https://hub.example/doorbell"}
    "#);
}

#[tokio::test]
async fn a_subscription_refused_as_objects_is_tried_as_bare_strings() {
    let server = Loopback::answering(|asked| match asked.line.as_str() {
        "POST /subscriptions" if asked.body.contains(r#"{"resource""#) => status(400),
        "POST /subscriptions" => subscribed("s 1", "2027-02-01T00:00:00Z"),
        _ => status(404),
    })
    .await;

    let made = source(&server, "resources = ['duties']").subscribe(None, BELL).await.unwrap();

    assert!(made.is_some());
    assert!(server.lines()[2].contains(r#""resourceTypes":["Duty"]"#), "{:?}", server.lines());
}

#[tokio::test]
async fn a_provider_without_subscriptions_is_polled() {
    for refusal in [404, 405, 501] {
        let server = Loopback::answering(move |_| status(refusal)).await;

        assert_eq!(source(&server, "").subscribe(None, BELL).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_subscription_from_an_earlier_life_is_adopted() {
    let list = json!({"data": [
        {"id": "other", "target": "https://other.example", "expires": "2027-02-01T00:00:00Z"},
        {"id": "s 1", "target": BELL, "expires": "2027-02-01T00:00:00Z"}
    ]});
    let server = Loopback::answering(answers(&[("GET /subscriptions", (200, list.to_string()))])).await;

    let adopted = source(&server, "").subscribe(None, BELL).await.unwrap();

    assert_eq!(adopted, Some(subscription("2027-02-01T00:00:00Z")));
    assert_eq!(server.lines(), ["GET /subscriptions"]);
}

#[tokio::test]
async fn a_subscription_with_time_left_is_left_alone() {
    let server = Loopback::answering(|_| status(500)).await;
    let current = subscription("2026-11-24T12:00:00Z");

    let kept = source(&server, "").subscribe(Some(&current), BELL).await.unwrap();

    assert_eq!((kept, server.lines()), (Some(current), vec![]));
}

#[tokio::test]
async fn a_subscription_is_renewed_without_a_body_in_good_time() {
    let server = Loopback::answering(|_| subscribed("s 1", "2027-02-01T00:00:00Z")).await;
    let current = subscription("2026-11-24T11:59:59Z");

    let renewed = source(&server, "").subscribe(Some(&current), BELL).await.unwrap();

    assert_eq!(renewed, Some(subscription("2027-02-01T00:00:00Z")));
    assert_eq!(server.lines(), ["PATCH /subscriptions/s%201"]);
}

#[tokio::test]
async fn a_subscription_that_does_not_say_when_it_expires_is_renewed_every_day() {
    let server = Loopback::answering(|_| (200, String::new())).await;
    let current = Subscription { expires: None, ..subscription("2026-11-24T11:59:59Z") };

    let renewed = source(&server, "").subscribe(Some(&current), BELL).await.unwrap();

    assert_eq!(renewed, Some(subscription("2026-11-25T12:00:00Z")));
}

#[tokio::test]
async fn a_subscription_that_is_gone_is_made_anew() {
    let server = Loopback::answering(answers(&[
        ("PATCH", status(404)),
        ("POST /subscriptions", subscribed("s 2", "2027-02-01T00:00:00Z")),
    ]))
    .await;

    let made = source(&server, "").subscribe(Some(&subscription("2026-11-22T13:00:00Z")), BELL).await.unwrap();

    assert_eq!(made.unwrap().id, "s 2");
}

#[tokio::test]
async fn a_doorbell_that_moved_is_cancelled_where_it_was() {
    let server =
        Loopback::answering(answers(&[("POST /subscriptions", subscribed("s 2", "2027-02-01T00:00:00Z"))])).await;
    let former = Subscription { doorbell: "https://old.example".into(), ..subscription("2027-02-01T00:00:00Z") };

    source(&server, "").subscribe(Some(&former), BELL).await.unwrap();

    assert_eq!(server.lines()[0], "DELETE /subscriptions/s%201");
}

fn person() -> RecordKey {
    RecordKey { kind: RecordKind::Person, id: FIRST.parse().unwrap() }
}

#[tokio::test]
async fn a_record_that_is_given_is_there() {
    let server = Loopback::answering(|_| (200, "{}".into())).await;

    assert!(source(&server, "").has(person()).await.unwrap());
    assert_eq!(server.lines(), [format!("GET /persons/{FIRST}")]);
}

#[tokio::test]
async fn a_record_that_is_not_found_is_looked_up_before_it_is_believed_gone() {
    let found = json!([{"id": FIRST, "givenName": "A", "familyName": "B"}]).to_string();
    let none = || (200, "[]".to_owned());
    let cases = [
        (404, (200, found.clone()), true),
        (405, (200, found), true),
        (404, none(), false),
        (501, none(), false),
        (404, status(404), false),
    ];
    for (refusal, lookup, there) in cases {
        let server =
            Loopback::answering(answers(&[("GET /persons/", status(refusal)), ("POST /persons/lookup", lookup)])).await;

        assert_eq!(source(&server, "").has(person()).await.unwrap(), there);
    }
}

#[tokio::test]
async fn nobody_is_believed_gone_when_the_provider_can_tell_in_no_way() {
    let server = Loopback::answering(|_| status(501)).await;

    assert_eq!(source(&server, "").has(person()).await.unwrap_err().code, "source.lookup_missing");
}

#[tokio::test]
async fn a_lookup_that_is_too_large_is_halved() {
    let server = Loopback::answering(|asked| {
        let ids: Value = serde_json::from_str(&asked.body).unwrap();
        let ids = ids["ids"].as_array().unwrap();
        if ids.len() > 150 {
            return status(503);
        }
        let found: Vec<_> = ids.iter().map(|id| json!({"id": id, "givenName": "A", "familyName": "B"})).collect();
        (200, Value::from(found).to_string())
    })
    .await;
    let ids: Vec<Id> = (0..700).map(|n| Id::derived(&[&n.to_string()])).collect();

    let found = source(&server, "").lookup(Resource::Persons, &ids).await.unwrap();

    let found: Vec<Id> = found.records.iter().map(|record| record.key().id).collect();
    assert_eq!(found, ids);
}

fn report(kind: RecordKind) -> ReadReport {
    let unreadable = crate::Unreadable {
        kind,
        id: Some(FIRST.to_owned()),
        code: "ss12000.end_date_unreadable".to_owned(),
        reason: "endDate is not a date".to_owned(),
        lost: true,
    };
    let counts = BTreeMap::from([(kind, Counts { new: 1, changed: 2, removed: 3 })]);
    ReadReport { at: "2026-11-22T12:00:00Z".parse().unwrap(), counts, unreadable: vec![unreadable] }
}

#[tokio::test]
async fn a_provider_that_wants_to_know_is_told_what_became_of_a_read() {
    let server = Loopback::answering(answers(&[("POST", (201, String::new()))])).await;

    let reported = source(&server, "report_back = true").report(&report(RecordKind::Person)).await.unwrap();

    insta::assert_snapshot!(server.lines().join("\n"), @r#"
    POST /statistics/ {"deletedCount":3,"newCount":1,"resourceType":"Person","timeOfOccurance":"2026-11-22T12:00:00Z","updatedCount":2}
    POST /log/ {"message":"endDate is not a date","messageType":"ss12000.end_date_unreadable","resourceId":"0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0001","resourceType":"Person","severityLevel":"Error","timeOfOccurance":"2026-11-22T12:00:00Z"}
    "#);
    assert_eq!(reported, Reported::Taken(2));
}

#[tokio::test]
async fn a_provider_that_does_not_want_to_know_is_left_alone() {
    for refusal in [403, 404, 405, 501] {
        let server = Loopback::answering(answers(&[("POST", status(refusal))])).await;

        let reported = source(&server, "report_back = true").report(&report(RecordKind::Person)).await.unwrap();

        assert_eq!((reported, server.lines().len()), (Reported::NotWanted, 2), "{refusal}");
    }
}

#[tokio::test]
async fn nobody_is_told_anything_unless_the_configuration_says_so() {
    let server = Loopback::answering(answers(&[])).await;

    let reported = source(&server, "").report(&report(RecordKind::Person)).await.unwrap();

    assert_eq!((reported, server.lines()), (Reported::NotWanted, vec![]));
}

#[tokio::test]
async fn edlevo_is_asked_on_its_own_path_and_to_ring_for_what_it_rings_for() {
    let answering = answers(&[
        ("GET /WE.Education.IntegrationPortal.ExternalApi/api/v1/subscriptions", status(404)),
        ("POST /WE.Education.IntegrationPortal.ExternalApi/api/v1/subscriptions", subscribed("s1", CURSOR)),
    ]);
    let server = Loopback::answering(answering).await;
    let source = source(&server, "profile = 'edlevo'");

    whole(&source, changes(CURSOR), None).await.unwrap();
    source.subscribe(None, "https://hub.example/bell").await.unwrap();

    insta::assert_snapshot!(server.lines().join("\n").replace("/WE.Education.IntegrationPortal.ExternalApi/api/v1", "…"), @r#"
    GET …/organisations?meta.modified.after=2026-11-22T10%3A55%3A00Z&limit=2
    GET …/persons?meta.modified.after=2026-11-22T10%3A55%3A00Z&limit=2
    GET …/groups?meta.modified.after=2026-11-22T10%3A55%3A00Z&limit=2
    GET …/duties?meta.modified.after=2026-11-22T10%3A55%3A00Z&limit=2
    GET …/activities?meta.modified.after=2026-11-22T10%3A55%3A00Z&limit=2
    GET …/deletedEntities?after=2026-11-22T10%3A55%3A00Z&entities=Organisation&entities=Person&entities=Group&entities=Duty&entities=Activity&limit=2
    GET …/subscriptions
    POST …/subscriptions {"name":"demo register","resourceTypes":[{"resource":"Organisation"},{"resource":"Duty"}],"target":"https://hub.example/bell"}
    "#);
}

#[tokio::test]
async fn what_is_kept_apart_is_asked_for_deletions_apart() {
    static APART: profile::Profile =
        profile::Profile { home: &["one"], elsewhere: &[(Resource::Groups, &["other"])], ..profile::STANDARD };
    let gone = |name: &str, id: &str| (200, json!({"data": {name: [id]}}).to_string());
    let server = Loopback::answering(answers(&[
        ("GET /one/deletedEntities", gone("persons", FIRST)),
        ("GET /other/deletedEntities", gone("groups", SECOND)),
    ]))
    .await;
    let mut source = source(&server, "");
    source.client.profile = &APART;

    let read = whole(&source, changes(CURSOR), None).await.unwrap();

    let deleted: Vec<String> = server.lines().into_iter().filter(|it| it.contains("deleted")).collect();
    insta::assert_snapshot!(deleted.join("\n"), @r#"
    GET /one/deletedEntities?after=2026-11-22T10%3A55%3A00Z&entities=Organisation&entities=Person&entities=Duty&entities=Activity&limit=2
    GET /other/deletedEntities?after=2026-11-22T10%3A55%3A00Z&entities=Group&limit=2
    "#);
    assert_eq!(read.removed.len(), 2);
}

#[tokio::test]
async fn a_provider_that_can_little_is_found_out() {
    let person = json!({"id": FIRST, "givenName": "Astrid", "familyName": "Provsson", "personStatus": "Vilande"});
    let server = Loopback::answering(answers(&[
        ("GET /persons", (200, json!({"data": [person, person, person], "pageToken": "1"}).to_string())),
        ("GET /groups", status(404)),
        ("GET /deletedEntities", status(501)),
        ("GET /subscriptions", status(403)),
        ("POST /persons/lookup", status(404)),
    ]))
    .await;

    let probe = source(&server, "").probe().await.unwrap().unwrap();

    let text = serde_json::to_string_pretty(&probe).unwrap();
    insta::assert_snapshot!(text, @r#"
    {
      "lists": {
        "activities": {
          "finding": "yes",
          "records": 0,
          "more": false,
          "unreadable": {},
          "attributes": {}
        },
        "duties": {
          "finding": "yes",
          "records": 0,
          "more": false,
          "unreadable": {},
          "attributes": {}
        },
        "groups": {
          "finding": {
            "no": 404
          },
          "records": 0,
          "more": false,
          "unreadable": {},
          "attributes": {}
        },
        "organisations": {
          "finding": "yes",
          "records": 0,
          "more": false,
          "unreadable": {},
          "attributes": {}
        },
        "persons": {
          "finding": "yes",
          "records": 3,
          "more": true,
          "unreadable": {},
          "attributes": {
            "familyName": 3,
            "givenName": 3,
            "id": 3,
            "personStatus": 3
          }
        }
      },
      "changes": "ignored",
      "removals": {
        "no": 501
      },
      "doorbell": {
        "no": 403
      },
      "page_size": "ignored",
      "lookup": {
        "unknown": "source.lookup_missing"
      },
      "unknown_values": {
        "persons.personStatus": [
          "Vilande"
        ]
      }
    }
    "#);
    assert!(!text.contains("Astrid") && !text.contains(FIRST));
}

#[tokio::test]
async fn a_provider_that_lets_nobody_in_is_not_found_out() {
    let server = Loopback::answering(|_| status(403)).await;

    let error = source(&server, "").probe().await.unwrap_err();

    assert_eq!(error.code, "source.no_resources");
}
