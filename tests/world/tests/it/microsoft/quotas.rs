//! How much may be asked.

use super::*;
use world::MicrosoftQuotas;
use world::microsoft::MicrosoftQuota;

async fn with_quotas(alter: impl FnOnce(&mut MicrosoftQuotas)) -> Tenant {
    tenant_with(|it| alter(&mut it.quotas)).await
}

#[tokio::test]
async fn the_real_quotas_are_those_of_the_documentation() {
    let real = MicrosoftQuotas::real();

    assert_eq!(real.directory_writes, Some(MicrosoftQuota::new(3_000, 150)));
    assert_eq!((real.one_team, real.team_writes), (Some(MicrosoftQuota::new(4, 1)), Some(MicrosoftQuota::new(30, 1))));
}

#[tokio::test]
async fn writes_over_the_quota_are_429_until_there_is_room() {
    let tenant = with_quotas(|it| it.directory_writes = Some(MicrosoftQuota::new(2, 150))).await;
    tenant.made_user("a").await;
    tenant.pass(50);
    tenant.made_user("b").await;

    let third = tenant.post("/users", user("c")).await;
    let read = tenant.get("/users").await.status;
    tenant.pass(149);
    let early = tenant.post("/users", user("c")).await.status;
    tenant.pass(150);
    let late = tenant.post("/users", user("c")).await.status;

    assert_eq!((refusal(&third), read, early, late), (refused(429, "TooManyRequests"), 200, 429, 201));
    // The one that was refused counts: only when it has left is there room for another.
    assert_eq!(third.header("retry-after"), Some("150"));
    assert_eq!(third.header("x-ms-throttle-information"), Some("WriteLimitExceeded"));
}

#[tokio::test]
async fn asking_again_too_early_is_noted_and_at_the_right_time_is_not() {
    for (wait, noted) in [(149, 1), (150, 0)] {
        let tenant = with_quotas(|it| it.directory_writes = Some(MicrosoftQuota::new(1, 150))).await;
        tenant.made_user("a").await;
        tenant.post("/users", user("b")).await;
        // Others were on their way.
        tenant.post("/users", user("c")).await;

        tenant.pass(wait);
        tenant.post("/users", user("b")).await;

        assert_eq!(tenant.server.violations().len(), noted, "{wait}");
    }
}

#[tokio::test]
async fn a_quota_that_is_nearly_used_up_is_told() {
    let tenant = with_quotas(|it| it.directory_writes = Some(MicrosoftQuota::new(10, 150))).await;

    let mut told = Vec::new();
    for number in 0..10 {
        let answer = tenant.post("/users", user(&format!("elev{number}"))).await;
        told.extend(answer.header("x-ms-throttle-limit-percentage").map(str::to_owned));
    }

    assert_eq!(told, ["0.90", "1.00"]);
}

#[tokio::test]
async fn it_may_not_say_when_to_come_back() {
    let tenant = with_quotas(|it| it.directory_writes = Some(MicrosoftQuota::new(1, 150))).await;
    tenant.server.set_options(|it| it.tells_retry_after = false);
    tenant.made_user("a").await;

    let answer = tenant.post("/users", user("b")).await;

    assert_eq!((answer.status, answer.header("retry-after")), (429, None));
}

#[tokio::test]
async fn reading_costs_resource_units() {
    let costly = with_quotas(|it| it.resource_units = Some(MicrosoftQuota::new(6, 10))).await;
    let cheap = with_quotas(|it| it.resource_units = Some(MicrosoftQuota::new(6, 10))).await;

    let (mut costly_served, mut cheap_served) = (0, 0);
    for _ in 0..10 {
        costly_served += u32::from(costly.get("/users").await.status == 200);
        cheap_served += u32::from(cheap.get("/users?$select=id&$top=10").await.status == 200);
    }

    assert_eq!((costly_served, cheap_served), (3, 6));
}

#[tokio::test]
async fn any_one_team_is_asked_four_times_a_second_also_within_a_batch() {
    let tenant = tenant().await;
    let (id, _) = tenant.made_team().await;
    tenant.server.set_options(|it| it.quotas = MicrosoftQuotas::real());
    let requests: Vec<Value> = (0..6)
        .map(|number| json!({"id": number.to_string(), "method": "GET", "url": format!("/teams/{id}/members")}))
        .collect();

    let answer = tenant.post("/$batch", json!({"requests": requests})).await.json();
    tenant.pass(1);
    let later = tenant.get(&format!("/teams/{id}")).await.status;

    let statuses: Vec<u64> =
        answer["responses"].as_array().unwrap().iter().map(|it| it["status"].as_u64().unwrap()).collect();
    assert_eq!((statuses, later), (vec![200, 200, 200, 200, 429, 429], 200));
    assert_eq!(answer["responses"][5]["headers"]["Retry-After"], "1");
    assert!(tenant.has_broken_nothing());
}
