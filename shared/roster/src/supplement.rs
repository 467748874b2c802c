//! Supplements: what a second source says about a person whom another source has – an address, a name to sign in with.
//! It is joined to that person by a key, and never makes a person of its own.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::personal::{Personal, at_rest};
use crate::{Email, ExternalId, Id, Person, SecurityMarking, fingerprint};

/// What a second source says about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supplement {
    /// The row's identity within its source.
    pub id: Id,
    /// What it may be joined by, the most trusted first; each with all its values, as fingerprints.
    #[serde(rename = "k", default)]
    pub keys: Vec<BTreeSet<JoinKey>>,
    /// Whom it has been joined to.
    #[serde(rename = "j", default)]
    pub joined: Joined,
    /// Names to sign in with, the most important first.
    #[serde(rename = "pn", default, skip_serializing_if = "Vec::is_empty", with = "at_rest::list")]
    pub principal_names: Vec<Personal<String>>,
    /// E-mail addresses.
    #[serde(rename = "em", default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<Email>,
    /// The identity in the platform that signs the person in.
    #[serde(rename = "li", default, skip_serializing_if = "Option::is_none", with = "at_rest::option")]
    pub login_identity: Option<Personal<String>>,
    /// Identities in other systems.
    #[serde(rename = "xi", default, skip_serializing_if = "Vec::is_empty")]
    pub external_ids: Vec<ExternalId>,
    /// Protected identity, if the source says. One source that marks is enough.
    #[serde(rename = "sm", default, skip_serializing_if = "Option::is_none")]
    pub security_marking: Option<SecurityMarking>,
}

impl Supplement {
    /// What is taken of a person whom a second source has.
    #[must_use]
    pub fn of(person: &Person, join_by: &[JoinKeyKind]) -> Self {
        Self {
            id: person.id,
            keys: join_by.iter().map(|kind| kind.keys_of(person)).collect(),
            joined: Joined::Unasked,
            principal_names: person.principal_names.clone(),
            emails: person.emails.clone(),
            login_identity: person.login_identity.clone(),
            external_ids: person.external_ids.clone(),
            security_marking: person.security_marking.clone(),
        }
    }

    /// Whether it says the same as another, whomever each is joined to.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        Self { joined: Joined::Unasked, ..self.clone() } == Self { joined: Joined::Unasked, ..other.clone() }
    }
}

/// What came of looking for the person that a supplement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Joined {
    /// Nobody has looked yet.
    #[default]
    #[serde(rename = "u")]
    Unasked,
    /// This person.
    #[serde(rename = "p")]
    Person(Id),
    /// No other source has such a person (yet).
    #[serde(rename = "n")]
    Nobody,
    /// A key fits several persons: none of them.
    #[serde(rename = "s")]
    Several,
    /// Other rows of the same source have the same key: none of them.
    #[serde(rename = "a")]
    NotAlone,
}

/// By what a second source's rows are joined to persons.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum JoinKeyKind {
    /// The person's identity, the same in both sources.
    SourceId,
    /// Personal number.
    CivicNumber,
    /// A name to sign in with (EPPN).
    PrincipalName,
    /// An e-mail address.
    Email,
    /// An identity in another system, e.g. an employee number: of this context, or of any.
    ExternalId(Option<String>),
}

/// One value that persons and rows are joined by: its kind, and a fingerprint of it in its normal form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JoinKey(String);

impl fmt::Display for JoinKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JoinKeyKind {
    /// A person's values of this kind.
    #[must_use]
    pub fn keys_of(&self, person: &Person) -> BTreeSet<JoinKey> {
        let texts: Vec<String> = match self {
            Self::SourceId => vec![person.id.to_string()],
            Self::CivicNumber => person.civic_number.iter().map(|it| it.value().expose().clone()).collect(),
            Self::PrincipalName => person.principal_names.iter().map(|it| it.expose().to_lowercase()).collect(),
            Self::Email => person.emails.iter().map(|it| it.address.expose().to_lowercase()).collect(),
            Self::ExternalId(context) => {
                let of_context = |it: &&ExternalId| context.as_ref().is_none_or(|context| it.is_of(context));
                person.external_ids.iter().filter(of_context).map(|it| it.value.expose().clone()).collect()
            }
        };
        texts.iter().map(|it| it.trim()).filter(|it| !it.is_empty()).map(|it| self.key(it)).collect()
    }

    fn key(&self, value: &str) -> JoinKey {
        JoinKey(format!("{self}#{}", fingerprint(value.as_bytes())))
    }
}

impl fmt::Display for JoinKeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SourceId => f.write_str("source_id"),
            Self::CivicNumber => f.write_str("civic_number"),
            Self::PrincipalName => f.write_str("principal_name"),
            Self::Email => f.write_str("email"),
            Self::ExternalId(None) => f.write_str("external_id"),
            Self::ExternalId(Some(context)) => write!(f, "external_id:{context}"),
        }
    }
}

/// The text names nothing to join by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be source_id, civic_number, principal_name, email, external_id or external_id:CONTEXT")]
pub struct UnknownJoinKey;

impl FromStr for JoinKeyKind {
    type Err = UnknownJoinKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "source_id" => Ok(Self::SourceId),
            "civic_number" => Ok(Self::CivicNumber),
            "principal_name" => Ok(Self::PrincipalName),
            "email" => Ok(Self::Email),
            "external_id" => Ok(Self::ExternalId(None)),
            _ => match text.strip_prefix("external_id:") {
                Some(context) if !context.trim().is_empty() => {
                    Ok(Self::ExternalId(Some(context.trim().to_lowercase())))
                }
                _ => Err(UnknownJoinKey),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PersonStatus;

    fn person() -> Person {
        let email = |text: &str| Email { address: Personal::new(text.into()), kind: "Skola elev".into() };
        Person {
            id: Id::derived(&["astrid"]),
            given_name: Personal::new("Astrid".into()),
            family_name: Personal::new("Provsson".into()),
            principal_names: vec![Personal::new("Astrid@Skola.example".into())],
            emails: vec![email("astrid@skola.example"), email(" ")],
            civic_number: None,
            security_marking: None,
            status: PersonStatus::Active,
            enrolments: vec![],
            duties: vec![],
            login_identity: None,
            external_ids: vec![
                ExternalId { context: "Anställningsnummer".into(), value: Personal::new("4711".into()) },
                ExternalId { context: "Passerkort".into(), value: Personal::new("88".into()) },
            ],
        }
    }

    fn kind(text: &str) -> JoinKeyKind {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_joined_by_is_written_as_it_is_read() {
        let texts =
            ["source_id", "civic_number", "principal_name", "email", "external_id", "external_id:anställningsnummer"];

        for text in texts {
            assert_eq!(kind(text).to_string(), text);
        }
        assert_eq!("shoe_size".parse::<JoinKeyKind>(), Err(UnknownJoinKey));
    }

    #[test]
    fn case_does_not_keep_addresses_apart() {
        let mut shouting = person();
        shouting.emails[0].address = Personal::new("ASTRID@skola.example".into());

        assert_eq!(kind("email").keys_of(&shouting), kind("email").keys_of(&person()));
    }

    #[test]
    fn a_blank_value_joins_nobody() {
        assert_eq!(kind("email").keys_of(&person()).len(), 1);
    }

    #[test]
    fn a_number_of_another_context_is_another_number() {
        let mut other = person();
        other.external_ids.remove(0);

        assert_eq!(kind("external_id:anställningsnummer").keys_of(&other), BTreeSet::new());
        assert_eq!(kind("external_id").keys_of(&other).len(), 1);
    }

    #[test]
    fn the_same_text_of_another_kind_is_another_key() {
        let email = kind("email").keys_of(&person());

        assert!(email.is_disjoint(&kind("principal_name").keys_of(&person())));
    }

    #[test]
    fn a_key_shows_nothing_of_its_value() {
        let supplement = Supplement::of(&person(), &[kind("email"), kind("external_id")]);

        let printed = format!("{supplement:?}");

        assert!(!printed.contains("astrid@") && !printed.contains("4711"), "{printed}");
    }

    #[test]
    fn whom_it_is_joined_to_is_nothing_it_says() {
        let supplement = Supplement::of(&person(), &[kind("email")]);
        let joined = Supplement { joined: Joined::Person(Id::derived(&["other"])), ..supplement.clone() };

        assert!(joined.says_the_same_as(&supplement));
    }
}
