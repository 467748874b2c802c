//! The members of teams.

use super::*;
use jiff::SignedDuration;

async fn membership_of(tenant: &Tenant, team: &str, user: &str) -> String {
    let filter = format!("(microsoft.graph.aadUserConversationMember/userId eq '{user}')");
    let found = ids(&tenant.get(&format!("/teams/{team}/members?$filter={filter}")).await);
    assert_eq!(found.len(), 1);
    found[0].clone()
}

#[tokio::test]
async fn memberships_have_ids_of_their_own() {
    let tenant = tenant().await;
    let (id, [tova, alva]) = tenant.made_team().await;

    let first = tenant.get(&format!("/teams/{id}/members?$top=1")).await;
    let second = tenant.get(first.json()["@odata.nextLink"].as_str().unwrap()).await;

    let members = [&first.json()["value"][0], &second.json()["value"][0]].map(Clone::clone);
    assert_eq!([&members[0]["userId"], &members[1]["userId"]], [&json!(tova), &json!(alva)]);
    assert_eq!([&members[0]["roles"], &members[1]["roles"]], [&json!(["owner"]), &json!([])]);
    assert!(members.iter().all(|it| it["id"] != it["userId"]) && members[0]["id"] != members[1]["id"]);
}

#[tokio::test]
async fn one_is_added_to_the_team_and_its_group_alike() {
    let tenant = tenant().await;
    let (id, _) = tenant.made_team().await;
    let [bo, ture] = tenant.made_users(["bo", "ture"]).await;

    let pupil = tenant.post(&format!("/teams/{id}/members"), tenant.membership(&bo, &[])).await;
    let owner = tenant.membership("ture@prov.example", &["owner"]);
    let teacher = tenant.post(&format!("/teams/{id}/members"), owner).await.status;

    let group = tenant.group(&id);
    assert_eq!((pupil.status, &pupil.json()["userId"], teacher), (201, &json!(bo), 201));
    assert!(group.members.contains(&bo) && group.members.contains(&ture) && group.owners.contains(&ture));
}

#[tokio::test]
async fn who_is_there_already_can_be_added_again_unless_it_is_refused() {
    let tenant = tenant().await;
    let (id, [_, alva]) = tenant.made_team().await;
    let path = format!("/teams/{id}/members");

    let again = tenant.post(&path, tenant.membership(&alva, &[])).await.status;
    tenant.server.set_options(|it| it.refuses_team_members_twice = true);
    let refused_now = tenant.post(&path, tenant.membership(&alva, &[])).await;

    assert_eq!((again, refusal(&refused_now)), (201, refused(409, "Conflict")));
}

#[tokio::test]
async fn a_role_is_changed_and_a_member_taken_out_by_the_membership() {
    let tenant = tenant().await;
    let (id, [_, alva]) = tenant.made_team().await;
    let path = format!("/teams/{id}/members/{}", membership_of(&tenant, &id, &alva).await);
    let body = json!({"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": ["owner"]});

    let promoted = tenant.patch(&path, body).await;
    let is_owner = tenant.group(&id).owners.contains(&alva);
    let removed = tenant.delete(&path).await.status;
    let gone = tenant.delete(&path).await;

    assert_eq!((promoted.status, &promoted.json()["roles"], is_owner), (200, &json!(["owner"]), true));
    assert_eq!((removed, refusal(&gone)), (204, refused(404, "NotFound")));
    assert!(!tenant.group(&id).members.contains(&alva) && !tenant.group(&id).owners.contains(&alva));
}

#[tokio::test]
async fn a_user_id_is_no_membership() {
    let tenant = tenant().await;
    let (id, [_, alva]) = tenant.made_team().await;

    assert_eq!(tenant.delete(&format!("/teams/{id}/members/{alva}")).await.status, 404);
}

#[tokio::test]
async fn the_last_owner_stays_in_the_team() {
    let tenant = tenant().await;
    let (id, [tova, _]) = tenant.made_team().await;
    let path = format!("/teams/{id}/members/{}", membership_of(&tenant, &id, &tova).await);
    let body = json!({"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": []});

    let answers = [
        tenant.delete(&path).await.status,
        tenant.patch(&path, body).await.status,
        tenant.post(&format!("/teams/{id}/members"), tenant.membership(&tova, &[])).await.status,
    ];

    assert_eq!((answers, tenant.group(&id).owners.len()), ([400, 400, 400], 1));
}

#[tokio::test]
async fn many_are_added_at_once_and_each_that_fails_is_named() {
    let tenant = tenant().await;
    let (id, _) = tenant.made_team().await;
    let [bo, ture] = tenant.made_users(["bo", "ture"]).await;
    let path = format!("/teams/{id}/members/add");

    let well = json!({"values": [tenant.membership(&bo, &[])]});
    let well = tenant.post(&path, well).await;
    let partly = json!({"values": [tenant.membership(NOBODY, &[]), tenant.membership(&ture, &["owner"])]});
    let partly = tenant.post(&path, partly).await;

    assert_eq!((well.status, &well.json()["value"][0]["error"]), (200, &Value::Null));
    let results = partly.json()["value"].clone();
    assert_eq!((partly.status, &results[0]["userId"]), (207, &json!(NOBODY)));
    assert_eq!((&results[0]["error"]["code"], &results[1]["userId"]), (&json!("NotFound"), &json!(ture)));
    assert_eq!(tenant.team_members(&id).len(), 4);
}

#[tokio::test]
async fn one_who_is_not_there_may_fail_all() {
    let tenant = tenant_with(|it| it.missing_member_fails_all = true).await;
    let (id, _) = tenant.made_team().await;
    let bo = tenant.made_user("bo").await;

    let values = json!({"values": [tenant.membership(&bo, &[]), tenant.membership(NOBODY, &[])]});
    let answer = tenant.post(&format!("/teams/{id}/members/add"), values).await;

    assert_eq!((refusal(&answer), tenant.team_members(&id).len()), (refused(404, "NotFound"), 2));
}

#[tokio::test]
async fn many_are_taken_out_at_once_and_each_that_fails_is_named() {
    let tenant = tenant().await;
    let (id, [tova, alva]) = tenant.made_team().await;
    let bo = tenant.made_user("bo").await;
    let path = format!("/teams/{id}/members/remove");

    let values = [&alva, &bo, &tova].map(|user| tenant.membership(user, &[]));
    let answer = tenant.post(&path, json!({"values": values})).await;

    let codes: Vec<Value> =
        answer.json()["value"].as_array().unwrap().iter().map(|it| it["error"]["code"].clone()).collect();
    assert_eq!((answer.status, codes), (207, vec![Value::Null, json!("NotFound"), json!("BadRequest")]));
    assert_eq!(tenant.team_members(&id), [(tova, TeamRole::Owner)]);
}

#[tokio::test]
async fn two_hundred_are_added_and_twenty_taken_out_at_most() {
    let tenant = tenant().await;
    let (id, _) = tenant.made_team().await;
    let values = |count: usize| json!({"values": vec![tenant.membership(NOBODY, &[]); count]});

    let mut statuses = Vec::new();
    for (action, count) in [("add", 200), ("add", 201), ("remove", 20), ("remove", 21)] {
        statuses.push(tenant.post(&format!("/teams/{id}/members/{action}"), values(count)).await.status);
    }

    assert_eq!(statuses, [207, 400, 207, 400]);
    let noted = ["add: names nobody, or more than 200 members", "remove: names nobody, or more than 20 members"];
    assert_eq!(tenant.server.violations(), noted.map(|it| format!("POST teams/{{id}}/members/{it}")));
}

#[tokio::test]
async fn a_member_says_what_it_is() {
    let tenant = tenant().await;
    let (id, [_, alva]) = tenant.made_team().await;
    let mut body = tenant.membership(&alva, &[]);
    body.as_object_mut().unwrap().remove("@odata.type");

    let untyped = tenant.post(&format!("/teams/{id}/members"), body).await.status;
    let strange = tenant.post(&format!("/teams/{id}/members"), tenant.membership(&alva, &["teacher"])).await.status;

    assert_eq!((untyped, strange, tenant.server.violations().len()), (400, 400, 1));
}

#[tokio::test]
async fn a_team_follows_its_group_later() {
    let tenant = tenant_with(|it| it.group_to_team_lag = SignedDuration::from_hours(24)).await;
    let (id, [_, alva]) = tenant.made_team().await;
    let bo = tenant.made_user("bo").await;
    tenant.post(&format!("/groups/{id}/members/$ref"), tenant.reference(&bo)).await;
    tenant.delete(&format!("/groups/{id}/members/{alva}/$ref")).await;

    let at_once: Vec<String> = tenant.team_members(&id).into_iter().map(|it| it.0).collect();
    tenant.pass(24 * 3_600);
    let later: Vec<String> = tenant.team_members(&id).into_iter().map(|it| it.0).collect();

    assert!(at_once.contains(&alva) && !at_once.contains(&bo));
    assert!(!later.contains(&alva) && later.contains(&bo));
}

#[tokio::test]
async fn who_is_no_owner_any_more_may_be_no_member_either() {
    let tenant = tenant_with(|it| it.removed_owners_leave = true).await;
    let (id, [tova, _]) = tenant.made_team().await;
    let ture = tenant.made_user("ture").await;
    tenant.post(&format!("/groups/{id}/owners/$ref"), tenant.reference(&ture)).await;

    tenant.delete(&format!("/groups/{id}/owners/{tova}/$ref")).await;

    assert!(!tenant.group(&id).members.contains(&tova));
}
