use std::collections::BTreeMap;

use roster::{Record, RecordKey, RecordKind};
use serde_json::{Value, json};

use super::*;
use crate::loopback::{Asked, Loopback, Reply, Whole, changes, context, whole};
use crate::{Scope, SourceErrorKind, configuration};

mod mapping;

const CURSOR: &str = "2026-11-22T11:00:00Z";
const BASE: &str = "/ims/oneroster/v1p1";

fn source(server: &Loopback, more: &str) -> OneRosterSource {
    let auth = if more.contains("client_id") { "" } else { "static_token = { env = 'A_SECRET' }" };
    let version = if more.contains("version") { "" } else { "version = '1.1'" };
    let sizes = if more.contains("page_size") { "" } else { "page_size = 10\nclasses_per_page = 10" };
    let text = format!("{version}\nbase_url = '{}'\n{sizes}\n{auth}\n{more}", server.base);
    OneRosterSource::new(configuration::read(&text.parse().unwrap()).unwrap(), &context()).unwrap().impatient()
}

fn list(name: &str, objects: Value) -> Reply {
    (200, json!({ name: objects }).to_string())
}

fn status(status: u16) -> Reply {
    (status, json!({"imsx_codeMajor": "failure"}).to_string())
}

/// The name of the list that a line asks for.
fn asked_for(line: &str) -> &str {
    let path = line.split('?').next().unwrap();
    path.rsplit('/').next().unwrap()
}

/// The offset that a line asks for.
fn offset(line: &str) -> usize {
    line.split("offset=").nth(1).map_or(0, |it| it.split('&').next().unwrap().parse().unwrap())
}

/// Answers with these lists, as a provider pages them; everything else is empty. The longest beginning wins.
fn answers(table: &[(&str, Reply)]) -> impl Fn(&Asked) -> Reply + use<> {
    let table: BTreeMap<String, Reply> =
        table.iter().map(|(line, reply)| (format!("GET {BASE}{line}"), reply.clone())).collect();
    move |asked| {
        let longest = table.iter().filter(|(line, _)| asked.line.starts_with(*line)).max_by_key(|(line, _)| line.len());
        let name = asked_for(&asked.line).to_owned();
        let (status, body) = longest.map_or_else(|| list(&name, json!([])), |(_, reply)| reply.clone());
        match serde_json::from_str::<Value>(&body) {
            Ok(mut value) if status == 200 && value[&name].is_array() => {
                let from = offset(&asked.line);
                let rest: Vec<Value> = value[&name].as_array().unwrap().iter().skip(from).take(10).cloned().collect();
                value[&name] = rest.into();
                (200, value.to_string())
            }
            _ => (status, body),
        }
    }
}

/// A term, a school and its principal, a pupil and a teacher in a class.
fn school() -> Vec<(&'static str, Reply)> {
    vec![
        ("/academicSessions", list("academicSessions", json!([term()]))),
        (
            "/orgs",
            list(
                "orgs",
                json!([
                    {"sourcedId": "d", "name": "Norrbyholms kommun", "type": "district"},
                    {"sourcedId": "s", "name": "Norrskolan", "type": "school", "identifier": "00990001", "parent": {"sourcedId": "d"}},
                ]),
            ),
        ),
        (
            "/users",
            list(
                "users",
                json!([
                    {"sourcedId": "p", "givenName": "Astrid", "familyName": "Provsson", "role": "student", "orgs": [{"sourcedId": "s"}], "grades": ["07"]},
                    {"sourcedId": "t", "givenName": "Bo", "familyName": "Provsson", "role": "teacher", "orgs": [{"sourcedId": "s"}]},
                ]),
            ),
        ),
        ("/classes", list("classes", json!([class("c")]))),
        ("/classes/c", (200, json!({"class": class("c")}).to_string())),
        (
            "/schools/s/classes/c/enrollments",
            list("enrollments", json!([enrollment("1", "p", "student"), enrollment("2", "t", "teacher")])),
        ),
    ]
}

fn term() -> Value {
    json!({"sourcedId": "ht26", "title": "HT 2026", "type": "term", "startDate": "2026-08-17", "endDate": "2026-12-19"})
}

fn class(id: &str) -> Value {
    json!({"sourcedId": id, "title": "7A", "classType": "homeroom", "school": {"sourcedId": "s"}, "terms": [{"sourcedId": "ht26"}]})
}

fn enrollment(id: &str, user: &str, role: &str) -> Value {
    json!({"sourcedId": id, "user": {"sourcedId": user}, "class": {"sourcedId": "c"}, "role": role})
}

fn with(more: Vec<(&'static str, Reply)>) -> impl Fn(&Asked) -> Reply + use<> {
    answers(&school().into_iter().chain(more).collect::<Vec<_>>())
}

/// What a read of everything learns.
async fn memory() -> Option<String> {
    let server = Loopback::answering(with(vec![])).await;
    whole(&source(&server, ""), Scope::Full, None).await.unwrap().memory
}

async fn failure(reading: impl Future<Output = Result<Whole, SourceError>>) -> (SourceErrorKind, &'static str) {
    let error = reading.await.unwrap_err();
    (error.kind, error.code)
}

fn groups(read: &Whole) -> Vec<&roster::Group> {
    read.records.iter().filter_map(|it| if let Record::Group(group) = it { Some(group) } else { None }).collect()
}

fn codes(read: &Whole) -> Vec<&str> {
    read.unreadable.iter().map(|it| it.code.as_str()).collect()
}

fn key(kind: RecordKind, native: &str) -> RecordKey {
    RecordKey { kind, id: super::mapping::identity(kind, native) }
}

#[tokio::test]
async fn a_full_read_asks_for_sessions_first_and_for_the_members_of_each_class() {
    let server = Loopback::answering(with(vec![])).await;

    let read = whole(&source(&server, ""), Scope::Full, None).await.unwrap();

    insta::assert_snapshot!(server.lines().join("\n").replace(BASE, "…"), @"
    GET …/academicSessions?limit=10&offset=0&sort=sourcedId&orderBy=asc
    GET …/academicSessions?limit=10&offset=0&sort=sourcedId&orderBy=asc
    GET …/orgs?limit=10&offset=0&sort=sourcedId&orderBy=asc
    GET …/orgs?limit=10&offset=1&sort=sourcedId&orderBy=asc
    GET …/users?limit=10&offset=0&sort=sourcedId&orderBy=asc
    GET …/users?limit=10&offset=1&sort=sourcedId&orderBy=asc
    GET …/classes?limit=10&offset=0&sort=sourcedId&orderBy=asc
    GET …/schools/s/classes/c/enrollments?limit=10&offset=0
    GET …/schools/s/classes/c/enrollments?limit=10&offset=1
    GET …/classes?limit=10&offset=0&sort=sourcedId&orderBy=asc
    ");
    assert_eq!((read.records.len(), read.cursor.as_deref()), (5, Some("2026-11-22T12:00:00Z")));
    assert_eq!(read.complete, [RecordKind::Organisation, RecordKind::Person, RecordKind::Group]);
    assert_eq!(codes(&read), [""; 0]);
}

#[tokio::test]
async fn the_second_edition_has_its_own_path() {
    let server = Loopback::answering(|asked| list(asked_for(&asked.line), json!([]))).await;

    whole(&source(&server, "version = '1.2'"), Scope::Full, None).await.unwrap();

    assert!(
        server.lines()[0].starts_with("GET /ims/oneroster/rostering/v1p2/academicSessions?"),
        "{:?}",
        server.lines()
    );
}

#[tokio::test]
async fn a_change_of_one_enrollment_reaches_its_group_with_all_its_members() {
    let changed = list("enrollments", json!([enrollment("2", "t", "teacher")]));
    let quiet = ["/academicSessions", "/orgs", "/users", "/classes?"]
        .map(|it| (it, list(it.trim_matches(['/', '?']), json!([]))));
    let server = Loopback::answering(with(quiet.into_iter().chain([("/enrollments", changed)]).collect())).await;

    let read = whole(&source(&server, ""), changes(CURSOR), memory().await).await.unwrap();

    insta::assert_snapshot!(server.lines()[3..].join("\n").replace(BASE, "…"), @"
    GET …/classes?limit=10&offset=0&filter=dateLastModified%3E%272026-11-22T10%3A55%3A00.000Z%27&sort=sourcedId&orderBy=asc
    GET …/enrollments?limit=10&offset=0&filter=dateLastModified%3E%272026-11-22T10%3A55%3A00.000Z%27&sort=sourcedId&orderBy=asc
    GET …/enrollments?limit=10&offset=0&filter=dateLastModified%3E%272026-11-22T10%3A55%3A00.000Z%27&sort=sourcedId&orderBy=asc
    GET …/classes/c
    GET …/schools/s/classes/c/enrollments?limit=10&offset=0
    GET …/schools/s/classes/c/enrollments?limit=10&offset=1
    ");
    assert_eq!(groups(&read)[0].members.len(), 2);
    assert_eq!((read.records.len(), read.complete, read.cursor.as_deref()), (1, vec![], Some("2026-11-22T12:00:00Z")));
}

#[tokio::test]
async fn more_changes_than_are_noted_are_read_in_between() {
    let many: Vec<Value> = (0..900)
        .map(|n| json!({"sourcedId": format!("e{n:03}"), "class": {"sourcedId": format!("c{n:03}")}, "user": {"sourcedId": "p"}, "role": "student"}))
        .collect();
    let server = Loopback::answering(move |asked| {
        let path = asked.line.split(['?', ' ']).nth(1).unwrap().trim_start_matches(BASE);
        match path.split('/').collect::<Vec<_>>()[..] {
            ["", "enrollments"] => list("enrollments", many[offset(&asked.line)..].iter().take(200).cloned().collect()),
            ["", "classes", id] => (200, json!({"class": class(id)}).to_string()),
            _ => list(asked_for(&asked.line), json!([])),
        }
    })
    .await;
    let source = source(&server, "classes_per_page = 100\npage_size = 200");

    let read = whole(&source, changes(CURSOR), memory().await).await.unwrap();

    let mut ids: Vec<_> = groups(&read).iter().map(|it| it.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), read.cursor.as_deref()), (900, Some("2026-11-22T12:00:00Z")));
}

#[tokio::test]
async fn what_is_marked_as_gone_is_removed_among_changes_and_not_read_among_everything() {
    let mut more = Vec::new();
    for (path, name, id) in [("/orgs", "orgs", "s"), ("/users", "users", "p"), ("/classes?", "classes", "c")] {
        more.push((
            path,
            list(name, json!([{"sourcedId": id, "status": "tobedeleted", "type": "school", "role": "student"}])),
        ));
    }
    let server = Loopback::answering(with(more)).await;

    let (full, changed) = {
        let source = source(&server, "");
        (
            whole(&source, Scope::Full, None).await.unwrap(),
            whole(&source, changes(CURSOR), memory().await).await.unwrap(),
        )
    };

    assert_eq!((full.records, full.removed), (vec![], vec![]));
    let gone = [(RecordKind::Organisation, "s"), (RecordKind::Person, "p"), (RecordKind::Group, "c")];
    assert_eq!(changed.removed, gone.map(|(kind, native)| key(kind, native)));
}

#[tokio::test]
async fn other_dates_of_a_known_session_ask_for_everything_once() {
    let mut moved = term();
    moved["endDate"] = json!("2027-01-10");
    let server = Loopback::answering(with(vec![("/academicSessions", list("academicSessions", json!([moved])))])).await;
    let source = source(&server, "");

    let error = whole(&source, changes(CURSOR), memory().await).await.unwrap_err();

    assert_eq!((error.kind, error.code), (SourceErrorKind::FullReadNeeded, "oneroster.session_changed"));
    assert!(whole(&source, changes(CURSOR), error.memory).await.is_ok(), "it is known now");
}

#[tokio::test]
async fn a_provider_that_cannot_filter_by_time_is_read_in_full_from_then_on() {
    let old = list("users", json!([{"sourcedId": "p", "dateLastModified": "2020-01-01T00:00:00Z"}]));
    for reply in [status(400), status(422), old] {
        let server = Loopback::answering(with(vec![("/users", reply)])).await;
        let source = source(&server, "");

        let error = whole(&source, changes(CURSOR), memory().await).await.unwrap_err();

        assert_eq!((error.kind, error.code), (SourceErrorKind::FullReadNeeded, "source.changes_unsupported"));
        let asked = server.lines().len();
        let again = failure(whole(&source, changes(CURSOR), error.memory)).await;
        assert_eq!((again.1, server.lines().len()), ("source.changes_unsupported", asked), "asked again");
    }
}

#[tokio::test]
async fn a_provider_that_cannot_sort_is_read_in_its_own_order() {
    let normal = with(vec![]);
    let server =
        Loopback::answering(move |asked| if asked.line.contains("sort=") { status(400) } else { normal(asked) }).await;

    let read = whole(&source(&server, ""), Scope::Full, None).await.unwrap();

    assert_eq!(read.complete.len(), 3);
    assert_eq!(server.lines().iter().filter(|line| line.contains("sort=")).count(), 1);
}

#[tokio::test]
async fn members_are_filtered_by_class_where_they_cannot_be_asked_for_below_their_school() {
    for refusal in [403, 404, 400] {
        let members = list("enrollments", json!([enrollment("1", "p", "student")]));
        let more = vec![("/schools/s/classes/c/enrollments", status(refusal)), ("/enrollments", members)];
        let server = Loopback::answering(with(more)).await;
        let source = source(&server, "");

        let read = whole(&source, Scope::Full, None).await.unwrap();

        assert_eq!(groups(&read)[0].members.len(), 1, "{refusal}");
        assert!(
            server.lines().iter().any(|it| it.contains("filter=class.sourcedId%3D%27c%27")),
            "{:?}",
            server.lines()
        );
        let asked = server.lines().len();
        whole(&source, Scope::Full, read.memory).await.unwrap();
        assert!(!server.lines()[asked..].iter().any(|it| it.contains("/schools/")), "asked again although it is known");
    }
}

#[tokio::test]
async fn a_provider_that_gives_another_classes_members_is_not_believed() {
    let mut strange = enrollment("1", "p", "student");
    strange["class"] = json!({"sourcedId": "another"});
    let members = list("enrollments", json!([strange]));
    let more = vec![("/schools/s/classes/c/enrollments", status(404)), ("/enrollments", members)];
    let server = Loopback::answering(with(more)).await;

    let failed = failure(whole(&source(&server, ""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Contract, "oneroster.enrollments_of_another_class"));
}

#[tokio::test]
async fn a_provider_that_gives_no_class_its_members_gives_no_groups() {
    let more = vec![("/schools/s/classes/c/enrollments", status(404)), ("/enrollments", status(404))];
    let server = Loopback::answering(with(more)).await;

    let failed = failure(whole(&source(&server, ""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Contract, "oneroster.members_unreadable"));
}

#[tokio::test]
async fn a_class_of_an_unknown_term_is_lost_and_not_endless() {
    let server = Loopback::answering(with(vec![("/academicSessions", list("academicSessions", json!([])))])).await;

    let read = whole(&source(&server, ""), Scope::Full, None).await.unwrap();

    assert_eq!((groups(&read).len(), codes(&read)), (0, vec!["oneroster.term_unknown"]));
    let lost = &read.unreadable[0];
    assert_eq!((lost.lost, lost.id.clone()), (true, Some(key(RecordKind::Group, "c").id.to_string())));
}

#[tokio::test]
async fn a_list_that_is_not_there_yields_no_removals() {
    let server = Loopback::answering(with(vec![("/users", status(404))])).await;
    let source = source(&server, "");

    let read = whole(&source, Scope::Full, None).await.unwrap();

    // The kind whose list is missing would be complete only if something said that it is empty.
    assert_eq!(read.complete, [RecordKind::Organisation, RecordKind::Group]);
    let gone = failure(whole(&source, changes(CURSOR), read.memory)).await;
    assert_eq!(gone, (SourceErrorKind::Passing, "source.resource_gone"));
}

#[tokio::test]
async fn a_provider_without_a_list_of_enrollments_cannot_tell_what_changed() {
    for refusal in [403, 404] {
        let server = Loopback::answering(with(vec![("/enrollments", status(refusal))])).await;

        let failed = failure(whole(&source(&server, ""), changes(CURSOR), memory().await)).await;

        assert_eq!(failed, (SourceErrorKind::FullReadNeeded, "source.changes_unsupported"));
    }
}

#[tokio::test]
async fn a_provider_with_nothing_at_all_is_not_an_empty_one() {
    let server = Loopback::answering(|_| status(404)).await;

    let failed = failure(whole(&source(&server, ""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Contract, "source.no_resources"));
}

#[tokio::test]
async fn an_answer_that_is_no_whole_page_is_no_page() {
    for body in
        ["", "<html>", "[]", r#"{"orgs": []}"#, r#"{"academicSessions": null}"#, r#"{"academicSessions": [{"sour"#]
    {
        let server = Loopback::answering(move |_| (200, body.to_owned())).await;

        let failed = failure(whole(&source(&server, ""), Scope::Full, None)).await;

        assert_eq!(failed, (SourceErrorKind::Contract, "source.page_unreadable"), "{body}");
    }
}

#[tokio::test]
async fn a_page_that_is_no_utf_8_is_no_page() {
    // The server can only answer text: the byte is in an escape that no text can be made of.
    let server = Loopback::answering(|_| (200, r#"{"academicSessions": [{"sourcedId": "\ud800"}]}"#.to_owned())).await;

    let read = whole(&source(&server, ""), Scope::Full, None).await;

    assert!(read.is_err());
}

#[tokio::test]
async fn a_list_that_never_ends_ends_the_read() {
    let same: Vec<Value> =
        (0..10).map(|n| json!({"sourcedId": n.to_string(), "type": "school", "name": "A"})).collect();
    let server = Loopback::answering(move |asked| match asked_for(&asked.line) {
        "orgs" => list("orgs", json!(same)),
        name => list(name, json!([])),
    })
    .await;

    let failed = failure(whole(&source(&server, ""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Contract, "source.pages_endless"));
}

#[tokio::test]
async fn the_members_of_a_class_that_never_end_end_the_read() {
    let normal = with(vec![]);
    let server = Loopback::answering(move |asked| {
        if asked_for(&asked.line) != "enrollments" {
            return normal(asked);
        }
        let from = offset(&asked.line);
        list("enrollments", (from..from + 10).map(|n| enrollment(&n.to_string(), "p", "student")).collect())
    })
    .await;

    let failed = failure(whole(&source(&server, ""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Contract, "source.pages_endless"));
}

#[tokio::test]
async fn a_record_that_nobody_can_identify_keeps_its_kind_from_yielding_removals() {
    let broken = list("users", json!([{"givenName": "Utan"}, 7]));
    let server = Loopback::answering(with(vec![("/users", broken)])).await;

    let read = whole(&source(&server, ""), Scope::Full, None).await.unwrap();

    assert_eq!(read.complete, [RecordKind::Organisation, RecordKind::Group]);
    assert_eq!(codes(&read), ["oneroster.record_unreadable"; 2]);
}

#[tokio::test]
async fn a_cursor_a_position_or_a_memory_that_cannot_be_used_asks_for_everything() {
    let server = Loopback::answering(with(vec![])).await;
    let source = source(&server, "");

    let failed = [
        failure(whole(&source, changes("yesterday"), memory().await)).await,
        failure(whole(&source, changes(CURSOR), None)).await,
    ];

    let needed = SourceErrorKind::FullReadNeeded;
    assert_eq!(failed, [(needed, "source.cursor_unknown"), (needed, "source.memory_missing")]);
    let request = crate::ReadRequest {
        scope: Scope::Full,
        position: Some("{}".into()),
        started: "2026-11-22T12:00:00Z".parse().unwrap(),
        memory: None,
    };
    assert_eq!(source.read(&request).await.unwrap_err().code, "source.position_unknown");
}

#[tokio::test]
async fn every_answer_is_what_it_is() {
    let cases = [
        (401, SourceErrorKind::Refused, "source.refused"),
        (403, SourceErrorKind::Refused, "source.refused"),
        (429, SourceErrorKind::Throttled(7), "source.throttled"),
        (500, SourceErrorKind::Passing, "source.page_failed"),
        (503, SourceErrorKind::Passing, "source.page_failed"),
        (302, SourceErrorKind::Contract, "source.unexpected_answer"),
        (400, SourceErrorKind::Contract, "source.unexpected_answer"),
    ];
    for (answer, kind, code) in cases {
        let server = Loopback::answering(move |_| status(answer)).await;

        assert_eq!(failure(whole(&source(&server, ""), Scope::Full, None)).await, (kind, code), "{answer}");
    }
}

#[tokio::test]
async fn a_token_that_expires_in_the_middle_is_renewed() {
    let normal = with(vec![]);
    let server = Loopback::answering(move |asked| match asked.line.as_str() {
        "POST /token" => (200, json!({"access_token": format!("t{}", asked.before), "expires_in": 3600}).to_string()),
        line if line.contains("/enrollments") && asked.token == "t0" => status(401),
        _ => normal(asked),
    })
    .await;
    let more =
        format!("token_url = '{}/token'\nclient_id = 'hub'\nclient_secret = {{ env = 'A_SECRET' }}", server.base);

    let read = whole(&source(&server, &more), Scope::Full, None).await.unwrap();

    assert_eq!((read.records.len(), server.tokens().last().map(String::as_str)), (5, Some("t1")));
    let asked = server.lines().into_iter().find(|line| line.starts_with("POST /token")).unwrap();
    assert!(asked.contains("scope%2Froster-core.readonly") && asked.contains("scope%2Froster.readonly"), "{asked}");
}

#[tokio::test]
async fn a_record_is_there_unless_it_is_not_found_or_marked_as_gone() {
    const ID: &str = "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0001";
    let user = |status: &str| (200, json!({"user": {"sourcedId": ID, "status": status}}).to_string());
    for (reply, there) in [(user("active"), true), (user("tobedeleted"), false), (status(404), false)] {
        let server = Loopback::answering(move |_| reply.clone()).await;

        assert_eq!(source(&server, "").has(key(RecordKind::Person, ID)).await.unwrap(), there);
    }
}

#[tokio::test]
async fn whoever_cannot_be_asked_for_is_not_believed_gone() {
    let server = Loopback::answering(|_| status(404)).await;

    let error = source(&server, "").has(key(RecordKind::Person, "4711")).await.unwrap_err();

    assert_eq!(error.code, "oneroster.identity_not_askable");
}
