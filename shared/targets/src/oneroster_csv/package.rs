//! What a receiver is told, in packages. Pure.

use jiff::Timestamp;
use rules::object::WantedObject;
use rules::plan::Operation;
use rules::view::View;
use rules::window::Line;

use super::config::{Edition, Mode, OneRosterCsvConfig};
use super::mapping::Mapping;
use super::rows::OneRoster;
use super::tables::List;
use crate::Refusal;
use crate::files::WrittenFile;
use crate::tables::{self, Format, Row, csv, zip};

/// How one receiver's packages are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packages {
    pub(super) mapping: Mapping,
    pub(super) edition: Edition,
    pub(super) mode: Mode,
    pub(super) file_name: String,
}

impl Format for Packages {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        self.mapping.map(view)
    }

    fn says_everything(&self) -> bool {
        self.mode == Mode::Bulk
    }

    fn lines(&self, operation: &Operation) -> Vec<Line> {
        tables::lines::<OneRoster>(operation)
    }

    /// The package of a window; none where nothing is to be said.
    fn written(&self, minute: Timestamp, lines: &[Line]) -> Vec<WrittenFile> {
        let rows = lines.iter().filter_map(Row::of);
        let rows: Vec<Row> = rows.filter(|it| self.mode == Mode::Delta || !it.is_gone()).collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let name = format!("{}_{}.zip", self.file_name, minute.strftime("%Y%m%d_%H%M"));
        let modified = minute.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
        let lists = List::all(self.edition).iter().map(|it| (it.name(), self.table(*it, &modified, &rows)));
        let files = std::iter::once(("manifest", self.manifest())).chain(lists);
        // Writing into memory does not fail.
        vec![WrittenFile { name, content: zip(files).unwrap_or_default() }]
    }
}

impl Packages {
    pub(super) fn of(config: OneRosterCsvConfig) -> Self {
        let (mapping, edition, mode) = (Mapping::from(&config), config.version, config.mode);
        Self { mapping, edition, mode, file_name: config.file_name }
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
        let property = |name: &str, value: &str| Row::new("manifest", name).with("value", value);
        let mut properties = vec![property("manifest.version", "1.0"), property("oneroster.version", version)];
        properties.extend(List::all(self.edition).iter().map(|it| property(&format!("file.{}", it.name()), mode)));
        properties.extend(List::absent(self.edition).map(|it| property(&format!("file.{it}"), "absent")));
        properties.push(property("source.systemName", "Skolbro"));
        properties.push(property("source.systemCode", "skolbro"));
        csv(&["propertyName", "value"], properties.iter(), |it| vec![&it.id, it.cell("value")])
    }

    /// In bulk, status and time are empty.
    fn table(&self, list: List, modified: &str, rows: &[Row]) -> Option<Vec<u8>> {
        let columns = list.columns(self.edition);
        let header: Vec<&str> = ["sourcedId", "status", "dateLastModified"].iter().chain(columns).copied().collect();
        let status = |row: &Row| match (self.mode, row.is_gone()) {
            (Mode::Bulk, _) => "",
            (Mode::Delta, false) => "active",
            (Mode::Delta, true) => "tobedeleted",
        };
        let modified = if self.mode == Mode::Bulk { "" } else { modified };
        csv(&header, rows.iter().filter(|it| it.list == list.name()), |row| {
            let head = [&*row.id, status(row), modified];
            head.into_iter().chain(columns.iter().map(|column| row.cell(column))).collect()
        })
    }
}
