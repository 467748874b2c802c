//! Whole reads against a server that answers as it is told.

use std::sync::{Arc, OnceLock};

use roster::{Record, RecordKey, RecordKind};
use serde_json::{Value, json};

use super::wire::{CLASS, OTHER_SCHOOL, PUPIL, SCHOOL, TEACHER, config};
use crate::graph_education::GraphEducationSource;
use crate::loopback::{Asked, Loopback, Reply, Whole, changes, context, whole};
use crate::{Scope, Source, SourceError, SourceErrorKind};

/// A server that knows its own address, for the links that it gives.
struct Graph {
    server: Loopback,
}

type Answering = dyn Fn(&str, &str) -> Option<Reply> + Send + Sync;

impl Graph {
    /// `other` answers a path below `/v1.0/` (or a part of a batch) otherwise than the small directory does.
    async fn answering(other: impl Fn(&str, &str) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let base: Arc<OnceLock<String>> = Arc::default();
        let known = Arc::clone(&base);
        let other: Arc<Answering> = Arc::new(other);
        let server = Loopback::answering(move |asked| answer(asked, known.get().unwrap(), &*other)).await;
        base.set(format!("{}/v1.0", server.base)).unwrap();
        Self { server }
    }

    async fn small() -> Self {
        Self::answering(|_, _| None).await
    }

    fn source(&self, more: &str) -> GraphEducationSource {
        let addresses = format!(
            "base_url = '{0}/v1.0'\nlogin_url = '{0}'\nscope = 'https://graph.example/.default'\n{more}",
            self.server.base
        );
        GraphEducationSource::new(config(&addresses), &context()).unwrap().impatient()
    }
}

/// What was asked, one line for each request, those of a batch below it; tokens left out, objects by name.
fn asked(lines: &[String]) -> String {
    let named = [(SCHOOL, "{school}"), (CLASS, "{class}"), (PUPIL, "{pupil}"), (TEACHER, "{teacher}")];
    let line = |line: &String| match line.strip_prefix("POST /v1.0/$batch ") {
        Some(body) => {
            let body: Value = serde_json::from_str(body).unwrap();
            let urls = body["requests"].as_array().unwrap().iter().map(|it| it["url"].as_str().unwrap().to_owned());
            std::iter::once("POST /v1.0/$batch".to_owned()).chain(urls.map(|it| format!("  {it}"))).collect::<Vec<_>>()
        }
        None => vec![line.clone()],
    };
    let text = lines.iter().flat_map(line).collect::<Vec<_>>().join("\n");
    named.iter().fold(text, |text, (id, name)| text.replace(id, name))
}

fn answer(asked: &Asked, base: &str, other: &Answering) -> Reply {
    if asked.line == "POST /skola.example/oauth2/v2.0/token" {
        return (200, json!({"access_token": format!("t{}", asked.before), "expires_in": 3599}).to_string());
    }
    if asked.line == "POST /v1.0/$batch" {
        if let Some(reply) = other("$batch", base) {
            return reply;
        }
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        let mut responses: Vec<Value> =
            body["requests"].as_array().unwrap().iter().map(|it| part(it, base, other)).collect();
        responses.reverse();
        return (200, json!({"responses": responses}).to_string());
    }
    let path = asked.line.strip_prefix("GET /v1.0/").unwrap();
    object(path, base, other)
}

fn part(request: &Value, base: &str, other: &Answering) -> Value {
    let path = request["url"].as_str().unwrap().trim_start_matches('/');
    let (status, body) = object(path, base, other);
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    json!({"id": request["id"], "status": status, "headers": {"Retry-After": "11"}, "body": body})
}

fn object(path: &str, base: &str, other: &Answering) -> Reply {
    other(path, base).unwrap_or_else(|| small(path, base))
}

fn ids(list: &[&str]) -> Value {
    json!({"value": list.iter().map(|it| json!({"id": it})).collect::<Vec<_>>()})
}

fn user(id: &str, role: &str) -> Value {
    json!({"id": id, "givenName": "A", "surname": "B", "mail": "a@skola.example", "userPrincipalName": "a@skola.example",
        "primaryRole": role})
}

fn class() -> Value {
    json!({"id": CLASS, "displayName": "7A", "mailNickname": "Section_17", "externalSource": "sis"})
}

fn school() -> Value {
    json!({"id": SCHOOL, "displayName": "S", "externalId": "01234567"})
}

/// One school, a pupil and a teacher on two pages, one class; a delta in which nothing changed.
fn small(path: &str, base: &str) -> Reply {
    let (plain, query) = path.split_once('?').unwrap_or((path, ""));
    let told = query.contains("deltatoken");
    let list = |value: Value, name: &str| json!({"value": if told { json!([]) } else { value }, "@odata.deltaLink": format!("{base}/{name}?$deltatoken=2")});
    let body = match plain.strip_prefix("education/").unwrap_or(plain) {
        "groups/delta" => list(json!([]), "groups/delta"),
        "schools/delta" => list(json!([school()]), "education/schools/delta"),
        "users/delta" if !told && !query.contains("skiptoken") => json!({
            "value": [user(PUPIL, "student")], "@odata.nextLink": format!("{base}/education/users/delta?$skiptoken=b")
        }),
        "users/delta" => list(json!([user(TEACHER, "teacher")]), "education/users/delta"),
        "classes/delta" => list(json!([class()]), "education/classes/delta"),
        "schools" => json!({"value": [school()]}),
        other => return single(other),
    };
    (200, body.to_string())
}

fn single(path: &str) -> Reply {
    let parts: Vec<&str> = path.split('/').collect();
    let body = match parts.as_slice() {
        ["schools", SCHOOL, "users"] => ids(&[PUPIL, TEACHER]),
        ["schools", SCHOOL, "classes"] => json!({"value": [class()]}),
        ["classes", CLASS, "members"] => ids(&[TEACHER, PUPIL]),
        ["classes", CLASS, "teachers"] => ids(&[TEACHER]),
        ["classes" | "users", CLASS | PUPIL | TEACHER, "schools"] => json!({"value": [school()]}),
        ["schools", SCHOOL] => school(),
        ["classes", CLASS] => class(),
        ["users", PUPIL] => user(PUPIL, "student"),
        ["users", TEACHER] => user(TEACHER, "teacher"),
        _ => return (404, json!({"error": {"code": "Request_ResourceNotFound"}}).to_string()),
    };
    (200, body.to_string())
}

const CURSOR: &str = r#"{"schools":"education/schools/delta?$deltatoken=1","users":"education/users/delta?$deltatoken=1",
    "classes":"education/classes/delta?$deltatoken=1","groups":"groups/delta?$deltatoken=1"}"#;

fn delta(path: &str, of: &str, value: &Value, base: &str) -> Option<Reply> {
    let told = path.starts_with(of) && path.contains("deltatoken=1");
    let page = || json!({"value": value, "@odata.deltaLink": format!("{base}/{of}?$deltatoken=2")});
    told.then(|| (200, page().to_string()))
}

async fn failure(reading: impl Future<Output = Result<Whole, SourceError>>) -> (SourceErrorKind, &'static str) {
    let error = reading.await.unwrap_err();
    (error.kind, error.code)
}

fn key(kind: RecordKind, id: &str) -> RecordKey {
    RecordKey { kind, id: id.parse().unwrap() }
}

fn keys(read: &Whole) -> Vec<RecordKey> {
    read.records.iter().map(Record::key).collect()
}

#[tokio::test]
async fn a_full_read_asks_what_is_needed_and_no_more() {
    let graph = Graph::small().await;

    let read = whole(&graph.source(""), Scope::Full, None).await.unwrap();

    insta::assert_snapshot!(asked(&graph.server.lines()), @r#"
    POST /skola.example/oauth2/v2.0/token grant_type=client_credentials&scope=https%3A%2F%2Fgraph.example%2F.default&client_id=hub&client_secret=hub-secret
    GET /v1.0/groups/delta?$select=members,owners&$deltatoken=latest
    GET /v1.0/education/schools/delta?$select=id,displayName,externalId,schoolNumber
    GET /v1.0/education/users/delta?$select=id,givenName,surname,mail,userPrincipalName,primaryRole,student
    GET /v1.0/education/schools?$select=id,externalId,schoolNumber
    POST /v1.0/$batch
      /education/schools/{school}/users?$select=id&$top=999
      /education/schools/{school}/classes?$select=id&$top=999
    GET /v1.0/education/users/delta?$skiptoken=b
    GET /v1.0/education/classes/delta?$select=id,displayName,mailNickname,externalId,externalSource,term
    POST /v1.0/$batch
      /education/classes/{class}/members?$select=id&$top=999
      /education/classes/{class}/teachers?$select=id&$top=999
    "#);
    insta::assert_snapshot!(read.cursor.unwrap(), @r#"{"schools":"education/schools/delta?$deltatoken=2","users":"education/users/delta?$deltatoken=2","classes":"education/classes/delta?$deltatoken=2","groups":"groups/delta?$deltatoken=2"}"#);
    assert_eq!(read.complete, [RecordKind::Organisation, RecordKind::Person, RecordKind::Group]);
    assert_eq!((read.records.len(), read.removed, read.unreadable), (4, vec![], vec![]));
}

#[tokio::test]
async fn a_poll_in_which_nothing_happened_is_four_calls() {
    let graph = Graph::small().await;

    let read = whole(&graph.source(""), changes(CURSOR), None).await.unwrap();

    insta::assert_snapshot!(asked(&graph.server.lines()), @r#"
    POST /skola.example/oauth2/v2.0/token grant_type=client_credentials&scope=https%3A%2F%2Fgraph.example%2F.default&client_id=hub&client_secret=hub-secret
    GET /v1.0/education/schools/delta?$deltatoken=1
    GET /v1.0/education/users/delta?$deltatoken=1
    GET /v1.0/education/classes/delta?$deltatoken=1
    GET /v1.0/groups/delta?$deltatoken=1
    "#);
    assert_eq!((read.records, read.removed, read.complete), (vec![], vec![], vec![]));
    insta::assert_snapshot!(read.cursor.unwrap(), @r#"{"schools":"education/schools/delta?$deltatoken=2","users":"education/users/delta?$deltatoken=2","classes":"education/classes/delta?$deltatoken=2","groups":"groups/delta?$deltatoken=2"}"#);
}

#[tokio::test]
async fn what_a_delta_names_is_read_again_as_a_whole() {
    let graph = Graph::answering(|path, base| {
        delta(path, "education/schools/delta", &json!([{"id": SCHOOL}]), base)
            .or_else(|| delta(path, "education/users/delta", &json!([{"id": PUPIL, "surname": "C"}]), base))
            .or_else(|| delta(path, "education/classes/delta", &json!([{"id": CLASS, "displayName": "7B"}]), base))
    })
    .await;

    let read = whole(&graph.source(""), changes(CURSOR), None).await.unwrap();

    let expected = [(RecordKind::Organisation, SCHOOL), (RecordKind::Person, PUPIL), (RecordKind::Group, CLASS)];
    assert_eq!(keys(&read), expected.map(|(kind, id)| key(kind, id)));
    let Record::Person(pupil) = &read.records[1] else { panic!("no person") };
    assert_eq!((pupil.given_name.as_str(), pupil.enrolments.len()), ("A", 1));
}

#[tokio::test]
async fn what_a_delta_says_is_gone_is_removed() {
    let gone = |id: &str| json!([{"id": id, "@removed": {"reason": "changed"}}]);
    let graph = Graph::answering(move |path, base| {
        delta(path, "education/schools/delta", &gone(OTHER_SCHOOL), base)
            .or_else(|| delta(path, "education/users/delta", &gone(PUPIL), base))
            .or_else(|| delta(path, "groups/delta", &gone(CLASS), base))
    })
    .await;

    let read = whole(&graph.source(""), changes(CURSOR), None).await.unwrap();

    let expected = [(RecordKind::Organisation, OTHER_SCHOOL), (RecordKind::Person, PUPIL), (RecordKind::Group, CLASS)];
    assert_eq!((read.removed, read.records), (expected.map(|(kind, id)| key(kind, id)).to_vec(), vec![]));
}

#[tokio::test]
async fn whoever_came_or_went_makes_the_class_be_read_again() {
    let graph = Graph::answering(|path, base| {
        let came = json!([{"id": CLASS, "members@delta": [{"@odata.type": "#microsoft.graph.user", "id": PUPIL}]},
            {"id": OTHER_SCHOOL, "members@delta": [{"id": PUPIL, "@removed": {"reason": "deleted"}}]}]);
        delta(path, "groups/delta", &came, base)
    })
    .await;

    let read = whole(&graph.source(""), changes(CURSOR), None).await.unwrap();

    assert_eq!((keys(&read), read.removed), (vec![key(RecordKind::Group, CLASS)], vec![]));
}

#[tokio::test]
async fn who_left_a_class_and_is_not_found_either_is_gone() {
    let graph = Graph::answering(|path, base| {
        let left = json!([{"id": CLASS, "members@delta": [{"id": PUPIL, "@removed": {"reason": "deleted"}}],
            "owners@delta": [{"id": TEACHER, "@removed": {"reason": "deleted"}}]}]);
        let forgotten = path.starts_with(&format!("education/users/{PUPIL}"));
        if forgotten { Some((404, "{}".to_owned())) } else { delta(path, "groups/delta", &left, base) }
    })
    .await;

    let read = whole(&graph.source(""), changes(CURSOR), None).await.unwrap();

    assert_eq!(keys(&read), [key(RecordKind::Group, CLASS), key(RecordKind::Person, TEACHER)]);
    assert_eq!(read.removed, [key(RecordKind::Person, PUPIL)]);
}

#[tokio::test]
async fn somebody_told_of_and_not_found_yet_is_no_removal() {
    let graph =
        Graph::answering(|path, base| delta(path, "education/users/delta", &json!([{"id": OTHER_SCHOOL}]), base)).await;

    let read = whole(&graph.source(""), changes(CURSOR), None).await.unwrap();

    let codes: Vec<&str> = read.unreadable.iter().map(|it| it.code.as_str()).collect();
    assert_eq!((read.removed, codes), (vec![], vec!["graph_education.not_found"]));
}

#[tokio::test]
async fn whoever_is_no_longer_at_a_chosen_school_is_removed() {
    let graph = Graph::answering(|path, base| {
        let moved = path.starts_with(&format!("education/users/{PUPIL}/schools"));
        let elsewhere = || (200, json!({"value": [{"id": OTHER_SCHOOL, "externalId": "76543210"}]}).to_string());
        if moved { Some(elsewhere()) } else { delta(path, "education/users/delta", &json!([{"id": PUPIL}]), base) }
    })
    .await;

    let read = whole(&graph.source("schools = ['01234567']"), changes(CURSOR), None).await.unwrap();

    assert_eq!((read.removed, read.records), (vec![key(RecordKind::Person, PUPIL)], vec![]));
}

#[tokio::test]
async fn a_class_that_is_not_chosen_is_not_asked_for_its_members() {
    let graph = Graph::small().await;

    let read = whole(&graph.source("classes.external_sources = ['manual']"), Scope::Full, None).await.unwrap();

    assert!(!keys(&read).contains(&key(RecordKind::Group, CLASS)));
    assert!(graph.server.lines().iter().all(|line| !line.contains("/members")), "{:?}", graph.server.lines());
}

#[tokio::test]
async fn a_token_that_is_no_longer_known_makes_everything_be_read() {
    for (status, body) in [(410, ""), (400, r#"{"error":{"code":"syncStateNotFound"}}"#)] {
        for of in ["education/schools/delta", "education/users/delta", "education/classes/delta", "groups/delta"] {
            let graph = Graph::answering(move |path, _| {
                (path.starts_with(of) && path.contains("deltatoken=1")).then(|| (status, body.to_owned()))
            })
            .await;

            let failed = failure(whole(&graph.source(""), changes(CURSOR), None)).await;

            assert_eq!(failed, (SourceErrorKind::FullReadNeeded, "source.cursor_refused"), "{of}");
        }
    }
}

#[tokio::test]
async fn a_page_that_is_no_longer_known_is_a_passing_fault_of_a_full_read() {
    let graph = Graph::answering(|path, _| path.contains("skiptoken").then(|| (410, String::new()))).await;

    let failed = failure(whole(&graph.source(""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Passing, "source.page_token_refused"));
}

#[tokio::test]
async fn a_link_to_another_host_is_not_followed() {
    let graph = Graph::answering(|path, _| {
        let page =
            json!({"value": [], "@odata.nextLink": "https://evil.example/v1.0/education/schools/delta?$skiptoken=1"});
        path.starts_with("education/schools/delta").then(|| (200, page.to_string()))
    })
    .await;

    let failed = failure(whole(&graph.source(""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Contract, "graph_education.link_refused"));
}

#[tokio::test]
async fn a_link_that_comes_back_ends_the_read() {
    let graph = Graph::answering(|path, base| {
        let page = json!({"value": [], "@odata.nextLink": format!("{base}/education/schools/delta?$skiptoken=1")});
        path.starts_with("education/schools/delta").then(|| (200, page.to_string()))
    })
    .await;

    let failed = failure(whole(&graph.source(""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Contract, "source.pages_endless"));
}

#[tokio::test]
async fn members_on_pages_that_come_back_end_the_read() {
    let graph = Graph::answering(|path, base| {
        let list = format!("education/classes/{CLASS}/members");
        let page = json!({"value": [], "@odata.nextLink": format!("{base}/{list}?$skiptoken=1")});
        path.starts_with(&list).then(|| (200, page.to_string()))
    })
    .await;

    let failed = failure(whole(&graph.source(""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Contract, "source.pages_endless"));
}

#[tokio::test]
async fn a_delta_that_just_ceases_is_no_end() {
    let graph = Graph::answering(|path, _| {
        path.starts_with("education/users/delta").then(|| (200, json!({"value": []}).to_string()))
    })
    .await;

    let failed = failure(whole(&graph.source(""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Contract, "source.page_unreadable"));
}

#[tokio::test]
async fn patience_is_asked_for_as_graph_says_also_within_a_batch() {
    let whole_call =
        Graph::answering(|path, _| path.starts_with("education/users/delta").then(|| (429, String::new()))).await;
    let in_a_batch = Graph::answering(|path, _| path.contains("/members").then(|| (429, "{}".to_owned()))).await;

    let failed = [
        failure(whole(&whole_call.source(""), Scope::Full, None)).await,
        failure(whole(&in_a_batch.source(""), Scope::Full, None)).await,
    ];

    assert_eq!(failed, [7, 11].map(|seconds| (SourceErrorKind::Throttled(seconds), "source.throttled")));
}

#[tokio::test]
async fn groups_that_may_not_be_read_say_which_right_is_missing() {
    let graph = Graph::answering(|path, _| path.starts_with("groups/delta").then(|| (403, String::new()))).await;

    let failed = failure(whole(&graph.source(""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Refused, "graph_education.groups_refused"));
}

#[tokio::test]
async fn without_the_right_to_groups_classes_are_read_again_in_turn() {
    let graph = Graph::small().await;
    let source = graph.source("membership = 'rereading'");
    let full = whole(&source, Scope::Full, None).await.unwrap();
    let before = graph.server.lines().len();

    let read = whole(&source, changes(&full.cursor.unwrap()), full.memory).await.unwrap();

    assert_eq!(keys(&read), [key(RecordKind::Group, CLASS)]);
    assert!(graph.server.lines().iter().all(|line| !line.contains("groups/delta")));
    insta::assert_snapshot!(asked(&graph.server.lines()[before..]), @r#"
    GET /v1.0/education/schools/delta?$deltatoken=2
    GET /v1.0/education/users/delta?$deltatoken=2
    GET /v1.0/education/classes/delta?$deltatoken=2
    GET /v1.0/education/schools?$select=id,externalId,schoolNumber
    GET /v1.0/education/schools/{school}/classes?$select=id,displayName,mailNickname,externalId,externalSource,term
    POST /v1.0/$batch
      /education/classes/{class}/members?$select=id&$top=999
      /education/classes/{class}/teachers?$select=id&$top=999
      /education/classes/{class}/schools?$select=id,externalId,schoolNumber
    "#);
}

fn school_of_two(path: &str) -> Option<Reply> {
    let schools = json!({"value": [school(), {"id": OTHER_SCHOOL, "externalId": "76543210"}]});
    let none = path.starts_with(&format!("education/schools/{OTHER_SCHOOL}/"));
    match path.split('?').next() {
        Some("education/schools") => Some((200, schools.to_string())),
        _ => none.then(|| (200, json!({"value": []}).to_string())),
    }
}

#[tokio::test]
async fn the_turn_goes_on_where_the_last_read_ended() {
    let graph = Graph::answering(|path, _| school_of_two(path)).await;
    let source = graph.source("membership = 'rereading'\nschools_per_read = 1");
    let mut cursor = CURSOR.to_owned();
    let mut turns = Vec::new();

    for _ in 0..3 {
        let read = whole(&source, changes(&cursor), None).await.unwrap();
        cursor = read.cursor.unwrap();
        turns.push(serde_json::from_str::<Value>(&cursor).unwrap()["reread"].clone());
    }

    assert_eq!(turns, [SCHOOL, OTHER_SCHOOL, SCHOOL]);
}

/// What was remembered a day ago.
fn yesterday(memory: Option<String>) -> Option<String> {
    let mut memory: Value = serde_json::from_str(&memory.unwrap()).unwrap();
    memory["listed_at"] = json!("2026-11-21T12:00:00Z");
    Some(memory.to_string())
}

#[tokio::test]
async fn a_listing_that_is_as_it_was_lets_the_read_go_on() {
    let graph = Graph::small().await;
    let full = whole(&graph.source(""), Scope::Full, None).await.unwrap();
    let before = yesterday(full.memory.clone());

    let read = whole(&graph.source(""), changes(CURSOR), before).await.unwrap();

    assert_eq!(read.memory, full.memory);
}

#[tokio::test]
async fn a_listing_that_differs_makes_everything_be_read() {
    let there = Graph::small().await;
    let full = whole(&there.source(""), Scope::Full, None).await.unwrap();
    let gone = Graph::answering(|path, _| {
        path.starts_with(&format!("education/schools/{SCHOOL}/classes"))
            .then(|| (200, json!({"value": []}).to_string()))
    })
    .await;

    let failed = failure(whole(&gone.source(""), changes(CURSOR), yesterday(full.memory))).await;

    assert_eq!(failed, (SourceErrorKind::FullReadNeeded, "graph_education.listing_differs"));
}

#[tokio::test]
async fn a_school_that_is_listed_but_not_found_removes_nobody() {
    let graph = Graph::answering(|path, _| {
        path.starts_with(&format!("education/schools/{SCHOOL}/users")).then(|| (404, "{}".to_owned()))
    })
    .await;

    let failed = failure(whole(&graph.source(""), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Passing, "source.resource_gone"));
}

/// Five classes, none of which has a member.
fn deserted(path: &str, base: &str) -> Option<Reply> {
    let id = |n: usize| format!("{}{n}", &CLASS[..35]);
    let classes: Vec<Value> =
        (1..6).map(|n| json!({"id": id(n), "displayName": "7A", "externalSource": "sis"})).collect();
    let plain = path.split('?').next().unwrap_or_default();
    let page = if plain == "education/classes/delta" {
        json!({"value": classes, "@odata.deltaLink": format!("{base}/education/classes/delta?$deltatoken=2")})
    } else if plain.ends_with("/classes") {
        json!({"value": classes})
    } else if plain.ends_with("/members") || plain.ends_with("/teachers") {
        json!({"value": []})
    } else {
        return None;
    };
    Some((200, page.to_string()))
}

#[tokio::test]
async fn classes_that_all_lost_their_members_at_once_are_not_believed() {
    let graph = Graph::answering(deserted).await;
    let seen = || Some(r#"{"members_seen":true}"#.to_owned());

    let failed = failure(whole(&graph.source(""), Scope::Full, seen())).await;
    let allowed = whole(&graph.source("allow_empty_classes = true"), Scope::Full, seen()).await;
    let never_seen = whole(&graph.source(""), Scope::Full, None).await;

    assert_eq!(failed, (SourceErrorKind::Refused, "graph_education.members_not_shown"));
    assert!(allowed.is_ok() && never_seen.is_ok());
}

#[tokio::test]
async fn something_without_an_identity_keeps_its_kind_from_being_complete() {
    let graph = Graph::answering(|path, base| {
        let page = json!({"value": [{"displayName": "7A"}], "@odata.deltaLink": format!("{base}/education/classes/delta?$deltatoken=2")});
        path.starts_with("education/classes/delta").then(|| (200, page.to_string()))
    })
    .await;

    let read = whole(&graph.source(""), Scope::Full, None).await.unwrap();

    assert_eq!(read.complete, [RecordKind::Organisation, RecordKind::Person]);
}

#[tokio::test]
async fn a_cursor_that_is_none_of_ours_makes_everything_be_read() {
    let graph = Graph::small().await;

    for cursor in ["2026-11-22T12:00:00Z", "{}", r#"{"schools":1}"#] {
        let failed = failure(whole(&graph.source(""), changes(cursor), None)).await;

        assert_eq!(failed, (SourceErrorKind::FullReadNeeded, "source.cursor_unknown"), "{cursor}");
    }
}

#[tokio::test]
async fn whether_somebody_is_there_is_asked_of_the_collection_of_its_kind() {
    let graph = Graph::small().await;
    let source = graph.source("");

    let mut there = Vec::new();
    for key in [key(RecordKind::Person, PUPIL), key(RecordKind::Person, CLASS), key(RecordKind::Group, CLASS)] {
        there.push(source.has(key).await.unwrap());
    }

    assert_eq!(there, [true, false, true]);
}
