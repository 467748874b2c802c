//! A OneRoster provider, asked by the book and otherwise.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use serde_json::Value;
use std::collections::BTreeSet;
use world::truth::{Change, Municipality};
use world::{Edition, Moods, OneRosterOptions, OneRosterServer, Time};

fn provider(edition: Edition) -> OneRosterServer {
    let truth = Municipality::generate(7, 60, jiff::civil::date(2026, 10, 14));
    let time = Time::told_by(|| "2026-10-14T10:00:00Z".parse().unwrap());
    OneRosterServer::in_process(truth, OneRosterOptions::new(edition, time))
}

async fn token(server: &OneRosterServer, scopes: &[&str]) -> String {
    let scopes: Vec<String> = scopes.iter().map(|it| server.edition().scope(it)).collect();
    let credentials = server.credentials();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
        credentials.client_id,
        credentials.client_secret,
        scopes.join("+").replace(':', "%3A").replace('/', "%2F")
    );
    let request = Request::post("https://provider.example/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    let answer = body(server.answer(request).await.unwrap()).await;
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn everything(server: &OneRosterServer) -> String {
    token(server, &["roster-core.readonly", "roster.readonly"]).await
}

async fn get(server: &OneRosterServer, token: &str, path: &str) -> Response {
    let request = Request::get(format!("https://provider.example{}{path}", server.edition().path()))
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty())
        .unwrap();
    server.answer(request).await.unwrap()
}

async fn body(answer: Response) -> Value {
    serde_json::from_slice(&to_bytes(answer.into_body(), usize::MAX).await.unwrap()).unwrap()
}

fn header(answer: &Response, name: &str) -> String {
    answer.headers()[name].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_page_says_how_many_there_are_and_where_the_others_are() {
    let server = provider(Edition::First);
    let token = everything(&server).await;

    let answer = get(&server, &token, "/users?limit=10&offset=10&filter=status%3D%27active%27").await;

    let total = server.with_truth(|truth| truth.persons.len());
    let links = header(&answer, "link");
    assert_eq!(header(&answer, "x-total-count"), total.to_string());
    let at = |offset: usize, rel: &str| {
        let address = "https://provider.example/ims/oneroster/v1p1/users?limit=10";
        links.contains(&format!("<{address}&offset={offset}&filter=status%3D%27active%27>; rel=\"{rel}\""))
    };
    assert!(at(0, "first") && at(0, "prev") && at(20, "next") && at((total - 1) / 10 * 10, "last"), "{links}");
    assert_eq!(body(answer).await["users"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn a_hundred_are_given_when_nobody_says_how_many() {
    let server = provider(Edition::Second);
    let token = everything(&server).await;

    let page = body(get(&server, &token, "/enrollments").await).await;

    assert_eq!(page["enrollments"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn roles_are_said_once_in_the_first_edition_and_in_a_list_in_the_second() {
    let mut keys = Vec::new();
    for edition in [Edition::First, Edition::Second] {
        let server = provider(edition);
        let token = everything(&server).await;
        let page = body(get(&server, &token, "/users?limit=1").await).await;
        let user = page["users"][0].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        keys.push(["role", "orgs", "roles"].map(|it| user.contains(it)));
    }

    assert_eq!(keys, [[true, true, false], [false, false, true]]);
}

#[tokio::test]
async fn what_changed_is_told_by_its_date_and_what_is_gone_is_marked() {
    let server = provider(Edition::First);
    let token = everything(&server).await;
    let gone = server.with_truth(|truth| *truth.persons.keys().next().unwrap());
    server.apply(&[Change::PersonRemoved { person: gone }]);

    let filter = "filter=dateLastModified%3E%272026-10-14T09%3A00%3A00.000Z%27";
    let page = body(get(&server, &token, &format!("/users?{filter}")).await).await;

    let told: Vec<(&str, &str)> = page["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["sourcedId"].as_str().unwrap(), it["status"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(gone.to_string().as_str(), "tobedeleted")]);
}

#[tokio::test]
async fn the_members_of_a_class_need_the_wider_scope() {
    let server = provider(Edition::Second);
    let core = token(&server, &["roster-core.readonly"]).await;
    let (school, class) = server.with_truth(|truth| {
        let group = truth.groups.values().find(|it| !it.memberships.is_empty()).unwrap();
        (group.organisation, group.id)
    });
    let path = format!("/schools/{school}/classes/{class}/enrollments");

    let refused = get(&server, &core, &path).await.status();
    let given = get(&server, &everything(&server).await, &path).await;

    assert_eq!((refused, given.status()), (StatusCode::FORBIDDEN, StatusCode::OK));
    let page = body(given).await;
    let classes = page["enrollments"].as_array().unwrap().iter().map(|it| it["class"]["sourcedId"].as_str().unwrap());
    assert_eq!(classes.collect::<BTreeSet<_>>(), BTreeSet::from([class.to_string().as_str()]));
}

#[tokio::test]
async fn whoever_asks_against_the_standard_is_told_on() {
    let server = provider(Edition::First);
    let token = everything(&server).await;
    let wrong = ["/users?limit=0", "/users?page=2", "/users?filter=status%3Dactive", "/users?orderBy=up"];

    for path in wrong {
        assert_eq!(get(&server, &token, path).await.status(), StatusCode::BAD_REQUEST, "{path}");
    }

    assert_eq!(server.contract_violations().len(), wrong.len(), "{:?}", server.contract_violations());
}

#[tokio::test]
async fn moods_and_tokens_are_as_everywhere_else() {
    let server = provider(Edition::First);
    let token = everything(&server).await;
    server.moods().set(Moods::down());
    let down = get(&server, &token, "/orgs").await.status();
    server.moods().set(Moods::calm());
    server.revoke_tokens();

    let revoked = get(&server, &token, "/orgs").await.status();

    assert_eq!((down, revoked), (StatusCode::SERVICE_UNAVAILABLE, StatusCode::UNAUTHORIZED));
    assert_eq!(server.contract_violations(), Vec::<String>::new());
}
