//! Persons: pupils, staff, and everybody else a register knows.

use serde::{Deserialize, Serialize};

use crate::personal::{Personal, at_rest};
use crate::{CivicNumber, Duty, Id, SecurityMarking, Validity};

/// A person (SS 12000 `Person`), with the enrolments that are part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The source's UUID, kept.
    pub id: Id,
    /// First name.
    #[serde(rename = "gn", with = "at_rest")]
    pub given_name: Personal<String>,
    /// Last name.
    #[serde(rename = "fn", with = "at_rest")]
    pub family_name: Personal<String>,
    /// `eduPersonPrincipalNames`: names to sign in with, `user@scope`, the most important first.
    #[serde(rename = "pn", default, skip_serializing_if = "Vec::is_empty", with = "at_rest::list")]
    pub principal_names: Vec<Personal<String>>,
    /// E-mail addresses with the kind the source gave each.
    #[serde(rename = "em", default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<Email>,
    /// Personal number, if the source gives one.
    #[serde(rename = "cn", default, skip_serializing_if = "Option::is_none")]
    pub civic_number: Option<CivicNumber>,
    /// Protected identity. `None`: the source did not say, which is not the same as "no marking".
    #[serde(rename = "sm", default, skip_serializing_if = "Option::is_none")]
    pub security_marking: Option<SecurityMarking>,
    /// Whether the person is active in the population register.
    #[serde(rename = "st", default, skip_serializing_if = "PersonStatus::is_active")]
    pub status: PersonStatus,
    /// Where the person is a pupil, and when.
    #[serde(rename = "en", default, skip_serializing_if = "Vec::is_empty")]
    pub enrolments: Vec<Enrolment>,
    /// Duties that the source gives as part of the person; a register's own Duty records come as [`Duty`].
    #[serde(rename = "du", default, skip_serializing_if = "Vec::is_empty")]
    pub duties: Vec<Duty>,
    /// The user's identity in the platform that signs the person in (Skolon's user id), when the source gives it.
    #[serde(rename = "li", default, skip_serializing_if = "Option::is_none", with = "at_rest::option")]
    pub login_identity: Option<Personal<String>>,
    /// Identities in other systems (`externalIdentifiers`), e.g. an employee number.
    #[serde(rename = "xi", default, skip_serializing_if = "Vec::is_empty")]
    pub external_ids: Vec<ExternalId>,
}

impl Person {
    /// Keeps what an earlier version said and this one is silent about: a marking that is absent is not lifted.
    pub fn inherit(&mut self, earlier: &Self) {
        if self.security_marking.is_none() {
            self.security_marking.clone_from(&earlier.security_marking);
        }
    }

    /// Keeps of an earlier version what this one lacks among attributes that its source may be silent about.
    pub fn keep_unsaid(&mut self, earlier: &Self, unsaid: &[PersonAttribute]) {
        for attribute in unsaid {
            match attribute {
                PersonAttribute::PrincipalNames if self.principal_names.is_empty() => {
                    self.principal_names.clone_from(&earlier.principal_names);
                }
                PersonAttribute::Emails if self.emails.is_empty() => self.emails.clone_from(&earlier.emails),
                PersonAttribute::CivicNumber if self.civic_number.is_none() => {
                    self.civic_number.clone_from(&earlier.civic_number);
                }
                PersonAttribute::Enrolments if self.enrolments.is_empty() => {
                    self.enrolments.clone_from(&earlier.enrolments);
                }
                _ => {}
            }
        }
    }
}

/// What a source may be silent about: not there because it was not asked for, which is not the same as none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PersonAttribute {
    /// Names to sign in with.
    PrincipalNames,
    /// E-mail addresses.
    Emails,
    /// Personal number.
    CivicNumber,
    /// Places at school units.
    Enrolments,
}

/// An identity in another system (SS 12000 `ExternalIdentifier`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalId {
    /// Which system, or what kind of number; as it came.
    #[serde(rename = "c")]
    pub context: String,
    /// The identity there.
    #[serde(rename = "v", with = "at_rest")]
    pub value: Personal<String>,
}

impl ExternalId {
    /// Whether it is of a context, however that is capitalised.
    #[must_use]
    pub fn is_of(&self, context: &str) -> bool {
        self.context.trim().to_lowercase() == context.to_lowercase()
    }
}

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    /// The address.
    #[serde(rename = "a", with = "at_rest")]
    pub address: Personal<String>,
    /// The source's kind; SS 12000 has `Privat`, `Skola elev`, `Skola personal`, `Arbete övrigt`. Kept as it came.
    #[serde(rename = "k")]
    pub kind: String,
}

/// A pupil's place at a school unit (SS 12000 `Enrolment`, which has no identity of its own).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The school unit (`enroledAt`).
    #[serde(rename = "u")]
    pub school_unit: Id,
    /// School type code, e.g. `GR`; kept as it came.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub school_type: Option<String>,
    /// School year: 0 (förskoleklass) to 10.
    #[serde(rename = "y", default, skip_serializing_if = "Option::is_none")]
    pub school_year: Option<u8>,
    /// Education code (`educationCode`), e.g. of a national programme.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub education_code: Option<String>,
    /// When.
    #[serde(rename = "v", default)]
    pub validity: Validity,
    /// A cancelled enrolment never took place.
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
}

/// SS 12000 `personStatus`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum PersonStatus {
    /// `Aktiv`, the standard's default.
    #[default]
    #[serde(rename = "a")]
    Active,
    /// `Utvandrad`.
    #[serde(rename = "e")]
    Emigrated,
    /// `Avliden`.
    #[serde(rename = "d")]
    Deceased,
    /// Unknown to this version; treated as active, so that nobody is lost over a new word.
    #[serde(rename = "o")]
    Other(String),
}

impl PersonStatus {
    /// Reads the standard's value; an unknown one is kept as it came.
    #[must_use]
    pub fn from_standard(value: &str) -> Self {
        match value.trim() {
            "Aktiv" | "" => Self::Active,
            "Utvandrad" => Self::Emigrated,
            "Avliden" => Self::Deceased,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Exactly `Aktiv`: what need not be stored.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        matches!(self, Self::Active)
    }

    /// Whether the person has left the register's world.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self, Self::Emigrated | Self::Deceased)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(marking: Option<SecurityMarking>) -> Person {
        Person {
            id: Id::derived(&["person"]),
            given_name: Personal::new("Astrid".into()),
            family_name: Personal::new("Provsson".into()),
            principal_names: vec![],
            emails: vec![],
            civic_number: None,
            security_marking: marking,
            status: PersonStatus::Active,
            enrolments: vec![],
            duties: vec![],
            login_identity: None,
            external_ids: vec![],
        }
    }

    #[test]
    fn a_marking_that_is_absent_is_not_lifted() {
        let mut newer = person(None);

        newer.inherit(&person(Some(SecurityMarking::Confidential)));

        assert_eq!(newer.security_marking, Some(SecurityMarking::Confidential));
    }

    #[test]
    fn what_a_source_is_silent_about_is_kept_and_what_it_says_is_not() {
        let address = |text: &str| Email { address: Personal::new(text.into()), kind: "Skola elev".into() };
        let earlier = Person {
            emails: vec![address("astrid@skola.example")],
            principal_names: vec![Personal::new("astrid@skola".into())],
            ..person(None)
        };
        let mut silent = person(None);
        let mut telling = Person { emails: vec![address("a.p@skola.example")], ..person(None) };

        silent.keep_unsaid(&earlier, &[PersonAttribute::Emails]);
        telling.keep_unsaid(&earlier, &[PersonAttribute::Emails]);

        assert_eq!((&silent.emails, silent.principal_names.len()), (&earlier.emails, 0));
        assert_eq!(telling.emails, [address("a.p@skola.example")]);
    }

    #[test]
    fn a_person_survives_storage_and_shows_nothing() {
        let person = person(Some(SecurityMarking::None));

        let stored = serde_json::to_string(&person).unwrap();

        assert_eq!(serde_json::from_str::<Person>(&stored).unwrap(), person);
        assert!(!format!("{person:?}").contains("Astrid"));
    }
}
