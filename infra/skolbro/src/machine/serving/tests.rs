use std::net::SocketAddr;

use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

const STRICT: Limits = Limits {
    connections: 2,
    head_within: Duration::from_millis(200),
    head: 16 * 1024,
    headers: 64,
    kept_for: Duration::from_millis(600),
};

/// Longer than any limit here; reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(10);

async fn served() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stuck = || async { std::future::pending::<&str>().await };
    let router = Router::new().route("/", get(|| async { "ok" })).route("/stuck", get(stuck));
    tokio::spawn(serve(listener, router, STRICT));
    address
}

/// Everything that is answered until the server hangs up.
async fn answer(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end too: the server did not read all that was sent.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server hangs up");
    String::from_utf8(bytes).unwrap()
}

async fn ask(request: &str) -> String {
    let mut stream = TcpStream::connect(served().await).await.unwrap();
    let _ = stream.write_all(request.as_bytes()).await;
    answer(stream).await
}

#[tokio::test]
async fn an_ordinary_request_is_answered() {
    assert!(ask("GET / HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n\r\n").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_request_with_an_enormous_header_is_refused() {
    let request = format!("GET / HTTP/1.1\r\nhost: hub\r\nx: {}\r\n\r\n", "x".repeat(20_000));

    assert!(ask(&request).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn a_request_with_headers_without_end_is_refused() {
    let request = format!("GET / HTTP/1.1\r\nhost: hub\r\n{}\r\n", "x: y\r\n".repeat(100));

    assert!(ask(&request).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test]
async fn an_enormous_address_is_refused() {
    let answer = ask(&format!("GET /{} HTTP/1.1\r\nhost: hub\r\n\r\n", "x".repeat(20_000))).await;

    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
}

#[tokio::test]
async fn a_head_that_says_its_length_in_two_ways_is_refused() {
    let answer = ask("GET / HTTP/1.1\r\nhost: hub\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello").await;

    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[tokio::test]
async fn a_head_that_never_ends_is_given_up() {
    let answer = ask("GET / HTTP/1.1\r\nhost: hub\r\n").await;

    assert!(!answer.contains(" 200 "), "{answer}");
}

#[tokio::test]
async fn whoever_says_nothing_is_hung_up_on() {
    assert_eq!(ask("").await, "");
}

#[tokio::test]
async fn a_connection_is_not_kept_for_ever_though_it_is_used() {
    assert!(!ask("GET /stuck HTTP/1.1\r\nhost: hub\r\n\r\n").await.contains(" 200 "));
}

#[tokio::test]
async fn those_who_keep_all_connections_make_others_wait_and_not_for_long() {
    let address = served().await;
    let mut silent = Vec::new();
    for _ in 0..STRICT.connections {
        silent.push(TcpStream::connect(address).await.unwrap());
    }

    let mut other = TcpStream::connect(address).await.unwrap();
    other.write_all(b"GET / HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n\r\n").await.unwrap();

    assert!(answer(other).await.starts_with("HTTP/1.1 200"));
}
