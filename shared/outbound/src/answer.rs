//! What came back.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;

use crate::secret::Secret;

/// Nobody waits longer than a day because of what another side says: a slip of the hand there is no end here.
const LONGEST_WAIT: Duration = Duration::from_secs(86_400);

/// An answer of any status, with its whole body. `Debug` shows status and size only.
#[derive(Clone)]
pub struct Answer {
    /// HTTP status, e.g. 201. Redirects are not followed: a 3xx is an answer like any other.
    pub status: u16,
    headers: HeaderMap,
    /// The body as sent, at most as large as the client's limit, decompressed.
    pub body: Vec<u8>,
    /// What the call was authorised with: some servers repeat it when they refuse it.
    credential: Option<Secret>,
}

/// Stands for a credential.
const MASK: &str = "•••";

/// The body is not what it should be. Says where, not what was there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("outbound.invalid_body: no valid JSON of the expected shape at line {line}, column {column}")]
pub struct InvalidBody {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

impl Answer {
    pub(crate) const fn new(status: u16, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, headers, body, credential: None }
    }

    pub(crate) fn authorised_with(self, credential: Option<Secret>) -> Self {
        Self { credential, ..self }
    }

    /// Words of the answer without the credential that the call was made with.
    #[must_use]
    pub fn without_credential(&self, words: &str) -> String {
        match &self.credential {
            Some(secret) if !secret.expose().is_empty() => words.replace(secret.expose(), MASK),
            _ => words.to_owned(),
        }
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// A header's first value, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How long to wait, from `Retry-After` in seconds or as an HTTP date (RFC 9110 §10.2.3); a date gone by is no wait,
    /// and one beyond a day is a day.
    #[must_use]
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let text = self.header(RETRY_AFTER.as_str())?.trim();
        let asked = match text.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => {
                let until = DateTimeParser::new().parse_timestamp(text).ok()?;
                Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO)
            }
        };
        Some(asked.min(LONGEST_WAIT))
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`InvalidBody`], without any of the content.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, InvalidBody> {
        serde_json::from_slice(&self.body).map_err(|error| InvalidBody { line: error.line(), column: error.column() })
    }

    /// The beginning of the body as one line of at most `max` characters, for the words of an error, without the
    /// credential that the call was made with.
    /// May hold personal data if the other side repeats what it was sent.
    #[must_use]
    pub fn text_excerpt(&self, max: usize) -> String {
        // No character takes more than four bytes; white space is folded, so some more are looked at.
        let head = self.body.get(..max.saturating_mul(8)).unwrap_or(&self.body);
        let text = String::from_utf8_lossy(head);
        let words: Vec<&str> =
            text.split(|it: char| it.is_whitespace() || it.is_control()).filter(|it| !it.is_empty()).collect();
        self.without_credential(&words.join(" ")).chars().take(max).collect()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(header: &str, value: &str, body: &str) -> Answer {
        let name: reqwest::header::HeaderName = header.parse().unwrap();
        let headers = HeaderMap::from_iter([(name, value.parse().unwrap())]);
        Answer::new(429, headers, body.into())
    }

    fn wait(value: &str) -> Option<Duration> {
        answer("retry-after", value, "").retry_after("2026-10-21T07:28:00Z".parse().unwrap())
    }

    #[test]
    fn retry_after_is_read_in_seconds() {
        assert_eq!(wait("17"), Some(Duration::from_secs(17)));
    }

    #[test]
    fn retry_after_is_read_as_a_date() {
        assert_eq!(wait("Wed, 21 Oct 2026 07:29:30 GMT"), Some(Duration::from_secs(90)));
    }

    #[test]
    fn a_date_gone_by_is_no_wait() {
        assert_eq!(wait("Wed, 21 Oct 2026 07:00:00 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn a_wait_without_an_end_is_a_day() {
        let day = Some(Duration::from_secs(86_400));

        assert_eq!([wait("18446744073709551615"), wait("Thu, 31 Dec 9998 23:59:59 GMT")], [day, day]);
    }

    #[test]
    fn nonsense_is_no_retry_after() {
        assert_eq!(wait("soon"), None);
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        let answer = answer("x", "y", "conflict:\r\n\tåäö  already\u{0} exists");

        assert_eq!(answer.text_excerpt(21), "conflict: åäö already");
    }

    #[test]
    fn a_credential_that_the_other_side_repeats_is_not_among_its_words() {
        let answer = answer("x", "y", "the key hunter2 is wrong").authorised_with(Some(Secret::new("hunter2")));

        assert_eq!(answer.text_excerpt(80), "the key ••• is wrong");
    }

    #[test]
    fn an_invalid_body_is_not_repeated() {
        let error = answer("x", "y", r#"{"userName": "astrid"}"#).json::<Vec<u8>>().unwrap_err();

        assert!(!error.to_string().contains("astrid"), "{error}");
    }

    #[test]
    fn debug_shows_no_body() {
        assert_eq!(format!("{:?}", answer("x", "y", "astrid")), "Answer(429, 6 bytes)");
    }
}
