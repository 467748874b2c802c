//! Views → wanted objects. Pure.
//!
//! An object's content is its row: the cells in their order, the type last. Contact details are not sent: no rule allows
//! them. Whom somebody is guardian or mentor for is not said either: the hub's view of a person has neither.

use std::collections::BTreeMap;

use roster::{Id, Personal};
use rules::object::{Body, ObjectKey, ObjectKind, Ties, WantedObject};
use rules::view::{GroupView, OrganisationView, OrganisationViewKind, PersonView, Reference, View};
use serde_json::{Value, json};

use super::config::UnikumConfig;
use super::kinds::{
    CLASS, CLASS_IN_SCHOOL, KNOWN_BY, SCHOOL, SCHOOL_IN_ORG, STAFF_IN_SCHOOL, STUDENT_IN_CLASS, STUDENT_IN_SCHOOL,
    TEACHER_IN_CLASS, USER, part_of, school_type,
};
use crate::Refusal;

/// Where a person's row has the personal number.
pub(super) const NUMBER: usize = 3;

/// How objects are written for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    pub(super) class_kinds: Vec<String>,
    pub(super) school_types: BTreeMap<String, String>,
    pub(super) organisation: Option<String>,
}

impl From<&UnikumConfig> for Mapping {
    fn from(config: &UnikumConfig) -> Self {
        Self {
            class_kinds: config.class_kinds.clone(),
            school_types: config.school_types.clone(),
            organisation: config.organisation.clone(),
        }
    }
}

impl Mapping {
    /// The objects of a view: school units, persons, and those groups that are classes.
    pub(super) fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        match view {
            View::Organisation(view) if view.kind == OrganisationViewKind::SchoolUnit => {
                self.school(view).map(|it| vec![it])
            }
            View::Person(view) => user(view).map(|it| vec![it]),
            View::Group(view) if self.class_kinds.contains(&view.kind) => self.class(view).map(|it| vec![it]),
            View::Organisation(_) | View::Group(_) | View::Activity(_) => Ok(Vec::new()),
        }
    }

    /// The tenant's word for a school type, or Unikum's own.
    fn word_for(&self, code: &str) -> Option<&str> {
        self.school_types.get(code).map(String::as_str).or_else(|| school_type(code))
    }

    /// A unit of several types is of the first that Unikum has a word for, in the order of its words.
    pub(super) fn type_of(&self, codes: &[String]) -> Result<&str, Refusal> {
        let whole = codes.iter().filter_map(|it| self.word_for(it)).min();
        whole.or_else(|| codes.iter().find_map(|it| part_of(it))).ok_or_else(|| Refusal {
            code: "unikum.school_type_unknown",
            reason: "Unikum has no word for any type of the school; school_types can give one".to_owned(),
        })
    }

    fn school(&self, view: &OrganisationView) -> Result<WantedObject, Refusal> {
        let key = key(&SCHOOL, view.id);
        let mut row = Row::<15>::of(&SCHOOL);
        row.set(0, &key.key);
        row.set(1, view.school_unit_code.as_deref().unwrap_or_default());
        row.set(2, required(&view.name, "unikum.school_name_missing", "the name of the school is missing")?);
        row.set(3, self.type_of(&view.school_types)?);
        let ties = self.organisation.iter().map(|it| (SCHOOL_IN_ORG.to_owned(), [it.clone()].into()));
        Ok(WantedObject { ties: ties.collect(), ..WantedObject::new(key, row.body()) })
    }

    fn class(&self, view: &GroupView) -> Result<WantedObject, Refusal> {
        let key = key(&CLASS, view.id);
        let mut row = Row::<7>::of(&CLASS);
        row.set(0, &key.key);
        row.set(1, required(&view.name, "unikum.class_name_missing", "the name of the class is missing")?);
        row.set(2, view.school_type.as_deref().and_then(|it| self.word_for(it)).unwrap_or_default());
        let ties = ties([
            (CLASS_IN_SCHOOL, vec![view.school_unit.at_target.clone()]),
            (STUDENT_IN_CLASS, named(view.pupils.iter())),
            (TEACHER_IN_CLASS, named(view.teachers.iter())),
        ]);
        Ok(WantedObject { ties, ..WantedObject::new(key, row.body()) })
    }
}

fn user(view: &PersonView) -> Result<WantedObject, Refusal> {
    let mut row = Row::<19>::of(&USER);
    let name =
        |name: &str| required(name, "unikum.name_missing", "a first or a last name is missing").map(str::to_owned);
    row.set(0, &name(view.given_name.as_str())?);
    row.set(1, &name(view.family_name.as_str())?);
    row.set(2, view.emails.first().map(|it| it.address.as_str()).unwrap_or_default());
    let number = hyphenated(&view.user_name)?;
    row.set(NUMBER, &number);
    let year = view.enrolments.iter().find_map(|it| it.school_year).map(|year| year.to_string());
    row.set(15, year.as_deref().unwrap_or_default());
    let enrolled = view.enrolments.iter().map(|it| &it.school_unit);
    let employed = view.employments.iter().map(|it| &it.school_unit);
    let ties =
        ties([(KNOWN_BY, vec![number]), (STUDENT_IN_SCHOOL, named(enrolled)), (STAFF_IN_SCHOOL, named(employed))]);
    Ok(WantedObject { ties, ..WantedObject::new(key(&USER, view.id), row.body()) })
}

/// Cells of a row, the last of which says what it is.
struct Row<const WIDTH: usize>([String; WIDTH]);

impl<const WIDTH: usize> Row<WIDTH> {
    fn of(kind: &ObjectKind) -> Self {
        let mut row = Self(std::array::from_fn(|_| String::new()));
        row.set(WIDTH - 1, kind.as_str());
        row
    }

    /// What separates cells and rows must not stand in one.
    fn set(&mut self, column: usize, text: &str) {
        let Some(cell) = self.0.get_mut(column) else { return };
        let words = text.split(|sign: char| sign.is_whitespace() || sign.is_control()).filter(|it| !it.is_empty());
        *cell = words.collect::<Vec<_>>().join(" ");
    }

    fn body(self) -> Body {
        Body::new(Value::Array(self.0.into_iter().map(|cell| json!(cell)).collect()))
    }
}

fn required<'t>(text: &'t str, code: &'static str, reason: &str) -> Result<&'t str, Refusal> {
    let missing = text.trim().is_empty();
    if missing { Err(Refusal { code, reason: reason.to_owned() }) } else { Ok(text) }
}

/// `ååååmmdd-nnnn`, of the twelve digits by which the rules let persons be named here.
fn hyphenated(number: &Personal<String>) -> Result<String, Refusal> {
    let is_whole = number.as_str().len() == 12 && number.as_str().bytes().all(|it| it.is_ascii_digit());
    match number.as_str().split_at_checked(8) {
        Some((date, rest)) if is_whole => Ok(format!("{date}-{rest}")),
        _ => Err(Refusal { code: "unikum.number_unusable", reason: "not a number of twelve digits".to_owned() }),
    }
}

fn ties<const LISTS: usize>(lists: [(&str, Vec<String>); LISTS]) -> Ties {
    lists.into_iter().map(|(list, to)| (list.to_owned(), to.into_iter().collect())).collect()
}

fn named<'r>(references: impl Iterator<Item = &'r Reference>) -> Vec<String> {
    references.map(|it| it.at_target.clone()).collect()
}

/// Kind and key of an object.
pub(super) fn key(kind: &ObjectKind, id: Id) -> ObjectKey {
    ObjectKey { kind: kind.clone(), key: id.to_string() }
}
