//! Members and owners of groups.

use super::*;

#[tokio::test]
async fn twenty_are_bound_at_once_and_no_more() {
    let tenant = tenant().await;
    let group = tenant.made_group("7a").await;
    let mut users = Vec::new();
    for number in 0..21 {
        users.push(tenant.made_user(&format!("elev{number}")).await);
    }
    let users: Vec<&String> = users.iter().collect();
    let path = format!("/groups/{group}");

    let many = tenant.patch(&path, tenant.bind("members", &users)).await;
    let twenty = tenant.patch(&path, tenant.bind("members", &users[..20])).await;

    assert_eq!((refusal(&many), twenty.status), (refused(400, "Request_BadRequest"), 204));
    assert_eq!(tenant.group(&group).members.len(), 20);
    assert_eq!(tenant.server.violations(), ["PATCH groups/{id}: binds more than 20"]);
}

#[tokio::test]
async fn one_who_is_there_already_fails_all() {
    let tenant = tenant().await;
    let [alva, bo] = tenant.made_users(["alva", "bo"]).await;
    let group = tenant.made_group("7a").await;
    tenant.patch(&format!("/groups/{group}"), tenant.bind("members", &[&alva])).await;

    let body = with(tenant.bind("members", &[&bo, &alva]), "displayName", json!("7A ny"));
    let answer = tenant.patch(&format!("/groups/{group}"), body).await;

    let expected =
        "One or more added object references already exist for the following modified properties: 'members'.";
    assert_eq!((answer.status, message(&answer).as_str()), (400, expected));
    assert!(tenant.group(&group).members.iter().eq([&alva]));
    assert_eq!(tenant.group(&group).text("displayName"), Some("7A"));
}

#[tokio::test]
async fn the_same_twice_or_somebody_who_is_not_there_fails_all() {
    let tenant = tenant().await;
    let alva = tenant.made_user("alva").await;
    let group = tenant.made_group("7a").await;
    let path = format!("/groups/{group}");

    let twice = tenant.patch(&path, tenant.bind("members", &[&alva, &alva])).await;
    let missing = tenant.patch(&path, tenant.bind("members", &[&alva, &NOBODY.to_owned()])).await;

    assert!(message(&twice).contains("can only be present once as an add/remove change"), "{}", message(&twice));
    assert_eq!(refusal(&missing), refused(404, "Request_ResourceNotFound"));
    assert!(tenant.group(&group).members.is_empty());
}

#[tokio::test]
async fn one_is_added_and_taken_out_by_reference() {
    let tenant = tenant().await;
    let alva = tenant.made_user("alva").await;
    let group = tenant.made_group("7a").await;
    let members = format!("/groups/{group}/members");

    let answers = [
        tenant.post(&format!("{members}/$ref"), tenant.reference(&alva)).await.status,
        tenant.post(&format!("{members}/$ref"), tenant.reference(&alva)).await.status,
        tenant.delete(&format!("{members}/{alva}/$ref")).await.status,
        tenant.delete(&format!("{members}/{alva}/$ref")).await.status,
    ];

    assert_eq!((answers, tenant.has_broken_nothing()), ([204, 400, 204, 404], true));
}

#[tokio::test]
async fn a_delete_without_ref_deletes_the_user_and_is_noted() {
    let tenant = tenant().await;
    let alva = tenant.made_user("alva").await;
    let group = tenant.made_group("7a").await;
    tenant.post(&format!("/groups/{group}/members/$ref"), tenant.reference(&alva)).await;

    let answer = tenant.delete(&format!("/groups/{group}/members/{alva}")).await;

    assert_eq!((answer.status, tenant.server.state().users.contains_key(&alva)), (204, false));
    let noted = ["DELETE groups/{id}/members/{id}: a DELETE without /$ref, which is about the user"];
    assert_eq!(tenant.server.violations(), noted);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let tenant = tenant().await;
    let users = tenant.made_users(["tova", "ture"]).await;
    let group = tenant.made_group("7a").await;
    tenant.patch(&format!("/groups/{group}"), tenant.bind("owners", &[&users[0], &users[1]])).await;

    let mut answers = Vec::new();
    for user in &users {
        answers.push(tenant.delete(&format!("/groups/{group}/owners/{user}/$ref")).await);
    }

    assert_eq!([answers[0].status, answers[1].status], [204, 400]);
    assert_eq!(message(&answers[1]), "The group must have at least one owner, hence this owner cannot be removed.");
}

#[tokio::test]
async fn members_and_owners_are_listed_page_by_page() {
    let tenant = tenant().await;
    let [alva, bo] = tenant.made_users(["alva", "bo"]).await;
    let group = tenant.made_group("7a").await;
    tenant.patch(&format!("/groups/{group}"), tenant.bind("members", &[&alva, &bo])).await;
    tenant.patch(&format!("/groups/{group}"), tenant.bind("owners", &[&bo])).await;

    let first = tenant.get(&format!("/groups/{group}/members?$select=id&$top=1")).await;
    let second = tenant.get(first.json()["@odata.nextLink"].as_str().unwrap()).await;
    let owners = tenant.get(&format!("/groups/{group}/owners?$select=id&$top=999")).await;

    assert_eq!([ids(&first), ids(&second), ids(&owners)], [vec![alva], vec![bo.clone()], vec![bo]]);
    assert_eq!(first.json()["value"][0]["@odata.type"], "#microsoft.graph.user");
}

#[tokio::test]
async fn an_address_must_be_the_apis_and_of_the_right_collection() {
    let tenant = tenant().await;
    let alva = tenant.made_user("alva").await;
    let group = tenant.made_group("7a").await;

    let mut statuses = Vec::new();
    for address in [
        format!("https://graph.microsoft.com/v1.0/users/{alva}"),
        format!("https://annan.example/v1.0/users/{alva}"),
        format!("{}/education/users/{alva}", tenant.server.base_url()),
    ] {
        let body = json!({"@odata.id": address});
        statuses.push(tenant.post(&format!("/groups/{group}/members/$ref"), body).await.status);
    }

    assert_eq!((statuses, tenant.server.violations().len()), (vec![204, 400, 400], 2));
}
