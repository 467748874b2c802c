//! `skolbro manual`, and storing what came of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use skolbro::machine::TemporaryFolder;

use crate::process::{Up, output};

const FILE: &str = "tenant = 'demoskolan' # ours\n[[source]]\nname = 'own'\nkind = 'manual'\n";

/// A tenant's file, and the folder of a hub.
struct Place {
    held: TemporaryFolder,
}

impl Place {
    fn new() -> Self {
        let held = TemporaryFolder::new().unwrap();
        std::fs::write(held.path().join("tenant.toml"), FILE).unwrap();
        Self { held }
    }

    fn file(&self) -> PathBuf {
        self.held.path().join("tenant.toml")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }

    fn hub(&self) -> Up {
        Up::start(&[], &[], &self.held.path().join("data"), &BTreeMap::new())
    }

    /// Whether it went well, and what was said.
    fn run(&self, words: &[&str], more: &[&str]) -> (bool, String) {
        let file = self.file();
        let arguments: Vec<&str> =
            words.iter().copied().chain([file.to_str().unwrap()]).chain(more.iter().copied()).collect();
        let output = output(&arguments);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.success(), said.replace(file.to_str().unwrap(), "tenant.toml"))
    }

    fn group(&self, id: &str, more: &[&str]) -> (bool, String) {
        self.run(&["manual", "group"], &[&["own", id], more].concat())
    }

    fn put(&self) -> (bool, String) {
        self.run(&["tenant", "put"], &["--data", self.held.path().join("data").to_str().unwrap()])
    }
}

const COUNCIL: [&str; 8] = ["--name", "Elevrådet", "--organisation", "s1", "--add-pupil", "p1", "--end", "2027-06-11"];

#[test]
fn a_group_is_made_and_listed() {
    let place = Place::new();

    let (made, said) = place.group("council", &COUNCIL);

    let (_, listed) = place.run(&["manual", "list"], &["own"]);
    assert!(made && said.starts_with("council: added."), "{said}");
    assert_eq!(listed, "council  Elevrådet  1 pupil(s), 0 staff, to 2027-06-11\n");
}

#[test]
fn what_would_be_no_group_is_told_and_the_file_stays_as_it_is() {
    let place = Place::new();

    let (made, said) = place.group("council", &["--organisation", "s1"]);

    assert!(!made && said.contains("missing field `name`"), "{said}");
    assert_eq!(place.text(), FILE);
}

#[test]
fn teachers_are_added_and_taken_away_again() {
    let place = Place::new();
    let teachers = ["own", "substitutes", "--name", "Vikarier", "--add-group", "g1", "--add-person", "t1"];

    let (added, said) = place.run(&["manual", "teachers"], &teachers);
    let (removed, gone) = place.run(&["manual", "remove"], &["own", "substitutes"]);

    assert!(added && removed && gone.starts_with("substitutes: removed."), "{said}{gone}");
    assert!(!place.text().contains("substitutes"), "{}", place.text());
}

#[test]
fn what_is_stored_at_a_running_hub_is_what_it_works_with() {
    let place = Place::new();
    let hub = place.hub();
    let stored = place.put();
    place.group("council", &COUNCIL);

    let again = [place.put(), place.put()];

    assert_eq!(stored, (true, "demoskolan: stored.\n".into()));
    assert_eq!(again, [(true, "demoskolan: stored.\n".into()), (true, "demoskolan: unchanged.\n".into())]);
    drop(hub);
}

#[test]
fn a_file_cannot_be_stored_where_no_hub_runs() {
    let place = Place::new();

    let (stored, said) = place.put();

    assert!(!stored && said.starts_with("No hub is running"), "{said}");
}
