//! What is wrong with a tenant's file, in words for whoever wrote it.

use std::fmt;

/// Something in a tenant's file that cannot work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1; `None`: the file as a whole.
    pub line: Option<usize>,
    /// The key, e.g. `source.base_url`.
    pub key: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}: {}", self.key, self.message)
    }
}

/// A problem that a connector found in its own table.
pub struct SettingsProblem {
    /// The key in the table, if it is about one.
    pub key: Option<String>,
    /// What is wrong.
    pub message: String,
}
