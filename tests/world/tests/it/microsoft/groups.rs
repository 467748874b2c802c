//! Groups.

use super::*;

#[tokio::test]
async fn a_group_is_made_with_owners_and_members() {
    let tenant = tenant().await;
    let [tova, alva] = tenant.made_users(["tova", "alva"]).await;
    let mut body = group("personal");
    for links in [tenant.bind("owners", &[&tova]), tenant.bind("members", &[&tova, &alva])] {
        body.as_object_mut().unwrap().extend(links.as_object().unwrap().clone());
    }

    let id = tenant.made("/groups", body).await;

    let group = tenant.group(&id);
    assert!(group.owners.iter().eq([&tova]) && group.members.iter().eq([&tova, &alva]) && group.is_unified());
    assert_eq!(tenant.get(&format!("/groups/{id}")).await.json()["visibility"], "Public");
}

#[tokio::test]
async fn only_two_kinds_of_groups_can_be_made() {
    let tenant = tenant().await;
    let distribution = with(with(security_group("a"), "mailEnabled", json!(true)), "securityEnabled", json!(false));
    let mail_enabled = with(security_group("a"), "mailEnabled", json!(true));
    let neither = with(security_group("a"), "securityEnabled", json!(false));

    let mut answers = Vec::new();
    for body in [distribution, mail_enabled, neither, security_group("a"), group("b")] {
        answers.push(tenant.post("/groups", body).await);
    }

    assert_eq!(answers.iter().map(|it| it.status).collect::<Vec<_>>(), [400, 400, 400, 201, 201]);
    assert_eq!(message(&answers[0]), "Cannot Create a mail-enabled security groups and or distribution list.");
}

#[tokio::test]
async fn a_nickname_is_ascii_short_and_unique_among_microsoft_365_groups() {
    let tenant = tenant().await;
    tenant.made_group("personal").await;

    let mut statuses = Vec::new();
    for body in [group("personal"), group("lärare"), group("a b"), group(&"x".repeat(65)), security_group("personal")]
    {
        statuses.push(tenant.post("/groups", body).await.status);
    }

    assert_eq!(statuses, [400, 400, 400, 400, 201]);
}

#[tokio::test]
async fn groups_are_found_by_their_names() {
    let tenant = tenant().await;
    let id = tenant.made("/groups", with(group("7a"), "uniqueName", json!("skolbro-7a"))).await;
    tenant.made_group("7b").await;

    for filter in ["uniqueName eq 'skolbro-7a'", "mailNickname eq '7A'"] {
        assert_eq!(
            ids(&tenant.get(&format!("/groups?$filter={filter}&$select=id")).await),
            std::slice::from_ref(&id),
            "{filter}"
        );
    }
}

#[tokio::test]
async fn what_exchange_keeps_is_set_later_and_by_itself() {
    let tenant = tenant().await;
    let at_creation = tenant.post("/groups", with(group("7b"), "hideFromAddressLists", json!(true))).await.status;
    let id = tenant.made_group("7a").await;

    let together = json!({"hideFromAddressLists": true, "displayName": "7A ny"});
    let answers = [
        at_creation,
        tenant.patch(&format!("/groups/{id}"), together).await.status,
        tenant.patch(&format!("/groups/{id}"), json!({"hideFromAddressLists": true})).await.status,
    ];

    assert_eq!((answers, tenant.server.violations().len()), ([400, 400, 204], 2));
}

#[tokio::test]
async fn what_was_decided_once_cannot_be_changed() {
    let tenant = tenant().await;
    let id = tenant.made_group("7a").await;

    for change in [
        json!({"groupTypes": []}),
        json!({"mailEnabled": false}),
        json!({"uniqueName": "annat"}),
        json!({"visibility": "HiddenMembership"}),
        json!({"displayName": null}),
    ] {
        assert_eq!(tenant.patch(&format!("/groups/{id}"), change.clone()).await.status, 400, "{change}");
    }
}

#[tokio::test]
async fn a_deleted_group_is_gone_with_its_team_and_can_be_restored() {
    let tenant = tenant().await;
    let (id, _) = tenant.made_team().await;

    let deleted = tenant.delete(&format!("/groups/{id}")).await.status;
    let gone = [format!("/groups/{id}"), format!("/teams/{id}"), format!("/education/classes/{id}")];
    let mut statuses = Vec::new();
    for path in gone {
        statuses.push(tenant.get(&path).await.status);
    }
    let restored = tenant.post(&format!("/directory/deletedItems/{id}/restore"), json!({})).await.status;

    assert_eq!((deleted, statuses, restored), (204, vec![404, 404, 404], 200));
    assert!(tenant.group(&id).team.is_some());
}

#[tokio::test]
async fn groups_that_others_keep_can_only_be_read() {
    let tenant = tenant().await;
    let list =
        tenant.server.plant_group(json!({"mailEnabled": true, "groupTypes": [], "displayName": "Alla"}), &[], &[]);
    let synced = tenant.server.plant_group(with(group("ad"), "onPremisesSyncEnabled", json!(true)), &[], &[]);

    let mut statuses = Vec::new();
    for id in [list, synced] {
        statuses.push(tenant.patch(&format!("/groups/{id}"), json!({"displayName": "Ny"})).await.status);
    }

    assert_eq!((statuses, tenant.server.violations().len()), (vec![400, 400], 2));
}

#[tokio::test]
async fn an_id_that_is_none_is_400() {
    let tenant = tenant().await;

    let answers = [tenant.get("/groups/7a").await, tenant.get(&format!("/groups/{NOBODY}")).await];

    let expected = [refused(400, "Request_BadRequest"), refused(404, "Request_ResourceNotFound")];
    assert_eq!(answers.each_ref().map(refusal), expected);
}
