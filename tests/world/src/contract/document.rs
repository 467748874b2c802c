//! The document: from YAML to JSON whose schemas are JSON Schema (draft 4), and finding one's way in it.

use serde_json::{Map, Value, json};
use yaml_rust2::{Yaml, YamlLoader};

/// References that lead to references: more than this many are a circle.
const LONGEST_CHAIN: usize = 16;

/// Reads the document.
pub(super) fn read(text: &str) -> Result<Value, String> {
    let documents = YamlLoader::load_from_str(text).map_err(|error| error.to_string())?;
    let mut document = documents.first().map(to_json).unwrap_or_default();
    allow_null(&mut document);
    find_references(&document, &document)?;
    Ok(document)
}

fn to_json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Real(text) => text.parse::<f64>().map_or_else(|_| json!(text), |number| json!(number)),
        Yaml::Integer(number) => json!(number),
        Yaml::String(text) => json!(text),
        Yaml::Boolean(truth) => json!(truth),
        Yaml::Array(items) => items.iter().map(to_json).collect(),
        Yaml::Hash(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (key_of(key), to_json(value))).collect())
        }
        Yaml::Alias(_) | Yaml::Null | Yaml::BadValue => Value::Null,
    }
}

/// A status may be written without quotation marks.
fn key_of(yaml: &Yaml) -> String {
    match to_json(yaml) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// OpenAPI's `nullable`, which has an effect beside `type` only, is one more type in JSON Schema.
fn allow_null(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            if entries.get("nullable") == Some(&Value::Bool(true)) {
                may_be_null(entries);
            }
            entries.values_mut().for_each(allow_null);
        }
        Value::Array(items) => items.iter_mut().for_each(allow_null),
        _ => {}
    }
}

fn may_be_null(schema: &mut Map<String, Value>) {
    if let Some(kind @ Value::String(_)) = schema.get_mut("type") {
        *kind = json!([kind.take(), "null"]);
    }
}

/// Whether all references lead somewhere within the document: one that does not would check nothing, silently.
fn find_references(value: &Value, document: &Value) -> Result<(), String> {
    match value {
        Value::Object(entries) => {
            if let Some(Value::String(reference)) = entries.get("$ref") {
                let target = reference.strip_prefix('#').ok_or(format!("{reference} is not in this document"))?;
                document.pointer(target).ok_or(format!("{reference} is not there"))?;
            }
            entries.values().try_for_each(|it| find_references(it, document))
        }
        Value::Array(items) => items.iter().try_for_each(|it| find_references(it, document)),
        _ => Ok(()),
    }
}

/// A place in the document, references followed.
#[derive(Clone)]
pub(super) struct Place<'d> {
    document: &'d Value,
    /// JSON pointer to it.
    pub(super) pointer: String,
    /// What stands there.
    pub(super) value: &'d Value,
}

impl<'d> Place<'d> {
    /// The document's beginning.
    pub(super) fn root(document: &'d Value) -> Self {
        Self { document, pointer: String::new(), value: document }
    }

    /// What an object has under this key; `None` when it has nothing.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let step = key.replace('~', "~0").replace('/', "~1");
        self.step(&step, self.value.get(key)?)
    }

    /// An object's entries.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'d str, Self)> {
        let keys = self.value.as_object().into_iter().flat_map(Map::keys);
        keys.filter_map(|key| Some((key.as_str(), self.get(key)?)))
    }

    /// An array's items.
    pub(super) fn items(&self) -> impl Iterator<Item = Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.filter_map(|(index, item)| self.step(&index.to_string(), item))
    }

    /// The text under a key.
    pub(super) fn text(&self, key: &str) -> Option<&'d str> {
        self.value.get(key)?.as_str()
    }

    fn step(&self, step: &str, value: &'d Value) -> Option<Self> {
        Self { document: self.document, pointer: format!("{}/{step}", self.pointer), value }.resolved()
    }

    fn resolved(mut self) -> Option<Self> {
        for _ in 0..LONGEST_CHAIN {
            let Some(target) = self.text("$ref").and_then(|target| target.strip_prefix('#')) else {
                return Some(self);
            };
            self.value = self.document.pointer(target)?;
            self.pointer = target.to_owned();
        }
        None
    }
}
