//! Relations and the order of their rows.

use super::*;

/// Complaints of relations within the small school, without what file they are in.
fn faults(relations: &str) -> Vec<String> {
    let of = format!("{STEM}.relations ");
    complaints(&small_school(), relations).iter().map(|it| it.strip_prefix(&of).unwrap_or(it).to_owned()).collect()
}

#[test]
fn relations_of_every_type_are_taken() {
    let (pupil, teacher) = (number(0), number(1));
    let rows = [
        ["add", "school_in_org", "S1", "Norrbyholm"],
        ["add", "class_in_school", "4A", "S1"],
        ["add", "student_in_school", &pupil, "S1"],
        ["add", "staff_in_school", &teacher, "S1"],
        ["add", "student_in_class", &pupil, "4A"],
        ["add", "teacher_in_class", &teacher, "4A"],
        ["add", "mentor_for", &teacher, &pupil],
        ["add", "guardian_for", &teacher, &pupil],
        ["add", "external_user_in_school", &teacher, "S1"],
        ["add", "administrator_for", &teacher, "S1"],
    ];
    let relations: String = rows.iter().map(|it| row(it)).collect();
    let mut import = import();

    import.take(STEM, small_school().as_bytes(), relations.as_bytes());

    assert_eq!(import.complaints(), [""; 0]);
    assert_eq!(import.state().relations.len(), rows.len());
}

#[test]
fn rows_that_are_no_relation_are_complained_of() {
    let pupil = number(0);
    let nothing = "student_in_class leads to what no pair has brought";
    let nobody = "student_in_class leads from what no pair has brought";
    let table: [(&[&str], &str); 13] = [
        (&["add", "student_in_class", &pupil], "3 columns instead of 4"),
        (&["add", "student_in_class", &pupil, "4A", ""], "5 columns instead of 4"),
        (&["Add", "student_in_class", &pupil, "4A"], "an operation that is neither add nor remove"),
        (&["change", "student_in_class", &pupil, "4A"], "an operation that is neither add nor remove"),
        (&["", "student_in_class", &pupil, "4A"], "no operation"),
        (&["add", "pupil_in_class", &pupil, "4A"], "a type of relation that does not exist"),
        (&["add", "student_in_class", "", "4A"], "no from"),
        (&["add", "student_in_class", &pupil, ""], "no to"),
        (&["add", "student_in_class", &pupil, "4C"], nothing),
        (&["add", "student_in_class", &pupil, "S1"], nothing),
        (&["add", "student_in_class", "20140506-9999", "4A"], nobody),
        (&["remove", "student_in_class", "20140506-9999", "4A"], nobody),
        (&["add", "class_in_school", "4C", "S2"], "class_in_school leads from and to what no pair has brought"),
    ];
    for (cells, fault) in table {
        assert_eq!(faults(&row(cells)), [format!("row 1: {fault}")], "{cells:?}");
    }
}

#[test]
fn columns_of_a_relation_may_be_in_any_order() {
    let options = UnikumOptions {
        relation_columns: vec!["type", "to", "unused", "from", "operation"],
        ..UnikumOptions::default()
    };
    let mut import = UnikumImport::new(options);
    let relation = row(&["student_in_class", "4A", "", &number(0), "add"]);

    import.take(STEM, small_school().as_bytes(), relation.as_bytes());

    assert_eq!(import.complaints(), [""; 0]);
    let relation = ("student_in_class".to_owned(), number(0), "4A".to_owned());
    assert!(import.state().relations.contains(&relation));
}

#[test]
fn a_relation_may_lead_to_what_an_earlier_pair_brought() {
    let mut import = import();
    import.take(STEM, small_school().as_bytes(), b"");

    import.take(LATER, b"", row(&["add", "student_in_class", &number(0), "4A"]).as_bytes());

    assert_eq!(import.complaints(), [""; 0]);
}

#[test]
fn a_relation_that_is_in_a_file_twice_is_complained_of_whatever_is_done_to_it() {
    let relation = |operation: &str| row(&[operation, "student_in_class", &number(0), "4A"]);
    let twice = "row 2: student_in_class that is in this file twice";

    assert_eq!(faults(&(relation("add") + &relation("add"))), [twice]);
    assert_eq!(faults(&(relation("remove") + &relation("add"))), [twice]);
}

#[test]
fn somebody_s_removals_come_before_what_is_added() {
    let relation =
        |operation: &str, person: u32, class: &str| row(&[operation, "student_in_class", &number(person), class]);
    let removed_first = relation("remove", 0, "4A") + &relation("add", 0, "4B");
    let added_first = relation("add", 0, "4B") + &relation("remove", 0, "4A");
    let two_people = relation("add", 1, "4B") + &relation("remove", 0, "4A");

    assert_eq!(faults(&removed_first), [""; 0]);
    assert_eq!(faults(&added_first), ["row 2: removed after something was added about the same person"]);
    assert_eq!(faults(&two_people), [""; 0]);
}

#[test]
fn a_removal_is_late_also_if_the_other_person_is_whom_something_was_added_about() {
    let relations =
        row(&["add", "student_in_class", &number(0), "4B"]) + &row(&["remove", "guardian_for", &number(1), &number(0)]);

    assert_eq!(faults(&relations), ["row 2: removed after something was added about the same person"]);
}

#[test]
fn relations_are_added_and_removed() {
    let mut import = import();
    import.take(STEM, small_school().as_bytes(), row(&["add", "student_in_class", &number(0), "4A"]).as_bytes());
    let move_to_4b =
        row(&["remove", "student_in_class", &number(0), "4A"]) + &row(&["add", "student_in_class", &number(0), "4B"]);

    import.take(LATER, b"", move_to_4b.as_bytes());

    let held: Vec<_> = import.state().relations.iter().cloned().collect();
    assert_eq!(held, [("student_in_class".to_owned(), number(0), "4B".to_owned())]);
    assert_eq!(import.repeated(), 0);
}

#[test]
fn what_is_added_again_or_removed_again_is_counted_and_does_no_harm() {
    let mut import = import();
    let first = row(&["add", "student_in_class", &number(0), "4A"]);
    import.take(STEM, small_school().as_bytes(), first.as_bytes());

    import.take(LATER, b"", (row(&["remove", "student_in_class", &number(1), "4A"]) + &first).as_bytes());

    assert_eq!((import.repeated(), import.complaints().len(), import.state().relations.len()), (2, 0, 1));
}

#[test]
fn pairs_are_remembered_with_their_rows() {
    let mut import = import();

    import.take(STEM, small_school().as_bytes(), row(&["add", "staff_in_school", &number(1), "S1"]).as_bytes());

    let pairs: Vec<_> = import.pairs().iter().map(|it| (it.stem.as_str(), it.principals, it.relations)).collect();
    assert_eq!(pairs, [(STEM, 5, 1)]);
}
