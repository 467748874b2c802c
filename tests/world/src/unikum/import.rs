//! Taking pairs.

use super::complaints::Complaints;
use super::rows::{self, Row};
use super::state::UnikumState;
use super::{UnikumOptions, differences, principals, relations, stem};
use jiff::civil::DateTime;
use std::collections::{BTreeMap, BTreeSet};

/// A pair that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnikumPair {
    /// What both files are called, without their endings.
    pub stem: String,
    /// Rows of `.principals`, also those complained of.
    pub principals: usize,
    /// Rows of `.relations`, likewise.
    pub relations: usize,
}

/// What Unikum has after the pairs that it took.
///
/// A row that is complained of for what it says is not taken. Everything else is, so that one fault is not told of twice.
pub struct UnikumImport {
    pub(super) options: UnikumOptions,
    pub(super) complaints: Complaints,
    /// Pairs that were taken and left lying, with a digest of their content.
    pub(super) left: BTreeMap<String, u64>,
    state: UnikumState,
    pairs: Vec<UnikumPair>,
    last: Option<DateTime>,
    repeated: usize,
    repeated_objects: usize,
}

impl UnikumImport {
    /// Unikum with nothing in it.
    pub fn new(options: UnikumOptions) -> Self {
        Self {
            options,
            complaints: Complaints::default(),
            left: BTreeMap::new(),
            state: UnikumState::default(),
            pairs: Vec::new(),
            last: None,
            repeated: 0,
            repeated_objects: 0,
        }
    }

    /// Takes one pair, whose files are called `stem` with their endings: objects first, then relations in their order. A
    /// pair that comes too late is complained of and taken all the same, as nothing would stop it.
    pub fn take(&mut self, stem: &str, principals: &[u8], relations: &[u8]) {
        let written = match stem::written(stem, &self.options.municipality) {
            Ok(written) => written,
            Err(fault) => return self.complaints.say(format!("{}: {fault}", stem::shown(stem))),
        };
        if self.last.is_some_and(|last| written <= last) {
            self.complaints.say(format!("{stem}: not later than the pair before it"));
        }
        self.last = self.last.max(Some(written));
        if principals.is_empty() && relations.is_empty() {
            self.complaints.say(format!("{stem}: nothing in either file"));
        }
        let [objects, related] = [format!("{stem}.principals"), format!("{stem}.relations")];
        let object_rows = rows::read(&objects, principals, &mut self.complaints);
        let relation_rows = rows::read(&related, relations, &mut self.complaints);
        self.take_objects(&objects, &object_rows);
        self.take_relations(&related, &relation_rows);
        self.pairs.push(UnikumPair {
            stem: stem.to_owned(),
            principals: object_rows.len(),
            relations: relation_rows.len(),
        });
    }

    /// What Unikum has.
    pub fn state(&self) -> &UnikumState {
        &self.state
    }

    /// Everything that could hurt the real system, with files, rows and columns, without personal data.
    pub fn complaints(&self) -> &[String] {
        self.complaints.all()
    }

    /// The pairs taken, in their order.
    pub fn pairs(&self) -> &[UnikumPair] {
        &self.pairs
    }

    /// How many relations were added that were there, or removed that were not: harmless, and not for the daily file.
    pub fn repeated(&self) -> usize {
        self.repeated
    }

    /// How many objects came again as they were: likewise.
    pub fn repeated_objects(&self) -> usize {
        self.repeated_objects
    }

    /// Every difference from what Unikum should have, in words. None means equal. Relations are compared exactly; objects
    /// that nothing relates to may stay, since there is no way to remove any.
    pub fn differences(&self, expected: &UnikumState) -> Vec<String> {
        differences::differences(expected, &self.state)
    }

    fn take_objects(&mut self, file: &str, rows: &[Row<'_>]) {
        let mut seen = BTreeSet::new();
        for row in rows {
            let at = format!("{file} row {}", row.number);
            let object = match principals::read(row) {
                Ok(object) => object,
                Err(faults) => {
                    faults.into_iter().for_each(|fault| self.complaints.say(format!("{at}, {fault}")));
                    continue;
                }
            };
            if !seen.insert((object.word, object.id.clone())) {
                self.complaints.say(format!("{at}: a {} that is in this file twice", object.word));
            }
            if !self.state.overwrite(object.id, object.principal) {
                self.repeated_objects += 1;
            }
        }
    }

    fn take_relations(&mut self, file: &str, rows: &[Row<'_>]) {
        let mut seen = BTreeSet::new();
        let mut added = BTreeSet::new();
        for row in rows {
            let at = format!("{file} row {}", row.number);
            let relation = match relations::read(row, &self.options.relation_columns) {
                Ok(relation) => relation,
                Err(fault) => {
                    self.complaints.say(format!("{at}: {fault}"));
                    continue;
                }
            };
            let key = relation.key();
            if !seen.insert(key) {
                self.complaints.say(format!("{at}: {} that is in this file twice", relation.kind));
            }
            if relation.adds {
                added.extend(relation.persons());
            } else if relation.persons().any(|it| added.contains(it)) {
                self.complaints.say(format!("{at}: removed after something was added about the same person"));
            }
            match relation.fault(&self.state) {
                Some(fault) => self.complaints.say(format!("{at}: {} {fault}", relation.kind)),
                None => self.relate(relation.adds, key),
            }
        }
    }

    fn relate(&mut self, adds: bool, (kind, from, to): (&str, &str, &str)) {
        let relation = (kind.to_owned(), from.to_owned(), to.to_owned());
        let altered = if adds { self.state.relations.insert(relation) } else { self.state.relations.remove(&relation) };
        self.repeated += usize::from(!altered);
    }
}
