//! Systems that take files from a folder.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};

use world::expected::{Room, rooms_differ};
use world::unikum::{CLASS_KINDS, UnikumImport, UnikumOptions, expected as expected_at_unikum};
use world::{Expected, ExpectedOptions, Moods, Roll, World};

use super::rooms::accounts_differ;
use super::system::System;
use crate::machine::TemporaryFolder;

/// The shortest time that changes can be gathered for.
const WINDOW: &str = "window_seconds = 30\n";

fn folder() -> io::Result<TemporaryFolder> {
    TemporaryFolder::new().map_err(io::Error::other)
}

/// Unikum, which picks up pairs of files.
pub(super) struct Unikum {
    folder: TemporaryFolder,
    import: Mutex<UnikumImport>,
}

impl Unikum {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { folder: folder()?, import: Mutex::new(UnikumImport::new(UnikumOptions::default())) })
    }

    fn look<T>(&self, look: impl FnOnce(&mut UnikumImport) -> T) -> T {
        look(&mut self.import.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl System for Unikum {
    fn name(&self) -> &'static str {
        "unikum"
    }

    fn table(&self) -> String {
        let folder = self.folder.path().display();
        format!("kind = \"unikum\"\nmunicipality = \"Norrbyholm\"\nfolder = \"{folder}\"\n{WINDOW}")
    }

    fn secret(&self) -> Option<(&'static str, String)> {
        None
    }

    fn be_moody(&self, _: &Moods) {}

    fn differences(&self, world: &World, _: &Expected) -> Vec<String> {
        let today = ExpectedOptions::default().today;
        let expected = world.register().with_truth(|truth| expected_at_unikum(truth, today, &CLASS_KINDS));
        self.look(|import| match import.pick_up_meanwhile(self.folder.path()) {
            Ok(_) => import.differences(&expected),
            Err(error) => vec![format!("the folder cannot be read: {error}")],
        })
    }

    fn violations(&self) -> Vec<String> {
        self.look(|import| match import.pick_up(self.folder.path()) {
            Ok(_) => import.complaints().to_vec(),
            Err(error) => vec![format!("the folder cannot be read: {error}")],
        })
    }

    fn requests(&self) -> u64 {
        self.look(|import| import.pairs().len() as u64)
    }
}

/// Whoever takes packages that hold everything.
pub(super) struct Packages {
    name: &'static str,
    settings: &'static str,
    /// The kinds of groups that are in the packages; `None`: all.
    kinds: Option<&'static [&'static str]>,
    folder: TemporaryFolder,
}

impl Packages {
    pub(super) fn of_one_roster() -> io::Result<Self> {
        Ok(Self { name: "lms", settings: "kind = \"oneroster-csv\"\n", kinds: None, folder: folder()? })
    }

    pub(super) fn for_school_data_sync() -> io::Result<Self> {
        let (settings, kinds) = ("kind = \"school-data-sync\"\n", Some(["Klass", "Undervisning"].as_slice()));
        Ok(Self { name: "sds", settings, kinds, folder: folder()? })
    }

    fn wanted(&self, world: &World, expected: &Expected) -> BTreeMap<String, Room> {
        let mut rooms = expected.rooms(|_| true);
        if let Some(kinds) = self.kinds {
            world.register().with_truth(|truth| {
                let of_kind = |id: &String| {
                    truth.groups.values().any(|it| it.id.to_string() == *id && kinds.contains(&&*it.kind))
                };
                rooms.retain(|id, _| of_kind(id));
            });
        }
        rooms
    }
}

impl System for Packages {
    fn name(&self) -> &'static str {
        self.name
    }

    fn table(&self) -> String {
        format!("{}folder = \"{}\"\n{WINDOW}", self.settings, self.folder.path().display())
    }

    fn secret(&self) -> Option<(&'static str, String)> {
        None
    }

    fn be_moody(&self, _: &Moods) {}

    fn differences(&self, world: &World, expected: &Expected) -> Vec<String> {
        match Roll::newest_in(self.folder.path()) {
            Ok(roll) => {
                let mut found = rooms_differ(&self.wanted(world, expected), &roll.rooms);
                found.extend(accounts_differ(&expected.user_names(), &roll.user_names));
                found
            }
            Err(error) => vec![format!("the newest package cannot be read: {error}")],
        }
    }

    fn violations(&self) -> Vec<String> {
        Vec::new()
    }

    fn requests(&self) -> u64 {
        std::fs::read_dir(self.folder.path()).map_or(0, |it| it.count() as u64)
    }
}
