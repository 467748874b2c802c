//! Registers that speak to nobody and write files: a set for Microsoft's School Data Sync, a set of a register's own
//! making, and Unikum's pairs. The files stand in a folder in memory, with the time at which each was written.
//!
//! They know less than the truth: School Data Sync has no dates of classes without terms and no protected persons, and
//! Unikum knows whoever has a personal number, today.

mod own;
mod sds;
mod shown;
mod text;
mod unikum;

pub use text::TextHabits;

use crate::lock;
use crate::time::Time;
use crate::truth::Municipality;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// What a register writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportForm {
    /// School Data Sync V2.1.
    SdsV2_1,
    /// Files with semicolons, all names in Swedish.
    Own,
    /// Unikum's pairs: everything first, then what changed.
    Unikum,
}

/// A file in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedFile {
    /// Its content.
    pub bytes: Vec<u8>,
    /// When it was written.
    pub modified: Timestamp,
    /// Differs each time it is written.
    pub version: u64,
}

/// What an export may have wrong with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mistakes {
    /// Somebody stands there twice, differently.
    pub duplicate_person: bool,
    /// A membership is somebody's who is not told of, and another is in a group that is not told of.
    pub dangling_memberships: bool,
}

/// By kind of thing, who and what the files tell of: the truth's identities; of persons in Unikum's files the personal
/// numbers, since those are what they are called by there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Schools and what is above them.
    pub organisations: BTreeSet<String>,
    /// Persons.
    pub persons: BTreeSet<String>,
    /// Groups.
    pub groups: BTreeSet<String>,
    /// Person, organisation and role, as the files have it, of every duty.
    pub duties: BTreeSet<(String, String, String)>,
}

/// A register that writes files. Clones are the same register.
#[derive(Clone)]
pub struct Exporter(Arc<Mutex<State>>);

struct State {
    truth: Municipality,
    form: ExportForm,
    habits: TextHabits,
    mistakes: Mistakes,
    time: Time,
    files: BTreeMap<String, ExportedFile>,
    told: Told,
    pair: unikum::Pair,
    written: u64,
}

impl Exporter {
    /// A register that has written nothing yet.
    pub fn new(mut truth: Municipality, form: ExportForm, time: Time) -> Self {
        truth.time = time.clone();
        Self(Arc::new(Mutex::new(State {
            truth,
            form,
            habits: TextHabits::of(form),
            mistakes: Mistakes::default(),
            time,
            files: BTreeMap::new(),
            told: Told::default(),
            pair: unikum::Pair::default(),
            written: 0,
        })))
    }

    /// Writes everything.
    pub fn deliver(&self) {
        lock(&self.0).deliver(true);
    }

    /// Makes something happen, and writes what this register writes then: everything, or what changed.
    pub fn alter_and_deliver<T>(&self, alter: impl FnOnce(&mut Municipality) -> T) -> T {
        let mut state = lock(&self.0);
        let altered = alter(&mut state.truth);
        state.deliver(false);
        altered
    }

    /// Looks at the truth.
    pub fn with_truth<T>(&self, look: impl FnOnce(&Municipality) -> T) -> T {
        look(&lock(&self.0).truth)
    }

    /// Who and what the files tell of.
    pub fn told(&self) -> Told {
        lock(&self.0).told.clone()
    }

    /// What is in the folder.
    pub fn files(&self) -> BTreeMap<String, ExportedFile> {
        lock(&self.0).files.clone()
    }

    /// How text is written from now on.
    pub fn set_habits(&self, alter: impl FnOnce(&mut TextHabits)) {
        alter(&mut lock(&self.0).habits);
    }

    /// What is wrong from the next delivery on.
    pub fn set_mistakes(&self, mistakes: Mistakes) {
        lock(&self.0).mistakes = mistakes;
    }

    /// Puts a file there, now.
    pub fn put(&self, name: &str, bytes: Vec<u8>) {
        lock(&self.0).put(name, bytes);
    }

    /// A file comes again, and only half of it arrives, up to somewhere within a line.
    pub fn upload_half(&self, name: &str) {
        let mut state = lock(&self.0);
        if let Some(mut bytes) = state.files.get(name).map(|it| it.bytes.clone()) {
            bytes.truncate(bytes.len() / 2);
            bytes.truncate(bytes.trim_ascii_end().len());
            state.put(name, bytes);
        }
    }

    /// Takes a file away.
    pub fn remove(&self, name: &str) {
        lock(&self.0).files.remove(name);
    }

    /// The personal number, as files have it, of somebody who has one.
    pub fn number_of(&self, person: Uuid) -> Option<String> {
        lock(&self.0).truth.persons.get(&person)?.civic_number.clone()
    }
}

impl State {
    fn put(&mut self, name: &str, bytes: Vec<u8>) {
        self.written += 1;
        let file = ExportedFile { bytes, modified: self.time.now(), version: self.written };
        self.files.insert(name.to_owned(), file);
    }

    fn deliver(&mut self, whole: bool) {
        let shown = shown::Shown::of(&self.truth, self.form);
        let (told, files) = match self.form {
            ExportForm::SdsV2_1 => sds::write(&shown, self.mistakes),
            ExportForm::Own => own::write(&shown, self.mistakes),
            ExportForm::Unikum => {
                let (told, pair) = unikum::Pair::of(&shown, self.mistakes);
                let before = std::mem::replace(&mut self.pair, pair);
                let stamp = self.time.now().strftime("Provby_%Y%m%d_%H%M").to_string();
                let files = if whole { self.pair.total(&stamp) } else { self.pair.since(&before, &stamp) };
                (told, files)
            }
        };
        self.told = told;
        for (name, rows) in files {
            let bytes = self.habits.write(&rows);
            self.put(&name, bytes);
        }
    }
}
