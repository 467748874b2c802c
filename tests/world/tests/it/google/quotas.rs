//! Quotas in their real units, and how it is told that they are used up.

use super::*;
use jiff::SignedDuration;
use world::google::{DirectoryQuotaRefusal, GoogleFault, GoogleQuotas};

async fn statuses(server: &GoogleServer, api: &str, times: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..times {
        statuses.push(match api {
            "directory" => directory(server, "GET", "/users?customer=my_customer", Value::Null).await.status,
            _ => classroom(server, "GET", "/courses", Value::Null).await.status,
        });
    }
    statuses
}

#[tokio::test]
async fn a_minutes_queries_are_back_after_a_minute() {
    let quotas = GoogleQuotas { directory_per_user: Some(2), ..GoogleQuotas::off() };
    let server = domain_with(|it| it.quotas = quotas).await;

    let first = statuses(&server, "directory", 3).await;
    server.pass(SignedDuration::from_secs(59));
    let too_early = statuses(&server, "directory", 1).await;
    server.pass(SignedDuration::from_secs(1));
    let later = statuses(&server, "directory", 2).await;

    assert_eq!((first, too_early, later), (vec![200, 200, 403], vec![403], vec![200, 200]));
    assert_eq!(server.counters().over_quota, 2);
}

#[tokio::test]
async fn the_directory_tells_it_in_one_of_three_ways() {
    for (how, expected) in [
        (DirectoryQuotaRefusal::UserRateLimitExceeded, refused(403, "userRateLimitExceeded")),
        (DirectoryQuotaRefusal::QuotaExceeded, refused(403, "quotaExceeded")),
        (DirectoryQuotaRefusal::ResourceExhausted, refused(429, "rateLimitExceeded")),
    ] {
        let quotas = GoogleQuotas { directory_per_user: Some(0), directory_refusal: how, ..GoogleQuotas::off() };
        let server = domain_with(|it| it.quotas = quotas).await;

        let answer = directory(&server, "GET", "/users?customer=my_customer", Value::Null).await;

        assert_eq!(reason(&answer), expected);
        assert_eq!(answer.json()["error"]["errors"][0]["domain"], "usageLimits");
    }
}

#[tokio::test]
async fn classroom_counts_by_user_and_by_project() {
    let server = domain_with(|it| it.admins.push(address("admin2"))).await;
    server.set_options(|it| {
        it.quotas = GoogleQuotas { classroom_per_user: Some(2), classroom_per_project: Some(3), ..GoogleQuotas::off() };
    });
    let as_other = async || classroom_as(&server, &address("admin2"), "GET", "/courses", Value::Null).await;

    let own = statuses(&server, "classroom", 3).await;
    let (first, second) = (as_other().await, as_other().await);

    assert_eq!((own, first.status), (vec![200, 200, 429], 200));
    assert_eq!(detail(&second), (429, "RESOURCE_EXHAUSTED".to_owned(), String::new()));
}

#[tokio::test]
async fn the_real_quotas_are_those_documented() {
    let quotas = GoogleQuotas::real();

    assert_eq!(quotas.directory_per_user, Some(2_400));
    assert_eq!((quotas.classroom_per_project, quotas.classroom_per_user), (Some(3_000), Some(1_200)));
    assert_eq!((quotas.user_creations_per_second, quotas.org_unit_writes_per_second), (Some(10), Some(1)));
}

#[tokio::test]
async fn ten_users_are_created_in_a_second_and_no_more() {
    let server = domain_with(|it| it.quotas = GoogleQuotas::real()).await;
    for number in 0..10 {
        made_user(&server, &format!("pupil{number}")).await;
    }

    let eleventh = directory(&server, "POST", "/users", user("alva")).await;
    server.pass(SignedDuration::from_secs(1));

    assert_eq!(reason(&eleventh), refused(403, "userRateLimitExceeded"));
    assert_eq!(directory(&server, "POST", "/users", user("alva")).await.status, 200);
}

#[tokio::test]
async fn one_unit_is_created_in_a_second() {
    let server = domain_with(|it| it.quotas = GoogleQuotas::real()).await;
    let make = async |name: &str| {
        let body = json!({"name": name, "parentOrgUnitPath": "/"});
        directory(&server, "POST", "/customer/my_customer/orgunits", body).await.status
    };

    let (first, second) = (make("a").await, make("b").await);
    server.pass(SignedDuration::from_secs(1));

    assert_eq!((first, second, make("b").await), (200, 403, 200));
}

#[tokio::test]
async fn the_next_call_of_a_method_can_be_made_to_fail() {
    let server = with_a_course(|_| {}).await;
    server.fail_next("POST users", GoogleFault::Internal);
    server.fail_next("POST courses/{courseId}/students", GoogleFault::Unavailable);
    server.fail_next("POST courses/{courseId}/students", GoogleFault::Aborted);

    let user = directory(&server, "POST", "/users", user("cia")).await;
    let students = [add(&server, "students", "alva").await, add(&server, "students", "alva").await];

    assert_eq!(reason(&user), refused(500, "backendError"));
    let expected = [(503, "UNAVAILABLE"), (409, "ABORTED")].map(|(code, it)| (code, it.to_owned(), String::new()));
    assert_eq!(students.map(|it| detail(&it)), expected);
    assert_eq!(add(&server, "students", "alva").await.status, 200);
}
