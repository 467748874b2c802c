//! Keys in addresses. S3 signs what is percent-encoded once, with all but the unreserved signs of RFC 3986 encoded.

use outbound::Url;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sources::file_drop::place::PlaceErrorKind;

use super::fault::Fault;

const ALL_BUT_UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value of a query.
pub(super) fn encoded_value(text: &str) -> String {
    utf8_percent_encode(text, ALL_BUT_UNRESERVED).to_string()
}

/// A key, whose `/` part it into folders.
pub(super) fn encoded_key(key: &str) -> String {
    const IN_PATHS: &AsciiSet = &ALL_BUT_UNRESERVED.remove(b'/');
    utf8_percent_encode(key, IN_PATHS).to_string()
}

/// A key as a list has it under `encoding-type=url`: a form's encoding, with `+` for a space. `None`: it is no UTF-8.
pub(super) fn decoded(key: &str) -> Option<String> {
    let spaced = key.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

pub(super) fn url(text: &str) -> Result<Url, Fault> {
    Url::parse(text).map_err(|_| Fault::lasting(PlaceErrorKind::Unreachable, "the bucket has no address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_could_mean_otherwise_is_encoded() {
        assert_eq!(encoded_key("norrby holm/å+b%c?#'.csv"), "norrby%20holm/%C3%A5%2Bb%25c%3F%23%27.csv");
        assert_eq!(encoded_value("a/b c"), "a%2Fb%20c");
    }

    #[test]
    fn a_listed_key_is_decoded_as_a_form_is() {
        assert_eq!(decoded("a+b%2B100%25%C3%A5.csv").as_deref(), Some("a b+100%å.csv"));
        assert_eq!(decoded("%FF"), None);
    }

    #[test]
    fn an_address_keeps_a_key_as_it_was_encoded() {
        let address = format!("https://drop.s3.eu-north-1.amazonaws.com/{}", encoded_key("a/é 'b'(1)~*.csv"));

        assert_eq!(url(&address).unwrap().as_str(), address);
    }
}
