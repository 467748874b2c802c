//! The target's words, without the personal data that it repeats.

use roster::Id;
use serde_json::Value;

const MASK: &str = "•••";

/// How many characters of the target's words are kept.
const LONGEST: usize = 300;

/// The texts of an attribute's value, whatever its shape, without what kind of value it is.
pub(crate) fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.trim().to_owned()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => {
            let described = fields.iter().filter(|(name, _)| *name != "type");
            described.for_each(|(_, field)| collect(field, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Names, addresses and numbers, with the parts that names have, the longest first.
pub(crate) fn with_parts(mut found: Vec<String>) -> Vec<String> {
    let parts: Vec<String> = found
        .iter()
        .flat_map(|it| it.split(|sign: char| sign.is_whitespace() || sign == '-'))
        .map(str::to_owned)
        .collect();
    found.extend(parts);
    found.retain(|it| it.chars().count() > 1);
    found.sort_by_key(|it| std::cmp::Reverse(it.chars().count()));
    found.dedup();
    found
}

/// The words without the given values, and without anything that looks like an address or a civic number.
pub(crate) fn masked(words: &str, personal: &[String]) -> String {
    let known = personal.iter().fold(words.to_owned(), |text, value| replace(&text, value));
    let shaped: Vec<&str> = known.split_inclusive(ends_word).map(mask_shape).flat_map(<[&str; 2]>::from).collect();
    whole_words(&shaped.concat(), LONGEST).to_owned()
}

/// The beginning of a text, without a last word that is cut off: half a name would not be recognised, and half a word may
/// look like one.
pub(crate) fn whole_words(text: &str, most: usize) -> &str {
    let Some((end, next)) = text.char_indices().nth(most) else { return text };
    let head = text.get(..end).unwrap_or_default();
    if ends_word(next) { head } else { head.trim_end_matches(|it| !ends_word(it)) }
}

/// Replaces whole words, whatever the case of their letters.
fn replace(text: &str, value: &str) -> String {
    let (text, value): (Vec<char>, Vec<char>) = (text.chars().collect(), value.chars().collect());
    let mut result = String::new();
    let mut at = 0;
    while let Some(current) = text.get(at) {
        if found_at(&text, at, &value) {
            result.push_str(MASK);
            at += value.len();
        } else {
            result.push(*current);
            at += 1;
        }
    }
    result
}

fn found_at(text: &[char], at: usize, value: &[char]) -> bool {
    let end = at + value.len();
    let is_word = |index: Option<usize>| index.and_then(|it| text.get(it)).is_some_and(|it| it.is_alphanumeric());
    let same = |(one, other): (&char, &char)| one.to_lowercase().eq(other.to_lowercase());
    text.get(at..end).is_some_and(|part| part.iter().zip(value).all(same))
        && !is_word(at.checked_sub(1))
        && !is_word(Some(end))
}

/// What cannot be inside an address, a number or an identity.
fn ends_word(character: char) -> bool {
    !character.is_alphanumeric() && !matches!(character, '@' | '.' | '-' | '+' | '_' | '%')
}

/// A word and the character that ended it, the word masked if it is shaped like personal data.
fn mask_shape(word: &str) -> (&str, &str) {
    let bare = word.trim_end_matches(ends_word);
    let end = word.get(bare.len()..).unwrap_or_default();
    if looks_personal(bare) { (MASK, end) } else { (bare, end) }
}

fn looks_personal(word: &str) -> bool {
    let is_identity = word.parse::<Id>().is_ok();
    !is_identity && (word.contains('@') || is_encoded(word) || is_civic_number(word.trim_matches(['.', '-'])))
}

/// Percent-encoded, so that it may hide an address or a name.
fn is_encoded(word: &str) -> bool {
    let is_octet = |octet: &str| octet.len() == 2 && octet.bytes().all(|it| it.is_ascii_hexdigit());
    word.split('%').skip(1).any(|rest| rest.get(..2).is_some_and(is_octet))
}

/// Six or eight digits and four more, with or without a sign between; letters occur in interim numbers.
fn is_civic_number(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let others = word.chars().filter(|it| !it.is_ascii_digit());
    let signs = others.clone().filter(|it| matches!(it, '-' | '+')).count();
    let letters = others.filter(|it| it.is_ascii_alphabetic()).count();
    let length = word.chars().count();
    matches!(length - signs, 10 | 12) && signs <= 1 && letters <= 2 && digits + letters + signs == length
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn personal_values(body: &Value) -> Vec<String> {
        let mut found = Vec::new();
        collect(body, &mut found);
        with_parts(found)
    }

    fn body() -> Value {
        json!({
            "userName": "astek01",
            "displayName": "Anna-Stina Ek",
            "name": { "givenName": "Anna-Stina", "familyName": "Ek" },
            "emails": [{ "value": "anna-stina.ek@skola.example", "type": "Skola elev" }],
        })
    }

    fn without_personal_data(words: &str) -> String {
        masked(words, &personal_values(&body()))
    }

    #[test]
    fn what_was_sent_is_masked_whatever_its_case() {
        assert_eq!(
            without_personal_data("ASTEK01 (anna-stina ek, Anna) already exists"),
            "••• (•••, •••) already exists"
        );
    }

    #[test]
    fn words_that_merely_contain_a_name_are_kept() {
        assert_eq!(without_personal_data("Ekonomi: annat fel"), "Ekonomi: annat fel");
    }

    #[test]
    fn somebody_elses_address_is_masked() {
        assert_eq!(
            without_personal_data("taken by <bo.berg@skola.example>; see bo%40skola.example."),
            "taken by <•••>; see •••"
        );
    }

    #[test]
    fn civic_numbers_are_masked_in_all_their_shapes() {
        for number in ["20120102-2384", "201201022384", "120102-2384", "1201022384", "120102+2384", "20120102TF12"] {
            assert_eq!(without_personal_data(&format!("number {number}!")), "number •••!", "{number}");
        }
    }

    #[test]
    fn identities_and_school_unit_codes_are_kept() {
        let words = "owner 00000000-0000-4000-8000-000000000012 has code 12345678";

        assert_eq!(without_personal_data(words), words);
    }

    #[test]
    fn the_kind_of_an_address_is_not_personal() {
        assert_eq!(without_personal_data("Skola elev"), "Skola elev");
    }

    #[test]
    fn what_is_percent_encoded_is_masked_whatever_it_says() {
        assert_eq!(without_personal_data("no user?name=Anna-Stina%20Ek, 100% sure"), "no user?name=••••••, 100% sure");
    }

    #[test]
    fn a_name_with_another_space_in_it_is_masked_in_its_parts() {
        let personal = personal_values(&json!({ "displayName": "Anna\tStina" }));

        assert_eq!(masked("Anna Stina already exists", &personal), "••• ••• already exists");
    }

    #[test]
    fn a_word_is_not_cut_down_to_somebodys_name() {
        let words = format!("{}Ekonomi", "- ".repeat((LONGEST - 2) / 2));

        assert!(!without_personal_data(&words).contains("Ek"));
    }

    #[test]
    fn long_words_are_cut() {
        assert_eq!(without_personal_data(&"å ".repeat(400)).chars().count(), LONGEST);
    }
}
