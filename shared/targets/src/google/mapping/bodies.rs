//! What is written about each object: fields of `User`, `Course` and `Group` [admin:directory_v1, classroom:v1].

use roster::Personal;
use rules::view::PersonView;
use serde_json::{Value, json};

use super::refusal;
use crate::Refusal;
use crate::google::kinds::OURS;

/// The most characters of a given name, and of a family name [admin:directory_v1, `User.name`].
const LONGEST_NAME: usize = 60;

/// The most characters of a group's name. Known from its form in the Admin console; the contract names none.
const LONGEST_GROUP_NAME: usize = 73;

/// The addresses that an account may be recognised by: the school's, and the user name if it is one.
pub(super) fn addresses(view: &PersonView) -> Vec<Personal<String>> {
    let mut addresses = view.recognised_by();
    let name = Personal::filled(view.user_name.as_str().trim().to_lowercase());
    addresses.extend(name.filter(|it| is_address(it.as_str()) && !addresses.contains(it)));
    addresses
}

/// Of an account that somebody else makes, nothing is written: this only tells one address from another.
pub(super) fn matched(addresses: &[Personal<String>]) -> Value {
    json!({ "addresses": addresses.iter().map(|it| it.as_str()).collect::<Vec<_>>() })
}

/// An account that is made here.
pub(super) fn made(view: &PersonView, org_unit: Option<String>) -> Result<Value, Refusal> {
    let address = view.user_name.as_str().trim().to_lowercase();
    if !is_address(&address) {
        let reason = "the user name is no address that an account can have: letters, digits, - _ . and ' before the @";
        return Err(refusal("google.user_name", reason));
    }
    let [given, family] = [&view.given_name, &view.family_name].map(|it| it.as_str().trim());
    // Both are required; who has but one name has it twice.
    let [given, family] = match (given, family) {
        ("", "") => return Err(refusal("google.name_missing", "the name is missing")),
        ("", one) | (one, "") => [one, one],
        both => both.into(),
    };
    let mut body = json!({
        "primaryEmail": address,
        "name": { "givenName": cut(given, LONGEST_NAME), "familyName": cut(family, LONGEST_NAME) },
        "externalIds": [{ "type": "custom", "customType": OURS, "value": view.id.to_string() }],
    });
    if let Some(path) = org_unit {
        body["orgUnitPath"] = Value::String(path);
    }
    Ok(body)
}

pub(super) fn course(name: &str) -> Value {
    json!({ "name": name })
}

/// A group; its description says whose it is, so that it is known again.
pub(super) fn group(address: &str, name: &str, key: &str) -> Value {
    json!({
        "email": address,
        "name": cut(name.trim(), LONGEST_GROUP_NAME),
        "description": format!("Hålls i takt med skolans register. {}", marker(key)),
    })
}

/// What stands in the description of a group that is ours.
pub(in crate::google) fn marker(key: &str) -> String {
    format!("{OURS}:{key}")
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// A user name at a domain: letters, digits, hyphens, underscores, full stops – not two in a row – and apostrophes.
fn is_address(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let allowed = |it: char| it.is_ascii_alphanumeric() || "-_.'".contains(it);
    !name.is_empty()
        && name.chars().all(allowed)
        && !name.contains("..")
        && domain.contains('.')
        && domain.chars().all(|it| it.is_ascii_alphanumeric() || "-.".contains(it))
}
