//! One exchange with a token endpoint (RFC 6749 §4.4.2–4.4.3, §5).

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

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

/// Some servers write the number as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(i64),
    Text(String),
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
    let answer = outbound.send(request(client, secret)?).await.map_err(|error| no_answer(&error))?;
    if answer.is_success() { token(&answer, now) } else { Err(failure(&answer)) }
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
    let life = content.expires_in.and_then(Seconds::number).unwrap_or(UNTOLD_LIFE);
    Ok(Token {
        secret: Secret::new(content.access_token),
        fresh_until: now.checked_add(SignedDuration::from_secs(use_of(life))).ok(),
    })
}

impl Seconds {
    fn number(self) -> Option<i64> {
        match self {
            Self::Number(seconds) => Some(seconds),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

/// How long a token is used, of the seconds it lives: all but the last minute, or half of a short life.
const fn use_of(life: i64) -> i64 {
    if life < 120 { life / 2 } else { life - 60 }
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
    use super::use_of;

    #[test]
    fn a_long_life_is_used_but_for_its_last_minute() {
        assert_eq!(use_of(3_600), 3_540);
    }

    #[test]
    fn a_short_life_is_used_by_half() {
        assert_eq!(use_of(90), 45);
    }
}
