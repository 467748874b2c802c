//! Unikum's import files: pairs of `.principals` and `.relations`, first one with everything, then what changed.
//!
//! Wire facts: Unikum's help pages on objects, relations and automatic imports (unikum.freshdesk.com 80000377939,
//! 80000377940, 80000377954). What a row of a relation looks like is not public; its columns are settings.

mod pairs;
mod principals;
mod register;
mod relations;

pub(super) use self::pairs::{choose, is_of_a_pair};
pub(super) use self::register::Register;

use serde::Deserialize;

use super::pattern::Pattern;
use crate::ConfigProblem;

/// What is particular about an organiser's files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UnikumConfig {
    /// Names, without their endings, of files that hold everything. All others hold what changed.
    pub total: Pattern,
    /// What the columns of a relation are.
    pub relation_columns: Vec<RelationColumn>,
    /// Hours that may at most lie between one pair and the next; 0: any number.
    pub most_hours_between: u32,
}

/// A column of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RelationColumn {
    /// `add` or `remove`.
    Operation,
    /// `student_in_class` and so on.
    Type,
    /// Who or what.
    From,
    /// In or for what.
    To,
    /// Not read.
    Unused,
}

impl Default for UnikumConfig {
    fn default() -> Self {
        use RelationColumn::{From, Operation, To, Type};
        Self { total: Pattern::of("*total*"), relation_columns: vec![Operation, Type, From, To], most_hours_between: 0 }
    }
}

impl UnikumConfig {
    /// What does not show in a single key.
    pub(super) fn check(&self) -> Result<(), ConfigProblem> {
        use RelationColumn::{From, Operation, To, Type};
        let times = |column| self.relation_columns.iter().filter(|it| **it == column).count();
        if [Operation, Type, From, To].into_iter().any(|column| times(column) != 1) {
            let message = "must hold operation, type, from and to, each once; unused for others";
            return Err(ConfigProblem::at("unikum.relation_columns", message));
        }
        Ok(())
    }
}
