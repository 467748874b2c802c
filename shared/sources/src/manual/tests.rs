use insta::assert_debug_snapshot;
use jiff::Timestamp;

use super::*;
use crate::SourceErrorKind;
use crate::loopback::{Whole, context, whole};

const FILE: &str = r#"
ids_of = "oneroster"

[[group]]
id = "council"
name = "Elevrådet"
organisation = "school-1"
pupils = ["p-2", "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0001"]
staff = ["t-1"]
start = "2026-08-17"
end = "2027-06-11"

[[teachers]]
id = "substitutes"
name = "Vikarier 7A"
groups = ["council", "class-7a"]
persons = ["t-9"]
"#;

fn config(text: &str) -> Result<ManualConfig, ConfigProblem> {
    crate::configuration::read(&text.parse().unwrap())
}

fn source(text: &str) -> ManualSource {
    ManualSource::new(config(text).unwrap(), &context()).unwrap()
}

async fn everything(text: &str) -> Whole {
    whole(&source(text), Scope::Full, None).await.unwrap()
}

fn problem(text: &str) -> String {
    config(text).and_then(|it| ManualSource::new(it, &context())).unwrap_err().to_string()
}

#[tokio::test]
async fn what_is_written_becomes_groups_and_activities() {
    assert_debug_snapshot!(everything(FILE).await.records);
}

#[tokio::test]
async fn all_that_there_can_be_is_complete() {
    assert_eq!(everything("").await.complete, KINDS);
}

#[tokio::test]
async fn nothing_has_changed_while_the_file_is_the_same() {
    let cursor = everything(FILE).await.cursor.unwrap();

    let changes = whole(&source(FILE), Scope::Changes { cursor }, None).await.unwrap();

    assert_eq!((changes.records, changes.complete), (vec![], vec![]));
}

#[tokio::test]
async fn another_file_is_read_whole() {
    let cursor = everything(FILE).await.cursor.unwrap();
    let other = source(&FILE.replace("Elevrådet", "Skolrådet"));

    let error = whole(&other, Scope::Changes { cursor }, None).await.unwrap_err();

    assert_eq!((error.kind, error.code), (SourceErrorKind::FullReadNeeded, "manual.changed"));
}

#[tokio::test]
async fn a_read_does_not_go_on_in_another_file() {
    let many: String =
        (0..150).map(|n| format!("[[group]]\nid = 'g{n}'\nname = 'Grupp'\norganisation = 'school-1'\n")).collect();
    let request = ReadRequest { scope: Scope::Full, position: None, started: Timestamp::UNIX_EPOCH, memory: None };
    let Next::Page(position) = source(&many).read(&request).await.unwrap().next else {
        panic!("there is no next page")
    };

    let shorter = source(&many.replace("id = 'g149'", "id = 'last'"));
    let error = shorter.read(&ReadRequest { position: Some(position), ..request }).await.unwrap_err();

    assert_eq!(error.code, "manual.changed");
}

#[test]
fn one_person_is_not_pupil_and_staff_of_a_group() {
    let text = FILE.replace("[\"t-1\"]", "[\"t-1\", \"p-2\"]");

    assert_eq!(problem(&text), "group[0].staff: p-2 is among the pupils too");
}

#[test]
fn two_groups_have_two_identifiers() {
    let text = format!("{FILE}[[group]]\nid = ' council '\nname = 'Ett annat'\norganisation = 'school-1'");

    assert_eq!(problem(&text), "group:  council  is there twice");
}

#[test]
fn teachers_are_added_to_something() {
    assert_eq!(
        problem(&FILE.replace("[\"council\", \"class-7a\"]", "[]")),
        "teachers[0].groups: must name at least one"
    );
}

#[test]
fn a_date_that_does_not_exist_is_told() {
    assert!(problem(&FILE.replace("2027-06-11", "2027-06-31")).starts_with("group[0].end: "));
}

#[test]
fn an_end_before_the_start_is_told() {
    assert_eq!(problem(&FILE.replace("2027-06-11", "2026-06-11")), "group[0].end: lies before the start");
}

#[test]
fn a_name_without_end_is_refused() {
    let text = FILE.replace("Elevrådet", &"å".repeat(201));

    assert_eq!(problem(&text), "group[0].name: must be a text of 1 to 200 characters");
}

#[test]
fn the_register_is_one_that_exists() {
    for register in ["procapita", "manual"] {
        let text = FILE.replace("oneroster", register);

        assert_eq!(problem(&text), "ids_of: must be the kind of a register, such as ss12000 or oneroster");
    }
}
