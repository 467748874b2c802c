//! Files that are dropped: with separators, as XML, and Unikum's pairs.

use roster::{RecordKey, RecordKind};
use sources::file_drop::{Contents, FileProblem};
use sources::fuzzing::{file_drop_pair, file_drop_table};

use crate::canary::is_silent;
use crate::{record, today};

/// A row says everything that a row may say.
const COLUMNS: &str = r#"
format = "csv"
folder = "/srv/drop"

[[table]]
file = "*"
organisation = { id = "unit", name = "unit_name", parent = "above", school_unit_code = "unit" }
term = { id = "term", start = "start", end = "end" }
person = { id = "person", given_name = "given", family_name = "family", civic_number = "number", email = ["email", "other"], principal_name = "email", security_marking = "marking" }
enrolment = { person = "person", school_unit = "unit", school_year = "year", start = "start", end = "end", terms = "term" }
duty = { only = { role = ["T"] }, person = "person", organisation = "unit", role = { column = "role", values = { T = "Lärare" } }, group = "group" }
group = { id = "group", name = "group_name", organisation = "unit", start = "start", end = "end" }
membership = { except = { role = ["T"] }, group = "group", person = "person", role = "role", end = "end" }
"#;

/// The same of elements, some of it in attributes and around them.
const ELEMENTS: &str = r#"
format = "xml"
folder = "/srv/drop"

[[table]]
file = "*"
rows = "export/unit/person"
organisation = { id = "../@id", name = "../@name" }
person = { id = "@id", given_name = "name/given", family_name = "name/family", civic_number = "number" }
enrolment = { person = "@id", school_unit = "../@id", school_year = "year", end = "class/@end" }
group = { id = "class", name = "class", organisation = "../@id" }
membership = { group = "class", person = "@id", end = "class/@end" }
"#;

/// A file with separators.
pub fn file_drop_columns(data: &[u8]) {
    holds(data, |size| file_drop_table(COLUMNS, data, size, today()));
}

/// An XML file.
pub fn file_drop_elements(data: &[u8]) {
    holds(data, |size| file_drop_table(ELEMENTS, data, size, today()));
}

/// A pair of Unikum's: objects, and after a line `=` relations.
pub fn file_drop_unikum(data: &[u8]) {
    let between = data.windows(3).position(|it| it == b"\n=\n").unwrap_or(data.len());
    let principals = data.get(..between.saturating_add(1)).unwrap_or(data);
    let relations = data.get(between.saturating_add(3)..).unwrap_or_default();
    holds(data, |size| file_drop_pair([principals, relations], size, today()));
}

fn holds(data: &[u8], read: impl Fn(usize) -> Result<Contents, FileProblem>) {
    let (whole, pieces) = (read(data.len().max(1)), read(7));
    assert_eq!(whole.is_ok(), pieces.is_ok(), "where a file is cut decides whether it is read");
    if let Err(problem) = &whole {
        is_silent("a problem", problem);
    }
    let (Ok(whole), Ok(pieces)) = (whole, pieces) else { return };
    assert_eq!(whole, pieces, "where a file is cut decides what is read");
    let Contents { records, unreadable, complete } = whole;
    record::hold(&records, data.len());
    is_silent("a warning", &unreadable);
    let mut keys: Vec<RecordKey> = records.iter().map(|it| it.key()).collect();
    let count = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count, "something is told twice");
    let known = [RecordKind::Organisation, RecordKind::Person, RecordKind::Group, RecordKind::Duty];
    assert!(keys.iter().all(|it| known.contains(&it.kind)));
    for lost in unreadable.iter().filter(|it| it.lost && it.id.is_none()) {
        let guarded = !complete.contains(&lost.kind);
        assert!(guarded, "something is lost that nobody can identify, and might be taken as gone");
    }
}
