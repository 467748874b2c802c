//! One exchange with a token endpoint (RFC 6749 §4.4.2–4.4.3, §5).

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{ClientCredentials, CredentialStyle, Token, TokenError};
use crate::answer::Answer;
use crate::client::Outbound;
use crate::error::{CallError, CallErrorKind};
use crate::request::Request;
use crate::secret::Secret;

/// Assumed life of a token whose server does not tell, in seconds.
const UNTOLD_LIFE: i64 = 300;

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    expires_in: Option<Seconds>,
}

/// Some servers write the number as text. One that cannot be read is not told.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(i64),
    Text(String),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
struct ErrorAnswer {
    error: String,
}

pub(super) async fn fetch(
    outbound: &Outbound,
    client: &ClientCredentials,
    secret: &Secret,
    now: Timestamp,
) -> Result<Token, TokenError> {
    exchange(outbound, request(client, secret)?, now).await
}

/// Sends what asks for a token, and reads what is given.
pub(super) async fn exchange(outbound: &Outbound, request: Request, now: Timestamp) -> Result<Token, TokenError> {
    read(&sent(outbound, request).await?, now)
}

/// Sends what asks for a token. Gives the answer that should hold one.
pub(super) async fn asked(outbound: &Outbound, request: Request) -> Result<Answer, TokenError> {
    let answer = sent(outbound, request).await?;
    if answer.is_success() { Ok(answer) } else { Err(failure(&answer)) }
}

async fn sent(outbound: &Outbound, request: Request) -> Result<Answer, TokenError> {
    outbound.send(request).await.map_err(|error| no_answer(&error))
}

/// The token that an answer gives, or why there is none.
pub(crate) fn read(answer: &Answer, now: Timestamp) -> Result<Token, TokenError> {
    if answer.is_success() { token(answer, now) } else { Err(failure(answer)) }
}

fn request(client: &ClientCredentials, secret: &Secret) -> Result<Request, TokenError> {
    let url = client.token_url.parse().map_err(|_| TokenError::Refused("the token URL is no URL".to_owned()))?;
    let mut fields = vec![("grant_type", "client_credentials")];
    if let Some(scope) = &client.scope {
        fields.push(("scope", scope));
    }
    let request = Request::post(url).accept("application/json").changes_nothing();
    Ok(match client.style {
        CredentialStyle::Body => {
            fields.extend([("client_id", client.client_id.as_str()), ("client_secret", secret.expose())]);
            request.form(&fields)
        }
        CredentialStyle::Basic => {
            request.form(&fields).basic(&encoded(&client.client_id), Secret::new(encoded(secret.expose())))
        }
    })
}

/// Basic carries id and secret form-encoded (RFC 6749 §2.3.1).
fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn token(answer: &Answer, now: Timestamp) -> Result<Token, TokenError> {
    let content: TokenAnswer = answer.json().map_err(|error| TokenError::Unavailable(error.to_string()))?;
    kept(content.access_token, content.expires_in.and_then(Seconds::number), now)
}

/// A token that was given for so many seconds, if they were told.
pub(super) fn kept(token: String, expires_in: Option<i64>, now: Timestamp) -> Result<Token, TokenError> {
    if !is_token(&token) {
        return Err(TokenError::Unavailable("the access token is empty or no text that can be sent".to_owned()));
    }
    let life = expires_in.unwrap_or(UNTOLD_LIFE);
    Ok(Token {
        secret: Secret::new(token),
        fresh_until: Some(now.checked_add(SignedDuration::from_secs(use_of(life))).unwrap_or(Timestamp::MAX)),
    })
}

/// One or more printable characters of ASCII (RFC 6749, appendix A.12).
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| matches!(it, 0x20..=0x7e))
}

impl Seconds {
    fn number(self) -> Option<i64> {
        match self {
            Self::Number(seconds) => Some(seconds),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Other(_) => None,
        }
    }
}

/// How long a token is used, of the seconds it lives: all but the last minute, or half of a short life.
const fn use_of(life: i64) -> i64 {
    match life {
        ..0 => 0,
        0..120 => life / 2,
        _ => life - 60,
    }
}

fn no_answer(error: &CallError) -> TokenError {
    match error.kind() {
        CallErrorKind::AddressRefused | CallErrorKind::SchemeRefused | CallErrorKind::CredentialsInUrl => {
            TokenError::Refused(error.to_string())
        }
        _ => TokenError::Unavailable(error.to_string()),
    }
}

/// 400, 401 and 403 are an answer (§5.2); anything else is a server in trouble.
fn failure(answer: &Answer) -> TokenError {
    let detail = match error_code(answer) {
        Some(code) => format!("HTTP {}, {code}", answer.status),
        None => format!("HTTP {}", answer.status),
    };
    match answer.status {
        400 | 401 | 403 => TokenError::Refused(detail),
        _ => TokenError::Unavailable(detail),
    }
}

/// The error codes that are registered for token endpoints (RFC 6749 §5.2), and those that servers borrow from its §4.
const ERROR_CODES: [&str; 9] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "access_denied",
    "server_error",
    "temporarily_unavailable",
];

/// The registered error code, e.g. `invalid_client`. Everything else is left out: it may repeat the secret.
fn error_code(answer: &Answer) -> Option<&'static str> {
    let given = answer.json::<ErrorAnswer>().ok()?.error;
    ERROR_CODES.into_iter().find(|code| *code == given)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{read, use_of};
    use crate::answer::Answer;
    use crate::token::Token;

    fn token(body: &str) -> Option<Token> {
        read(&Answer::new(200, Default::default(), body.into()), Timestamp::UNIX_EPOCH).ok()
    }

    fn seconds_used(body: &str) -> Option<i64> {
        token(body)?.fresh_until.map(Timestamp::as_second)
    }

    #[test]
    fn a_long_life_is_used_but_for_its_last_minute() {
        assert_eq!(use_of(3_600), 3_540);
    }

    #[test]
    fn a_short_life_is_used_by_half() {
        assert_eq!(use_of(90), 45);
    }

    #[test]
    fn a_life_that_has_passed_is_not_used() {
        assert_eq!(use_of(i64::MIN), 0);
    }

    #[test]
    fn a_life_in_fractions_is_taken_for_untold() {
        assert_eq!(seconds_used(r#"{"access_token":"t","expires_in":3599.5}"#), Some(240));
    }

    #[test]
    fn a_life_longer_than_time_ends_with_it() {
        let used = seconds_used(r#"{"access_token":"t","expires_in":9223372036854775807}"#);

        assert_eq!(used, Some(Timestamp::MAX.as_second()));
    }

    #[test]
    fn what_is_empty_or_cannot_be_sent_is_no_token() {
        assert!(token(r#"{"access_token":""}"#).is_none());
        assert!(token(r#"{"access_token":"b\u00e5t"}"#).is_none());
    }
}
