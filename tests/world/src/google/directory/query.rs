//! The query language of lists: `externalId=… orgUnitPath='/Elever'`. All clauses must hold.

use super::super::GoogleUser;
use super::super::answer::Refusal;

/// How a clause compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// `=`
    Equals,
    /// `:`
    Contains,
    /// `:` with a `*` at the value's end.
    Begins,
}

/// A field, how it is compared, and with what.
#[derive(Debug)]
pub(super) struct Clause {
    pub(super) field: String,
    comparison: Comparison,
    value: String,
}

impl Clause {
    /// Whether one of these texts fits, in any case of letters.
    pub(super) fn fits<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        let value = self.value.to_lowercase();
        texts.into_iter().map(str::to_lowercase).any(|text| match self.comparison {
            Comparison::Equals => text == value,
            Comparison::Contains => text.contains(&value),
            Comparison::Begins => text.starts_with(&value),
        })
    }

    /// Whether a user fits; `None`: there is no such field.
    pub(super) fn fits_user(&self, user: &GoogleUser) -> Option<bool> {
        let addresses = || user.aliases.iter().map(String::as_str).chain([user.primary_email.as_str()]);
        let full_name = format!("{} {}", user.given_name, user.family_name);
        Some(match self.field.as_str() {
            "email" => self.fits(addresses()),
            "externalId" => self.fits(user.external_ids()),
            "givenName" => self.fits([user.given_name.as_str()]),
            "familyName" => self.fits([user.family_name.as_str()]),
            "name" => self.fits([full_name.as_str()]),
            "isSuspended" => self.fits([user.suspended.to_string().as_str()]),
            "isAdmin" => self.fits([user.is_admin.to_string().as_str()]),
            "orgUnitPath" => is_below(&user.org_unit_path, &self.value),
            _ => return None,
        })
    }
}

/// Units below are meant, too.
pub(in super::super) fn is_below(path: &str, unit: &str) -> bool {
    let unit = unit.trim_end_matches('/');
    path.strip_prefix(unit).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The clauses of a query.
pub(super) fn clauses(query: &str) -> Result<Vec<Clause>, Refusal> {
    let mut clauses = Vec::new();
    let mut rest = query.trim();
    while !rest.is_empty() {
        let (clause, after) = clause(rest).ok_or_else(|| Refusal::invalid("query"))?;
        clauses.push(clause);
        rest = after.trim_start();
    }
    Ok(clauses)
}

fn clause(text: &str) -> Option<(Clause, &str)> {
    let at = text.find([':', '='])?;
    let (field, rest) = text.split_at(at);
    let is_equality = rest.starts_with('=');
    let rest = rest.get(1..)?;
    let (value, after) = match rest.chars().next()? {
        quote @ ('\'' | '"') => rest.get(1..)?.split_once(quote)?,
        _ => rest.split_once(' ').unwrap_or((rest, "")),
    };
    let (comparison, value) = match (is_equality, value.strip_suffix('*')) {
        (true, _) => (Comparison::Equals, value),
        (false, Some(start)) => (Comparison::Begins, start),
        (false, None) => (Comparison::Contains, value),
    };
    Some((Clause { field: field.trim().to_owned(), comparison, value: value.to_owned() }, after))
}
