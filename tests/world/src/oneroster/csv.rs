//! The standard's CSV files, written by hand so that no library's habits are on the wire, in a zip.

use super::Edition;
use super::ledger::{Entry, Ledger, List};
use jiff::Timestamp;
use serde_json::Value;
use std::io::{self, Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A column and where its content stands in an object; an empty pointer is an empty column.
type Column = (&'static str, &'static str);

/// `since`: only what changed after it, with its status.
pub(super) fn write(ledger: &Ledger, edition: Edition, since: Option<Timestamp>) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mode = if since.is_some() { "delta" } else { "bulk" };
    let mut manifest = format!(
        "propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,{}\r\n\
         source.systemName,Norrbyholm\r\nsource.systemCode,nbh\r\n",
        edition.number()
    );
    manifest.push_str("file.demographics,absent\r\n");
    let rows =
        |list| ledger.list(list).filter(move |(_, entry)| since.map_or(!entry.gone, |since| entry.modified > since));
    let mut files: Vec<(&str, String)> = Vec::new();
    for list in List::ALL {
        let columns = columns(list, edition);
        let mut text = header(&columns);
        for (id, entry) in rows(list) {
            text.push_str(&row(id, entry, &columns, &entry.object(id), since.is_some()));
        }
        files.push((list.name(), text));
    }
    if edition == Edition::Second {
        files.push(("roles", roles(rows(List::Users), since.is_some())));
    }
    for (name, _) in &files {
        manifest.push_str(&format!("file.{name},{mode}\r\n"));
    }
    let options = SimpleFileOptions::default();
    let all = std::iter::once(("manifest", manifest)).chain(files);
    for (name, text) in all {
        zip.start_file(format!("{name}.csv"), options)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

fn columns(list: List, edition: Edition) -> Vec<Column> {
    match list {
        List::Sessions => vec![
            ("title", "/title"),
            ("type", "/type"),
            ("startDate", "/startDate"),
            ("endDate", "/endDate"),
            ("parentSourcedId", ""),
            ("schoolYear", "/schoolYear"),
        ],
        List::Orgs => vec![
            ("name", "/name"),
            ("type", "/type"),
            ("identifier", "/identifier"),
            ("parentSourcedId", "/parent/sourcedId"),
        ],
        List::Courses => vec![
            ("schoolYearSourcedId", ""),
            ("title", "/title"),
            ("courseCode", "/courseCode"),
            ("grades", ""),
            ("orgSourcedId", ""),
            ("subjects", ""),
            ("subjectCodes", ""),
        ],
        List::Users => users(edition),
        List::Classes => vec![
            ("title", "/title"),
            ("grades", ""),
            ("courseSourcedId", "/course/sourcedId"),
            ("classCode", "/classCode"),
            ("classType", "/classType"),
            ("location", ""),
            ("schoolSourcedId", "/school/sourcedId"),
            ("termSourcedIds", "/terms"),
            ("subjects", ""),
            ("subjectCodes", ""),
            ("periods", ""),
        ],
        List::Enrollments => vec![
            ("classSourcedId", "/class/sourcedId"),
            ("schoolSourcedId", "/school/sourcedId"),
            ("userSourcedId", "/user/sourcedId"),
            ("role", "/role"),
            ("primary", "/primary"),
            ("beginDate", "/beginDate"),
            ("endDate", "/endDate"),
        ],
    }
}

fn users(edition: Edition) -> Vec<Column> {
    let mut columns = vec![("enabledUser", "/enabledUser")];
    if edition == Edition::First {
        columns.extend([("orgSourcedIds", "/orgs"), ("role", "/role")]);
    }
    columns.extend([
        ("username", "/username"),
        ("userIds", "/userIds"),
        ("givenName", "/givenName"),
        ("familyName", "/familyName"),
        ("middleName", ""),
        ("identifier", ""),
        ("email", "/email"),
        ("sms", ""),
        ("phone", ""),
        ("agentSourcedIds", ""),
        ("grades", "/grades"),
        ("password", ""),
    ]);
    if edition == Edition::Second {
        columns.extend([("userMasterIdentifier", ""), ("preferredGivenName", ""), ("primaryOrgSourcedId", "")]);
    }
    columns
}

fn header(columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    format!("sourcedId,status,dateLastModified,{}\r\n", names.join(","))
}

/// In bulk, status and time are empty.
fn row(id: &str, entry: &Entry, columns: &[Column], object: &Value, delta: bool) -> String {
    let (status, modified) = if delta { (entry.status(), entry.modified_text()) } else { ("", String::new()) };
    let mut cells = vec![id.to_owned(), status.to_owned(), modified];
    cells.extend(columns.iter().map(|(_, pointer)| match *pointer {
        "" => String::new(),
        pointer => object.pointer(pointer).map(text).unwrap_or_default(),
    }));
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A reference is its identifier, a user's identifier is `{type:identifier}`, a list is apart by commas.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Object(object) => match (object.get("sourcedId"), object.get("identifier")) {
            (Some(id), _) => text(id),
            (None, Some(identifier)) => {
                format!("{{{}:{}}}", text(object.get("type").unwrap_or(&Value::Null)), text(identifier))
            }
            (None, None) => String::new(),
        },
        other => other.to_string(),
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// 1.2 has roles in a file of their own. A role that a user no longer has is marked by number.
fn roles<'l>(users: impl Iterator<Item = (&'l String, &'l Entry)>, delta: bool) -> String {
    let columns = [
        ("userSourcedId", ""),
        ("roleType", "/roleType"),
        ("role", "/role"),
        ("beginDate", "/beginDate"),
        ("endDate", "/endDate"),
        ("orgSourcedId", "/org/sourcedId"),
        ("userProfileSourcedId", ""),
    ];
    let mut all = header(&columns);
    for (user, entry) in users {
        let object = entry.object(user);
        let roles = object["roles"].as_array().map(Vec::as_slice).unwrap_or_default();
        for (place, role) in roles.iter().enumerate() {
            all.push_str(&of_user(user, &row(&format!("{user}-role-{place}"), entry, &columns, role, delta)));
        }
        for place in (roles.len()..MOST_ROLES).filter(|_| delta) {
            let gone = Entry { gone: true, ..entry.clone() };
            let line = row(&format!("{user}-role-{place}"), &gone, &columns, &Value::Null, delta);
            all.push_str(&of_user(user, &line));
        }
    }
    all
}

/// Roles that a user may have had.
const MOST_ROLES: usize = 6;

/// The line with the user in its fourth cell, which is empty.
fn of_user(user: &str, line: &str) -> String {
    let cells: Vec<&str> = line.splitn(4, ',').collect();
    format!("{},{user}{}", cells[..3].join(","), cells[3])
}
