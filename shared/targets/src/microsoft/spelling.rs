//! Names in the letters that Microsoft takes.

/// Letters and digits of ASCII for those that have none: as Swedish schools write them in addresses.
fn plain(letter: char) -> &'static str {
    match letter {
        'å' | 'ä' | 'à' | 'á' | 'â' | 'ã' => "a",
        'Å' | 'Ä' | 'À' | 'Á' | 'Â' | 'Ã' => "A",
        'æ' => "ae",
        'Æ' => "Ae",
        'ö' | 'ø' | 'ò' | 'ó' | 'ô' | 'õ' => "o",
        'Ö' | 'Ø' | 'Ò' | 'Ó' | 'Ô' | 'Õ' => "O",
        'è' | 'é' | 'ê' | 'ë' | 'ě' | 'ę' => "e",
        'È' | 'É' | 'Ê' | 'Ë' => "E",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'Ì' | 'Í' | 'Î' | 'Ï' => "I",
        'ù' | 'ú' | 'û' | 'ü' | 'ů' => "u",
        'Ù' | 'Ú' | 'Û' | 'Ü' => "U",
        'ý' | 'ÿ' => "y",
        'ç' | 'ć' | 'č' => "c",
        'Č' | 'Ç' => "C",
        'ñ' | 'ń' => "n",
        'š' | 'ś' => "s",
        'Š' | 'Ś' => "S",
        'ž' | 'ź' | 'ż' => "z",
        'Ž' => "Z",
        'ł' => "l",
        'Ł' => "L",
        'ð' => "d",
        'þ' => "th",
        'ß' => "ss",
        _ => "",
    }
}

/// The text with letters of ASCII for the others, and without those that have none.
fn in_ascii(text: &str) -> String {
    let mut written = String::new();
    for letter in text.chars() {
        if letter.is_ascii() { written.push(letter) } else { written.push_str(plain(letter)) }
    }
    written
}

/// The beginning of a mail name: letters, digits, and single hyphens for whatever else stands between, at most `most`
/// characters [`mailNickname`: ASCII without `@()\[]";:<>,` and space, 64 at most].
pub(super) fn mail_name(text: &str, most: usize) -> String {
    let mut name = String::new();
    for letter in in_ascii(&text.replace('–', "-")).chars() {
        if letter.is_ascii_alphanumeric() {
            name.push(letter);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(most);
    name.trim_end_matches('-').to_owned()
}

/// What may stand before the `@` of a `userPrincipalName` beside letters and digits
/// [`user` resource, `userPrincipalName`].
const IN_USER_NAME: &str = "'.-_!#^~";

/// The user name as a `userPrincipalName`, or `None`: it cannot be one.
pub(super) fn principal_name(user_name: &str) -> Option<String> {
    let (local, domain) = user_name.trim().rsplit_once('@')?;
    let local = in_ascii(local);
    let may_be = |it: char| it.is_ascii_alphanumeric() || IN_USER_NAME.contains(it);
    let is_domain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-');
    let good = !local.is_empty()
        && local.len() <= 64
        && local.chars().all(may_be)
        && domain.contains('.')
        && domain.len() <= 48
        && domain.chars().all(is_domain);
    good.then(|| format!("{local}@{domain}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mail_name_is_written_in_ascii() {
        assert_eq!(mail_name("Björkskolan F–6: 7Å/Ma", 51), "Bjorkskolan-F-6-7A-Ma");
    }

    #[test]
    fn a_name_without_a_letter_that_can_be_written_is_empty() {
        assert_eq!(mail_name("七年级", 51), "");
    }

    #[test]
    fn a_principal_name_has_no_accents() {
        assert_eq!(principal_name("åsa.öberg@skola.example").as_deref(), Some("asa.oberg@skola.example"));
    }

    #[test]
    fn what_is_no_address_is_no_principal_name() {
        for name in ["asaobe01", "@skola.example", "åsa öberg@skola.example", "a@skola", "a@sköla.example"] {
            assert_eq!(principal_name(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_mail_name_is_never_longer_nor_anything_but_letters_digits_and_hyphens(text in ".*", most in 0usize..80) {
            let name = mail_name(&text, most);

            prop_assert!(name.len() <= most);
            prop_assert!(name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-'));
            prop_assert!(!name.starts_with('-') && !name.ends_with('-'));
        }
    }
}
