//! What is known of each vendor's SS 12000, as data. Everything that is not here is as the standard has it, and what a
//! provider turns out to lack is found by asking whatever its profile.
//!
//! Certainty: **certain** is published by the vendor, *likely* is seen in public code or said on help pages, and a guess
//! says so. docs/connectors/ss12000.md has the same for whoever runs a school's systems.

use roster::PersonAttribute;
use serde::Deserialize;

use super::resource::Resource;

/// Whose SS 12000 it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    /// Anybody's: the standard, and what is found by asking.
    #[default]
    Generic,
    /// Edlevo (Tieto).
    Edlevo,
    /// IST Administration, through IST's hub.
    Ist,
    /// SchoolSoft.
    SchoolSoft,
}

/// Where the vendor keeps what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// The configuration names the address, with its path.
    Configured,
    /// The configuration names the vendor's server, and may leave it out.
    Server(&'static str),
    /// Below this, the customer's name, and this.
    OfCustomer(&'static str, &'static str),
}

/// Where tokens are fetched unless the configuration says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenUrl {
    /// Nowhere: the configuration must say.
    Configured,
    /// At the data's server, on this path.
    OnServer(&'static str),
    /// Here.
    At(&'static str),
}

/// One vendor's differences from the standard.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Profile {
    pub(super) base: Base,
    pub(super) token_url: TokenUrl,
    /// The path below the base address of everything that has no other.
    pub(super) home: &'static [&'static str],
    /// Resources on paths of their own; what was deleted of them is asked for there.
    pub(super) elsewhere: &'static [(Resource, &'static [&'static str])],
    /// What it rings for.
    pub(super) rings_for: &'static [Resource],
    /// Attributes that come only with one of these scopes (the last part of each). Absent without it, they are not empty.
    pub(super) by_scope: &'static [(PersonAttribute, &'static [&'static str])],
    /// Whether a list that suddenly is empty means that the register is being worked on.
    pub(super) empties_while_archiving: bool,
}

pub(super) const STANDARD: Profile = Profile {
    base: Base::Configured,
    token_url: TokenUrl::Configured,
    home: &[],
    elsewhere: &[],
    rings_for: &Resource::ALL,
    by_scope: &[],
    empties_while_archiving: false,
};

/// **Certain** (vendor's documentation 1.4.0, June 2026): server, token path, data path, what it rings for. Grades are
/// on another path, and are not read. That the token is fetched at the same server with a client certificate: a guess.
static EDLEVO: Profile = Profile {
    base: Base::Server("https://education.service.tieto.com"),
    token_url: TokenUrl::OnServer("WE.Education.IdentityServer.Web/connect/token"),
    home: &["WE.Education.IntegrationPortal.ExternalApi", "api", "v1"],
    rings_for: &[Resource::Organisations, Resource::Duties],
    ..STANDARD
};

/// *Likely* (public code, help pages): address, token server, scopes that decide attributes, the outage's word
/// (`classify.rs`). Which scope carries principal names and enrolments: a guess.
static IST: Profile = Profile {
    base: Base::OfCustomer("https://api.ist.com/ss12000v2-api/source", "v2.0"),
    token_url: TokenUrl::At("https://skolid.se/connect/token"),
    by_scope: &[
        (PersonAttribute::Emails, &["email", "email-school"]),
        (PersonAttribute::CivicNumber, &["civicno"]),
        (PersonAttribute::PrincipalNames, &["identifiers"]),
        (PersonAttribute::Enrolments, &["students"]),
    ],
    ..STANDARD
};

/// *Likely* (help page): closed for some days late in June while the school year is archived. That lists may be empty
/// then, instead of unavailable: a guess on the safe side.
static SCHOOLSOFT: Profile = Profile { empties_while_archiving: true, ..STANDARD };

static GENERIC: Profile = STANDARD;

impl Vendor {
    pub(super) const fn profile(self) -> &'static Profile {
        match self {
            Self::Generic => &GENERIC,
            Self::Edlevo => &EDLEVO,
            Self::Ist => &IST,
            Self::SchoolSoft => &SCHOOLSOFT,
        }
    }
}

impl Profile {
    /// The path of a resource below the base address, in segments.
    pub(super) fn path_of(&self, resource: Resource) -> Vec<&'static str> {
        self.owner_of(resource).iter().copied().chain([resource.path()]).collect()
    }

    /// The path that a resource is kept on, without the resource.
    pub(super) fn owner_of(&self, resource: Resource) -> &'static [&'static str] {
        let own = self.elsewhere.iter().find(|(it, _)| *it == resource);
        own.map_or(self.home, |(_, path)| path)
    }

    /// Each path that something is kept on, in reading order, with what is.
    pub(super) fn owners(&self, resources: &[Resource]) -> Vec<(&'static [&'static str], Vec<Resource>)> {
        let mut owners: Vec<(&'static [&'static str], Vec<Resource>)> = Vec::new();
        for resource in resources {
            let path = self.owner_of(*resource);
            match owners.iter_mut().find(|(it, _)| *it == path) {
                Some((_, kept)) => kept.push(*resource),
                None => owners.push((path, vec![*resource])),
            }
        }
        owners
    }

    /// What persons may lack because a scope was not asked for. Nobody can know which scopes a client has that names
    /// none: then all of it.
    pub(super) fn unsaid(&self, scope: Option<&str>) -> Vec<PersonAttribute> {
        let asked: Vec<&str> = scope.unwrap_or_default().split_whitespace().filter_map(last_part).collect();
        let is_asked = |scopes: &[&str]| scopes.iter().any(|it| asked.contains(it));
        self.by_scope.iter().filter(|(_, scopes)| !is_asked(scopes)).map(|(attribute, _)| *attribute).collect()
    }
}

/// `civicno` of `ist.ss12000-v2.api.civicno`.
fn last_part(scope: &str) -> Option<&str> {
    scope.rsplit('.').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_that_is_asked_for_makes_its_attribute_certain() {
        let unsaid = IST.unsaid(Some("ist.ss12000-v2.api.students ist.ss12000-v2.api.email-school"));

        assert_eq!(unsaid, [PersonAttribute::CivicNumber, PersonAttribute::PrincipalNames]);
    }

    #[test]
    fn without_named_scopes_nothing_absent_is_certain() {
        assert_eq!(IST.unsaid(None).len(), IST.by_scope.len());
    }

    #[test]
    fn what_is_kept_apart_is_asked_for_apart() {
        let apart = Profile { home: &["a"], elsewhere: &[(Resource::Groups, &["b"])], ..STANDARD };

        let owners = apart.owners(&[Resource::Persons, Resource::Groups, Resource::Duties]);

        let (a, b): (&[&str], &[&str]) = (&["a"], &["b"]);
        assert_eq!(owners, [(a, vec![Resource::Persons, Resource::Duties]), (b, vec![Resource::Groups])]);
    }
}
