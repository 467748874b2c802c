mod expectation;
mod files;
mod objects;
mod pick_up;
mod relating;

use super::{UnikumImport, UnikumOptions, UnikumState};
use crate::truth::luhn_digit;

const STEM: &str = "Norrbyholm_20261014_2200";
const LATER: &str = "Norrbyholm_20261014_2205";
const GRUNDSKOLA: &str = "se.grundskoleutbildning.grundskola";

fn import() -> UnikumImport {
    UnikumImport::new(UnikumOptions::default())
}

/// What a first pair is complained of for.
fn complaints(principals: &str, relations: &str) -> Vec<String> {
    let mut import = import();
    import.take(STEM, principals.as_bytes(), relations.as_bytes());
    import.complaints().to_vec()
}

fn row(cells: &[&str]) -> String {
    cells.join("\t") + "\n"
}

/// A number of the series for tests, hyphenated.
fn number(place: u32) -> String {
    let serial = 980 + place;
    format!("20140506-{serial}{}", luhn_digit(&format!("140506{serial}")))
}

fn user_cells(number: &str) -> Vec<String> {
    let mut cells = vec![String::new(); 19];
    for (column, text) in
        [(1, "Tuva"), (2, "Provsson"), (3, "tuva@elev.norrbyholm.example"), (4, number), (16, "4"), (19, "user")]
    {
        text.clone_into(&mut cells[column - 1]);
    }
    cells
}

fn class_cells(id: &str, name: &str) -> Vec<String> {
    [id, name, "", "", "", "", "class"].map(str::to_owned).to_vec()
}

fn school_cells(id: &str, code: &str, name: &str) -> Vec<String> {
    let mut cells = vec![String::new(); 15];
    for (column, text) in [(1, id), (2, code), (3, name), (4, GRUNDSKOLA), (15, "school")] {
        text.clone_into(&mut cells[column - 1]);
    }
    cells
}

fn written(cells: &[String]) -> String {
    cells.join("\t") + "\n"
}

fn user(number: &str) -> String {
    written(&user_cells(number))
}

/// Two persons, two classes and a school: rows 1 to 5.
fn small_school() -> String {
    let classes = written(&class_cells("4A", "4A")) + &written(&class_cells("4B", "4B"));
    user(&number(0)) + &user(&number(1)) + &classes + &written(&school_cells("S1", "00990001", "Tallskolan"))
}

/// Both files of a pair with all of it, written by another hand than the hub's.
fn files_of(state: &UnikumState) -> [String; 2] {
    let schools = state.schools.iter().map(|(id, it)| {
        let mut cells = school_cells(id, it.school_unit_code.as_deref().unwrap_or_default(), &it.name);
        cells[3] = it.school_type.clone().unwrap_or_default();
        written(&cells)
    });
    let classes = state.classes.iter().map(|(id, it)| {
        let mut cells = class_cells(id, &it.name);
        cells[2] = it.school_type.clone().unwrap_or_default();
        written(&cells)
    });
    let persons = state.persons.iter().map(|(number, it)| {
        let mut cells = user_cells(number);
        cells[0].clone_from(&it.given_name);
        cells[1].clone_from(&it.family_name);
        cells[2] = it.email.clone().unwrap_or_default();
        cells[15] = it.school_year.map(|year| year.to_string()).unwrap_or_default();
        written(&cells)
    });
    let relations = state.relations.iter().map(|(kind, from, to)| row(&["add", kind, from, to]));
    [schools.chain(classes).chain(persons).collect(), relations.collect()]
}
