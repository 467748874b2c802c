//! Filters, as far as providers commonly understand them: comparisons for equality, joined by `and`.

use super::index::Field;
use super::{Refusal, ScimFilters, ScimKind, ScimOptions};
use serde_json::Value;

/// `attribute eq value`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    pub(super) attribute: String,
    pub(super) value: Value,
}

/// The terms of a filter, whatever their attributes.
pub(super) fn terms(filter: &str) -> Result<Vec<Term>, Refusal> {
    all(filter).ok_or_else(|| Refusal::bad("invalidFilter", "only comparisons for equality joined by and"))
}

/// What a list is searched for.
pub(super) fn search(kind: ScimKind, options: &ScimOptions, filter: &str) -> Result<Vec<(Field, String)>, Refusal> {
    match options.filters {
        ScimFilters::Supported => {}
        ScimFilters::Refused => return Err(Refusal::bad("invalidFilter", "filters are not supported")),
        ScimFilters::NotImplemented => return Err(Refusal::not_implemented("filter")),
    }
    terms(filter)?.into_iter().map(|term| searched(kind, options, &term)).collect()
}

fn searched(kind: ScimKind, options: &ScimOptions, term: &Term) -> Result<(Field, String), Refusal> {
    let core = format!("{}:", kind.schema());
    let name = term.attribute.strip_prefix(&core).unwrap_or(&term.attribute);
    let field = Field::of(kind, name).filter(|field| options.filters_by.contains(&field.name()));
    match (field, term.value.as_str()) {
        (Some(field), Some(value)) => Ok((field, value.to_owned())),
        _ => Err(Refusal::bad("invalidFilter", "this attribute cannot be filtered by")),
    }
}

fn all(filter: &str) -> Option<Vec<Term>> {
    let mut rest = filter.trim();
    let mut found = Vec::new();
    loop {
        let (term, after) = one(rest)?;
        found.push(term);
        if after.trim().is_empty() {
            return Some(found);
        }
        rest = word(after.strip_prefix(' ')?.trim_start(), "and")?;
    }
}

fn one(text: &str) -> Option<(Term, &str)> {
    let (attribute, rest) = text.split_once(' ')?;
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_-.:$".contains(letter);
    if attribute.is_empty() || !attribute.chars().all(is_name) {
        return None;
    }
    let (value, rest) = literal(word(rest.trim_start(), "eq")?)?;
    Some((Term { attribute: attribute.to_owned(), value }, rest))
}

/// What follows this word, which may be in any case of letters.
fn word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (first, rest) = text.split_once(' ')?;
    first.eq_ignore_ascii_case(word).then(|| rest.trim_start())
}

/// A text in quotation marks, `true` or `false`, and what follows it.
fn literal(text: &str) -> Option<(Value, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    let rest = text.get(values.byte_offset()..)?;
    (value.is_string() || value.is_boolean()).then_some((value, rest))
}

#[cfg(test)]
mod tests {
    use super::terms;
    use serde_json::json;

    #[test]
    fn a_value_may_hold_what_separates() {
        let found = terms(r#"displayName eq "4A \"and\" 4B" AND externalId EQ "7""#).unwrap();

        let found: Vec<_> = found.iter().map(|term| (term.attribute.as_str(), term.value.clone())).collect();
        assert_eq!(found, [("displayName", json!("4A \"and\" 4B")), ("externalId", json!("7"))]);
    }

    #[test]
    fn anything_else_is_none() {
        for filter in ["", "userName", "userName sw \"a\"", "(id eq \"a\")", "id eq \"a\" or id eq \"b\"", "id eq a"] {
            assert!(terms(filter).is_err(), "{filter}");
        }
    }
}
