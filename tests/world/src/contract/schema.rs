//! Schemas, compiled once, and what they find.

use super::Deviation;
use super::document::Place;
use boon::{Compiler, Draft, ErrorKind, SchemaIndex, Schemas, ValidationError};
use serde_json::Value;

/// A name for the document that a reference can be resolved against; nothing is fetched.
const DOCUMENT: &str = "urn:contract";

/// Compiles the schemas of one document.
pub(super) struct Compiling {
    compiler: Compiler,
    schemas: Schemas,
}

/// The schemas of one document.
pub(super) struct Compiled(Schemas);

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schema(SchemaIndex);

impl Compiling {
    /// OpenAPI 3.0's schemas are close to draft 4.
    pub(super) fn new(document: &Value) -> Result<Self, String> {
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V4);
        compiler.add_resource(DOCUMENT, document.clone()).map_err(|error| format!("{error:#}"))?;
        Ok(Self { compiler, schemas: Schemas::new() })
    }

    /// Compiles the schema at a place, with all it refers to.
    pub(super) fn compile(&mut self, place: &Place<'_>) -> Result<Schema, String> {
        let pointer = place.pointer.replace('%', "%25").replace('{', "%7B").replace('}', "%7D");
        let compiled = self.compiler.compile(&format!("{DOCUMENT}#{pointer}"), &mut self.schemas);
        compiled.map(Schema).map_err(|error| format!("{}: {error:#}", place.pointer))
    }

    pub(super) fn finish(self) -> Compiled {
        Compiled(self.schemas)
    }
}

impl Compiled {
    /// How a value deviates from a schema.
    pub(super) fn deviations(&self, schema: Schema, value: &Value) -> Vec<Deviation> {
        let mut found = Vec::new();
        if let Err(error) = self.0.validate(value, schema.0) {
            collect(&error, &mut found);
        }
        found
    }
}

fn collect(error: &ValidationError<'_, '_>, found: &mut Vec<Deviation>) {
    let at = || error.instance_location.to_string();
    match &error.kind {
        ErrorKind::Required { want } => {
            found.extend(want.iter().map(|name| Deviation { at: at(), why: format!("lacks {name}") }));
        }
        _ if error.causes.is_empty() => found.push(Deviation { at: at(), why: words(&error.kind) }),
        _ => error.causes.iter().for_each(|cause| collect(cause, found)),
    }
}

/// What is wrong, without the value.
fn words(kind: &ErrorKind<'_, '_>) -> String {
    match kind {
        ErrorKind::Format { want, .. } => format!("is no {want}"),
        ErrorKind::Enum { .. } | ErrorKind::Const { .. } => "is none of the values there are".to_owned(),
        ErrorKind::Pattern { .. } => "does not match its pattern".to_owned(),
        ErrorKind::Type { want, .. } => {
            let kinds: Vec<String> = want.iter().map(|kind| kind.to_string()).collect();
            format!("is no {}", kinds.join(" or "))
        }
        other => other.to_string(),
    }
}
