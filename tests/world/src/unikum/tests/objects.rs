//! Persons, classes and schools.

use super::*;

/// Complaints of one row, without what it is about.
fn faults(cells: &[String]) -> Vec<String> {
    let of = format!("{STEM}.principals row 1, ");
    complaints(&written(cells), "").iter().map(|it| it.strip_prefix(&of).unwrap_or(it).to_owned()).collect()
}

fn check(cells: &[String], table: &[(usize, &str, &str)]) {
    assert_eq!(faults(cells), [""; 0]);
    for (column, text, fault) in table {
        let mut altered = cells.to_vec();
        (*text).clone_into(&mut altered[column - 1]);
        let wanted = if fault.is_empty() { vec![] } else { vec![format!("column {column}: {fault}")] };
        assert_eq!(faults(&altered), wanted, "column {column}: {text}");
    }
}

#[test]
fn each_cell_of_a_person_is_as_the_columns_say() {
    let form = "a personal number that is not ååååmmdd-nnnn";
    let unreal = "a personal number of a date that does not exist";
    let boolean = "neither true nor false nor empty";
    let year = "a school year that is neither F nor 0 to 10";
    check(
        &user_cells(&number(0)),
        &[
            (1, "", "the first name is missing"),
            (2, "", "the last name is missing"),
            (3, "", ""),
            (3, "tuva", "not an e-mail address"),
            (3, "@norrbyholm.example", "not an e-mail address"),
            (3, "tuva provsson@norrbyholm.example", "not an e-mail address"),
            (4, "", "the personal number is missing"),
            (4, "191212121212", form),
            (4, "121212-1212", form),
            (4, "19121212-121", form),
            (4, "19121212-TF01", form),
            (4, "19121212-1212", ""),
            (4, "19121272-1219", ""),
            (4, "19121212-1213", "a personal number with a wrong check digit"),
            (4, "20140230-9801", unreal),
            (4, "20141306-9801", unreal),
            (4, "20140592-9801", unreal),
            (4, "20140560-9801", unreal),
            (5, "Beskrivning", ""),
            (12, "true", ""),
            (12, "ja", boolean),
            (13, "1", boolean),
            (14, "True", boolean),
            (15, "falsk", boolean),
            (16, "", ""),
            (16, "F", ""),
            (16, "0", ""),
            (16, "10", ""),
            (16, "11", year),
            (16, "04", year),
            (16, "+4", year),
            (17, "x", "to be left empty, and is not"),
            (18, "x", "to be left empty, and is not"),
        ],
    );
}

#[test]
fn each_cell_of_a_class_is_as_the_columns_say() {
    let notation = "a school type that is none of Unikum's in dot notation";
    check(
        &class_cells("4A", "4A"),
        &[
            (1, "", "the external id is missing"),
            (2, "", "the name is missing"),
            (3, "GR", notation),
            (3, GRUNDSKOLA, ""),
            (4, "9", ""),
            (4, "nio", "an age that is no number"),
            (5, "-1", "an age that is no number"),
        ],
    );
}

#[test]
fn each_cell_of_a_school_is_as_the_columns_say() {
    let notation = "a school type that is none of Unikum's in dot notation";
    let code = "a school unit code that is not eight digits";
    check(
        &school_cells("S1", "00990001", "Tallskolan"),
        &[
            (1, "", "the external id is missing"),
            (2, "", ""),
            (2, "990001", code),
            (2, "0099000A", code),
            (3, "", "the name is missing"),
            (4, "", "the school type is missing"),
            (4, "Grundskola", notation),
            (4, "se.grundskoleutbildning", notation),
            (4, "se.vuxenutbildning", ""),
            (5, "sex", "an age that is no number"),
            (6, "sexton", "an age that is no number"),
        ],
    );
}

#[test]
fn rows_of_another_width_or_word_are_complained_of() {
    let none = "the last column is none of user, class and school";
    let table = [
        (row(&["Tuva", "Provsson", "user"]), ", 3 columns instead of the 19 of a user"),
        (user(&number(0)).replace("\tuser", "\t\tuser"), ", 20 columns instead of the 19 of a user"),
        (row(&["4A", "4A", "class"]), ", 3 columns instead of the 7 of a class"),
        (row(&["S1", "school"]), ", 2 columns instead of the 15 of a school"),
        (user(&number(0)).replace("user", "User"), &format!(", {none}")[..]),
        (user(&number(0)).replace('\t', ";"), &format!(", {none}")),
    ];
    for (text, fault) in table {
        assert_eq!(complaints(&text, ""), [format!("{STEM}.principals row 1{fault}")]);
    }
}

#[test]
fn every_fault_of_a_row_is_told_and_nothing_of_what_it_says() {
    let mut cells = user_cells("20140506-9800");
    cells[0].clear();
    cells[2] = "tuva".to_owned();

    let found = faults(&cells);

    assert_eq!(
        found,
        [
            "column 1: the first name is missing",
            "column 3: not an e-mail address",
            "column 4: a personal number with a wrong check digit",
        ]
    );
}

#[test]
fn a_row_that_is_complained_of_is_not_taken() {
    let mut import = import();

    import.take(STEM, user("20140506-9800").as_bytes(), b"");

    assert!(import.state().persons.is_empty());
}

#[test]
fn an_object_that_is_in_a_file_twice_is_complained_of() {
    let school = small_school();
    for (again, at) in [(user(&number(1)), "user"), (written(&class_cells("4B", "4C")), "class")] {
        let fault = format!("{STEM}.principals row 6: a {at} that is in this file twice");
        assert_eq!(complaints(&(school.clone() + &again), ""), [fault]);
    }
}

#[test]
fn a_class_and_a_school_may_have_the_same_id() {
    let both = written(&class_cells("S1", "4A")) + &written(&school_cells("S1", "", "Tallskolan"));

    assert_eq!(complaints(&both, ""), [""; 0]);
}

#[test]
fn whoever_comes_again_is_overwritten_and_nothing_is_kept_of_before() {
    let mut import = import();
    import.take(STEM, small_school().as_bytes(), b"");
    let mut cells = user_cells(&number(0));
    cells[1] = "Testberg".to_owned();
    cells[2].clear();
    cells[15] = "F".to_owned();

    import.take(LATER, written(&cells).as_bytes(), b"");

    let person = &import.state().persons[&number(0)];
    assert_eq!((person.family_name.as_str(), &person.email, person.school_year), ("Testberg", &None, Some(0)));
    assert_eq!(import.repeated_objects(), 0);
}

#[test]
fn objects_that_come_again_as_they_were_are_counted() {
    let mut import = import();
    import.take(STEM, small_school().as_bytes(), b"");

    import.take(LATER, small_school().as_bytes(), b"");

    assert_eq!((import.repeated_objects(), import.complaints().len()), (5, 0));
}
