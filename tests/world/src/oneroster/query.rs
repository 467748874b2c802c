//! `limit`, `offset`, `sort`, `orderBy` and `filter`.

use super::OneRosterOptions;
use super::ledger::Entry;
use serde_json::Value;

/// Objects per page when `limit` is left out.
const USUAL_LIMIT: usize = 100;

/// What is asked for.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) limit: usize,
    pub(super) offset: usize,
    pub(super) descending: bool,
    conditions: Vec<Condition>,
    any: bool,
}

#[derive(Debug)]
struct Condition {
    field: String,
    operator: &'static str,
    value: String,
}

/// Why a question is not answered, and whether whoever asked is to blame for it.
pub(super) struct Refusal {
    pub(super) why: String,
    pub(super) breach: bool,
}

fn breach(why: impl Into<String>) -> Refusal {
    Refusal { why: why.into(), breach: true }
}

fn unable(why: &str) -> Refusal {
    Refusal { why: why.to_owned(), breach: false }
}

impl Query {
    pub(super) fn parse(parameters: &[(String, String)], options: &OneRosterOptions) -> Result<Self, Refusal> {
        let mut query = Self { limit: USUAL_LIMIT, offset: 0, descending: false, conditions: Vec::new(), any: false };
        for (name, value) in parameters {
            match name.as_str() {
                "limit" => query.limit = value.parse().ok().filter(|it| *it > 0).ok_or_else(|| breach("limit"))?,
                "offset" => query.offset = value.parse().map_err(|_| breach("offset"))?,
                "sort" if !options.sorts => return Err(unable("sort is not offered")),
                "sort" if value == "sourcedId" => {}
                "sort" => return Err(unable("sorting by this field is not offered")),
                "orderBy" => match value.as_str() {
                    "asc" => query.descending = false,
                    "desc" => query.descending = true,
                    _ => return Err(breach("orderBy is neither asc nor desc")),
                },
                "filter" if !options.filters => return Err(unable("filter is not offered")),
                "filter" => query.filter(value)?,
                other => return Err(breach(format!("{other} is no parameter of the standard"))),
            }
        }
        query.limit = query.limit.min(options.largest_page);
        if options.endless {
            query.offset = 0;
        }
        Ok(query)
    }

    /// One condition, or two joined by AND or OR.
    fn filter(&mut self, text: &str) -> Result<(), Refusal> {
        self.any = text.contains(" OR ");
        let parts: Vec<&str> = text.split(if self.any { " OR " } else { " AND " }).collect();
        if parts.len() > 2 || (self.any && text.contains(" AND ")) {
            return Err(breach("a filter has at most one AND or OR"));
        }
        for part in parts {
            self.conditions.push(Condition::parse(part)?);
        }
        Ok(())
    }

    pub(super) fn admits(&self, id: &str, entry: &Entry) -> bool {
        if self.conditions.is_empty() {
            return true;
        }
        let object = entry.object(id);
        let mut met = self.conditions.iter().map(|condition| condition.is_met(&object));
        if self.any { met.any(|it| it) } else { met.all(|it| it) }
    }
}

impl Condition {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let malformed = || breach("a filter is a field, an operator and a value in quotation marks");
        let operator = ["!=", ">=", "<=", "=", ">", "<", "~"].into_iter().find(|it| text.contains(*it));
        let operator = operator.ok_or_else(malformed)?;
        let (field, value) = text.split_once(operator).ok_or_else(malformed)?;
        let value = value.strip_prefix('\'').and_then(|it| it.strip_suffix('\'')).ok_or_else(malformed)?;
        if field.is_empty() || value.contains('\'') {
            return Err(malformed());
        }
        Ok(Self { field: field.to_owned(), operator, value: value.to_owned() })
    }

    /// Times have one form here, so that they are in order as texts are.
    fn is_met(&self, object: &Value) -> bool {
        let pointer = format!("/{}", self.field.replace('.', "/"));
        let found = object.pointer(&pointer).and_then(Value::as_str).unwrap_or_default();
        match self.operator {
            "=" => found == self.value,
            "!=" => found != self.value,
            ">" => found > self.value.as_str(),
            ">=" => found >= self.value.as_str(),
            "<" => found < self.value.as_str(),
            "<=" => found <= self.value.as_str(),
            _ => found.contains(&self.value),
        }
    }
}
