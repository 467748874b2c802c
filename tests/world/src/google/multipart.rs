//! `multipart/mixed` with parts of `application/http`: requests come in it, and answers go out in it.

use serde_json::Value;

/// A part's request.
#[derive(Debug)]
pub(super) struct Part {
    /// `Content-ID` of the part.
    pub(super) id: Option<String>,
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// Header names in lower case, with their values.
    headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Part {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

/// The boundary in a `Content-Type`, if it is `multipart/mixed`.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let (media, parameters) = content_type.split_once(';')?;
    if !media.trim().eq_ignore_ascii_case("multipart/mixed") {
        return None;
    }
    let mut parameters = parameters.split(';').filter_map(|it| it.trim().split_once('='));
    let value = parameters.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?.1;
    Some(value.trim_matches('"').to_owned()).filter(|it| !it.is_empty())
}

/// The parts of a body. `None`: it is none, or a part is no request.
pub(super) fn parts(body: &[u8], boundary: &str) -> Option<Vec<Part>> {
    // Lines may end in either way.
    let body = std::str::from_utf8(body).ok()?.replace("\r\n", "\n");
    let text = format!("\n{body}");
    let mark = format!("\n--{boundary}");
    let (_, rest) = text.split_once(&mark)?;
    let (inside, _) = rest.rsplit_once(&format!("{mark}--"))?;
    inside.split(&mark).map(part).collect()
}

fn part(text: &str) -> Option<Part> {
    let (head, inner) = text.strip_prefix('\n')?.split_once("\n\n")?;
    let outer = headers(head);
    if find(&outer, "content-type").is_none_or(|it| !it.starts_with("application/http")) {
        return None;
    }
    // Requests without a body end after their head, with or without an empty line.
    let (head, body) = inner.split_once("\n\n").unwrap_or((inner.trim_end(), ""));
    let (line, head) = head.split_once('\n').unwrap_or((head, ""));
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let id = find(&outer, "content-id").map(str::to_owned);
    Some(Part { id, method, target, headers: headers(head), body: body.trim_end_matches('\n').to_owned() })
}

fn headers(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned())).collect()
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The answer to a part.
pub(super) fn answered(boundary: &str, id: Option<&str>, status: u16, body: Option<&Value>) -> String {
    let id = id.map(|it| format!("Content-ID: {}\r\n", response_id(it))).unwrap_or_default();
    let reason = axum::http::StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason()).unwrap_or_default();
    let body = body.map(Value::to_string).unwrap_or_default();
    let media = if body.is_empty() { "" } else { "Content-Type: application/json; charset=UTF-8\r\n" };
    format!(
        "--{boundary}\r\nContent-Type: application/http\r\n{id}\r\nHTTP/1.1 {status} {reason}\r\n{media}\
         Content-Length: {}\r\n\r\n{body}\r\n",
        body.len()
    )
}

/// `<item-1>` is answered as `<response-item-1>`.
fn response_id(id: &str) -> String {
    match id.strip_prefix('<') {
        Some(rest) => format!("<response-{rest}"),
        None => format!("response-{id}"),
    }
}
