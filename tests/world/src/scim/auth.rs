//! Who may ask: a bearer token, or a user with a password.

use super::ScimOptions;
use axum::http::{HeaderMap, header};

/// Whether the request comes from somebody known.
pub(super) fn admits(options: &ScimOptions, headers: &HeaderMap) -> bool {
    let presented = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = options.bearer.as_ref().map(|token| format!("Bearer {token}"));
    let basic = options.basic.as_ref().map(|(user, password)| basic(user, password));
    presented.is_some_and(|it| [bearer, basic].iter().flatten().any(|known| known == it))
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", base64(format!("{user}:{password}").as_bytes()))
}

/// Encodes as standard base64.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32, position: usize| {
        let value = (bits >> (18 - 6 * position)) & 0x3f;
        LETTERS.get(value as usize).map_or('=', |letter| char::from(*letter))
    };
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let at = |index: usize| u32::from(three.get(index).copied().unwrap_or(0));
        let bits = (at(0) << 16) | (at(1) << 8) | at(2);
        // One byte makes two letters, two make three.
        text.extend((0..4).map(|position| if position <= three.len() { letter(bits, position) } else { '=' }));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::basic;

    #[test]
    fn a_user_and_a_password_are_encoded() {
        assert_eq!(basic("id", "secret"), "Basic aWQ6c2VjcmV0");
        assert_eq!(basic("id", "secrets"), "Basic aWQ6c2VjcmV0cw==");
    }
}
