//! Lists of users, and what they are searched by.

use super::*;

async fn list(server: &GoogleServer, parameters: &str) -> Answer {
    directory(server, "GET", &format!("/users?customer=my_customer&{parameters}"), Value::Null).await
}

async fn found(server: &GoogleServer, query: &str) -> Vec<String> {
    let query = query.replace(' ', "%20").replace('\'', "%27").replace('=', "%3D");
    let answer = list(server, &format!("query={query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let list = answer.json();
    all(&list, "users", "primaryEmail").into_iter().map(str::to_owned).collect()
}

async fn three() -> GoogleServer {
    let server = domain().await;
    for name in ["alva", "bo", "cia"] {
        made_user(&server, name).await;
    }
    server
}

#[tokio::test]
async fn users_are_found_by_address_external_id_and_more() {
    let server = three().await;
    assert_eq!(found(&server, &format!("email={}", address("alva"))).await, [address("alva")]);
    assert_eq!(found(&server, "email:bo*").await, [address("bo")]);
    assert_eq!(found(&server, "externalId=id-of-bo").await, [address("bo")]);
    assert_eq!(found(&server, "externalId:id-of-alva orgUnitPath='/Elever'").await, [address("alva")]);
    assert_eq!(found(&server, "isAdmin=true").await, [address("admin")]);
    assert_eq!(found(&server, "externalId=id-of-bo isSuspended=true").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_colon_finds_what_only_contains_the_value() {
    let server = three().await;

    let three = found(&server, "externalId:id-of").await.len();
    let none = found(&server, "externalId=id-of").await.len();

    assert_eq!((three, none), (3, 0));
}

#[tokio::test]
async fn pages_follow_one_another_until_there_are_no_more() {
    let server = three().await;
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = list(&server, &format!("maxResults=3&orderBy=email&pageToken={token}")).await.json();
        seen.extend(all(&page, "users", "primaryEmail").into_iter().map(str::to_owned));
        match page["nextPageToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }

    assert_eq!(seen, ["admin", "alva", "bo", "cia"].map(address));
}

#[tokio::test]
async fn more_than_five_hundred_at_once_are_refused_and_noted() {
    let server = domain().await;

    let answer = list(&server, "maxResults=501").await;

    assert_eq!(reason(&answer), refused(400, "invalidParameter"));
    assert_eq!(server.violations(), ["GET users: maxResults is not from 1 to 500"]);
}

#[tokio::test]
async fn a_list_is_of_a_customer_or_a_domain() {
    let server = domain().await;
    let of = async |whose: &str| directory(&server, "GET", &format!("/users{whose}"), Value::Null).await;

    assert_eq!(of("?domain=norrbyholm.example").await.status, 200);
    assert_eq!(reason(&of("?domain=soderby.example").await), refused(404, "notFound"));
    assert_eq!(reason(&of("").await), refused(400, "badRequest"));
    assert_eq!(reason(&of("?customer=other").await), refused(400, "badRequest"));
}

#[tokio::test]
async fn a_query_that_is_none_and_a_token_that_is_none_are_invalid() {
    let server = domain().await;

    for wrong in ["query=nothing%3Dx", "query=nothing", "pageToken=!"] {
        assert_eq!(reason(&list(&server, wrong).await), refused(400, "invalid"), "{wrong}");
    }
}

#[tokio::test]
async fn deleted_users_are_listed_apart() {
    let server = three().await;
    server.remove_user(&address("bo"));

    let deleted = list(&server, "showDeleted=true").await.json();
    let there = list(&server, "orderBy=email").await.json();

    assert_eq!(all(&deleted, "users", "primaryEmail"), [address("bo")]);
    assert_eq!(all(&there, "users", "primaryEmail"), ["admin", "alva", "cia"].map(address));
}
