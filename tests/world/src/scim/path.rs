//! Paths of `PATCH` operations.

use super::filter::{Term, terms};
use super::schema::{Attribute, Shape, extension_attribute};
use super::{Refusal, ScimKind, ScimOptions};

/// What an operation is about.
pub(super) enum Path {
    /// An extension, or one of its attributes.
    Extension { urn: String, attribute: Option<String> },
    /// An attribute of the core schema.
    Core { attribute: &'static Attribute, filter: Option<Vec<Term>>, part: Option<&'static str> },
}

impl Path {
    pub(super) fn parse(text: &str, kind: ScimKind, options: &ScimOptions) -> Result<Self, Refusal> {
        if let Some(rest) = below(text, kind.schema()) {
            return core(rest.unwrap_or_default(), kind);
        }
        for urn in kind.extensions(options) {
            if let Some(rest) = below(text, urn) {
                return extension(urn, rest);
            }
        }
        core(text, kind)
    }
}

/// What comes after a schema in a path; `None`: another schema. Schemas are the same in any case of letters.
fn below<'a>(text: &'a str, schema: &str) -> Option<Option<&'a str>> {
    let (start, rest) = text.split_at_checked(schema.len())?;
    match rest.strip_prefix(':') {
        _ if !start.eq_ignore_ascii_case(schema) => None,
        None if rest.is_empty() => Some(None),
        None => None,
        attribute => Some(attribute),
    }
}

fn invalid(detail: &str) -> Refusal {
    Refusal::bad("invalidPath", detail)
}

fn extension(urn: &str, name: Option<&str>) -> Result<Path, Refusal> {
    let known = |name| extension_attribute(urn, name).ok_or_else(|| invalid("the extension has no such attribute"));
    Ok(Path::Extension { urn: urn.to_owned(), attribute: name.map(known).transpose()? })
}

fn core(text: &str, kind: ScimKind) -> Result<Path, Refusal> {
    let (name, filter, part) = split(text)?;
    let attribute = kind.attribute(name).ok_or_else(|| invalid("there is no such attribute"))?;
    let parts = match attribute.shape {
        Shape::Complex(parts) | Shape::Many(parts) => parts,
        _ => &[],
    };
    let known = |part: &str| {
        let found = parts.iter().find(|known| known.eq_ignore_ascii_case(part)).copied();
        found.ok_or_else(|| invalid("the attribute has no such part"))
    };
    let filter = filter.map(terms).transpose()?;
    for term in filter.iter().flatten() {
        known(&term.attribute)?;
    }
    match attribute.shape {
        Shape::Many(_) => {}
        _ if filter.is_some() => return Err(invalid("the attribute has one value only")),
        _ => {}
    }
    Ok(Path::Core { attribute, filter, part: part.map(known).transpose()? })
}

type Parts<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

/// `name[filter].part`.
fn split(text: &str) -> Result<Parts<'_>, Refusal> {
    let Some((name, rest)) = text.split_once('[') else {
        return Ok(match text.split_once('.') {
            Some((name, part)) => (name, None, Some(part)),
            None => (text, None, None),
        });
    };
    let (filter, after) = rest.rsplit_once(']').ok_or_else(|| invalid("a bracket is not closed"))?;
    match after.strip_prefix('.') {
        None if after.is_empty() => Ok((name, Some(filter), None)),
        None => Err(invalid("something follows the bracket")),
        part => Ok((name, Some(filter), part)),
    }
}
