//! What people do in the tenant, and whoever meddles with it.

use super::*;
use world::microsoft::MicrosoftLink;

#[tokio::test]
async fn meddling_with_what_was_made_by_hand_is_noted() {
    let tenant = tenant().await;
    let bo = tenant.server.plant_user(user("bo"));
    let class = tenant.server.plant_group(class("7a"), &[], &[&bo]);
    assert!(tenant.server.plant_team(&class, "educationClass"));
    let alva = tenant.made_user("alva").await;

    tenant.patch(&format!("/users/{bo}"), json!({"department": "Skola"})).await;
    tenant.patch(&format!("/education/classes/{class}"), json!({"externalId": "nytt"})).await;
    tenant.post(&format!("/teams/{class}/members"), tenant.membership(&alva, &[])).await;
    tenant.delete(&format!("/groups/{class}")).await;

    let noted = [
        format!("touched foreign: PATCH users/{bo}"),
        format!("touched foreign: PATCH groups/{class}"),
        format!("touched foreign: POST groups/{class}"),
        format!("touched foreign: DELETE groups/{class}"),
    ];
    assert_eq!(tenant.server.violations(), noted);
}

#[tokio::test]
async fn reading_it_putting_it_into_a_group_and_being_refused_is_no_meddling() {
    let tenant = tenant().await;
    let bo = tenant.server.plant_user(user("bo"));
    let group = tenant.made_group("7a").await;

    tenant.get(&format!("/users/{bo}")).await;
    tenant.post(&format!("/groups/{group}/members/$ref"), tenant.reference(&bo)).await;
    let refused = tenant.patch(&format!("/users/{bo}"), json!({"displayName": ""})).await.status;

    assert_eq!((refused, tenant.has_broken_nothing()), (400, true));
}

#[tokio::test]
async fn what_may_be_adopted_may_be_touched() {
    let tenant = tenant().await;
    let bo = tenant.server.plant_user(user("bo"));
    assert!(tenant.server.allow_adoption(&bo) && !tenant.server.allow_adoption(NOBODY));

    tenant.patch(&format!("/users/{bo}"), json!({"employeeId": "e-1"})).await;

    assert_eq!((tenant.has_broken_nothing(), tenant.server.state().users_by_us().count()), (true, 0));
}

#[tokio::test]
async fn edits_by_hand_change_what_is_found() {
    let tenant = tenant().await;
    let alva = tenant.made_user("alva").await;
    let class = tenant.made("/education/classes", class("7a")).await;

    assert!(tenant.server.edit_user(&alva, json!({"employeeId": "annat", "mail": null})));
    assert!(tenant.server.edit_group(&class, json!({"mailNickname": "8a"})));
    assert!(tenant.server.edit_class(&class, json!({"externalId": "ext-8a"})));

    for (path, id) in [
        ("/users?$filter=employeeId eq 'annat'", &alva),
        ("/groups?$filter=mailNickname eq '8a'", &class),
        ("/education/classes?$filter=externalId eq 'ext-8a'", &class),
    ] {
        assert_eq!(ids(&tenant.get(path).await), std::slice::from_ref(id), "{path}");
    }
    assert!(!tenant.server.edit_user(NOBODY, json!({})) && !tenant.server.edit_group(NOBODY, json!({})));
}

#[tokio::test]
async fn people_change_members_owners_and_archives_at_once() {
    let tenant = tenant().await;
    let (id, [tova, alva]) = tenant.made_team().await;
    let bo = tenant.server.plant_user(user("bo"));

    tenant.server.set_link(&id, MicrosoftLink::Member, &alva, false);
    tenant.server.set_link(&id, MicrosoftLink::Owner, &bo, true);
    assert!(tenant.server.set_archived(&id, true));

    let mut expected = vec![(tova, TeamRole::Owner), (bo, TeamRole::Owner)];
    expected.sort();
    assert_eq!((tenant.team_members(&id), tenant.group(&id).is_archived()), (expected, true));
}

#[tokio::test]
async fn what_is_removed_by_hand_is_gone() {
    let tenant = tenant().await;
    let (id, [_, alva]) = tenant.made_team().await;

    assert!(tenant.server.remove_user(&alva) && !tenant.group(&id).members.contains(&alva));
    assert!(tenant.server.remove_group(&id));

    assert_eq!(tenant.get(&format!("/teams/{id}")).await.status, 404);
}
