//! Several calls in one request.

use super::*;
use world::google::GoogleQuotas;

/// Posts these calls as a batch of Classroom; each is method, target and body.
async fn batch(server: &GoogleServer, calls: &[(&str, String, Value)]) -> Answer {
    let mut body = String::new();
    for (index, (method, target, content)) in calls.iter().enumerate() {
        body.push_str(&format!("--mark\r\nContent-Type: application/http\r\nContent-ID: <item-{index}>\r\n\r\n"));
        body.push_str(&format!("{method} {target} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{content}\r\n"));
    }
    body.push_str("--mark--\r\n");
    post(server, &body, &server.classroom_url(), "multipart/mixed; boundary=\"mark\"").await
}

async fn post(server: &GoogleServer, body: &str, root: &str, media: &str) -> Answer {
    let bearer = format!("Bearer {}", server.token_of(&server.admin()));
    let headers = [("authorization", bearer.as_str()), ("content-type", media)];
    send("POST", &format!("{root}/batch"), &headers, body).await.unwrap()
}

fn student(name: &str) -> (&'static str, String, Value) {
    ("POST", "/v1/courses/p:ma4a/students".to_owned(), json!({"userId": address(name)}))
}

/// Id and status of every part, in order.
fn parts(answer: &Answer) -> Vec<(String, u16)> {
    let ids = answer.body.lines().filter_map(|it| it.strip_prefix("Content-ID: ")).map(|it| it.trim().to_owned());
    let statuses = answer.body.lines().filter_map(|it| it.strip_prefix("HTTP/1.1 "));
    ids.zip(statuses.filter_map(|it| it.get(..3)?.parse().ok())).collect()
}

fn part(index: usize, status: u16) -> (String, u16) {
    (format!("<response-item-{index}>"), status)
}

#[tokio::test]
async fn every_call_of_a_batch_has_an_answer_of_its_own() {
    let server = with_a_course(|_| {}).await;

    let answer = batch(&server, &[student("alva"), student("nobody"), student("alva"), student("bo")]).await;

    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").unwrap().starts_with("multipart/mixed; boundary=batch_"));
    assert_eq!(parts(&answer), [part(0, 200), part(1, 404), part(2, 409), part(3, 200)]);
    assert_eq!(server.state().students_of("p:ma4a"), names(&["alva", "bo"]));
    assert_eq!(server.counters().in_batches["POST courses/{courseId}/students"], 4);
}

#[tokio::test]
async fn a_batch_may_be_carried_out_in_another_order() {
    let server = with_a_course(|it| it.batches_backwards = true).await;

    let answer = batch(&server, &[student("alva"), student("bo")]).await;

    assert_eq!(parts(&answer), [part(1, 200), part(0, 200)]);
}

#[tokio::test]
async fn the_bodies_of_answers_are_whole() {
    let server = with_a_course(|_| {}).await;
    let get = ("GET", "/v1/courses/p:ma4a".to_owned(), Value::Null);

    let answer = batch(&server, &[get]).await;

    let body = answer.body.split("\r\n\r\n").nth(2).unwrap().split("\r\n").next().unwrap();
    let course: Value = serde_json::from_str(body).unwrap();
    assert_eq!(course["name"], "Matematik 4A");
    assert!(answer.body.contains(&format!("Content-Length: {}\r\n", body.len())));
}

#[tokio::test]
async fn more_than_fifty_calls_are_refused_and_noted() {
    let server = with_a_course(|_| {}).await;
    let calls: Vec<_> = (0..51).map(|_| student("alva")).collect();

    let answer = batch(&server, &calls).await;

    assert_eq!(answer.status, 400);
    assert_eq!(server.violations(), ["POST batch: holds no calls, or more than 50"]);
    assert!(server.state().students_of("p:ma4a").is_empty());
}

#[tokio::test]
async fn what_is_no_batch_is_refused() {
    let server = domain().await;

    let answer = post(&server, "{}", &server.classroom_url(), "application/json").await;

    assert_eq!(detail(&answer).0, 400);
}

#[tokio::test]
async fn a_call_to_the_other_api_is_not_found() {
    let server = with_a_course(|_| {}).await;
    let users = ("GET", "/admin/directory/v1/users?customer=my_customer".to_owned(), Value::Null);

    let answer = batch(&server, &[users]).await;

    assert_eq!(parts(&answer), [part(0, 404)]);
    assert_eq!(server.violations(), ["POST batch: a part has no path of this API"]);
}

#[tokio::test]
async fn calls_of_a_batch_count_one_by_one() {
    let server = with_a_course(|_| {}).await;
    server.pass(jiff::SignedDuration::from_mins(1));
    server.set_options(|it| it.quotas = GoogleQuotas { classroom_per_user: Some(2), ..GoogleQuotas::off() });

    let answer = batch(&server, &[student("alva"), student("bo"), student("lo")]).await;

    assert_eq!(parts(&answer), [part(0, 200), part(1, 200), part(2, 429)]);
}

#[tokio::test]
async fn the_directory_takes_batches_at_both_of_its_paths() {
    let server = domain().await;
    let body = "--mark\nContent-Type: application/http\nContent-ID: <a>\n\nGET \
                /admin/directory/v1/users?customer=my_customer\n\n--mark--\n";
    let media = "multipart/mixed; boundary=mark";

    let usual = post(&server, body, &server.directory_url(), media).await;
    let bearer = format!("Bearer {}", server.token_of(&server.admin()));
    let url = format!("{}/batch/admin/directory_v1", server.directory_url());
    let own = send("POST", &url, &[("authorization", &bearer), ("content-type", media)], body).await.unwrap();

    let expected = [("<response-a>".to_owned(), 200)];
    assert_eq!((parts(&usual), parts(&own)), (expected.to_vec(), expected.to_vec()));
}

#[tokio::test]
async fn a_token_that_has_expired_is_refused_in_every_part_and_not_held_against_the_batch() {
    let server = with_a_course(|_| {}).await;
    server.moods().set(world::Moods { token_expired: 1.0, ..world::Moods::calm() });

    let answer = batch(&server, &[student("alva"), student("bo")]).await;

    assert_eq!(parts(&answer), [part(0, 401), part(1, 401)]);
    assert_eq!(server.violations(), Vec::<String>::new());
}
