//! Filters, pages, and what is shown of a resource.

use super::*;
use world::scim::ScimFilters;

#[tokio::test]
async fn filters_find_by_what_they_compare() {
    let (server, users, id) = with_a_group(|_| {}).await;
    let by_id = format!("id eq \"{}\"", users[0]);
    let cases = [
        ("Users", "userName eq \"ALVA\"", 1),
        ("Users", "USERNAME EQ \"alva\"", 1),
        ("Users", "urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"alva\"", 1),
        ("Users", "externalId eq \"ext-alva\"", 1),
        ("Users", "externalId eq \"EXT-ALVA\"", 0),
        ("Users", "displayName eq \"alva prov\"", 2),
        ("Users", "emails.value eq \"Alva@Prov.example\"", 1),
        ("Users", by_id.as_str(), 1),
        ("Users", "displayName eq \"Alva Prov\" and userName eq \"bo\"", 1),
        ("Users", "userName eq \"alva\" and externalId eq \"ext-bo\"", 0),
        ("Groups", "displayName eq \"4a\"", 1),
        ("Groups", "externalId eq \"ext-4A\"", 1),
    ];
    for (endpoint, filter, count) in cases {
        let found = find(&server, endpoint, filter).await.json();
        assert_eq!(found["totalResults"], count, "{endpoint} {filter}");
        assert_eq!(found["Resources"].as_array().unwrap().len(), count, "{endpoint} {filter}");
    }
    assert_eq!(find(&server, "Groups", "displayName eq \"4A\"").await.json()["Resources"][0]["id"], id);
}

#[tokio::test]
async fn any_other_filter_is_refused() {
    let server = provider().await;
    let cases = [
        ("Users", "userName sw \"a\""),
        ("Users", "userName eq \"a\" or userName eq \"b\""),
        ("Users", "title eq \"a\""),
        ("Users", "userName eq true"),
        ("Users", "emails[type eq \"work\"]"),
        ("Groups", "userName eq \"a\""),
        ("Groups", "members.value eq \"a\""),
    ];
    for (endpoint, filter) in cases {
        assert_eq!(refusal(&find(&server, endpoint, filter).await), refused(400, "invalidFilter"), "{filter}");
    }
}

#[tokio::test]
async fn a_provider_without_filters_refuses_all() {
    let refusals = [(ScimFilters::Refused, 400, "invalidFilter"), (ScimFilters::NotImplemented, 501, "")];
    for (filters, status, kind) in refusals {
        let server = provider_with(|it| it.filters = filters).await;

        let answer = find(&server, "Users", "userName eq \"alva\"").await;

        assert_eq!(refusal(&answer), refused(status, kind));
    }
}

#[tokio::test]
async fn a_provider_may_filter_by_some_attributes_only() {
    let server = provider_with(|it| it.filters_by = vec!["userName"]).await;

    let answers =
        (find(&server, "Users", "userName eq \"a\"").await, find(&server, "Users", "externalId eq \"a\"").await);

    assert_eq!((answers.0.status, refusal(&answers.1)), (200, refused(400, "invalidFilter")));
}

#[tokio::test]
async fn pages_count_from_one_and_end_at_the_providers_maximum() {
    let server = provider_with(|it| it.largest_page = 2).await;
    for name in ["a", "b", "c", "d"] {
        made_user(&server, name).await;
    }
    let cases = [
        ("", vec!["a", "b"], 1),
        ("?startIndex=2&count=1", vec!["b"], 2),
        ("?startIndex=3&count=100", vec!["c", "d"], 3),
        ("?startIndex=0&count=1", vec!["a"], 1),
        ("?count=0", vec![], 1),
        ("?startIndex=9", vec![], 9),
    ];
    for (query, names, start) in cases {
        let page = get(&server, &format!("/Users{query}")).await.json();
        let found: Vec<&str> =
            page["Resources"].as_array().unwrap().iter().map(|it| it["userName"].as_str().unwrap()).collect();
        assert_eq!(found, names, "{query}");
        let numbers = json!([page["totalResults"], page["startIndex"], page["itemsPerPage"]]);
        assert_eq!(numbers, json!([4, start, names.len()]), "{query}");
    }
    assert_eq!(refusal(&get(&server, "/Users?count=many").await), refused(400, "invalidValue"));
}

#[tokio::test]
async fn attributes_can_be_chosen_and_left_out() {
    let (server, users, group) = with_a_group(|_| {}).await;

    let chosen = get(&server, &format!("/Users/{}?attributes=username", users[0])).await.json();
    let without = get(&server, &format!("/Groups/{group}?excludedAttributes=members,id")).await.json();

    assert_eq!(chosen, json!({"schemas": [USER_SCHEMA], "id": users[0], "userName": "alva"}));
    assert_eq!((without.get("members"), &without["id"]), (None, &json!(group)));
}

#[tokio::test]
async fn lists_may_hide_members_that_the_group_itself_shows() {
    let (server, _, group) = with_a_group(|it| it.lists_show_members = false).await;

    let listed = get(&server, "/Groups").await.json();
    let read = get(&server, &format!("/Groups/{group}")).await.json();

    assert_eq!(listed["Resources"][0].get("members"), None);
    assert_eq!(read["members"].as_array().unwrap().len(), 2);
}
