//! Making, archiving and unarchiving teams.

use super::*;
use jiff::SignedDuration;

async fn status(tenant: &Tenant, location: &str) -> String {
    tenant.get(location).await.json()["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_team_is_made_of_a_class_after_a_while() {
    let tenant = tenant_with(|it| it.operation_time = SignedDuration::from_secs(40)).await;
    let (id, [tova, alva]) = tenant.made_class().await;

    let answer = tenant.post("/teams", tenant.team_of(&id)).await;
    let location = answer.header("location").unwrap().to_owned();
    let mut seen = vec![(status(&tenant, &location).await, tenant.get(&format!("/teams/{id}")).await.status)];
    for _ in 0..2 {
        tenant.pass(20);
        seen.push((status(&tenant, &location).await, tenant.get(&format!("/teams/{id}")).await.status));
    }

    assert_eq!((answer.status, answer.body.as_str()), (202, ""));
    assert!(location.starts_with(&format!("/teams('{id}')/operations('")), "{location}");
    let expected = [("notStarted", 404), ("inProgress", 404), ("succeeded", 200)];
    assert_eq!(seen, expected.map(|(status, code)| (status.to_owned(), code)));
    assert_eq!(tenant.team_members(&id), [(tova, TeamRole::Owner), (alva, TeamRole::Member)]);
}

#[tokio::test]
async fn a_team_shows_what_it_is() {
    let tenant = tenant().await;
    let (id, _) = tenant.made_team().await;

    let team = tenant.get(&format!("/teams/{id}?$select=id,specialization,isArchived,visibility")).await.json();

    let expected = json!({"id": id, "specialization": "educationClass", "isArchived": false,
        "visibility": "hiddenMembership"});
    assert_eq!(team, expected);
    assert_eq!(tenant.get(&format!("/groups/{id}")).await.json()["resourceProvisioningOptions"], json!(["Team"]));
}

#[tokio::test]
async fn an_operation_may_fail_and_be_begun_again() {
    let tenant = tenant().await;
    let (id, _) = tenant.made_class().await;
    tenant.server.fail_operations(1);

    let first = tenant.post("/teams", tenant.team_of(&id)).await;
    let operation = tenant.get(first.header("location").unwrap()).await.json();
    let second = tenant.post("/teams", tenant.team_of(&id)).await;

    assert_eq!((first.status, &operation["status"]), (202, &json!("failed")));
    assert_eq!(operation["error"]["code"], "InternalServerError");
    assert_eq!((second.status, status(&tenant, second.header("location").unwrap()).await.as_str()), (202, "succeeded"));
}

#[tokio::test]
async fn a_young_group_is_not_found() {
    let tenant = tenant_with(|it| it.young_group = SignedDuration::from_mins(15)).await;
    let (id, _) = tenant.made_class().await;

    let young = tenant.post("/teams", tenant.team_of(&id)).await;
    tenant.pass(15 * 60);
    let old = tenant.post("/teams", tenant.team_of(&id)).await;

    assert_eq!((refusal(&young), old.status), (refused(404, "NotFound"), 202));
}

#[tokio::test]
async fn nothing_else_is_said_about_the_team_of_a_group() {
    let tenant = tenant().await;
    let (id, _) = tenant.made_class().await;

    let answer = tenant.post("/teams", with(tenant.team_of(&id), "displayName", json!("7A"))).await;

    assert_eq!(refusal(&answer), refused(400, "BadRequest"));
    assert_eq!(tenant.server.violations(), ["POST teams: sends displayName together with group@odata.bind"]);
}

#[tokio::test]
async fn a_team_needs_an_owner_and_a_microsoft_365_group() {
    let tenant = tenant().await;
    let ownerless = tenant.made_group("7a").await;
    let security = tenant.made("/groups", security_group("7b")).await;

    let mut answers = Vec::new();
    for id in [ownerless, security] {
        answers.push(refusal(&tenant.post("/teams", tenant.team_of(&id)).await));
    }

    assert_eq!(answers, [refused(400, "BadRequest"), refused(400, "BadRequest")]);
}

#[tokio::test]
async fn a_group_has_one_team_also_while_it_is_being_made() {
    let tenant = tenant_with(|it| it.operation_time = SignedDuration::from_secs(40)).await;
    let (id, _) = tenant.made_team().await;

    let coming = tenant.post("/teams", tenant.team_of(&id)).await;
    tenant.pass(40);
    let there = tenant.post("/teams", tenant.team_of(&id)).await;

    assert_eq!([refusal(&coming), refusal(&there)], [refused(409, "Conflict"), refused(409, "Conflict")]);
}

#[tokio::test]
async fn a_team_without_a_group_gets_one_with_its_owner() {
    let tenant = tenant().await;
    let tova = tenant.made_user("tova").await;
    let body = |members: Value| {
        json!({"template@odata.bind": "https://graph.microsoft.com/v1.0/teamsTemplates('educationStaff')",
            "displayName": "Personal", "members": members})
    };

    let ownerless = tenant.post("/teams", body(json!([tenant.membership(&tova, &[])]))).await.status;
    let owned = tenant.post("/teams", body(json!([tenant.membership(&tova, &["owner"])]))).await.status;

    let state = tenant.server.state();
    let (id, group) = state.groups.iter().next().unwrap();
    assert_eq!((ownerless, owned, group.text("displayName")), (400, 202, Some("Personal")));
    assert_eq!(tenant.team_members(id), [(tova, TeamRole::Owner)]);
}

#[tokio::test]
async fn a_team_is_archived_and_unarchived_after_a_while() {
    let tenant = tenant().await;
    let (id, _) = tenant.made_team().await;
    tenant.server.set_options(|it| it.operation_time = SignedDuration::from_secs(30));

    let body = json!({"shouldSetSpoSiteReadOnlyForMembers": true});
    let archive = tenant.post(&format!("/teams/{id}/archive"), body).await;
    let at_once = tenant.group(&id).is_archived();
    tenant.pass(30);
    let later = tenant.group(&id).team.unwrap();
    let unarchive = tenant.ask("POST", &format!("/teams('{id}')/unarchive"), &Value::Null).await;
    tenant.pass(30);

    assert_eq!((archive.status, at_once, unarchive.status), (202, false, 202));
    assert!(later.is_archived && later.is_site_read_only && !tenant.group(&id).is_archived());
    assert_eq!(status(&tenant, unarchive.header("location").unwrap()).await, "succeeded");
}

#[tokio::test]
async fn the_members_of_an_archived_team_can_be_changed() {
    let tenant = tenant().await;
    let (id, [_, alva]) = tenant.made_team().await;
    let bo = tenant.made_user("bo").await;
    tenant.post(&format!("/teams/{id}/archive"), json!({})).await;

    let added = tenant.post(&format!("/teams/{id}/members"), tenant.membership(&bo, &[])).await.status;
    let removed = json!({"values": [tenant.membership(&alva, &[])]});
    let removed = tenant.post(&format!("/teams/{id}/members/remove"), removed).await.status;

    assert_eq!((added, removed), (201, 204));
    assert_eq!(tenant.group(&id).members.len(), 2);
}

#[tokio::test]
async fn where_there_is_no_team_nothing_is_archived() {
    let tenant = tenant().await;
    let (id, _) = tenant.made_class().await;

    let answer = tenant.post(&format!("/teams/{id}/archive"), json!({})).await;

    assert_eq!(refusal(&answer), refused(404, "NotFound"));
}
