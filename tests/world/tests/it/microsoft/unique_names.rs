//! Groups by the name that their maker gave them.

use super::*;

#[tokio::test]
async fn the_first_time_makes_the_group_and_the_second_changes_it() {
    let tenant = tenant().await;

    let first = tenant.upsert("skolbro-7a", group("7a")).await;
    let second = tenant.upsert("skolbro-7a", with(group("7a"), "displayName", json!("7A ny"))).await;

    let state = tenant.server.state();
    let (id, group) = state.group_with("uniqueName", "skolbro-7a").unwrap();
    assert_eq!((first.status, &first.json()["id"]), (201, &json!(id)));
    assert_eq!((second.status, second.body.as_str(), state.groups.len()), (204, "", 1));
    assert_eq!(group.text("displayName"), Some("7A ny"));
}

#[tokio::test]
async fn without_the_preference_nothing_is_made() {
    let tenant = tenant().await;

    let answer = tenant.patch("/groups(uniqueName='skolbro-7a')", group("7a")).await;

    assert_eq!(refusal(&answer), refused(404, "Request_ResourceNotFound"));
}

#[tokio::test]
async fn it_can_be_read_deleted_and_given_members() {
    let tenant = tenant().await;
    let alva = tenant.made_user("alva").await;
    tenant.upsert("skolbro-7a", group("7a")).await;
    let path = "/groups(uniqueName='skolbro-7a')";

    let answers = [
        tenant.get(path).await.status,
        tenant.post(&format!("{path}/members/$ref"), tenant.reference(&alva)).await.status,
        tenant.delete(path).await.status,
        tenant.get(path).await.status,
    ];

    assert_eq!(answers, [200, 204, 204, 404]);
}

#[tokio::test]
async fn binding_again_who_is_bound_is_refused() {
    let tenant = tenant().await;
    let tova = tenant.made_user("tova").await;
    let mut body = group("7a");
    body.as_object_mut().unwrap().extend(tenant.bind("owners", &[&tova]).as_object().unwrap().clone());

    let answers = [tenant.upsert("skolbro-7a", body.clone()).await, tenant.upsert("skolbro-7a", body).await];

    assert_eq!(answers.each_ref().map(|it| it.status), [201, 400]);
    assert!(message(&answers[1]).contains("modified properties: 'owners'"), "{}", message(&answers[1]));
}

#[tokio::test]
async fn a_group_that_cannot_be_read_yet_gets_no_twin() {
    let tenant = tenant_with(|it| it.reads_lag = jiff::SignedDuration::from_secs(60)).await;
    tenant.upsert("skolbro-7a", group("7a")).await;

    let read = tenant.get("/groups(uniqueName='skolbro-7a')").await.status;
    let again = tenant.upsert("skolbro-7a", group("7a")).await.status;

    assert_eq!((read, again, tenant.server.state().groups.len()), (404, 204, 1));
}
