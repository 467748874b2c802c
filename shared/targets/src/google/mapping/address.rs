//! A group's address: what the template gives, in the letters that an address can have.

use rules::view::GroupView;

use crate::name_template::filled;

/// The most characters before the @ (RFC 5321 §4.5.3.1.1).
const LONGEST: usize = 64;

/// The address of a group; `None`: nothing of it can stand in one.
pub(in crate::google) fn of(template: &str, view: &GroupView) -> Option<String> {
    let (name, domain) = template.split_once('@')?;
    // A name without a single letter or digit of ours would make every such group the same.
    if plain(view.name.trim()).is_empty() {
        return None;
    }
    Some(format!("{}@{}", plain(&filled(name, view)), domain.to_lowercase()))
}

/// In lower case, without accents, and with a hyphen for whatever else is no letter, digit, full stop or underscore.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for sign in text.chars().flat_map(char::to_lowercase) {
        match without_accent(sign) {
            "" if sign.is_ascii_alphanumeric() => plain.push(sign),
            "" => join(&mut plain, if matches!(sign, '.' | '_') { sign } else { '-' }),
            letters => plain.push_str(letters),
        }
    }
    let cut: String = plain.chars().take(LONGEST).collect();
    cut.trim_end_matches(JOINS).to_owned()
}

const JOINS: [char; 3] = ['-', '.', '_'];

/// Never two in a row, and none at the beginning.
fn join(text: &mut String, sign: char) {
    if !text.is_empty() && !text.ends_with(JOINS) {
        text.push(sign);
    }
}

/// Letters of names in Sweden and around it; the empty text for what has no such form.
const fn without_accent(letter: char) -> &'static str {
    match letter {
        'å' | 'ä' | 'á' | 'à' | 'â' | 'ã' | 'ă' | 'ą' | 'ā' => "a",
        'ö' | 'ø' | 'ó' | 'ò' | 'ô' | 'õ' | 'ő' | 'ō' => "o",
        'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' | 'ē' | 'ė' => "e",
        'ü' | 'ú' | 'ù' | 'û' | 'ű' | 'ů' | 'ū' => "u",
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ý' | 'ÿ' => "y",
        'ç' | 'č' | 'ć' => "c",
        'ñ' | 'ń' | 'ň' | 'ŋ' => "n",
        'š' | 'ś' | 'ş' | 'ș' => "s",
        'ž' | 'ź' | 'ż' => "z",
        'ł' | 'ľ' => "l",
        'đ' | 'ð' | 'ď' => "d",
        'ť' | 'ț' | 'ţ' | 'ŧ' => "t",
        'ř' => "r",
        'ğ' | 'ģ' => "g",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'þ' => "th",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::invented::group;

    fn address(name: &str) -> Option<String> {
        of("{school_unit}-{name}@Skola.example", &GroupView { name: name.into(), ..school() })
    }

    fn school() -> GroupView {
        let mut view = group();
        view.school_unit.at_target = "12345678".into();
        view
    }

    #[test]
    fn letters_that_an_address_cannot_have_are_put_otherwise() {
        for (name, expected) in [
            ("7A", "12345678-7a@skola.example"),
            ("Åk 7 – Språkval (Tyska)", "12345678-ak-7-sprakval-tyska@skola.example"),
            ("  Ma. 1..b ", "12345678-ma.1.b@skola.example"),
            ("Groß & Ærø", "12345678-gross-aero@skola.example"),
        ] {
            assert_eq!(address(name).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_name_of_which_nothing_is_left_gives_no_address() {
        assert_eq!(address("…"), None);
    }

    #[test]
    fn a_long_address_is_cut() {
        let address = address(&"lång ".repeat(40)).unwrap();

        assert!(address.split_once('@').unwrap().0.len() <= LONGEST, "{address}");
    }

    proptest! {
        #[test]
        fn whatever_a_group_is_called_its_address_is_one(name in "\\PC{0,80}") {
            if let Some(address) = address(&name) {
                let (local, domain) = address.split_once('@').unwrap();
                prop_assert!(local.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"-._".contains(&it)));
                prop_assert!(!local.is_empty() && local.len() <= LONGEST && !local.contains(".."));
                prop_assert_eq!(domain, "skola.example");
            }
        }
    }
}
