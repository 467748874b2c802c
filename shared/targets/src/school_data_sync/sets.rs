//! What Microsoft is told, in sets of files, each in one archive. Pure.

use jiff::Timestamp;
use rules::object::WantedObject;
use rules::plan::Operation;
use rules::view::View;
use rules::window::Line;

use super::mapping::{Mapping, Sds};
use crate::Refusal;
use crate::files::WrittenFile;
use crate::tables::{self, Format, Row, csv, zip};

/// The files of a set and their columns. Always the same ones: without a file its records would become inactive.
const FILES: [(&str, &[&str]); 6] = [
    ("academicSessions", &["sourcedId", "title", "type", "schoolYear", "startDate", "endDate"]),
    ("orgs", &["sourcedId", "name", "type", "parentSourcedId"]),
    ("users", &["sourcedId", "username", "givenName", "familyName", "activeDirectoryMatchId", "email", "phone", "sms"]),
    (
        "roles",
        &[
            "userSourcedId",
            "orgSourcedId",
            "role",
            "sessionSourcedId",
            "grade",
            "isPrimary",
            "roleStartDate",
            "roleEndDate",
        ],
    ),
    ("classes", &["sourcedId", "orgSourcedId", "title", "sessionSourcedIds", "courseSourcedId"]),
    ("enrollments", &["classSourcedId", "userSourcedId", "role"]),
];

/// How sets are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sets(pub(super) Mapping);

impl Format for Sets {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        self.0.map(view)
    }

    fn says_everything(&self) -> bool {
        true
    }

    fn lines(&self, operation: &Operation) -> Vec<Line> {
        tables::lines::<Sds>(operation)
    }

    /// The set of a window; none where there is nobody.
    fn written(&self, minute: Timestamp, lines: &[Line]) -> Vec<WrittenFile> {
        let rows: Vec<Row> = lines.iter().filter_map(Row::of).filter(|it| !it.is_gone()).collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let files = FILES.iter().map(|(name, columns)| {
            fn cell<'r>(row: &'r Row, column: &str) -> &'r str {
                if column == "sourcedId" { &row.id } else { row.cell(column) }
            }
            let of_it = rows.iter().filter(|it| it.list == *name);
            (*name, csv(columns, of_it, |row| columns.iter().map(|column| cell(row, column)).collect()))
        });
        let name = format!("sds_{}.zip", minute.strftime("%Y%m%d_%H%M"));
        // Writing into memory does not fail.
        vec![WrittenFile { name, content: zip(files).unwrap_or_default() }]
    }
}
