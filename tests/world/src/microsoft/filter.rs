//! `$filter`, as far as Graph understands it without advanced queries: `eq`, `in`, `startswith` and `any`, joined by
//! `and` and `or`.

use super::answer::Refusal;
use super::call::Call;
use super::filter_text::Reader;
use super::graph::Graph;
use super::schema::Kind;
use serde_json::Value;
use std::collections::BTreeSet;

/// As many clauses as may be joined by `or`.
const MOST: usize = 15;

/// The properties that can be filtered by.
const FILTERABLE: &[&str] = &[
    "id",
    "accountEnabled",
    "classCode",
    "department",
    "displayName",
    "employeeId",
    "employeeType",
    "externalId",
    "externalSource",
    "givenName",
    "groupTypes",
    "jobTitle",
    "mail",
    "mailEnabled",
    "mailNickname",
    "onPremisesSyncEnabled",
    "otherMails",
    "proxyAddresses",
    "resourceProvisioningOptions",
    "securityEnabled",
    "surname",
    "uniqueName",
    "usageLocation",
    "userPrincipalName",
    "userType",
];

/// What is sought.
#[derive(Debug, PartialEq)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Is(Vec<String>, Value),
    Starts(Vec<String>, String),
    /// A list of which one satisfies it.
    Holds(Vec<String>, Box<Filter>),
}

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        let filter = Reader::read(text);
        let filter = filter.ok_or_else(|| Refusal::unsupported_query("Unsupported or invalid query filter clause."))?;
        if filter.largest_choice() > MOST {
            let why = "Too many child clauses specified in search filter expression containing 'OR' operators.";
            return Err(Refusal::bad(why));
        }
        Ok(filter)
    }

    pub(super) fn matches(&self, whole: &Value) -> bool {
        match self {
            Self::All(terms) => terms.iter().all(|term| term.matches(whole)),
            Self::Any(terms) => terms.iter().any(|term| term.matches(whole)),
            Self::Is(path, value) => is(at(whole, path), value),
            Self::Starts(path, start) => {
                at(whole, path).as_str().is_some_and(|it| it.to_lowercase().starts_with(&start.to_lowercase()))
            }
            Self::Holds(path, term) => at(whole, path).as_array().into_iter().flatten().any(|it| term.matches(it)),
        }
    }

    /// The properties that it looks at.
    pub(super) fn properties(&self) -> Vec<&str> {
        match self {
            Self::All(terms) | Self::Any(terms) => terms.iter().flat_map(Self::properties).collect(),
            Self::Is(path, _) | Self::Starts(path, _) | Self::Holds(path, _) => {
                path.first().map(String::as_str).into_iter().collect()
            }
        }
    }

    fn largest_choice(&self) -> usize {
        match self {
            Self::Any(terms) => terms.iter().map(Self::largest_choice).max().unwrap_or_default().max(terms.len()),
            Self::All(terms) => terms.iter().map(Self::largest_choice).max().unwrap_or_default(),
            Self::Holds(_, term) => term.largest_choice(),
            Self::Is(..) | Self::Starts(..) => 1,
        }
    }
}

impl Graph<'_> {
    /// `$filter` over properties that can be filtered by.
    pub(super) fn filter(&mut self, kind: Kind, call: &Call) -> Result<Option<Filter>, Refusal> {
        let Some(text) = call.parameter("$filter") else { return Ok(None) };
        let filter = Filter::parse(text)?;
        let is_known = |name: &&str| FILTERABLE.contains(name) && kind.property(name).is_some();
        if let Some(name) = filter.properties().into_iter().find(|name| !is_known(name)) {
            let why = "Unsupported or invalid query filter clause specified for property";
            return Err(Refusal::unsupported_query(format!("{why} '{name}' of resource '{}'.", kind.name())));
        }
        Ok(Some(filter))
    }

    /// Those that a filter may find, where that can be looked up.
    pub(super) fn candidates(&self, kind: Kind, filter: &Filter) -> Option<BTreeSet<String>> {
        match filter {
            Filter::Is(path, Value::String(value)) => match path.as_slice() {
                [name] => self.store.holders(kind, name, value),
                _ => None,
            },
            Filter::Any(terms) => {
                let sets: Option<Vec<_>> = terms.iter().map(|term| self.candidates(kind, term)).collect();
                Some(sets?.into_iter().flatten().collect())
            }
            Filter::All(terms) => terms.iter().find_map(|term| self.candidates(kind, term)),
            Filter::Is(..) | Filter::Starts(..) | Filter::Holds(..) => None,
        }
    }
}

fn at<'a>(whole: &'a Value, path: &[String]) -> &'a Value {
    path.iter().fold(whole, |value, name| value.get(name).unwrap_or(&Value::Null))
}

/// Texts are equal in any case of letters.
fn is(found: &Value, sought: &Value) -> bool {
    match (found.as_str(), sought.as_str()) {
        (Some(found), Some(sought)) => found.to_lowercase() == sought.to_lowercase(),
        _ => found == sought,
    }
}

#[cfg(test)]
mod tests {
    use super::Filter;
    use serde_json::json;

    fn finds(filter: &str) -> bool {
        let whole = json!({"mail": "Alva@prov.example", "displayName": "O'Prov", "accountEnabled": true,
            "proxyAddresses": ["SMTP:alva@prov.example"], "groupTypes": ["Unified"]});
        Filter::parse(filter).unwrap().matches(&whole)
    }

    #[test]
    fn what_is_there_is_found() {
        for filter in [
            "mail eq 'alva@prov.example'",
            "displayName eq 'O''Prov' and accountEnabled eq true",
            "employeeId eq 'a or b' or (mail eq 'x' or startswith(mail,'alva@'))",
            "mail in ('x', 'alva@prov.example')",
            "proxyAddresses/any(p:p eq 'smtp:alva@prov.example')",
            "proxyAddresses/any(p:startsWith(p, 'smtp:'))",
            "groupTypes/any(c:c eq 'Unified')",
            "employeeId eq null",
            "(microsoft.graph.aadUserConversationMember/mail eq 'alva@prov.example')",
        ] {
            assert!(finds(filter), "{filter}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        for filter in
            ["mail eq 'alva'", "mail eq null", "mail in ('x')", "displayName eq 'x' and accountEnabled eq true"]
        {
            assert!(!finds(filter), "{filter}");
        }
    }

    #[test]
    fn advanced_and_broken_queries_are_refused() {
        for filter in
            ["mail ne 'a'", "endswith(mail,'a')", "mail eq a", "mail eq 'a", "(mail eq 'a'", "", "mail eq 'a' x"]
        {
            assert!(Filter::parse(filter).is_err(), "{filter}");
        }
    }

    #[test]
    fn no_more_than_fifteen_clauses_are_joined_by_or() {
        let many = |count: usize| vec!["mail eq 'a'"; count].join(" or ");

        assert!(Filter::parse(&many(15)).is_ok() && Filter::parse(&many(16)).is_err());
    }
}
