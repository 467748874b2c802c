//! Parameters in path and query.

use super::Deviation;
use super::document::Place;
use super::schema::{Compiled, Compiling, Schema};
use serde_json::{Value, json};

/// Where a parameter stands; others (headers, cookies) are not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stands {
    InPath,
    InQuery,
}

/// A parameter as it is declared.
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) stands: Stands,
    required: bool,
    many: Option<Many>,
    kind: Kind,
    schema: Schema,
}

/// How a list is written.
enum Many {
    /// The name is repeated.
    Repeated,
    /// One value with commas.
    Commas,
}

/// How a value's text is read before it is judged.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    /// A number or a truth value.
    Literal,
}

impl Parameter {
    /// `None`: it stands where nobody looks.
    pub(super) fn read(place: &Place<'_>, compiling: &mut Compiling) -> Result<Option<Self>, String> {
        let stands = match place.text("in") {
            Some("path") => Stands::InPath,
            Some("query") => Stands::InQuery,
            _ => return Ok(None),
        };
        let name = place.text("name").ok_or_else(|| format!("{} has no name", place.pointer))?;
        let schema = place.get("schema").ok_or_else(|| format!("{} has no schema", place.pointer))?;
        let is = |key: &str, otherwise: bool| place.value[key].as_bool().unwrap_or(otherwise);
        let many = (schema.text("type") == Some("array")).then(|| match is("explode", true) {
            true => Many::Repeated,
            false => Many::Commas,
        });
        let single = if many.is_some() { schema.get("items") } else { Some(schema.clone()) };
        Ok(Some(Self {
            name: name.to_owned(),
            stands,
            required: is("required", false),
            many,
            kind: single.map_or(Kind::Text, |single| Kind::of(&single)),
            schema: compiling.compile(&schema)?,
        }))
    }

    /// How the values that were given under its name deviate.
    pub(super) fn deviations(&self, given: &[&str], compiled: &Compiled) -> Vec<Deviation> {
        let why = match (given, &self.many) {
            ([], _) if self.required => vec!["is missing".to_owned()],
            ([], _) => Vec::new(),
            ([_, _, ..], None | Some(Many::Commas)) => vec!["is given more than once".to_owned()],
            ([one], None) => self.judged(&self.kind.read(one), compiled),
            ([one], Some(Many::Commas)) => {
                self.judged(&one.split(',').map(|it| self.kind.read(it)).collect(), compiled)
            }
            (all, Some(Many::Repeated)) => self.judged(&all.iter().map(|it| self.kind.read(it)).collect(), compiled),
        };
        let at = match self.stands {
            Stands::InPath => "path",
            Stands::InQuery => "query",
        };
        why.into_iter().map(|why| Deviation { at: at.to_owned(), why: format!("{} {why}", self.name) }).collect()
    }

    fn judged(&self, value: &Value, compiled: &Compiled) -> Vec<String> {
        compiled.deviations(self.schema, value).into_iter().map(|it| it.why).collect()
    }
}

impl Kind {
    fn of(schema: &Place<'_>) -> Self {
        match schema.text("type") {
            Some("integer" | "number" | "boolean") => Self::Literal,
            _ => Self::Text,
        }
    }

    /// A literal that is none stays text, which no schema for literals accepts.
    fn read(self, text: &str) -> Value {
        match self {
            Self::Text => json!(text),
            Self::Literal => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        }
    }
}
