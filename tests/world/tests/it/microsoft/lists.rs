//! Lists: pages, filters, and what is selected.

use super::*;

async fn found(tenant: &Tenant, filter: &str) -> Vec<String> {
    let filter = filter.replace(':', "%3A");
    ids(&tenant.get(&format!("/users?$filter={filter}&$select=id")).await)
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let tenant = tenant().await;
    let users = tenant.made_users(["a", "b", "c", "d", "e"]).await;

    let mut pages = Vec::new();
    let mut next = Some("/users?$top=2&$select=id".to_owned());
    while let Some(path) = next {
        let page = tenant.get(&path).await;
        pages.push(ids(&page));
        next = page.json()["@odata.nextLink"].as_str().map(str::to_owned);
    }

    assert_eq!(pages, [&users[..2], &users[2..4], &users[4..]]);
    assert!(tenant.has_broken_nothing());
}

#[tokio::test]
async fn a_place_in_one_list_is_none_in_another() {
    let tenant = tenant().await;
    tenant.made_users(["a", "b"]).await;
    let next = tenant.get("/users?$top=1&$select=id").await.json()["@odata.nextLink"].as_str().unwrap().to_owned();

    let answer = tenant.get(&next.replace("$select=id", "$select=mail")).await;

    assert_eq!(refusal(&answer), refused(400, "Directory_ExpiredPageToken"));
}

#[tokio::test]
async fn a_page_has_up_to_999() {
    let tenant = tenant().await;

    let answers = [tenant.get("/users?$top=999").await.status, tenant.get("/users?$top=1000").await.status];

    assert_eq!((answers, tenant.server.violations().len()), ([200, 400], 1));
}

#[tokio::test]
async fn users_are_found_by_what_names_them() {
    let tenant = tenant().await;
    let [alva, bo] = tenant.made_users(["alva", "bo"]).await;

    for filter in [
        "userPrincipalName eq 'ALVA@prov.example'",
        "mail eq 'alva@prov.example'",
        "employeeId eq 'e-alva'",
        "proxyAddresses/any(p:p eq 'smtp:alva@prov.example')",
        "startswith(displayName,'alva')",
    ] {
        assert_eq!(found(&tenant, filter).await, std::slice::from_ref(&alva), "{filter}");
    }
    let either = "employeeId eq 'e-alva' or mail eq 'bo@prov.example' or employeeId eq 'e-nobody'";
    assert_eq!(found(&tenant, either).await, [alva, bo]);
}

#[tokio::test]
async fn what_cannot_be_filtered_by_is_refused() {
    let tenant = tenant().await;

    for filter in ["streetAddress eq 'x'", "employeeId ne 'x'", "employeeId eq x"] {
        let answer = tenant.get(&format!("/users?$filter={filter}")).await;
        assert_eq!(refusal(&answer), refused(400, "Request_UnsupportedQuery"), "{filter}");
    }
}

#[tokio::test]
async fn selecting_what_is_not_there_is_refused_and_noted() {
    let tenant = tenant().await;

    let answer = tenant.get("/users?$select=id,personalNumber").await;

    assert_eq!(refusal(&answer), refused(400, "BadRequest"));
    assert_eq!(tenant.server.violations(), ["GET users: selects personalNumber, which user has not"]);
}
