//! The fields of a person that sources share between them.

use std::fmt;
use std::str::FromStr;

use roster::{Email, ExternalId, Person, Personal, Supplement};

use super::Precedence;

/// A field of a person that a source may own although another source comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PersonField {
    /// Names to sign in with.
    PrincipalNames,
    /// E-mail addresses.
    Emails,
    /// The identity in the platform that signs the person in.
    LoginIdentity,
    /// Identities in other systems.
    ExternalIds,
}

impl PersonField {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::PrincipalNames, Self::Emails, Self::LoginIdentity, Self::ExternalIds];

    const fn as_str(self) -> &'static str {
        match self {
            Self::PrincipalNames => "principal_names",
            Self::Emails => "emails",
            Self::LoginIdentity => "login_identity",
            Self::ExternalIds => "external_ids",
        }
    }
}

impl fmt::Display for PersonField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no such field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be principal_names, emails, login_identity or external_ids")]
pub struct UnknownPersonField;

impl FromStr for PersonField {
    type Err = UnknownPersonField;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|it| it.as_str() == text).ok_or(UnknownPersonField)
    }
}

/// The person of the source that comes first. A field is what its owner says, if that says anything; otherwise what the
/// first source says; where that is silent, what a second source adds. All are ranked.
pub(super) fn merged(
    persons: &[(&str, &Person)],
    supplements: &[(&str, &Supplement)],
    precedence: &Precedence,
) -> Option<Person> {
    let mut merged = (*persons.first()?.1).clone();
    let supplements: Vec<_> = supplements.iter().filter(|(source, _)| is_alone(source, supplements)).collect();
    let mut statements: Vec<(&str, Statement<'_>)> =
        persons.iter().map(|(source, it)| (*source, Statement::of_person(it))).collect();
    let whole = statements.len();
    statements.extend(supplements.iter().map(|(source, it)| (*source, Statement::of_supplement(it))));
    for field in PersonField::ALL {
        let owner = statements.iter().filter(|(source, it)| precedence.owns(source, field) && it.says(field));
        let owner = owner.min_by_key(|(source, _)| precedence.rank(source));
        let added = statements[whole..].iter().find(|(_, it)| it.says(field));
        let silent = !statements[0].1.says(field);
        if let Some((_, statement)) = owner.or_else(|| added.filter(|_| silent)) {
            statement.set(field, &mut merged);
        }
    }
    Some(merged)
}

/// Two rows of one source about one person contradict each other, whatever each was joined by: neither is believed.
fn is_alone(source: &str, supplements: &[(&str, &Supplement)]) -> bool {
    supplements.iter().filter(|(other, _)| *other == source).count() == 1
}

/// What one source says of the fields that sources share.
#[derive(Clone, Copy)]
struct Statement<'a> {
    principal_names: &'a [Personal<String>],
    emails: &'a [Email],
    login_identity: Option<&'a Personal<String>>,
    external_ids: &'a [ExternalId],
}

impl<'a> Statement<'a> {
    fn of_person(it: &'a Person) -> Self {
        Self {
            principal_names: &it.principal_names,
            emails: &it.emails,
            login_identity: it.login_identity.as_ref(),
            external_ids: &it.external_ids,
        }
    }

    fn of_supplement(it: &'a Supplement) -> Self {
        Self {
            principal_names: &it.principal_names,
            emails: &it.emails,
            login_identity: it.login_identity.as_ref(),
            external_ids: &it.external_ids,
        }
    }

    const fn says(&self, field: PersonField) -> bool {
        match field {
            PersonField::PrincipalNames => !self.principal_names.is_empty(),
            PersonField::Emails => !self.emails.is_empty(),
            PersonField::LoginIdentity => self.login_identity.is_some(),
            PersonField::ExternalIds => !self.external_ids.is_empty(),
        }
    }

    fn set(&self, field: PersonField, person: &mut Person) {
        match field {
            PersonField::PrincipalNames => person.principal_names = self.principal_names.to_vec(),
            PersonField::Emails => person.emails = self.emails.to_vec(),
            PersonField::LoginIdentity => person.login_identity = self.login_identity.cloned(),
            PersonField::ExternalIds => person.external_ids = self.external_ids.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use roster::{JoinKeyKind, Supplement};

    use super::*;
    use crate::testing::person;

    fn with_email(n: u128, address: &str) -> Person {
        Person { emails: vec![email(address)], ..person(n) }
    }

    fn email(address: &str) -> Email {
        Email { address: Personal::new(address.into()), kind: "Skola elev".into() }
    }

    fn row(n: u128, address: &str) -> Supplement {
        Supplement::of(&with_email(n, address), &[JoinKeyKind::SourceId])
    }

    fn precedence(owned: &[(PersonField, &str)]) -> Precedence {
        Precedence {
            order: vec!["register".into(), "ad".into()],
            owned: owned.iter().map(|(field, by)| (*field, (*by).to_owned())).collect(),
            second: ["ad".to_owned()].into(),
        }
    }

    #[test]
    fn a_second_source_adds_what_the_first_is_silent_about() {
        let (register, ad) = (Person { emails: vec![], ..person(1) }, row(2, "astrid@ad.example"));

        let merged = merged(&[("register", &register)], &[("ad", &ad)], &precedence(&[])).unwrap();

        assert_eq!(merged.emails, [email("astrid@ad.example")]);
    }

    #[test]
    fn a_second_source_changes_nothing_that_it_does_not_own() {
        let (register, ad) = (with_email(1, "astrid@register.example"), row(2, "astrid@ad.example"));

        let merged = merged(&[("register", &register)], &[("ad", &ad)], &precedence(&[])).unwrap();

        assert_eq!(merged, register);
    }

    #[test]
    fn what_a_second_source_owns_is_what_it_says() {
        let (register, ad) = (with_email(1, "astrid@register.example"), row(2, "astrid@ad.example"));

        let owned = precedence(&[(PersonField::Emails, "ad")]);
        let merged = merged(&[("register", &register)], &[("ad", &ad)], &owned).unwrap();

        assert_eq!(merged.emails, [email("astrid@ad.example")]);
    }

    #[test]
    fn an_owner_that_says_nothing_takes_nothing_away() {
        let register = with_email(1, "astrid@register.example");
        let ad = Supplement { emails: vec![], ..row(2, "") };

        let owned = precedence(&[(PersonField::Emails, "ad")]);
        let merged = merged(&[("register", &register)], &[("ad", &ad)], &owned).unwrap();

        assert_eq!(merged.emails, register.emails);
    }

    #[test]
    fn of_two_rows_about_one_person_neither_is_believed() {
        let register = Person { emails: vec![], ..person(1) };
        let (one, other) = (row(2, "astrid@ad.example"), row(3, "admin@ad.example"));

        let merged = merged(&[("register", &register)], &[("ad", &one), ("ad", &other)], &precedence(&[])).unwrap();

        assert_eq!(merged.emails, []);
    }

    #[test]
    fn a_row_alone_is_nobody() {
        assert_eq!(merged(&[], &[("ad", &row(2, "astrid@ad.example"))], &precedence(&[])), None);
    }
}
