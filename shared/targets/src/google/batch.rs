//! Several calls in one: `multipart/mixed`, each part a call of its own (`application/http`), at most fifty. The parts
//! are carried out in any order, and each has its own answer, whose `Content-ID` is that of its call with `response-`
//! before it. Known from Google's pages on batching [contracts of targets, S51]. Pure.

use std::time::Duration;

use serde_json::Value;

use super::reply::Reply;

/// The most parts of a batch [contracts of targets, 2.3].
pub(super) const MOST: usize = 50;

/// Between the parts. A part has no line that begins with two hyphens.
const BOUNDARY: &str = "batch_of_skolbro";

/// A call as a part has it.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) method: String,
    /// The path with its query, without the host.
    pub(super) path: String,
    pub(super) body: Option<Value>,
}

/// The media type and the body of a batch.
pub(super) fn written(parts: &[Part]) -> (String, Vec<u8>) {
    let mut text = String::new();
    for (number, part) in parts.iter().enumerate() {
        text += &format!("--{BOUNDARY}\r\nContent-Type: application/http\r\nContent-ID: <call-{number}>\r\n\r\n");
        text += &format!("{} {}\r\n", part.method, part.path);
        match &part.body {
            Some(body) => {
                let body = body.to_string();
                text += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}\r\n", body.len());
            }
            None => text += "\r\n",
        }
    }
    text += &format!("--{BOUNDARY}--\r\n");
    (format!("multipart/mixed; boundary={BOUNDARY}"), text.into_bytes())
}

/// The answers to so many calls, in their order. What is not answered, or cannot be read, is `None`: what became of that
/// call is not known.
pub(super) fn read(media_type: Option<&str>, body: &[u8], calls: usize) -> Vec<Option<Reply>> {
    let mut replies = vec![None; calls];
    let Some(boundary) = media_type.and_then(boundary) else { return replies };
    let text = String::from_utf8_lossy(body);
    let delimiter = format!("--{boundary}");
    for part in text.split(&delimiter).skip(1).take_while(|part| !part.starts_with("--")) {
        if let Some((number, reply)) = answered(part)
            && let Some(place) = replies.get_mut(number)
        {
            *place = Some(reply);
        }
    }
    replies
}

/// Of `multipart/mixed; boundary="…"`.
fn boundary(media_type: &str) -> Option<&str> {
    let (kind, parameters) = media_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/mixed") {
        return None;
    }
    let named = parameters.split(';').filter_map(|it| it.split_once('='));
    let boundary = named.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))?.1;
    Some(boundary.trim().trim_matches('"')).filter(|it| !it.is_empty())
}

/// The number of the call that a part answers, and its answer.
fn answered(part: &str) -> Option<(usize, Reply)> {
    let (outer, inner) = halves(part.trim_start_matches(['\r', '\n']))?;
    let id = header(outer, "content-id")?.trim_matches(['<', '>']);
    let number = id.strip_prefix("response-call-")?.parse().ok()?;
    let (head, body) = halves(inner).unwrap_or((inner, ""));
    let status = head.lines().next()?.split_whitespace().nth(1)?.parse().ok()?;
    let retry_after = header(head, "retry-after").and_then(|it| it.parse().ok()).map(Duration::from_secs);
    Some((number, Reply { status, retry_after, body: body.trim().as_bytes().to_vec() }))
}

/// What is before the first empty line, and what is after it.
fn halves(text: &str) -> Option<(&str, &str)> {
    text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n"))
}

fn header<'t>(head: &'t str, name: &str) -> Option<&'t str> {
    let named = head.lines().filter_map(|line| line.split_once(':'));
    named.into_iter().find(|(it, _)| it.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
