//! References to secrets, as configuration writes them.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Where a secret is kept: `{ env = "NAME" }`, `{ ssm = "/path" }` or `{ secretsmanager = "arn:…" }`.
///
/// A secret written out where a reference belongs is refused, with a message that does not repeat it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretRef {
    /// An environment variable.
    Env(String),
    /// A parameter in AWS Systems Manager Parameter Store, by its path.
    Ssm(String),
    /// A secret in AWS Secrets Manager, by its ARN.
    SecretsManager(String),
}

const KEEPERS: [&str; 3] = ["env", "ssm", "secretsmanager"];

const BY_REFERENCE: &str =
    "secrets are given only by reference: { env = \"NAME\" }, { ssm = \"/path\" } or { secretsmanager = \"arn\" }";

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::Ssm(path) => write!(f, "ssm:{path}"),
            Self::SecretsManager(arn) => write!(f, "secretsmanager:{arn}"),
        }
    }
}

impl SecretRef {
    fn from_parts<E: Error>(keeper: &str, name: String) -> Result<Self, E> {
        match keeper {
            "env" if is_variable(&name) => Ok(Self::Env(name)),
            "env" => Err(E::custom("env must be the name of an environment variable")),
            "ssm" if name.starts_with('/') => Ok(Self::Ssm(name)),
            "ssm" => Err(E::custom("ssm must be the path of a parameter, beginning with /")),
            "secretsmanager" if name.starts_with("arn:") => Ok(Self::SecretsManager(name)),
            "secretsmanager" => Err(E::custom("secretsmanager must be the ARN of a secret")),
            _ => Err(E::custom(BY_REFERENCE)),
        }
    }
}

/// Letters, digits and underscores, not beginning with a digit (POSIX).
fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReferenceVisitor)
    }
}

struct ReferenceVisitor;

/// serde's own errors repeat the value they met; here the value may be the secret, so each kind is refused by hand.
impl<'de> Visitor<'de> for ReferenceVisitor {
    type Value = SecretRef;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reference to a secret")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<SecretRef, E> {
        Err(E::custom(BY_REFERENCE))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<SecretRef, E> {
        Err(E::custom(BY_REFERENCE))
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<SecretRef, E> {
        Err(E::custom(BY_REFERENCE))
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<SecretRef, E> {
        Err(E::custom(BY_REFERENCE))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretRef, A::Error> {
        let keeper: Option<String> = map.next_key()?;
        let keeper = keeper.ok_or_else(|| A::Error::custom(BY_REFERENCE))?;
        // Before the value is looked at: a path to it would repeat what stands in the keeper's place.
        if !KEEPERS.contains(&keeper.as_str()) {
            return Err(A::Error::custom(BY_REFERENCE));
        }
        let Name(name) = map.next_value()?;
        let reference = SecretRef::from_parts(&keeper, name)?;
        match map.next_key::<String>()? {
            None => Ok(reference),
            Some(_) => Err(A::Error::custom("a secret is kept in exactly one place")),
        }
    }
}

/// The name of a secret where it is kept. A secret may stand in its place, so what is no text is not repeated either.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self).map_err(|_| D::Error::custom(BY_REFERENCE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SecretRef, String> {
        let table: toml::Table = text.parse().unwrap();
        let value = table.get("key").cloned().unwrap();
        value.try_into().map_err(|error: toml::de::Error| error.to_string())
    }

    #[test]
    fn each_keeper_is_read() {
        assert_eq!(read("key = { env = \"A_KEY\" }"), Ok(SecretRef::Env("A_KEY".into())));
        assert_eq!(read("key = { ssm = \"/a/key\" }"), Ok(SecretRef::Ssm("/a/key".into())));
        assert_eq!(read("key = { secretsmanager = \"arn:aws:x\" }"), Ok(SecretRef::SecretsManager("arn:aws:x".into())));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let reference = SecretRef::SecretsManager("arn:aws:x".into());

        let text = serde_json::to_string(&reference).unwrap();

        assert_eq!(serde_json::from_str::<SecretRef>(&text).unwrap(), reference);
    }

    #[test]
    fn a_secret_in_plain_text_is_refused_and_not_repeated() {
        let error = read("key = \"hunter2\"").unwrap_err();

        assert!(error.contains("secrets are given only by reference"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_secret_that_is_a_number_is_not_repeated() {
        let error = read("key = 19283746").unwrap_err();

        assert!(!error.contains("19283746"), "{error}");
    }

    #[test]
    fn a_secret_in_the_place_of_a_name_is_refused_and_not_repeated() {
        let error = read("key = { env = \"p@ss word\" }").unwrap_err();

        assert!(error.contains("name of an environment variable"), "{error}");
        assert!(!error.contains("p@ss"), "{error}");
    }

    #[test]
    fn a_number_in_the_place_of_a_name_is_refused_and_not_repeated() {
        let error = read("key = { env = 19283746 }").unwrap_err();

        assert!(error.contains("secrets are given only by reference"), "{error}");
        assert!(!error.contains("invalid type"), "{error}");
    }

    #[test]
    fn an_unknown_keeper_is_refused() {
        assert!(read("key = { vault = \"x\" }").is_err());
    }

    #[test]
    fn two_keepers_are_refused() {
        let error = read("key = { env = \"A\", ssm = \"/b\" }").unwrap_err();

        assert!(error.contains("exactly one place"), "{error}");
    }

    #[test]
    fn an_empty_table_is_refused() {
        assert!(read("key = {}").is_err());
    }
}
