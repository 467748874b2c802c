//! Several calls in one.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use crate::google::batch::{Part, read, written};

fn parts() -> Vec<Part> {
    vec![
        Part { method: "POST".into(), path: "/v1/courses/77/students".into(), body: Some(json!({ "userId": "1001" })) },
        Part { method: "DELETE".into(), path: "/v1/courses/77/students/1002".into(), body: None },
    ]
}

const TYPE: Option<&str> = Some("multipart/mixed; boundary=\"batch_a\"");

fn part(number: usize, inner: &str) -> String {
    format!("--batch_a\r\nContent-Type: application/http\r\nContent-ID: <response-call-{number}>\r\n\r\n{inner}\r\n")
}

fn statuses(body: &str) -> Vec<Option<u16>> {
    read(TYPE, body.as_bytes(), 2).into_iter().map(|it| it.map(|it| it.status)).collect()
}

#[test]
fn a_batch_is_written_part_by_part() {
    let (media_type, content) = written(&parts());

    assert_eq!(media_type, "multipart/mixed; boundary=batch_of_skolbro");
    insta::assert_snapshot!(String::from_utf8(content).unwrap().replace("\r\n", "\n"));
}

#[test]
fn answers_are_told_apart_by_their_names_whatever_their_order() {
    let body = part(1, "HTTP/1.1 204 No Content\r\n\r\n") + &part(0, "HTTP/1.1 409 Conflict\r\n\r\n{}") + "--batch_a--";

    assert_eq!(statuses(&body), [Some(409), Some(204)]);
}

#[test]
fn an_answer_has_its_own_pause_and_its_own_body() {
    let body = part(0, "HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Type: application/json\r\n\r\n{\"a\":\r\n\r\n1}");

    let reply = read(TYPE, body.as_bytes(), 1).remove(0).unwrap();

    assert_eq!((reply.retry_after, reply.body), (Some(Duration::from_secs(7)), b"{\"a\":\r\n\r\n1}".to_vec()));
}

#[test]
fn what_is_not_answered_is_not_known() {
    let cut = part(0, "HTTP/1.1 200 OK\r\n\r\n{}") + "--batch_a\r\nContent-Type: appli";

    assert_eq!(statuses(&cut), [Some(200), None]);
    assert_eq!(statuses(""), [None, None]);
    assert_eq!(statuses(&part(7, "HTTP/1.1 200 OK\r\n\r\n")), [None, None]);
    assert_eq!(statuses(&part(0, "no status")), [None, None]);
    assert_eq!(read(Some("text/html"), b"--batch_a", 1), [None]);
}

#[test]
fn line_ends_may_be_those_of_others() {
    let body = part(0, "HTTP/1.1 200 OK\r\nVary: x\r\n\r\n{}").replace("\r\n", "\n");

    assert_eq!(statuses(&body), [Some(200), None]);
}

proptest! {
    #[test]
    fn whatever_comes_there_are_as_many_answers_as_calls(bytes in prop::collection::vec(any::<u8>(), 0..200), calls in 0_usize..60) {
        let mut body = b"--batch_a\r\n".to_vec();
        body.extend(&bytes);

        prop_assert_eq!(read(TYPE, &body, calls).len(), calls);
        prop_assert_eq!(read(TYPE, &bytes, calls), vec![None; calls]);
    }

    #[test]
    fn each_answer_is_found_whatever_their_order(order in Just((0..50).collect::<Vec<usize>>()).prop_shuffle()) {
        let parts: String = order.iter().map(|it| part(*it, &format!("HTTP/1.1 {} x\r\n\r\n", 200 + it))).collect();

        let statuses: Vec<u16> = read(TYPE, (parts + "--batch_a--").as_bytes(), 50).into_iter().map(|it| it.unwrap().status).collect();

        prop_assert_eq!(statuses, (200..250).collect::<Vec<u16>>());
    }
}
