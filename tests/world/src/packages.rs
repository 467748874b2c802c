//! Whoever takes packages of comma-separated lists in an archive: OneRoster's, with everything in them, and sets for
//! School Data Sync. The newest one is all that they know.

use crate::expected::Room;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Read};
use zip::ZipArchive;

/// The largest list of a package that is read, in bytes.
const LARGEST: u64 = 64 << 20;

/// A row by its columns' names.
type Row = BTreeMap<String, String>;

/// What a package says of people and classes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roll {
    /// The names that people sign in with, in lower case.
    pub user_names: BTreeSet<String>,
    /// The classes by `sourcedId`.
    pub rooms: BTreeMap<String, Room>,
}

impl Roll {
    /// Reads a package.
    ///
    /// # Errors
    /// When it is no archive of lists.
    pub fn read(package: &[u8]) -> io::Result<Self> {
        let mut archive = ZipArchive::new(Cursor::new(package))?;
        let mut list = |name: &str| rows(&mut archive, name);
        let (users, classes, enrolled) = (list("users.csv")?, list("classes.csv")?, list("enrollments.csv")?);
        let names: BTreeMap<String, String> =
            users.iter().map(|it| (cell(it, "sourcedId"), cell(it, "username").to_lowercase())).collect();
        let mut rooms: BTreeMap<String, Room> = classes
            .iter()
            .map(|it| (cell(it, "sourcedId"), Room { name: cell(it, "title"), ..Room::default() }))
            .collect();
        for row in &enrolled {
            let user = names.get(&cell(row, "userSourcedId"));
            let (Some(room), Some(user)) = (rooms.get_mut(&cell(row, "classSourcedId")), user) else {
                return Err(io::Error::other("an enrollment is of nobody, or in no class"));
            };
            let people = if cell(row, "role") == "student" { &mut room.pupils } else { &mut room.teachers };
            people.insert(user.clone());
        }
        Ok(Self { user_names: names.into_values().collect(), rooms })
    }
}

fn cell(row: &Row, name: &str) -> String {
    row.get(name).cloned().unwrap_or_default()
}

fn rows(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> io::Result<Vec<Row>> {
    let list = archive.by_name(name)?;
    let mut reader = csv::Reader::from_reader(list.take(LARGEST));
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}
