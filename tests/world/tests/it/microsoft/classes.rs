//! Education classes.

use super::*;

#[tokio::test]
async fn a_class_is_a_group_with_the_same_id() {
    let tenant = tenant().await;
    let id = tenant.made("/education/classes", class("7a")).await;

    let shown = tenant.get(&format!("/education/classes/{id}")).await.json();
    let group = tenant.get(&format!("/groups/{id}")).await.json();

    assert_eq!((&shown["externalId"], &shown["term"]["endDate"]), (&json!("ext-7a"), &json!("2026-12-20")));
    assert_eq!((&group["displayName"], &group["groupTypes"]), (&json!("7A"), &json!(["Unified"])));
    assert_eq!((&group["visibility"], &group["resourceProvisioningOptions"]), (&json!("HiddenMembership"), &json!([])));
}

#[tokio::test]
async fn a_class_is_found_by_its_external_id() {
    let tenant = tenant().await;
    let id = tenant.made("/education/classes", class("7a")).await;
    tenant.made("/education/classes", class("7b")).await;

    let answer = tenant.get("/education/classes?$filter=externalId eq 'ext-7a'&$select=id,externalId").await;

    assert_eq!(answer.json()["value"], json!([{"id": id, "externalId": "ext-7a"}]));
    assert_eq!(ids(&tenant.get("/education/classes").await).len(), 2);
}

#[tokio::test]
async fn a_changed_class_is_answered_and_its_group_changes_with_it() {
    let tenant = tenant().await;
    let id = tenant.made("/education/classes", class("7a")).await;

    let change = json!({"displayName": "8A", "externalName": "8A", "externalId": null});
    let answer = tenant.patch(&format!("/education/classes/{id}"), change).await;

    assert_eq!((answer.status, &answer.json()["externalName"]), (200, &json!("8A")));
    assert_eq!(tenant.group(&id).text("displayName"), Some("8A"));
    assert!(tenant.server.state().class_with("ext-7a").is_none());
}

#[tokio::test]
async fn values_that_a_class_does_not_take_are_refused() {
    let tenant = tenant().await;

    for (name, value) in [
        ("externalSource", json!("ss12000")),
        ("term", json!({"startDate": "i höst"})),
        ("term", json!({"weeks": 20})),
        ("mailNickname", json!("klass 7a")),
        ("displayName", Value::Null),
    ] {
        let answer = tenant.post("/education/classes", with(class("7a"), name, value)).await;
        assert_eq!(answer.status, 400, "{name}");
    }
}

#[tokio::test]
async fn teachers_are_the_groups_owners_and_members_its_members() {
    let tenant = tenant().await;
    let (id, [tova, alva]) = tenant.made_class().await;

    let group = tenant.group(&id);
    let teachers = tenant.get(&format!("/education/classes/{id}/teachers?$select=id")).await;
    let members = tenant.get(&format!("/education/classes/{id}/members?$select=id")).await;

    assert!(group.owners.iter().eq([&tova]) && group.members.iter().eq([&tova, &alva]));
    assert_eq!((ids(&teachers), ids(&members)), (vec![tova.clone()], vec![tova, alva]));
}

#[tokio::test]
async fn pupils_and_teachers_are_taken_out_by_reference() {
    let tenant = tenant().await;
    let (id, [tova, alva]) = tenant.made_class().await;

    let pupil = tenant.delete(&format!("/education/classes/{id}/members/{alva}/$ref")).await.status;
    let teacher = tenant.delete(&format!("/education/classes/{id}/teachers/{tova}/$ref")).await.status;

    assert_eq!((pupil, teacher), (204, 400));
    assert!(tenant.group(&id).members.iter().eq([&tova]));
}

#[tokio::test]
async fn a_reference_to_a_class_is_to_an_education_user() {
    let tenant = tenant().await;
    let alva = tenant.made_user("alva").await;
    let id = tenant.made("/education/classes", class("7a")).await;

    let answer = tenant.post(&format!("/education/classes/{id}/members/$ref"), tenant.reference(&alva)).await;

    assert_eq!((answer.status, tenant.server.violations().len()), (400, 1));
}

#[tokio::test]
async fn a_group_that_is_no_class_is_not_found_as_one() {
    let tenant = tenant().await;
    let id = tenant.made_group("personal").await;

    assert_eq!(tenant.get(&format!("/education/classes/{id}")).await.status, 404);
}

#[tokio::test]
async fn a_deleted_class_is_gone_with_its_group_and_its_team() {
    let tenant = tenant().await;
    let (id, _) = tenant.made_team().await;

    let deleted = tenant.delete(&format!("/education/classes/{id}")).await.status;

    assert_eq!((deleted, tenant.server.state().groups.len()), (204, 0));
    assert_eq!(tenant.get(&format!("/teams/{id}")).await.status, 404);
}
