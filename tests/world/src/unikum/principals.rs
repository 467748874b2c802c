//! Objects: persons, classes and schools, told apart by their last column (help page 80000377939).

use super::cells::Cells;
use super::rows::Row;
use super::state::{Principal, UnikumClass, UnikumPerson, UnikumSchool};

/// The last column's words, each with how many columns there are.
const WIDTHS: [(&str, usize); 3] = [("user", 19), ("class", 7), ("school", 15)];

/// An object with its word and its id.
pub(super) struct Object {
    pub(super) word: &'static str,
    pub(super) id: String,
    pub(super) principal: Principal,
}

/// Reads an object's row, or says everything that is wrong with it.
pub(super) fn read(row: &Row<'_>) -> Result<Object, Vec<String>> {
    let last = row.cells.last().copied().unwrap_or_default();
    let Some((word, width)) = WIDTHS.into_iter().find(|(word, _)| *word == last) else {
        return Err(vec!["the last column is none of user, class and school".to_owned()]);
    };
    if row.cells.len() != width {
        return Err(vec![format!("{} columns instead of the {width} of a {word}", row.cells.len())]);
    }
    let mut cells = Cells::of(&row.cells);
    let (id, principal) = match word {
        "user" => person(&mut cells),
        "class" => class(&mut cells),
        _ => school(&mut cells),
    };
    if cells.faults.is_empty() { Ok(Object { word, id, principal }) } else { Err(cells.faults) }
}

fn person(cells: &mut Cells<'_>) -> (String, Principal) {
    let given_name = cells.required(1, "the first name");
    let family_name = cells.required(2, "the last name");
    let email = cells.email(3);
    let number = cells.personal_number(4);
    // Whether contact details are hidden, and three kinds of messages allowed.
    (12..=15).for_each(|column| cells.boolean(column));
    let school_year = cells.school_year(16);
    (17..=18).for_each(|column| cells.empty(column));
    (number, Principal::Person(UnikumPerson { given_name, family_name, email, school_year }))
}

fn class(cells: &mut Cells<'_>) -> (String, Principal) {
    let id = cells.required(1, "the external id");
    let name = cells.required(2, "the name");
    let school_type = cells.school_type(3);
    cells.ages([4, 5]);
    (id, Principal::Class(UnikumClass { name, school_type }))
}

fn school(cells: &mut Cells<'_>) -> (String, Principal) {
    let id = cells.required(1, "the external id");
    let school_unit_code = cells.school_unit_code(2);
    let name = cells.required(3, "the name");
    cells.required(4, "the school type");
    let school_type = cells.school_type(4);
    cells.ages([5, 6]);
    (id, Principal::School(UnikumSchool { school_unit_code, name, school_type }))
}
