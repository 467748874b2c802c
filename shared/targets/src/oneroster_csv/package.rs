//! Lines → a package. Pure.

use std::io::{Cursor, Write};

use csv::Writer;
use jiff::Timestamp;
use rules::window::Line;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::config::{Edition, Mode};
use super::rows::Row;
use super::tables::List;
use crate::files::WrittenFile;

/// How one receiver's packages are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packages {
    pub(super) edition: Edition,
    pub(super) mode: Mode,
    pub(super) file_name: String,
}

impl Packages {
    /// The package of a window; none where nothing is to be said.
    pub(super) fn written(&self, minute: Timestamp, lines: &[Line]) -> Vec<WrittenFile> {
        let rows = lines.iter().filter_map(|it| serde_json::from_str::<Row>(it.text.as_str()).ok());
        let rows: Vec<Row> = rows.filter(|it| self.mode == Mode::Delta || !it.is_gone()).collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let name = format!("{}_{}.zip", self.file_name, minute.strftime("%Y%m%d_%H%M"));
        // Writing into memory does not fail.
        let content = self.zip(minute, &rows).unwrap_or_default();
        vec![WrittenFile { name, content }]
    }

    fn zip(&self, minute: Timestamp, rows: &[Row]) -> Option<Vec<u8>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let mut add = |name: &str, content: &[u8]| {
            zip.start_file(format!("{name}.csv"), SimpleFileOptions::default()).ok()?;
            zip.write_all(content).ok()
        };
        add("manifest", &self.manifest()?)?;
        for list in List::all(self.edition) {
            add(list.name(), &self.table(*list, minute, rows)?)?;
        }
        Some(zip.finish().ok()?.into_inner())
    }

    fn manifest(&self) -> Option<Vec<u8>> {
        let version = match self.edition {
            Edition::V1p1 => "1.1",
            Edition::V1p2 => "1.2",
        };
        let mode = match self.mode {
            Mode::Bulk => "bulk",
            Mode::Delta => "delta",
        };
        let mut properties: Vec<(String, &str)> =
            vec![("manifest.version".to_owned(), "1.0"), ("oneroster.version".to_owned(), version)];
        properties.extend(List::all(self.edition).iter().map(|it| (format!("file.{}", it.name()), mode)));
        properties.extend(List::absent(self.edition).map(|it| (format!("file.{it}"), "absent")));
        properties.push(("source.systemName".to_owned(), "Skolbro"));
        properties.push(("source.systemCode".to_owned(), "skolbro"));
        let mut table = writer();
        table.write_record(["propertyName", "value"]).ok()?;
        for (name, value) in properties {
            table.write_record([&*name, value]).ok()?;
        }
        table.into_inner().ok()
    }

    /// In bulk, status and time are empty.
    fn table(&self, list: List, minute: Timestamp, rows: &[Row]) -> Option<Vec<u8>> {
        let columns = list.columns(self.edition);
        let mut table = writer();
        let head = ["sourcedId", "status", "dateLastModified"];
        table.write_record(head.iter().chain(columns)).ok()?;
        let modified = minute.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
        for row in rows.iter().filter(|it| it.list == list) {
            let (status, modified) = match (self.mode, row.is_gone()) {
                (Mode::Bulk, _) => ("", ""),
                (Mode::Delta, false) => ("active", &*modified),
                (Mode::Delta, true) => ("tobedeleted", &*modified),
            };
            let cells = columns.iter().map(|column| row.cells.get(*column).map(String::as_str).unwrap_or_default());
            table.write_record([&*row.id, status, modified].into_iter().chain(cells)).ok()?;
        }
        table.into_inner().ok()
    }
}

/// Lines end as RFC 4180 has it.
fn writer() -> Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new())
}
