//! Who is in a class, and who has which role where, as rows.

use std::collections::BTreeMap;

use roster::Id;
use rules::object::{ObjectKey, ObjectKind, Ties};

use super::tables::List;
use crate::tables::{CLASS, ORG, Row, Tables};

/// What ties a class to its school.
pub(super) const AT: &str = "at";

/// The standard's lists.
pub(super) struct OneRoster;

impl Tables for OneRoster {
    fn own(kind: &ObjectKind) -> &'static str {
        let list = match kind {
            kind if *kind == CLASS => List::Classes,
            kind if *kind == ORG => List::Orgs,
            _ => List::Users,
        };
        list.name()
    }

    fn tied(key: &ObjectKey, ties: &Ties) -> BTreeMap<String, Row> {
        let lists = ties.iter().filter(|(role, _)| role.as_str() != AT);
        let each = lists.flat_map(|(role, others)| others.iter().map(move |other| (role.as_str(), other.as_str())));
        let row = |(role, other): (&str, &str)| {
            if key.kind == CLASS { enrollment(&key.key, ties, other, role) } else { role_at(&key.key, other, role) }
        };
        each.map(row).map(|it| (it.id.clone(), it)).collect()
    }
}

fn enrollment(class: &str, ties: &Ties, user: &str, role: &str) -> Row {
    let school = ties.get(AT).and_then(|it| it.first()).map(String::as_str).unwrap_or_default();
    Row::new(List::Enrollments.name(), Id::derived(&["enrollment", class, user, role]))
        .with("classSourcedId", class)
        .with("schoolSourcedId", school)
        .with("userSourcedId", user)
        .with("role", role)
        .with("primary", "false")
}

fn role_at(user: &str, org: &str, role: &str) -> Row {
    Row::new(List::Roles.name(), Id::derived(&["role", user, org, role]))
        .with("userSourcedId", user)
        .with("roleType", "primary")
        .with("role", role)
        .with("orgSourcedId", org)
}
