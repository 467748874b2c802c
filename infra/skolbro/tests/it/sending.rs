//! `skolbro drop --to`: files sent to a hub elsewhere.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::dropping::Place;
use crate::process::{Up, skolbro};

const KEY: &str = "a-key-of-the-school-that-nobody-guesses";

/// A hub that takes files with the key, and where it is.
fn hub(place: &Place) -> (Up, String) {
    let address = format!("{}\ndrop_key = {{ env = 'SCHOOLS_KEY' }}", place.folder());
    let up = place.up_with(&address, &BTreeMap::from([("SCHOOLS_KEY".to_owned(), KEY.to_owned())]));
    let noted: Value = serde_json::from_slice(&std::fs::read(place.path("data/control.json")).unwrap()).unwrap();
    (up, noted["url"].as_str().unwrap().to_owned())
}

/// Whether it went well, and what was said.
fn send(to: &str, key: Option<&str>, files: &[String]) -> (bool, String) {
    let mut command = skolbro();
    command.args(["drop", "demoskolan", "register", "--to", to]).args(files).env_remove("SKOLBRO_DROP_KEY");
    if let Some(key) = key {
        command.env("SKOLBRO_DROP_KEY", key);
    }
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn files_are_sent_whole_and_sent_again_do_no_harm() {
    let place = Place::new();
    let (_up, to) = hub(&place);
    let large = place.path("export/elever_2.csv");
    std::fs::write(&large, "x".repeat(5_000_000)).unwrap();
    let files = [place.export("done.txt"), place.export("elever_1.csv"), large.to_str().unwrap().to_owned()];

    let (first, second) = (send(&to, Some(KEY), &files), send(&to, Some(KEY), &files));

    let said = |new: usize| (true, format!("3 file(s) are at 127.0.0.1, {new} of them new. register was rung.\n"));
    assert_eq!((first, second), (said(3), said(0)));
    let names: Vec<String> = place.dropped().into_iter().filter(|it| !it.starts_with('.')).collect();
    assert_eq!(names, ["done.txt", "elever_1.csv", "elever_2.csv"]);
    assert_eq!(std::fs::read(place.path("drop/elever_2.csv")).unwrap(), std::fs::read(large).unwrap());
}

#[test]
fn without_the_sources_key_nothing_is_taken() {
    let place = Place::new();
    let (_up, to) = hub(&place);

    let (sent, said) = send(&to, Some("another-key-of-another-school"), &[place.export("elever_1.csv")]);

    assert!(!sent && said.contains("webhook.no_such_door"), "{said}");
    assert_eq!(place.dropped(), [""; 0]);
}

#[test]
fn what_the_source_does_not_read_is_told_by_its_place() {
    let place = Place::new();
    let (_up, to) = hub(&place);

    let (sent, said) = send(&to, Some(KEY), &[place.export("elever_1.csv"), place.export("personal.csv")]);

    assert!(!sent && said.contains("file 1 has a name that this source does not read (drop.name_not_read)"), "{said}");
    assert_eq!(place.dropped(), [""; 0]);
}

#[test]
fn the_key_comes_from_the_environment_and_goes_nowhere_unencrypted() {
    let place = Place::new();
    let file = [place.export("elever_1.csv")];

    let (none, plain) = (send("https://hub.example", None, &file), send("http://hub.example", Some(KEY), &file));

    assert_eq!(none, (false, "SKOLBRO_DROP_KEY must hold the source's key.\n".to_owned()));
    assert!(!plain.0 && plain.1.contains("must be an address of the hub that begins with https://"), "{plain:?}");
}
