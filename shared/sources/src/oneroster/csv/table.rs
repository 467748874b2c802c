//! A CSV table (RFC 4180) with a header, in UTF-8.

use std::collections::BTreeMap;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::CsvProblem;
use crate::lenient::{Expected, Field, Flag, List, Text};
use crate::oneroster::wire::Guid;

/// The longest cell, in bytes.
const MAX_CELL: usize = 64 * 1024;

/// A table whose header has been read.
pub(super) struct Table<'b> {
    name: &'static str,
    header: BTreeMap<String, usize>,
    reader: Reader<&'b [u8]>,
}

/// A row of as many cells as the header has.
#[derive(Clone, Copy)]
pub(super) struct Row<'r> {
    header: &'r BTreeMap<String, usize>,
    record: &'r ByteRecord,
}

impl<'b> Table<'b> {
    /// Reads the header.
    ///
    /// # Errors
    /// `oneroster.header_unreadable` with the column that is missing or there twice, `oneroster.not_utf8`.
    pub(super) fn read(name: &'static str, bytes: &'b [u8], required: &[&str]) -> Result<Self, CsvProblem> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let wrong = |why: String| CsvProblem::new("oneroster.header_unreadable", format!("{name}.csv: {why}"));
        let mut first = ByteRecord::new();
        if !reader.read_byte_record(&mut first).map_err(|_| wrong("it cannot be read".to_owned()))? {
            return Err(wrong("it is empty, without a header".to_owned()));
        }
        let mut header = BTreeMap::new();
        for (place, cell) in first.iter().enumerate() {
            let column = std::str::from_utf8(cell).map_err(|_| not_utf8(name))?.trim();
            if header.insert(column.to_owned(), place).is_some() {
                return Err(wrong("a column is there twice".to_owned()));
            }
        }
        match required.iter().find(|column| !header.contains_key(**column)) {
            Some(missing) => Err(wrong(format!("there is no column {missing}"))),
            None => Ok(Self { name, header, reader }),
        }
    }

    /// Looks at every row; `None`: one that is not as long as the header, or has a line break in a cell, as happens
    /// when a quotation mark is not closed.
    ///
    /// # Errors
    /// `oneroster.not_utf8`.
    pub(super) fn each(mut self, mut look: impl FnMut(Option<Row<'_>>)) -> Result<(), CsvProblem> {
        let mut record = ByteRecord::new();
        loop {
            match self.reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(_) => return Err(CsvProblem::new("oneroster.header_unreadable", format!("{}.csv", self.name))),
            }
            if record.iter().any(|cell| std::str::from_utf8(cell).is_err()) {
                return Err(not_utf8(self.name));
            }
            let broken = record.len() != self.header.len() || record.iter().any(|cell| cell.contains(&b'\n'));
            look((!broken).then_some(Row { header: &self.header, record: &record }));
        }
    }
}

fn not_utf8(name: &str) -> CsvProblem {
    CsvProblem::new("oneroster.not_utf8", format!("{name}.csv is in another encoding"))
}

impl<'r> Row<'r> {
    /// A cell's text without surrounding blanks. `None`: no such column, empty, or too long to be believed.
    pub(super) fn text(self, column: &str) -> Option<&'r str> {
        match self.cell(column) {
            Field::Read(text) => Some(text),
            Field::Absent | Field::Unreadable => None,
        }
    }

    fn cell(self, column: &str) -> Field<&'r str> {
        let cell = self.header.get(column).and_then(|place| self.record.get(*place));
        match cell {
            None => Field::Absent,
            Some(cell) if cell.len() > MAX_CELL => Field::Unreadable,
            Some(cell) => match std::str::from_utf8(cell).map(str::trim) {
                Ok("") => Field::Absent,
                Ok(text) => Field::Read(text),
                Err(_) => Field::Unreadable,
            },
        }
    }

    /// A cell as a field of the wire.
    pub(super) fn field(self, column: &str) -> Field<Text<'r>> {
        map(self.cell(column), |text| Text(text.into()))
    }

    /// A reference.
    pub(super) fn guid(self, column: &str) -> Field<Guid<'r>> {
        map(self.cell(column), |text| Guid(text.into()))
    }

    /// `true` or `false`.
    pub(super) fn flag(self, column: &str) -> Field<Flag> {
        match self.cell(column) {
            Field::Absent => Field::Absent,
            Field::Read(text) => Flag::from_text(text.into()).map_or(Field::Unreadable, Field::Read),
            Field::Unreadable => Field::Unreadable,
        }
    }

    /// A list, its elements apart by commas.
    pub(super) fn list<T>(self, column: &str, element: impl Fn(&'r str) -> Option<T>) -> Field<List<T>> {
        map(self.cell(column), |text| {
            let elements = text.split(',').map(str::trim).filter(|it| !it.is_empty());
            elements.map(|it| element(it).map_or(Field::Unreadable, Field::Read)).collect()
        })
    }
}

fn map<'r, T>(field: Field<&'r str>, read: impl FnOnce(&'r str) -> T) -> Field<T> {
    match field {
        Field::Absent => Field::Absent,
        Field::Read(text) => Field::Read(read(text)),
        Field::Unreadable => Field::Unreadable,
    }
}
