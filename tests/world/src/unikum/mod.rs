//! Unikum's receiving side of autosync: reads pairs of `.principals` and `.relations` as strictly as anybody could, keeps
//! what Unikum has after them, and complains of everything that could hurt it.
//!
//! Wire facts, from Unikum's help pages at unikum.freshdesk.com:
//! - 80000377939: the columns of persons, classes and schools with the row's type last, which of them are required, the
//!   form of a personal number, the words of school types, and that a school has one;
//! - 80000377940: types and operations of relations, tabs between columns, whose ids are unique where, that objects come
//!   before relations, and that the order of rows matters when somebody has both kinds of operation in a file;
//! - 80000377941: that a person who is there is overwritten;
//! - 80000377954: the names of the files, and that they hold only what changed.
//!
//! Not public: the columns of a relation, so they are options. That the removals of a person come before what is added is
//! our agreement, as are UTF-8 without a mark, tabs in both files, and newlines at the end of all lines. How pairs travel
//! (80000377963: in a zip archive, encrypted and signed with PGP, to a folder of Unikum's) is not played.

mod cells;
mod complaints;
mod differences;
mod expected;
mod folder;
mod import;
mod personal_number;
mod principals;
mod relations;
mod rows;
mod state;
mod stem;
#[cfg(test)]
mod tests;

pub use expected::{CLASS_KINDS, expected};
pub use import::{UnikumImport, UnikumPair};
pub use state::{UnikumClass, UnikumPerson, UnikumSchool, UnikumState};

/// What is agreed with Unikum about an organiser's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnikumOptions {
    /// What the files' names begin with.
    pub municipality: String,
    /// The columns of a relation: `operation`, `type`, `from` and `to`, each once. Any other word: a column not read.
    pub relation_columns: Vec<&'static str>,
}

impl Default for UnikumOptions {
    fn default() -> Self {
        Self { municipality: "Norrbyholm".to_owned(), relation_columns: vec!["operation", "type", "from", "to"] }
    }
}
