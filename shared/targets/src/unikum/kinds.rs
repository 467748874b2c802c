//! The objects and relations of Unikum's import, in its own words.

use rules::object::ObjectKind;

/// A person.
pub(super) const USER: ObjectKind = ObjectKind::new("user");
/// A class.
pub(super) const CLASS: ObjectKind = ObjectKind::new("class");
/// A school.
pub(super) const SCHOOL: ObjectKind = ObjectKind::new("school");

/// No relation: the numbers that Unikum may know a person by. They are remembered as relations are, so that nothing is
/// left under an old one.
pub(super) const KNOWN_BY: &str = "known_by";

pub(super) const SCHOOL_IN_ORG: &str = "school_in_org";
pub(super) const CLASS_IN_SCHOOL: &str = "class_in_school";
pub(super) const STUDENT_IN_SCHOOL: &str = "student_in_school";
pub(super) const STAFF_IN_SCHOOL: &str = "staff_in_school";
pub(super) const STUDENT_IN_CLASS: &str = "student_in_class";
pub(super) const TEACHER_IN_CLASS: &str = "teacher_in_class";

/// The only school types that Unikum knows, and a school has one of them (80000377939).
pub(super) const SCHOOL_TYPES: [&str; 5] = [
    "se.forskoleverksamhet.forskola",
    "se.grundskoleutbildning.grundskola",
    "se.grundskoleutbildning.sarskola.grundsarskola",
    "se.gymnasieutbildning.gymnasieskola",
    "se.vuxenutbildning",
];

/// What Unikum calls a school type, by its code in SS 12000.
pub(super) fn school_type(code: &str) -> Option<&'static str> {
    let [preschool, compulsory, special, upper_secondary, adult] = SCHOOL_TYPES;
    Some(match code {
        "FS" => preschool,
        "GR" => compulsory,
        "GRS" => special,
        "GY" => upper_secondary,
        "VUX" => adult,
        _ => return None,
    })
}

/// What Unikum calls a school that has nothing but a part of one: preschool classes and after-school centres are parts of
/// whatever school they are at, and of a compulsory school if of none.
pub(super) fn part_of(code: &str) -> Option<&'static str> {
    matches!(code, "FKLASS" | "FTH").then_some(SCHOOL_TYPES[1])
}

/// Whether a relation of a class begins with the other end: people are in classes.
pub(super) fn begins_with_the_other(relation: &str) -> bool {
    matches!(relation, STUDENT_IN_CLASS | TEACHER_IN_CLASS)
}
