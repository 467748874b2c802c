//! Answers of token endpoints, of federations and of receivers.

use std::sync::LazyLock;
use std::time::Duration;

use rules::outcome::Outcome;
use serde_json::{Value, json};
use targets::fuzzing;

use crate::canary::{CANARY, is_silent};
use crate::{head_and_body, now, status_line};

/// Nobody waits longer than this because of what another side says.
const LONGEST_WAIT: Duration = Duration::from_secs(86_400);

/// A person as it was sent; the number is one of Skatteverket's test numbers.
static SENT: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "userName": "tolva.kanariefågel@skola.example",
        "displayName": "Tolva Kanariefågel",
        "name": { "givenName": "Tolva", "familyName": CANARY },
        "emails": [{ "value": "tolva.kanariefågel@skola.example", "type": "Skola elev" }],
        "urn:scim:schemas:extension:sis:school:1.0:User": { "civicNo": "201212129801" },
    })
});

/// A token endpoint's answer: the status in the first line, then the body.
pub fn token_answer(data: &[u8]) {
    let (head, body) = head_and_body(data);
    let (status, retry_after) = status_line(head);
    let answer = outbound::fuzzing::answer(status, Some(retry_after), body);
    is_silent("an answer", &answer);
    let read = outbound::fuzzing::token(&answer, now());
    is_silent("a token", &read);
    if let Ok((token, until)) = read {
        assert!((200..300).contains(&status));
        let token = token.expose();
        assert!(!token.is_empty() && token.bytes().all(|it| (0x20..=0x7e).contains(&it)), "no token (RFC 6749)");
        assert!(until.is_some_and(|until| until >= now()), "a token that is never fetched anew");
    }
}

/// A federation's metadata that it did not sign.
pub fn federation_metadata(data: &[u8]) {
    let code = outbound::fuzzing::unsigned_metadata(data, now()).map(|error| error.code());
    let refused = matches!(code, Some("federation.not_signed" | "federation.metadata_unreadable"));
    assert!(refused, "metadata that nobody signed: {code:?}");
}

/// What a federation has signed.
pub fn federation_entities(data: &[u8]) {
    if let Ok((issuers, keys)) = outbound::fuzzing::federation_server(data) {
        assert!(issuers > 0 && keys > 0, "a server that anybody may be");
    }
}

/// `Retry-After`, on an answer to a source and in general.
pub fn retry_after(data: &[u8]) {
    let wait = outbound::fuzzing::answer(503, Some(data), b"").retry_after(now());
    assert!(wait.is_none_or(|wait| wait <= LONGEST_WAIT), "a wait without an end: {wait:?}");
    is_silent("a failure", &sources::fuzzing::failure(429, data, b"", now()));
}

/// A receiver's answer: status and `Retry-After` in the first line, then the body.
pub fn egil_answer(data: &[u8]) {
    let (head, body) = head_and_body(data);
    let (status, retry_after) = status_line(head);
    let outcomes = fuzzing::egil_answer(status, retry_after, body, &SENT, now());
    assert_eq!(outcomes, fuzzing::egil_answer(status, retry_after, body, &SENT, now()));
    for outcome in outcomes {
        let words = match &outcome {
            Outcome::Retry { detail, .. } | Outcome::TargetDown { detail, .. } => detail,
            Outcome::Rejected { message, .. } => message,
            _ => "",
        };
        assert!(words.chars().count() <= 300 + "HTTP 65535: ".len(), "words without an end");
        says_nobody(words);
    }
}

/// No word is a name that was sent, or an address, or a number.
fn says_nobody(words: &str) {
    assert!(!words.contains('@'), "an address is repeated: {words}");
    for word in words.split(|it: char| !it.is_alphanumeric()) {
        let word = word.to_lowercase();
        assert!(!["tolva", "kanariefågel", "201212129801"].contains(&word.as_str()), "a name is repeated: {words}");
    }
}

/// A page of what a receiver holds.
pub fn egil_inventory(data: &[u8]) {
    match fuzzing::egil_inventory(data, 1) {
        Ok(page) => {
            let next = page.next.map(|it| it.parse::<usize>());
            assert!(next.is_none_or(|next| next.is_ok_and(|next| next > 1)), "a list that does not move on");
            for entry in page.entries {
                assert!(!entry.remote.is_empty());
                assert!(entry.recognised_by.is_sorted_by(|a, b| a < b), "a name is told twice");
                let plain = |it: &str| !it.is_empty() && it == it.trim() && it == it.to_lowercase();
                assert!(entry.recognised_by.iter().all(|it| plain(it.as_str())), "not to be compared with");
                is_silent("a name", &entry.recognised_by);
            }
        }
        Err(error) => is_silent("an error", &error),
    }
}

/// What a job of Skolverket's says of its objects. It repeats what was sent, of which nothing is passed on.
pub fn dnp_job(data: &[u8]) {
    match fuzzing::dnp_job(data) {
        Ok(objects) => {
            for (id, _, codes) in objects {
                assert!(id.parse::<roster::Id>().is_ok(), "no identity: {id}");
                assert!(codes.len() <= 5 && codes.iter().all(|it| it.len() <= 70), "words without an end");
                let is_code = |word: &str| {
                    let is_number = word.len() <= 6 && word.bytes().all(|it| it.is_ascii_digit());
                    is_number || word.bytes().all(|it| it.is_ascii_alphabetic() || it == b'.')
                };
                for code in codes {
                    assert!(code.split(' ').count() <= 2 && code.split(' ').all(is_code), "no code: {code}");
                    assert!(!code.contains(crate::CANARY), "a name is repeated: {code}");
                }
            }
        }
        Err(error) => is_silent("an error", &error),
    }
}
