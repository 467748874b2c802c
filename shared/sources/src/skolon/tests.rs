use proptest::prelude::*;
use roster::{Record, RecordKey, RecordKind};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::memory::Memory;
use super::*;
use crate::loopback::{Asked, Loopback, Reply, Whole, changes, context, whole};
use crate::{Scope, SourceErrorKind, configuration};

const FIRST: &str = "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0001";
const SECOND: &str = "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0002";
const SCHOOL: &str = "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00aa";

fn config(more: &str) -> SkolonConfig {
    let text = format!("client_id = 'hub'\nclient_secret = {{ env = 'A_SECRET' }}\npage_size = 2\n{more}");
    configuration::read(&text.parse().unwrap()).unwrap()
}

fn source(server: &Loopback) -> SkolonSource {
    SkolonSource::new(config(&format!("base_url = '{}'", server.base)), &context()).unwrap().impatient()
}

fn map(feed: Feed, list: &Value, config: &SkolonConfig, known: &Memory) -> mapping::MappedPage {
    let text = list.to_string();
    let raw: Vec<&RawValue> = serde_json::from_str(&text).unwrap();
    let today = jiff::civil::date(2026, 11, 22);
    mapping::records(feed, &raw, &mapping::Reading { config, known, today })
}

fn stored(record: &Record) -> Value {
    match record {
        Record::Organisation(it) => serde_json::to_value(it),
        Record::Person(it) => serde_json::to_value(it),
        Record::Group(it) => serde_json::to_value(it),
        Record::Licence(it) => serde_json::to_value(it),
        Record::Duty(_) | Record::Activity(_) | Record::Supplement(_) => panic!("Skolon has no such records"),
    }
    .unwrap()
}

fn one_with(feed: Feed, record: Value, more: &str) -> Value {
    let page = map(feed, &json!([record]), &config(more), &Memory::default());
    stored(page.records.first().unwrap_or_else(|| panic!("{:?}", page.unreadable)))
}

fn one(feed: Feed, record: Value) -> Value {
    one_with(feed, record, "")
}

fn warnings(page: &mapping::MappedPage) -> Vec<String> {
    page.unreadable.iter().map(|it| format!("{}{}", if it.lost { "!" } else { "" }, it.code)).collect()
}

#[test]
fn an_organisation_is_a_principal() {
    let record = one(
        Feed::Organization,
        json!({"id": 12, "uuid": FIRST, "name": "Påhittade kommun", "organizationNumber": "2120000142", "isDeleted": false}),
    );

    insta::assert_json_snapshot!(record, @r#"
    {
      "id": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0001",
      "k": "h",
      "n": "Påhittade kommun",
      "on": "2120000142",
      "v": {}
    }
    "#);
}

#[test]
fn a_school_is_a_school_unit() {
    let record = one(
        Feed::School,
        json!({
            "id": 55, "uuid": SCHOOL.to_uppercase(), "name": "Sjöskolan", "organizationNumber": "2120000142",
            "schoolUnitCode": "01234567", "organizationUuid": FIRST, "isDeleted": false
        }),
    );

    insta::assert_json_snapshot!(record, @r#"
    {
      "c": "01234567",
      "id": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00aa",
      "k": "u",
      "n": "Sjöskolan",
      "on": "2120000142",
      "p": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0001",
      "v": {}
    }
    "#);
}

#[test]
fn a_student_is_enrolled_at_the_schools() {
    let record = one(
        Feed::User,
        json!({
            "id": "u-1", "uuid": FIRST, "firstName": "Alva", "lastName": "Påhittad", "email": "alva@elev.example",
            "language": "sv", "userType": "STUDENT", "schools": [{"id": 55, "uuid": SCHOOL}],
            "externalIdentifiers": [], "isDeleted": false
        }),
    );

    insta::assert_json_snapshot!(record, @r#"
    {
      "em": [
        {
          "a": "alva@elev.example",
          "k": "Skola elev"
        }
      ],
      "en": [
        {
          "u": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00aa",
          "v": {}
        }
      ],
      "fn": "Påhittad",
      "gn": "Alva",
      "id": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0001",
      "li": "u-1"
    }
    "#);
}

#[test]
fn a_teacher_has_a_duty_at_each_school() {
    let record = one(
        Feed::User,
        json!({
            "id": 2, "uuid": SECOND, "firstName": "Bo", "lastName": "Påhittad", "email": "bo@skola.example",
            "userType": "teacher", "schools": [{"id": 55, "uuid": SCHOOL}]
        }),
    );

    insta::assert_json_snapshot!(record, @r#"
    {
      "du": [
        {
          "id": "11dcd047-42cb-55e8-8fc0-6986a6d1a2b6",
          "o": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00aa",
          "p": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0002",
          "r": "Lärare",
          "v": {}
        }
      ],
      "em": [
        {
          "a": "bo@skola.example",
          "k": "Skola personal"
        }
      ],
      "fn": "Påhittad",
      "gn": "Bo",
      "id": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0002",
      "li": "2"
    }
    "#);
}

#[test]
fn an_unknown_type_of_user_is_neither_pupil_nor_staff() {
    let user = json!([{"id": 3, "uuid": FIRST, "firstName": "C", "lastName": "D", "userType": "GUARDIAN",
        "schools": [{"uuid": SCHOOL}]}]);

    let page = map(Feed::User, &user, &config(""), &Memory::default());

    let record = stored(&page.records[0]);
    assert_eq!((record.get("en"), record.get("du")), (None, None));
    assert_eq!(warnings(&page), ["skolon.user_type_unknown"]);
}

#[test]
fn a_group_has_members_whose_own_role_decides() {
    let record = one(
        Feed::Group,
        json!({
            "id": 9, "uuid": FIRST, "name": "7A", "type": "CLASS", "schoolUuid": SCHOOL, "schoolId": 55,
            "users": [{"id": 2, "uuid": SECOND}, {"id": 1, "uuid": FIRST}, {"id": 2, "uuid": SECOND}]
        }),
    );

    insta::assert_json_snapshot!(record, @r#"
    {
      "id": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0001",
      "k": "Klass",
      "m": [
        {
          "p": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0001",
          "r": "u"
        },
        {
          "p": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0002",
          "r": "u"
        }
      ],
      "n": "7A",
      "o": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00aa",
      "v": {}
    }
    "#);
}

#[test]
fn a_licence_has_holders_a_product_and_an_end() {
    let record = one(
        Feed::License,
        json!({
            "id": 7, "uuid": FIRST, "users": [{"id": 1, "uuid": SECOND}], "ownerSchoolId": 55, "productId": 9781,
            "expirationDate": "2027-06-30", "isDemo": false
        }),
    );

    insta::assert_json_snapshot!(record, @r#"
    {
      "h": [
        "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0002"
      ],
      "id": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0001",
      "o": "2ab60677-8c86-57aa-b47a-a6d7f1165cac",
      "p": "9781",
      "x": "2027-06-30T22:00:00Z"
    }
    "#);
}

#[test]
fn a_licence_without_an_end_is_perpetual() {
    let record = one(Feed::License, json!({"id": 7, "users": [], "expirationDate": null}));

    assert_eq!(record.get("x"), None);
}

#[test]
fn an_end_that_cannot_be_read_is_not_perpetual() {
    for end in [json!("snart"), json!("2027-02-30"), json!({"date": 1}), json!(true)] {
        let page = map(Feed::License, &json!([{"id": 7, "expirationDate": end}]), &config(""), &Memory::default());

        assert_eq!((page.records.len(), warnings(&page)), (0, vec!["!skolon.record_unreadable".to_owned()]));
    }
}

#[test]
fn instants_are_read_in_every_form_seen() {
    let expires = |end: Value| one(Feed::License, json!({"id": 7, "expirationDate": end}))["x"].clone();

    let read = [
        json!("2027-06-30T22:00:00Z"),
        json!("2027-07-01T00:00:00+02:00"),
        json!("2027-06-30T22:00:00"),
        json!("2027-06-30"),
        json!(1_814_392_800),
        json!(1_814_392_800_000_i64),
    ]
    .map(expires);

    assert_eq!(read, std::array::from_fn::<_, 6, _>(|_| json!("2027-06-30T22:00:00Z")));
}

#[test]
fn the_last_day_there_is_means_for_ever_however_it_is_written() {
    let written = [json!("9999-12-31"), json!("9999-12-31T23:59:59Z"), json!(253_402_300_799_000_i64)];

    let ends = written.map(|end| one(Feed::License, json!({"id": 7, "expirationDate": end}))["x"].clone());

    assert_eq!(ends, [(); 3].map(|()| json!(jiff::Timestamp::MAX)));
}

#[test]
fn a_trial_licence_keeps_its_mark() {
    let licence = json!({"id": 7, "isDemo": true});

    let marks =
        ["", "trial_licences = 'deliver'"].map(|more| one_with(Feed::License, licence.clone(), more)["d"].clone());

    assert_eq!(marks, [json!(true), Value::Null]);
}

#[test]
fn fields_stand_where_the_configuration_says() {
    let more = "[fields.license]\nproduct = '/app/extId'\ntrial = '/app/demo'\nholders = ''\n";

    let record = one_with(Feed::License, json!({"id": 7, "app": {"extId": "x-1", "demo": "true"}, "users": 3}), more);

    assert_eq!((&record["p"], &record["d"]), (&json!("x-1"), &json!(true)));
}

#[test]
fn a_native_number_is_an_identity_of_its_own_and_of_its_own_kind() {
    let ids = [Feed::User, Feed::Group, Feed::License].map(|feed| mapping::native_identity(feed, "1"));

    let record = one(Feed::License, json!({"id": 1, "users": [{"id": 1}]}));

    assert_eq!((&record["id"], &record["h"]), (&json!(ids[2]), &json!([ids[0]])));
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
}

#[test]
fn a_school_number_is_the_school_that_was_read_before() {
    let mut known = Memory::default();
    known.learn(Feed::School, "55", SCHOOL.parse().unwrap());
    let group = json!([{"id": 9, "uuid": FIRST, "name": "7A", "type": "CLASS", "schoolId": 55, "users": []}]);

    let page = map(Feed::Group, &group, &config(""), &known);

    assert_eq!(stored(&page.records[0])["o"], SCHOOL);
}

#[test]
fn a_list_of_holders_that_is_no_list_does_not_revoke_the_licence() {
    let page = map(Feed::License, &json!([{"id": 7, "uuid": FIRST, "users": "none"}]), &config(""), &Memory::default());

    assert_eq!((page.records.len(), page.unreadable[0].id.as_deref()), (0, Some(FIRST)));
}

#[test]
fn one_bad_record_loses_only_itself() {
    let users =
        json!([{"firstName": "Utan"}, 7, null, {"id": 1, "firstName": "A", "lastName": "B", "userType": "STUDENT"}]);

    let page = map(Feed::User, &users, &config(""), &Memory::default());

    assert_eq!((page.records.len(), warnings(&page)), (1, vec!["!skolon.record_unreadable".to_owned(); 3]));
}

proptest! {
    #[test]
    fn the_order_of_members_is_no_change(
        (ordered, shuffled) in proptest::collection::vec(0u8..9, 0..12)
            .prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle()))
    ) {
        let group = |members: &[u8]| {
            let users: Vec<_> = members.iter().map(|n| json!({"id": n})).collect();
            one(Feed::Group, json!({"id": 9, "name": "7A", "type": "CLASS", "schoolId": 55, "users": users}))
        };

        prop_assert_eq!(group(&ordered), group(&shuffled));
    }
}

fn feed(asked: &Asked) -> &str {
    let path = asked.line.split('?').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

fn token(asked: &Asked) -> Option<Reply> {
    let reply = || (200, json!({"access_token": format!("t{}", asked.before), "expires_in": 3600}).to_string());
    (asked.line == "POST /oauth/access_token").then(reply)
}

/// A small partner: a school, two users on two pages, a class, a licence.
fn partner(asked: &Asked) -> Reply {
    if let Some(reply) = token(asked) {
        return reply;
    }
    let second = asked.line.contains("cursor=");
    let body = match feed(asked) {
        "organization" => json!({"organizations": [], "versionTag": 1, "hasMore": false}),
        "school" => json!({"schools": [{"id": 55, "uuid": SCHOOL, "name": "S"}], "versionTag": "s2"}),
        "user" if second => {
            json!({"users": [{"id": 2, "uuid": SECOND, "firstName": "A", "lastName": "B", "userType": "TEACHER"}], "versionTag": 8, "hasMore": false})
        }
        "user" => json!({"users": [
            {"id": 1, "uuid": FIRST, "firstName": "A", "lastName": "B", "userType": "STUDENT"},
            {"id": 3, "isDeleted": true}
        ], "versionTag": 7, "hasMore": true, "cursor": "u2"}),
        "group" => {
            json!({"groups": [{"id": 9, "name": "7A", "type": "CLASS", "schoolId": "55", "users": []}], "versionTag": 4})
        }
        _ => json!({"licenses": [{"id": 7, "users": [{"uuid": FIRST}]}], "versionTag": 5}),
    };
    (200, body.to_string())
}

const TAGS: &str = r#"{"organization":"1","school":"s1","user":"6","group":"3","license":"4"}"#;

fn nothing_known() -> Option<String> {
    Memory::default().keep(None)
}

async fn failure(reading: impl Future<Output = Result<Whole, SourceError>>) -> (SourceErrorKind, &'static str) {
    let error = reading.await.unwrap_err();
    (error.kind, error.code)
}

#[tokio::test]
async fn a_full_read_asks_every_feed_without_a_tag() {
    let server = Loopback::answering(partner).await;

    let read = whole(&source(&server), Scope::Full, None).await.unwrap();

    insta::assert_snapshot!(server.lines().join("\n"), @r"
    POST /oauth/access_token grant_type=client_credentials&client_id=hub&client_secret=hub-secret
    GET /v2/partner/organization?limit=2
    GET /v2/partner/school?limit=2
    GET /v2/partner/user?limit=2
    GET /v2/partner/user?cursor=u2&limit=2
    GET /v2/partner/group?limit=2
    GET /v2/partner/license?limit=2
    ");
    insta::assert_snapshot!(read.cursor.unwrap(), @r#"{"organization":"1","school":"s2","user":"8","group":"4","license":"5"}"#);
    assert_eq!((read.records.len(), read.removed), (5, vec![]));
    assert_eq!(read.complete, [RecordKind::Organisation, RecordKind::Person, RecordKind::Group, RecordKind::Licence]);
    let Some(Record::Group(group)) = read.records.iter().find(|it| it.key().kind == RecordKind::Group) else {
        panic!("no group")
    };
    assert_eq!(group.organisation.to_string(), SCHOOL);
}

#[tokio::test]
async fn changes_are_asked_for_since_each_feeds_tag() {
    let server = Loopback::answering(partner).await;

    let read = whole(&source(&server), changes(TAGS), nothing_known()).await.unwrap();

    insta::assert_snapshot!(server.lines().join("\n"), @r"
    POST /oauth/access_token grant_type=client_credentials&client_id=hub&client_secret=hub-secret
    GET /v2/partner/organization?versionTag=1&limit=2
    GET /v2/partner/school?versionTag=s1&limit=2
    GET /v2/partner/user?versionTag=6&limit=2
    GET /v2/partner/user?versionTag=6&cursor=u2&limit=2
    GET /v2/partner/group?versionTag=3&limit=2
    GET /v2/partner/license?versionTag=4&limit=2
    ");
    let gone = RecordKey { kind: RecordKind::Person, id: mapping::native_identity(Feed::User, "3") };
    assert_eq!((read.removed, read.complete), (vec![gone], vec![]));
}

#[tokio::test]
async fn changes_without_memory_of_the_schools_ask_for_a_full_read() {
    let server = Loopback::answering(partner).await;

    let failed = failure(whole(&source(&server), changes(TAGS), None)).await;

    assert_eq!(failed, (SourceErrorKind::FullReadNeeded, "source.memory_missing"));
}

#[tokio::test]
async fn a_tag_that_is_refused_asks_for_a_full_read() {
    for refusal in [400, 410] {
        let server = Loopback::answering(move |asked| {
            token(asked).unwrap_or_else(|| {
                if asked.line.contains("versionTag") { (refusal, String::new()) } else { partner(asked) }
            })
        })
        .await;

        let failed = failure(whole(&source(&server), changes(TAGS), nothing_known())).await;

        assert_eq!(failed, (SourceErrorKind::FullReadNeeded, "source.cursor_refused"));
    }
}

#[tokio::test]
async fn a_cursor_that_comes_back_ends_the_read() {
    let server = Loopback::answering(|asked| {
        token(asked).unwrap_or_else(|| (200, json!({"users": [], "hasMore": true, "cursor": "c"}).to_string()))
    })
    .await;

    let failed = failure(whole(&source(&server), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Contract, "source.pages_endless"));
}

#[tokio::test]
async fn an_answer_that_is_no_whole_page_is_no_page() {
    for body in [
        r#"{"users": [], "hasMore": true}"#,
        r#"{"users": [], "hasMore": {}}"#,
        r#"{"users": [{"id": 1"#,
        r#"{"versionTag": 1}"#,
        "[]",
        "",
    ] {
        let server = Loopback::answering(move |asked| token(asked).unwrap_or_else(|| (200, body.to_owned()))).await;

        let failed = failure(whole(&source(&server), Scope::Full, None)).await;

        assert_eq!(failed, (SourceErrorKind::Contract, "source.page_unreadable"), "{body}");
    }
}

#[tokio::test]
async fn a_feed_that_is_not_there_yields_no_removals() {
    let server = Loopback::answering(|asked| {
        token(asked).unwrap_or_else(|| if feed(asked) == "group" { (404, String::new()) } else { partner(asked) })
    })
    .await;

    let read = whole(&source(&server), Scope::Full, None).await.unwrap();

    assert_eq!(read.complete, [RecordKind::Organisation, RecordKind::Person, RecordKind::Licence]);
}

#[tokio::test]
async fn a_token_that_expires_between_pages_is_renewed() {
    let server = Loopback::answering(|asked| {
        token(asked).unwrap_or_else(|| {
            let late = matches!(feed(asked), "group" | "license");
            if late && asked.token == "t0" { (401, String::new()) } else { partner(asked) }
        })
    })
    .await;

    whole(&source(&server), Scope::Full, None).await.unwrap();

    assert_eq!(server.tokens(), ["", "t0", "t0", "t0", "t0", "t0", "", "t1", "t1"]);
}

#[tokio::test]
async fn patience_is_asked_for_as_skolon_says() {
    let server = Loopback::answering(|asked| token(asked).unwrap_or_else(|| (429, String::new()))).await;

    let failed = failure(whole(&source(&server), Scope::Full, None)).await;

    assert_eq!(failed, (SourceErrorKind::Throttled(7), "source.throttled"));
}

fn person(id: &str) -> RecordKey {
    RecordKey { kind: RecordKind::Person, id: id.parse().unwrap() }
}

#[tokio::test]
async fn somebody_elses_record_is_no_proof_that_a_person_is_there() {
    let server = Loopback::answering(|asked| {
        let users = json!({"users": [{"id": 1, "uuid": FIRST, "firstName": "A"}, {"id": 2, "uuid": SECOND, "isDeleted": true}]});
        token(asked).unwrap_or_else(|| (200, users.to_string()))
    })
    .await;
    let source = source(&server);

    let there = [source.has(person(FIRST)).await.unwrap(), source.has(person(SECOND)).await.unwrap()];

    assert_eq!(there, [true, false]);
    assert_eq!(server.lines()[1], format!("GET /v2/partner/user?uuid={FIRST}&limit=2"));
}

#[tokio::test]
async fn a_person_without_a_uuid_is_looked_for_among_all() {
    let server = Loopback::answering(|asked| {
        let page = if asked.line.contains("cursor") {
            json!({"users": [{"id": 4711, "firstName": "A"}]})
        } else {
            json!({"users": [], "hasMore": true, "cursor": "2"})
        };
        token(asked).unwrap_or_else(|| (200, page.to_string()))
    })
    .await;
    let source = source(&server);
    let id = source.identity(RecordKind::Person, "4711");

    assert!(source.has(RecordKey { kind: RecordKind::Person, id }).await.unwrap());
    assert!(!server.lines().iter().any(|line| line.contains("uuid=")), "{:?}", server.lines());
}

#[tokio::test]
async fn other_peoples_licences_are_not_taken_for_ones_own() {
    let server = Loopback::answering(|asked| {
        let licences = json!({"licenses": [
            {"id": 1, "users": [{"uuid": FIRST}]},
            {"id": 2, "users": [{"uuid": SECOND}]},
            {"id": 3, "users": [{"uuid": SECOND}, {"uuid": FIRST}]}
        ]});
        token(asked).unwrap_or_else(|| (200, licences.to_string()))
    })
    .await;

    let held = source(&server).licences_of(FIRST.parse().unwrap()).await.unwrap();

    let held: Vec<Id> = held.iter().map(|licence| licence.id).collect();
    assert_eq!(held, ["1", "3"].map(|native| mapping::native_identity(Feed::License, native)));
}
