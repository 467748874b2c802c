//! A file with separators, row by row, by its table.

use std::collections::{BTreeMap, BTreeSet};

use roster::RecordKind;

use super::assembly::{Assembly, TooMany};
use super::entry::{At, Reading, Unit, is_record, kind, take_row};
use super::plan::{Cells, Plan};
use super::problem::{FileProblem, shown};
use super::rows::{Row, Rows};
use super::table::{ColumnName, TableConfig};
use super::text::TextForm;

/// More rows than this that cannot be read are no mishap.
pub(super) const MOST_UNREADABLE: u64 = 10_000;

impl Cells for Row<'_> {
    fn cell(&self, place: usize) -> Option<&str> {
        Row::cell(*self, place)
    }
}

/// A file being taken in.
pub(super) struct Separated<'s> {
    rows: Rows,
    told: Told<'s>,
}

/// What has been told so far.
struct Told<'s> {
    table: &'s TableConfig,
    name: String,
    reading: Reading<'s>,
    plan: Option<Plan>,
    width: usize,
    rows: u64,
    unreadable: u64,
}

impl<'s> Separated<'s> {
    pub(super) fn new(table: &'s TableConfig, file: &str, form: TextForm, reading: Reading<'s>) -> Self {
        let name = shown(file);
        let told = Told { table, name: name.clone(), reading, plan: None, width: 0, rows: 0, unreadable: 0 };
        Self { rows: Rows::new(name, form), told }
    }

    /// Takes in what has arrived.
    pub(super) fn feed(&mut self, bytes: &[u8], into: &mut Assembly) -> Result<(), FileProblem> {
        let told = &mut self.told;
        self.rows.feed(bytes, &mut |row| told.row(row, into))
    }

    /// There is no more.
    pub(super) fn finish(self, into: &mut Assembly) -> Result<(), FileProblem> {
        let Self { rows, mut told } = self;
        rows.finish(&mut |row| told.row(row, into))?;
        told.end()
    }
}

impl Told<'_> {
    fn row(&mut self, row: Row<'_>, into: &mut Assembly) -> Result<(), FileProblem> {
        if self.plan.is_none() {
            let plan = if self.table.header { self.header(row)? } else { self.by_number()? };
            self.plan = Some(plan);
            if self.table.header {
                return Ok(());
            }
        }
        self.rows += 1;
        if row.len() != self.width || row.has_line_break() {
            return self.broken(row, into);
        }
        let Some(plan) = &self.plan else { return Ok(()) };
        let at = At { file: &self.name, line: row.line, unit: Unit::Line };
        let lost = take_row(plan, &row, self.reading, at, into).map_err(|TooMany| too_many(&self.name))?;
        if lost { self.count_unreadable() } else { Ok(()) }
    }

    fn count_unreadable(&mut self) -> Result<(), FileProblem> {
        self.unreadable += 1;
        if self.unreadable > MOST_UNREADABLE { Err(self.unreadable()) } else { Ok(()) }
    }

    fn header(&mut self, row: Row<'_>) -> Result<Plan, FileProblem> {
        let mut names: BTreeMap<&str, Option<usize>> = BTreeMap::new();
        for place in 0..row.len() {
            // Of a name that is there twice, nobody knows which is meant.
            let name = row.cell(place).unwrap_or_default();
            names.entry(name).and_modify(|twice| *twice = None).or_insert(Some(place));
        }
        self.width = row.len();
        Plan::of(self.table, &self.name, &|column| match column {
            ColumnName::Number(number) => number.checked_sub(1).filter(|place| *place < row.len()),
            ColumnName::Name(name) => names.get(name.trim()).copied().flatten(),
        })
    }

    fn by_number(&mut self) -> Result<Plan, FileProblem> {
        self.width = self.table.columns.unwrap_or_default();
        let width = self.width;
        Plan::of(self.table, &self.name, &|column| match column {
            ColumnName::Number(number) => number.checked_sub(1).filter(|place| *place < width),
            ColumnName::Name(_) => None,
        })
    }

    /// Whatever the row was to say is lost, and nobody knows of whom.
    fn broken(&mut self, row: Row<'_>, into: &mut Assembly) -> Result<(), FileProblem> {
        self.count_unreadable()?;
        let why = if row.has_line_break() {
            "a cell goes on in the next line; is a quotation mark not closed?".to_owned()
        } else {
            format!("{} columns instead of {}", row.len(), self.width)
        };
        let reason = format!("{}, line {}: {why}", self.name, row.line);
        let records: BTreeSet<RecordKind> =
            self.table.maps().filter(|(it, _)| is_record(*it)).map(|(it, _)| kind(it)).collect();
        for record in &records {
            into.notes.lose(*record, None, "file_drop.row_unreadable", &reason);
        }
        if let Some((part, _)) = self.table.maps().next().filter(|_| records.is_empty()) {
            into.notes.warn(kind(part), None, "file_drop.row_unreadable", &reason);
        }
        Ok(())
    }

    fn end(self) -> Result<(), FileProblem> {
        let name = &self.name;
        if self.plan.is_none() && (self.table.header || !self.table.may_be_empty) {
            return Err(FileProblem::new("file_drop.file_empty", format!("{name} is empty")));
        }
        if self.rows == 0 && !self.table.may_be_empty {
            let detail = format!("{name} has a header and nothing else");
            return Err(FileProblem::new("file_drop.header_only", detail));
        }
        if self.rows > 0 && self.unreadable == self.rows {
            return Err(self.unreadable());
        }
        Ok(())
    }

    fn unreadable(&self) -> FileProblem {
        let detail = format!("{}: {} of {} rows cannot be read", self.name, self.unreadable, self.rows);
        FileProblem::new("file_drop.rows_unreadable", detail)
    }
}

pub(super) fn too_many(name: &str) -> FileProblem {
    FileProblem::new("file_drop.too_many", format!("{name}: more than any register has"))
}
