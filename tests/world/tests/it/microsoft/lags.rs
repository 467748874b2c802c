//! What is made is not to be found at once.

use super::*;
use jiff::SignedDuration;

const LAG: i64 = 30;

#[tokio::test]
async fn what_is_made_may_be_404_by_its_id_for_a_while() {
    let tenant = tenant_with(|it| it.reads_lag = SignedDuration::from_secs(LAG)).await;
    let alva = tenant.made_user("alva").await;
    let class = tenant.made("/education/classes", class("7a")).await;
    let paths = [format!("/users/{alva}"), format!("/groups/{class}"), format!("/education/classes/{class}")];

    let mut statuses = Vec::new();
    for wait in [0, LAG] {
        tenant.pass(wait);
        for path in &paths {
            statuses.push(tenant.get(path).await.status);
        }
    }

    assert_eq!(statuses, [404, 404, 404, 200, 200, 200]);
}

#[tokio::test]
async fn who_is_made_may_not_be_referred_to_for_a_while() {
    let tenant = tenant().await;
    let group = tenant.made_group("7a").await;
    tenant.server.set_options(|it| it.reads_lag = SignedDuration::from_secs(LAG));
    tenant.pass(LAG);
    let alva = tenant.made_user("alva").await;
    let path = format!("/groups/{group}/members/$ref");

    let at_once = tenant.post(&path, tenant.reference(&alva)).await;
    tenant.pass(LAG);
    let later = tenant.post(&path, tenant.reference(&alva)).await;

    assert_eq!((refusal(&at_once), later.status), (refused(404, "Request_ResourceNotFound"), 204));
}

#[tokio::test]
async fn who_is_made_may_be_in_no_list_for_a_while_and_has_its_name_nevertheless() {
    let tenant = tenant_with(|it| it.lists_lag = SignedDuration::from_secs(LAG)).await;
    let alva = tenant.made_user("alva").await;
    let filter = "/users?$filter=employeeId eq 'e-alva'";

    let at_once = ids(&tenant.get(filter).await);
    let twin = tenant.post("/users", user("alva")).await.status;
    tenant.pass(LAG);
    let later = ids(&tenant.get(filter).await);

    assert_eq!((at_once, twin, later), (Vec::new(), 400, vec![alva]));
}

#[tokio::test]
async fn what_was_made_by_hand_has_always_been_there() {
    let tenant = tenant_with(|it| it.reads_lag = SignedDuration::from_secs(LAG)).await;

    let bo = tenant.server.plant_user(user("bo"));

    assert_eq!(tenant.get(&format!("/users/{bo}")).await.status, 200);
}
