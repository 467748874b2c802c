//! What a reader asks for: the filters of the contract's lists, and which objects pass them. Pure.
//!
//! A filter that is not known here is refused by its name: a reader that was given more than it asked for would take it
//! for what it asked for.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::kinds::Resource;

/// The most objects on a page, and how many come if nothing is said.
pub const PAGE: usize = 1_000;

/// What a reader asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    filters: Vec<Filter>,
    created: Between,
    modified: Between,
    /// How many objects at most; what is asked for beyond [`PAGE`] comes on a later page.
    pub limit: Option<usize>,
    /// Where to go on, as an earlier answer said.
    pub page_token: Option<String>,
}

/// A question that cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Unanswerable {
    /// A stable code.
    pub code: &'static str,
    /// Why, naming the parameter and never repeating its value, which may be somebody's number.
    pub message: String,
}

impl Unanswerable {
    /// A parameter that means nothing here. It is named if it looks like a name, and not like somebody's.
    #[must_use]
    pub fn not_offered(name: &str) -> Self {
        let is_name = name.len() <= 40 && name.bytes().all(|it| it.is_ascii_alphabetic() || it == b'.');
        let name = if is_name { name } else { "a parameter" };
        Self { code: "provider.parameter_not_offered", message: format!("{name} is not offered here") }
    }

    /// A parameter whose value is not what it should be.
    #[must_use]
    pub fn value(name: &str, expected: &str) -> Self {
        Self { code: "provider.parameter_unreadable", message: format!("{name}: {expected}") }
    }
}

/// What must be so of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Filter {
    test: Test,
    path: &'static [&'static str],
    /// Any of these.
    given: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    /// It is one of what is given.
    Is,
    /// It contains what is given, whatever the letters' size.
    Contains,
    /// It begins, at the latest, on the day; what has no beginning did.
    BeginsBy,
    /// It begins, at the earliest, on the day.
    BeginsFrom,
    /// It ends, at the latest, on the day.
    EndsBy,
    /// It ends, at the earliest, on the day; what has no end does.
    EndsFrom,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Between {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Between {
    fn has(self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at <= to)
    }
}

/// The filters of a resource: the parameter, how it is told, and of what.
type Offer = (&'static str, Test, &'static [&'static str]);

/// Those of all that begins and ends.
const PERIOD: &[Offer] = &[
    ("startDate.onOrBefore", Test::BeginsBy, &["startDate"]),
    ("startDate.onOrAfter", Test::BeginsFrom, &["startDate"]),
    ("endDate.onOrBefore", Test::EndsBy, &["endDate"]),
    ("endDate.onOrAfter", Test::EndsFrom, &["endDate"]),
];

const ORGANISATIONS: &[Offer] = &[
    ("parent", Test::Is, &["parentOrganisation", "id"]),
    ("schoolUnitCode", Test::Is, &["schoolUnitCode"]),
    ("organisationCode", Test::Is, &["organisationCode"]),
    ("municipalityCode", Test::Is, &["municipalityCode"]),
    ("type", Test::Is, &["organisationType"]),
    ("schoolTypes", Test::Is, &["schoolTypes"]),
];

const PERSONS: &[Offer] = &[
    ("civicNo", Test::Is, &["civicNo", "value"]),
    ("eduPersonPrincipalName", Test::Is, &["eduPersonPrincipalNames"]),
    ("identifier.value", Test::Is, &["externalIdentifiers", "value"]),
    ("identifier.context", Test::Is, &["externalIdentifiers", "context"]),
];

const DUTIES: &[Offer] = &[
    ("organisation", Test::Is, &["dutyAt", "id"]),
    ("dutyRole", Test::Is, &["dutyRole"]),
    ("person", Test::Is, &["person", "id"]),
];

const GROUPS: &[Offer] = &[
    ("groupType", Test::Is, &["groupType"]),
    ("schoolTypes", Test::Is, &["schoolType"]),
    ("organisation", Test::Is, &["organisation", "id"]),
];

const ACTIVITIES: &[Offer] = &[
    ("teacher", Test::Is, &["teachers", "duty", "id"]),
    ("organisation", Test::Is, &["organisation", "id"]),
    ("group", Test::Is, &["groups", "id"]),
];

/// What can be looked up beside identities: in the body of a lookup, and of what.
const LOOKUPS: &[(Resource, &str, &[&str])] = &[
    (Resource::Organisation, "schoolUnitCodes", &["schoolUnitCode"]),
    (Resource::Organisation, "organisationCodes", &["organisationCode"]),
    (Resource::Person, "civicNos", &["civicNo", "value"]),
    (Resource::Activity, "teachers", &["teachers", "duty", "id"]),
];

const fn offered(resource: Resource) -> (&'static [Offer], &'static [Offer]) {
    match resource {
        Resource::Organisation => (ORGANISATIONS, PERIOD),
        Resource::Person => (PERSONS, &[]),
        Resource::Duty => (DUTIES, PERIOD),
        Resource::Group => (GROUPS, PERIOD),
        Resource::Activity => (ACTIVITIES, PERIOD),
    }
}

impl Question {
    /// Reads the parameters of a list. A list of values is a parameter that comes several times.
    ///
    /// # Errors
    /// [`Unanswerable`]: a parameter is not known, not offered, or no value of its kind.
    pub fn read(resource: Resource, parameters: &[(String, String)]) -> Result<Self, Unanswerable> {
        let mut question = Self::default();
        for (name, value) in parameters {
            question.take(resource, name, value)?;
        }
        Ok(question)
    }

    fn take(&mut self, resource: Resource, name: &str, value: &str) -> Result<(), Unanswerable> {
        match name {
            "meta.created.after" => self.created.from = Some(instant(name, value)?),
            "meta.created.before" => self.created.to = Some(instant(name, value)?),
            "meta.modified.after" => self.modified.from = Some(instant(name, value)?),
            "meta.modified.before" => self.modified.to = Some(instant(name, value)?),
            "limit" => self.limit = Some(limit(value)?),
            "pageToken" => self.page_token = Some(value.to_owned()),
            "expandReferenceNames" if value == "false" => {}
            "nameContains" if resource == Resource::Person => {
                // Each of several has to be in one of the names.
                let given = vec![value.to_lowercase()];
                self.filters.push(Filter { test: Test::Contains, path: &[], given });
            }
            _ => self.filter(resource, name, value)?,
        }
        Ok(())
    }

    fn filter(&mut self, resource: Resource, name: &str, value: &str) -> Result<(), Unanswerable> {
        let (own, period) = offered(resource);
        let Some((_, test, path)) = own.iter().chain(period).find(|(offer, ..)| *offer == name) else {
            return Err(Unanswerable::not_offered(name));
        };
        if !matches!(test, Test::Is | Test::Contains) {
            value.parse::<Date>().map_err(|_| Unanswerable::value(name, "a date such as 2026-08-17 is needed"))?;
        }
        match self.filters.iter_mut().find(|it| it.test == Test::Is && it.path == *path) {
            Some(same) => same.given.push(value.to_owned()),
            None => self.filters.push(Filter { test: *test, path, given: vec![value.to_owned()] }),
        }
        Ok(())
    }

    /// What is looked up by something else than identities: one question for each, and the identities.
    ///
    /// # Errors
    /// [`Unanswerable`]: it is not offered, or no list of texts.
    pub fn lookup(resource: Resource, body: &Value) -> Result<(Vec<String>, Vec<Self>), Unanswerable> {
        let unreadable = || Unanswerable::value("the body", "an object of lists of texts is needed");
        let (mut ids, mut questions) = (Vec::new(), Vec::new());
        for (name, list) in body.as_object().ok_or_else(unreadable)? {
            let texts = list.as_array().ok_or_else(unreadable)?.iter().map(|it| it.as_str().map(str::to_owned));
            let given: Vec<String> = texts.collect::<Option<_>>().ok_or_else(unreadable)?;
            if name == "ids" {
                ids.extend(given);
                continue;
            }
            let Some((.., path)) = LOOKUPS.iter().find(|(of, offer, _)| *of == resource && offer == name) else {
                return Err(Unanswerable::not_offered(name));
            };
            let filters = vec![Filter { test: Test::Is, path, given }];
            questions.push(Self { filters, ..Self::default() });
        }
        Ok((ids, questions))
    }

    /// Modified not before then.
    #[must_use]
    pub const fn modified_since(&self) -> Option<Timestamp> {
        self.modified.from
    }

    /// Whether everything passes but what `meta.modified.after` leaves out.
    #[must_use]
    pub fn admits(&self, content: &Value, created: Timestamp, modified: Timestamp) -> bool {
        self.created.has(created) && self.modified.has(modified) && self.filters.iter().all(|it| it.admits(content))
    }
}

impl Filter {
    fn admits(&self, content: &Value) -> bool {
        let is = |given: &dyn Fn(&str) -> bool| any(content, self.path, given);
        let is_missing = || !is(&|_| true);
        let day = self.given.first().map(String::as_str).unwrap_or_default();
        match self.test {
            Test::Is => is(&|it| self.given.iter().any(|given| given == it)),
            Test::Contains => ["givenName", "familyName"]
                .iter()
                .any(|name| any(content, &[*name], &|it| it.to_lowercase().contains(day))),
            // Dates of four-digit years are in the order of their letters.
            Test::BeginsBy => is_missing() || is(&|it| it <= day),
            Test::BeginsFrom => is(&|it| it >= day),
            Test::EndsBy => is(&|it| it <= day),
            Test::EndsFrom => is_missing() || is(&|it| it >= day),
        }
    }
}

/// Whether any text at a path is so; lists on the way are looked through.
fn any(value: &Value, path: &[&str], is: &dyn Fn(&str) -> bool) -> bool {
    match (value, path) {
        (Value::Array(all), _) => all.iter().any(|it| any(it, path, is)),
        (Value::String(text), []) => is(text),
        (Value::Object(fields), [first, rest @ ..]) => fields.get(*first).is_some_and(|it| any(it, rest, is)),
        _ => false,
    }
}

fn instant(name: &str, value: &str) -> Result<Timestamp, Unanswerable> {
    // A plus sign that was not escaped has become a blank.
    let unreadable = |_| Unanswerable::value(name, "an instant such as 2026-08-17T10:30:00+02:00 is needed");
    value.replace(' ', "+").parse().map_err(unreadable)
}

fn limit(value: &str) -> Result<usize, Unanswerable> {
    let whole = value.parse::<usize>().ok().filter(|it| *it > 0);
    whole.ok_or_else(|| Unanswerable::value("limit", "a whole number from 1 is needed"))
}

#[cfg(test)]
mod tests;
