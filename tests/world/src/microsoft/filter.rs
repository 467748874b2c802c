//! `$filter`, as far as Graph understands it without advanced queries: `eq`, `in`, `startswith` and `any`, joined by
//! `and` and `or`.

use super::answer::Refusal;
use super::call::Call;
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
        let mut reader = Reader { rest: text, variable: None };
        let filter = reader.either().filter(|_| reader.rest.trim().is_empty());
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

struct Reader<'a> {
    rest: &'a str,
    /// What stands for the element, within `any`.
    variable: Option<String>,
}

impl Reader<'_> {
    fn either(&mut self) -> Option<Filter> {
        let mut terms = vec![self.both()?];
        while self.eats_word("or") {
            terms.push(self.both()?);
        }
        if terms.len() == 1 { terms.pop() } else { Some(Filter::Any(terms)) }
    }

    fn both(&mut self) -> Option<Filter> {
        let mut terms = vec![self.term()?];
        while self.eats_word("and") {
            terms.push(self.term()?);
        }
        if terms.len() == 1 { terms.pop() } else { Some(Filter::All(terms)) }
    }

    fn term(&mut self) -> Option<Filter> {
        if self.eats('(') {
            let filter = self.either()?;
            return self.eats(')').then_some(filter);
        }
        let name = self.name()?;
        if name.eq_ignore_ascii_case("startswith") && self.eats('(') {
            let path = self.name()?;
            let start = self.eats(',').then(|| self.text())??;
            return self.eats(')').then(|| Filter::Starts(self.path(&path), start));
        }
        if let Some(list) = name.strip_suffix("/any") {
            return self.any(list);
        }
        let path = self.path(&name);
        if self.eats_word("in") {
            return self.listed(path);
        }
        let value = self.eats_word("eq").then(|| self.value())??;
        Some(Filter::Is(path, value))
    }

    fn any(&mut self, list: &str) -> Option<Filter> {
        let path = self.path(list);
        let variable = self.eats('(').then(|| self.name())??;
        let outer = self.variable.replace(variable);
        let term = self.eats(':').then(|| self.either())??;
        self.variable = outer;
        self.eats(')').then(|| Filter::Holds(path, Box::new(term)))
    }

    fn listed(&mut self, path: Vec<String>) -> Option<Filter> {
        let mut terms = Vec::new();
        if !self.eats('(') {
            return None;
        }
        loop {
            terms.push(Filter::Is(path.clone(), self.value()?));
            if self.eats(')') {
                return Some(Filter::Any(terms));
            }
            if !self.eats(',') {
                return None;
            }
        }
    }

    /// Without casts, and without what stands for the element.
    fn path(&self, name: &str) -> Vec<String> {
        let is_cast = |part: &&str| part.starts_with("microsoft.graph.");
        let mut parts: Vec<&str> = name.split('/').filter(|part| !is_cast(part)).collect();
        if self.variable.as_deref() == parts.first().copied() {
            parts.remove(0);
        }
        parts.into_iter().map(str::to_owned).collect()
    }

    fn name(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_./".contains(letter);
        let end = self.rest.find(|letter| !is_name(letter)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn value(&mut self) -> Option<Value> {
        self.rest = self.rest.trim_start();
        if self.rest.starts_with('\'') {
            return self.text().map(Value::String);
        }
        match self.name()?.as_str() {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            "null" => Some(Value::Null),
            _ => None,
        }
    }

    /// A text in quotation marks, of which two stand for one within.
    fn text(&mut self) -> Option<String> {
        let mut rest = self.rest.trim_start().strip_prefix('\'')?;
        let mut text = String::new();
        loop {
            let (before, after) = rest.split_once('\'')?;
            text.push_str(before);
            match after.strip_prefix('\'') {
                Some(more) => {
                    text.push('\'');
                    rest = more;
                }
                None => {
                    self.rest = after;
                    return Some(text);
                }
            }
        }
    }

    fn eats(&mut self, letter: char) -> bool {
        let found = self.rest.trim_start().strip_prefix(letter);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn eats_word(&mut self, word: &str) -> bool {
        let trimmed = self.rest.trim_start();
        let (first, rest) = trimmed.split_at_checked(word.len()).unwrap_or(("", ""));
        let is_word = first.eq_ignore_ascii_case(word) && rest.starts_with([' ', '(', '\'']);
        if is_word {
            self.rest = rest;
        }
        is_word
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
