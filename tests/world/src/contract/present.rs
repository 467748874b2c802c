//! The contract as a whole.

use super::document::{self, Place};
use super::operation::Operation;
use super::path::{Template, Variables};
use super::schema::{Compiled, Compiling};
use super::{Answered, Asked, Deviation, official};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A register's contract, read from an OpenAPI 3.0 document. Its schemas are compiled once.
pub struct Contract {
    paths: Vec<(Template, Operations)>,
    compiled: Compiled,
}

/// By method, in capitals.
type Operations = BTreeMap<String, Operation>;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

impl Contract {
    /// The official one of SS 12000, which is read once: in the folder that the variable `SKOLBRO_CONTRACTS` names, or
    /// else in the one that lies beside the project while Cargo runs it. `None`: it is not present.
    ///
    /// # Errors
    /// In words, when it is present and cannot be read.
    pub fn official() -> Result<Option<Arc<Self>>, String> {
        official::read_once()
    }

    /// Reads a document, in YAML.
    ///
    /// # Errors
    /// In words, when it cannot be read.
    pub fn read(yaml: &str) -> Result<Self, String> {
        let document = document::read(yaml)?;
        let mut compiling = Compiling::new(&document)?;
        let mut paths = Vec::new();
        for (path, item) in Place::root(&document).get("paths").iter().flat_map(Place::entries) {
            paths.push((Template::new(path), operations(&item, &mut compiling)?));
        }
        paths.sort_by_key(|(template, _)| template.vagueness());
        Ok(Self { paths, compiled: compiling.finish() })
    }

    /// How a request deviates.
    pub fn of_request(&self, asked: &Asked<'_>) -> Vec<Deviation> {
        match self.operation(asked.method, asked.path) {
            Ok((operation, variables)) => operation.of_request(asked, &variables, &self.compiled),
            Err(deviation) => vec![deviation],
        }
    }

    /// How an answer deviates.
    pub fn of_answer(&self, answered: &Answered<'_>) -> Vec<Deviation> {
        match self.operation(answered.method, answered.path) {
            Ok((operation, _)) => operation.of_answer(answered, &self.compiled),
            Err(deviation) => vec![deviation],
        }
    }

    fn operation<'a>(&'a self, method: &str, path: &'a str) -> Result<(&'a Operation, Variables<'a>), Deviation> {
        let deviation = |why: &str| Deviation { at: "path".to_owned(), why: why.to_owned() };
        let mut matching =
            self.paths.iter().filter_map(|(template, all)| template.variables(path).map(|variables| (all, variables)));
        let (operations, variables) = matching.next().ok_or_else(|| deviation("is not declared"))?;
        let operation = operations.get(method).ok_or_else(|| deviation("is not declared for this method"))?;
        Ok((operation, variables))
    }
}

impl std::fmt::Debug for Contract {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Contract of {} paths", self.paths.len())
    }
}

fn operations(item: &Place<'_>, compiling: &mut Compiling) -> Result<Operations, String> {
    let mut all = Operations::new();
    for method in METHODS {
        if let Some(place) = item.get(method) {
            all.insert(method.to_uppercase(), Operation::read(&place, item, compiling)?);
        }
    }
    Ok(all)
}
