use axum::http::HeaderValue;
use hmac::{Hmac, KeyInit, Mac};
use outbound::Secret;
use proptest::prelude::*;
use sha2::Sha256;

use super::*;

/// The specification's own example of a secret.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "a plain secret of more than two dozen bytes";
const BODY: &[u8] = br#"{"test": 2432232314}"#;
const SENT: i64 = 1_614_265_330;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn key(secret: &str) -> SigningKey {
    SigningKey::of(&Secret::new(secret)).unwrap()
}

fn headers(id: &str, timestamp: &str, signature: &str) -> HeaderMap {
    let pairs = [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)];
    pairs.into_iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
}

/// Signs as a sender does, independently of what is tested.
fn sign(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> String {
    let bytes = match secret.strip_prefix("whsec_") {
        Some(text) => BASE64_STANDARD.decode(text).unwrap(),
        None => secret.as_bytes().to_vec(),
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(&bytes).unwrap();
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

fn good() -> HeaderMap {
    headers("msg_1", "1614265330", &sign(SECRET, "msg_1", "1614265330", BODY))
}

fn judged(headers: &HeaderMap, keys: &[&str], body: &[u8], now: i64) -> Result<(), Unproven> {
    let keys: Vec<SigningKey> = keys.iter().map(|it| key(it)).collect();
    Signed::of(headers)?.verify(&keys, body, at(now))
}

#[test]
fn the_reference_libraries_example_is_good() {
    let given =
        headers("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    assert_eq!(judged(&given, &[SECRET], BODY, SENT), Ok(()));
}

#[test]
fn a_plain_secret_is_taken_byte_for_byte() {
    let given = headers("msg_1", "1614265330", &sign(OTHER, "msg_1", "1614265330", BODY));

    assert_eq!(judged(&given, &[OTHER], BODY, SENT), Ok(()));
}

#[test]
fn while_keys_are_rotated_the_old_and_the_new_one_are_good() {
    let old = headers("msg_1", "1614265330", &sign(OTHER, "msg_1", "1614265330", BODY));

    assert_eq!(judged(&old, &[SECRET, OTHER], BODY, SENT), Ok(()));
    assert_eq!(judged(&good(), &[SECRET, OTHER], BODY, SENT), Ok(()));
}

#[test]
fn of_several_signatures_one_has_to_be_ours() {
    let (ours, theirs) = (sign(SECRET, "msg_1", "1614265330", BODY), sign(OTHER, "msg_1", "1614265330", BODY));
    let given = headers("msg_1", "1614265330", &format!("v1a,Zm9yZ2Vk {theirs} {ours}"));

    assert_eq!(judged(&given, &[SECRET], BODY, SENT), Ok(()));
}

#[test]
fn a_key_that_was_taken_away_is_no_longer_good() {
    assert_eq!(judged(&good(), &[OTHER], BODY, SENT), Err(Unproven::Wrong));
}

#[test]
fn a_source_without_a_usable_key_lets_nobody_in() {
    assert_eq!(judged(&good(), &[], BODY, SENT), Err(Unproven::Wrong));
}

#[test]
fn a_body_written_anew_with_the_same_meaning_is_not_what_was_signed() {
    assert_eq!(judged(&good(), &[SECRET], br#"{"test":2432232314}"#, SENT), Err(Unproven::Wrong));
}

#[test]
fn a_signature_given_to_another_ring_is_wrong() {
    let mut given = good();
    given.insert("webhook-id", HeaderValue::from_static("msg_2"));

    assert_eq!(judged(&given, &[SECRET], BODY, SENT), Err(Unproven::Wrong));
}

#[test]
fn a_time_made_younger_breaks_the_signature() {
    let mut given = good();
    given.insert("webhook-timestamp", HeaderValue::from_static("1614269999"));

    assert_eq!(judged(&given, &[SECRET], BODY, 1_614_269_999), Err(Unproven::Wrong));
}

#[test]
fn the_window_is_five_minutes_to_both_sides() {
    let judged = [-301, -300, 300, 301].map(|apart| judged(&good(), &[SECRET], BODY, SENT + apart));

    assert_eq!(judged, [Err(Unproven::Stale), Ok(()), Ok(()), Err(Unproven::Stale)]);
}

#[test]
fn a_header_that_is_missing_empty_or_there_twice_is_no_signature() {
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let (mut without, mut empty, mut twice) = (good(), good(), good());
        without.remove(name);
        empty.insert(name, HeaderValue::from_static(""));
        twice.append(name, good()[name].clone());

        for given in [without, empty, twice] {
            assert_eq!(judged(&given, &[SECRET], BODY, SENT), Err(Unproven::Missing), "{name}");
        }
    }
}

#[test]
fn a_signature_of_another_version_or_form_is_none() {
    let plain = sign(SECRET, "msg_1", "1614265330", BODY);
    let bare = plain.strip_prefix("v1,").unwrap();

    for signature in [bare.to_owned(), format!("v2,{bare}"), format!("v1a,{bare}"), "v1,???".to_owned()] {
        let given = headers("msg_1", "1614265330", &signature);

        assert_eq!(judged(&given, &[SECRET], BODY, SENT), Err(Unproven::Missing), "{signature}");
    }
}

#[test]
fn a_signature_that_is_empty_or_cut_short_is_wrong() {
    let whole = BASE64_STANDARD.decode(&sign(SECRET, "msg_1", "1614265330", BODY)[3..]).unwrap();

    for length in [0, 1, 16, 31] {
        let cut = format!("v1,{}", BASE64_STANDARD.encode(&whole[..length]));

        assert_eq!(judged(&headers("msg_1", "1614265330", &cut), &[SECRET], BODY, SENT), Err(Unproven::Wrong));
    }
}

#[test]
fn an_identity_with_a_full_stop_or_without_end_is_none() {
    for id in ["msg.1", &"x".repeat(257)] {
        let given = headers(id, "1614265330", &sign(SECRET, id, "1614265330", BODY));

        assert_eq!(judged(&given, &[SECRET], BODY, SENT), Err(Unproven::Missing));
    }
}

#[test]
fn a_time_in_another_spelling_is_none() {
    for time in ["+1614265330", "-1614265330", "1614265330.0", "0x60378532", "99999999999999999999", "soon"] {
        let given = headers("msg_1", time, &sign(SECRET, "msg_1", time, BODY));

        assert_eq!(judged(&given, &[SECRET], BODY, SENT), Err(Unproven::Missing), "{time}");
    }
}

#[test]
fn a_time_beyond_all_calendars_is_stale_and_no_panic() {
    let time = i64::MAX.to_string();

    let given = headers("msg_1", &time, &sign(SECRET, "msg_1", &time, BODY));

    assert_eq!(judged(&given, &[SECRET], BODY, SENT), Err(Unproven::Stale));
}

#[test]
fn no_more_signatures_are_looked_at_than_a_rotation_needs() {
    let ours = sign(SECRET, "msg_1", "1614265330", BODY);
    let many = format!("{}{ours}", "v1,AAAA ".repeat(16));

    assert_eq!(judged(&headers("msg_1", "1614265330", &many), &[SECRET], BODY, SENT), Err(Unproven::Wrong));
}

#[test]
fn a_key_that_is_too_short_or_no_base64_is_not_used() {
    for secret in ["", "short", "whsec_", "whsec_c2hvcnQ=", "whsec_???"] {
        assert!(SigningKey::of(&Secret::new(secret)).is_none(), "{secret}");
    }
}

#[test]
fn debug_of_a_key_shows_a_mask() {
    assert_eq!(format!("{:?}", key(OTHER)), "SigningKey(•••)");
}

proptest! {
    #[test]
    fn one_changed_bit_of_the_body_is_noticed(bit in 0..BODY.len() * 8) {
        let mut body = BODY.to_vec();
        body[bit / 8] ^= 1 << (bit % 8);

        prop_assert_eq!(judged(&good(), &[SECRET], &body, SENT), Err(Unproven::Wrong));
    }

    #[test]
    fn whatever_headers_are_made_up_nobody_gets_in(id in "[ -~]{0,40}", time in "[0-9]{1,12}", signature in "[ -~]{0,90}") {
        let judged = judged(&headers(&id, &time, &signature), &[SECRET], BODY, SENT);

        prop_assert!(judged.is_err());
    }
}
