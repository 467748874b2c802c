//! Operations on attributes with several values, such as `emails` and `members`.

use super::Verb;
use crate::scim::answer::Refusal;
use crate::scim::check::Fields;
use crate::scim::filter::Term;
use crate::scim::schema::{Attribute, MEMBERS};
use crate::scim::{MemberRemoval, ScimOptions};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Filter and part of a path, such as `[type eq "work"].value`.
type Within<'a> = (Option<&'a [Term]>, Option<&'a str>);

pub(super) fn change(
    options: &ScimOptions,
    attribute: &Attribute,
    within: Within<'_>,
    verb: Verb,
    value: &Value,
    fields: &mut Fields,
) -> Result<(), Refusal> {
    let is_members = attribute.name == MEMBERS;
    if is_members {
        check_members(options, within, verb, value)?;
    }
    let items = fields.remove(attribute.name);
    let mut items = match items {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    let before = items.len();
    match (within, verb) {
        ((None, Some(_)), _) => return Err(Refusal::bad("invalidPath", "a filter is needed")),
        ((None, None), Verb::Add) => add(&mut items, listed(value)?, is_members),
        ((None, None), Verb::Replace) => items = if value.is_null() { Vec::new() } else { listed(value)? },
        ((None, None), Verb::Remove) => remove(options, &mut items, is_members, value)?,
        ((Some(filter), None), Verb::Remove) => items.retain(|item| !matches(item, filter)),
        ((Some(filter), None), _) => change_some(&mut items, filter, |item| put_all(item, value))?,
        ((Some(filter), Some(part)), Verb::Remove) => {
            change_some(&mut items, filter, |item| drop(item.remove(part)))?;
        }
        ((Some(filter), Some(part)), _) => put_part(&mut items, filter, part, verb, value)?,
    }
    if verb == Verb::Remove && within.1.is_none() && items.len() == before && options.removing_nobody_fails {
        return Err(Refusal::bad("noTarget", "there is nothing to be removed"));
    }
    fields.insert(attribute.name.to_owned(), Value::Array(items));
    Ok(())
}

fn check_members(options: &ScimOptions, within: Within<'_>, verb: Verb, value: &Value) -> Result<(), Refusal> {
    let count = value.as_array().map_or(1, Vec::len);
    if options.largest_member_change.is_some_and(|most| count > most) {
        return Err(Refusal::bad("tooMany", "too many members at once"));
    }
    match within {
        (_, Some(_)) => Err(Refusal::bad("mutability", "a member cannot be changed")),
        (Some(_), None) if verb == Verb::Remove && options.member_removal == MemberRemoval::ByValue => {
            Err(Refusal::bad("invalidPath", "members are removed by value"))
        }
        _ => Ok(()),
    }
}

/// A list of objects, or one alone.
fn listed(value: &Value) -> Result<Vec<Value>, Refusal> {
    match value {
        Value::Array(items) => Ok(items.clone()),
        Value::Object(_) => Ok(vec![value.clone()]),
        _ => Err(Refusal::bad("invalidValue", "a list of objects was expected")),
    }
}

/// Adds values, each in the place of an equal one. Members need not be compared: each is kept once anyhow.
fn add(items: &mut Vec<Value>, new: Vec<Value>, are_members: bool) {
    let is_primary = |item: &Value| item.get("primary") == Some(&Value::Bool(true));
    if new.iter().any(is_primary) {
        items.iter_mut().filter_map(Value::as_object_mut).for_each(|item| drop(item.remove("primary")));
    }
    for item in new {
        let is_same = |other: &Value| ["value", "type"].iter().all(|part| other.get(part) == item.get(part));
        if !are_members {
            items.retain(|other| !is_same(other));
        }
        items.push(item);
    }
}

fn remove(options: &ScimOptions, items: &mut Vec<Value>, are_members: bool, value: &Value) -> Result<(), Refusal> {
    if !are_members || value.is_null() || options.member_removal == MemberRemoval::ByFilter {
        items.clear();
        return Ok(());
    }
    let named = listed(value)?;
    let named: BTreeSet<&str> = named.iter().filter_map(|item| item.get("value")?.as_str()).collect();
    items.retain(|item| !item.get("value").and_then(Value::as_str).is_some_and(|id| named.contains(id)));
    Ok(())
}

/// Texts are the same in any case of letters.
fn matches(item: &Value, filter: &[Term]) -> bool {
    filter.iter().all(|term| {
        let part =
            item.as_object().and_then(|parts| parts.iter().find(|it| it.0.eq_ignore_ascii_case(&term.attribute)));
        match (part.map(|(_, value)| value), &term.value) {
            (Some(Value::String(text)), Value::String(wanted)) => text.eq_ignore_ascii_case(wanted),
            (found, wanted) => found == Some(wanted),
        }
    })
}

fn change_some(
    items: &mut [Value],
    filter: &[Term],
    mut alter: impl FnMut(&mut Map<String, Value>),
) -> Result<(), Refusal> {
    let mut found = false;
    for item in items.iter_mut().filter(|item| matches(item, filter)).filter_map(Value::as_object_mut) {
        alter(item);
        found = true;
    }
    if found { Ok(()) } else { Err(Refusal::bad("noTarget", "nothing is what the filter says")) }
}

fn put_all(item: &mut Map<String, Value>, value: &Value) {
    for (part, value) in value.as_object().into_iter().flatten() {
        item.insert(part.clone(), value.clone());
    }
}

/// What is added and not there yet is made, as the filter says it should be.
fn put_part(items: &mut Vec<Value>, filter: &[Term], part: &str, verb: Verb, value: &Value) -> Result<(), Refusal> {
    if verb == Verb::Add && !items.iter().any(|item| matches(item, filter)) {
        let terms = filter.iter().map(|term| (term.attribute.clone(), term.value.clone()));
        items.push(Value::Object(terms.collect()));
    }
    change_some(items, filter, |item| drop(item.insert(part.to_owned(), value.clone())))
}
