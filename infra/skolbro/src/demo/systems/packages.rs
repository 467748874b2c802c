//! Systems that take files from a folder.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};

use world::expected::{Room, rooms_differ};
use world::unikum::{CLASS_KINDS, UnikumImport, UnikumOptions, expected as expected_at_unikum};
use world::{Expected, Roll, World};

use super::place::{Place, Shelves};
use super::rooms::accounts_differ;
use super::system::System;

/// The shortest time that changes can be gathered for.
const WINDOW: &str = "window_seconds = 30\n";

/// Unikum, which picks up pairs of files.
pub(super) struct Unikum {
    place: Place,
    import: Mutex<UnikumImport>,
}

impl Unikum {
    pub(super) fn in_folder() -> io::Result<Self> {
        Ok(Self::at(Place::folder()?))
    }

    pub(super) fn on(shelves: &Shelves) -> Self {
        Self::at(Place::shelf(shelves, "unikum"))
    }

    fn at(place: Place) -> Self {
        Self { place, import: Mutex::new(UnikumImport::new(UnikumOptions::default())) }
    }

    fn look<T>(&self, look: impl FnOnce(&mut UnikumImport) -> T) -> T {
        look(&mut self.import.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the pairs that are whole, in the order of their names. Half of one is being written, or was left by a writer
    /// that died.
    fn pick_up(&self) -> io::Result<()> {
        let files = self.place.files()?;
        for (name, principals) in &files {
            let Some(stem) = name.strip_suffix(".principals") else { continue };
            let related = format!("{stem}.relations");
            let Some(relations) = files.get(&related) else { continue };
            self.look(|import| import.take(stem, principals, relations));
            [name, &related].into_iter().for_each(|it| self.place.take_away(it));
        }
        Ok(())
    }
}

impl System for Unikum {
    fn name(&self) -> &'static str {
        "unikum"
    }

    fn table(&self) -> String {
        let folder = self.place.path().display();
        format!("kind = \"unikum\"\nmunicipality = \"Norrbyholm\"\nfolder = \"{folder}\"\n{WINDOW}")
    }

    fn secret(&self) -> Option<(&'static str, String)> {
        None
    }

    fn differences(&self, world: &World, _: &Expected) -> Vec<String> {
        let expected = world.register().with_truth(|truth| expected_at_unikum(truth, truth.today, &CLASS_KINDS));
        match self.pick_up() {
            Ok(()) => self.look(|import| import.differences(&expected)),
            Err(error) => vec![format!("the folder cannot be read: {error}")],
        }
    }

    fn violations(&self) -> Vec<String> {
        self.look(|import| import.complaints().to_vec())
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
    place: Place,
}

impl Packages {
    pub(super) fn of_one_roster_in_folder() -> io::Result<Self> {
        Ok(Self::of_one_roster(Place::folder()?))
    }

    pub(super) fn of_one_roster_on(shelves: &Shelves) -> Self {
        Self::of_one_roster(Place::shelf(shelves, "lms"))
    }

    pub(super) fn for_school_data_sync_in_folder() -> io::Result<Self> {
        Ok(Self::for_school_data_sync(Place::folder()?))
    }

    pub(super) fn for_school_data_sync_on(shelves: &Shelves) -> Self {
        Self::for_school_data_sync(Place::shelf(shelves, "sds"))
    }

    const fn of_one_roster(place: Place) -> Self {
        Self { name: "lms", settings: "kind = \"oneroster-csv\"\n", kinds: None, place }
    }

    const fn for_school_data_sync(place: Place) -> Self {
        let kinds = Some(["Klass", "Undervisning"].as_slice());
        Self { name: "sds", settings: "kind = \"school-data-sync\"\n", kinds, place }
    }

    /// What the newest package says; nothing where there is none.
    fn newest(&self) -> io::Result<Roll> {
        self.place.files()?.values().next_back().map_or_else(|| Ok(Roll::default()), |it| Roll::read(it))
    }

    fn wanted(&self, world: &World, expected: &Expected) -> BTreeMap<String, Room> {
        let mut rooms = expected.rooms(|_| true);
        if let Some(kinds) = self.kinds {
            world.register().with_truth(|truth| {
                let of_kind =
                    |id: &String| truth.groups.values().any(|it| it.id.to_string() == *id && kinds.contains(&it.kind));
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
        format!("{}folder = \"{}\"\n{WINDOW}", self.settings, self.place.path().display())
    }

    fn secret(&self) -> Option<(&'static str, String)> {
        None
    }

    fn differences(&self, world: &World, expected: &Expected) -> Vec<String> {
        match self.newest() {
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
        self.place.files().map_or(0, |it| it.len() as u64)
    }
}
