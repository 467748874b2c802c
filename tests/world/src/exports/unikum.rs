//! Unikum's pairs: what is and what is related, first everything, then what changed.

use super::shown::Shown;
use super::text::{Rows, row};
use super::{Mistakes, Told};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What a pair with everything would hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Pair {
    /// Objects by what they are called.
    principals: BTreeMap<String, Vec<String>>,
    /// Relations without their operation.
    relations: BTreeSet<[String; 3]>,
    /// Relations that name nobody.
    mistakes: bool,
}

impl Pair {
    pub(super) fn of(shown: &Shown<'_>, mistakes: Mistakes) -> (Told, Self) {
        let mut pair = Self { mistakes: mistakes.dangling_memberships, ..Self::default() };
        let mut told = Told::default();
        let number = |person: Uuid| shown.persons[&person].civic_number.clone().unwrap_or_default();
        let mut relate = |kind: &str, from: &str, to: Uuid| {
            pair.relations.insert([kind.to_owned(), from.to_owned(), to.to_string()]);
        };
        for it in &shown.organisations {
            told.organisations.insert(it.id.to_string());
        }
        for (group, school) in &shown.groups {
            relate("class_in_school", &group.id.to_string(), school.id);
            told.groups.insert(group.id.to_string());
        }
        for (person, it) in &shown.places {
            relate("student_in_school", &hyphenated(&number(person.id)), it.unit);
            told.persons.insert(number(person.id));
        }
        for it in &shown.members {
            let kind = match (it.teaches, it.mentor) {
                (false, _) => "student_in_class",
                (true, false) => "teacher_in_class",
                (true, true) => "mentor_for",
            };
            let person = number(it.person);
            relate(kind, &hyphenated(&person), it.group);
            if it.teaches {
                told.duties.insert((person.clone(), it.school.id.to_string(), "Lärare".to_owned()));
            }
            told.persons.insert(person);
        }
        for it in shown.duties.iter().filter(|it| shown.organisations.iter().any(|unit| unit.id == it.at)) {
            let (person, at) = (number(it.person), it.at.to_string());
            relate("staff_in_school", &hyphenated(&person), it.at);
            if !told.duties.contains(&(person.clone(), at.clone(), "Lärare".to_owned())) {
                told.duties.insert((person.clone(), at, "Annan personal".to_owned()));
            }
            told.persons.insert(person);
        }
        for person in shown.persons.values() {
            for guardian in person.responsibles.iter().filter(|it| shown.persons.contains_key(*it)) {
                let relation =
                    ["guardian_for".to_owned(), hyphenated(&number(*guardian)), hyphenated(&number(person.id))];
                pair.relations.insert(relation);
            }
        }
        pair.principals = principals(shown);
        (told, pair)
    }

    /// Both files, with everything.
    pub(super) fn total(&self, stamp: &str) -> Vec<(String, Rows)> {
        let mut principals: Rows = self.principals.values().cloned().collect();
        // The order of objects says nothing; schools last is as good as any.
        principals.sort_by_key(|row| row.len() == 15);
        let mut relations: Rows = self.relations.iter().map(|it| relation("add", it)).collect();
        if self.mistakes {
            relations.push(row(&["add", "student_in_class", "19000101-0000", "ingenstans"]));
            relations.push(row(&["add", "staff_in_school", "19000101-0000", "ingenstans"]));
        }
        named(&format!("{stamp}_total"), principals, relations)
    }

    /// Both files, with what changed.
    pub(super) fn since(&self, before: &Self, stamp: &str) -> Vec<(String, Rows)> {
        let is_new = |(key, row): &(&String, &Vec<String>)| before.principals.get(*key) != Some(*row);
        let principals = self.principals.iter().filter(is_new).map(|(_, row)| row.clone()).collect();
        let gone = before.relations.difference(&self.relations).map(|it| relation("remove", it));
        let new = self.relations.difference(&before.relations).map(|it| relation("add", it));
        named(stamp, principals, gone.chain(new).collect())
    }
}

fn named(stem: &str, principals: Rows, relations: Rows) -> Vec<(String, Rows)> {
    vec![(format!("{stem}.principals"), principals), (format!("{stem}.relations"), relations)]
}

fn relation(operation: &str, [kind, from, to]: &[String; 3]) -> Vec<String> {
    row(&[operation, kind, from, to])
}

fn principals(shown: &Shown<'_>) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for it in &shown.organisations {
        let mut cells = vec![String::new(); 15];
        cells[0] = it.id.to_string();
        cells[1] = it.school_unit_code.clone().unwrap_or_default();
        cells[2].clone_from(&it.name);
        if it.school_types == ["GR"] {
            "se.grundskoleutbildning.grundskola".clone_into(&mut cells[3]);
        }
        "school".clone_into(&mut cells[14]);
        all.insert(it.id.to_string(), cells);
    }
    for (it, _) in &shown.groups {
        all.insert(it.id.to_string(), row(&[&it.id.to_string(), &it.name, "", "", "", "", "class"]));
    }
    for (id, it) in &shown.persons {
        let mut cells = vec![String::new(); 19];
        cells[0].clone_from(&it.given_name);
        cells[1].clone_from(&it.family_name);
        let email = it.emails.iter().find(|it| it.kind.starts_with("Skola"));
        cells[2] = email.map(|it| it.value.clone()).unwrap_or_default();
        cells[3] = hyphenated(it.civic_number.as_deref().unwrap_or_default());
        cells[11..15].clone_from_slice(&["false", "true", "true", "true"].map(str::to_owned));
        let year = shown.places.iter().find(|(person, _)| person.id == *id).map(|(_, place)| place.school_year);
        cells[15] = year.map(|year| year.to_string()).unwrap_or_default();
        "user".clone_into(&mut cells[18]);
        all.insert(it.civic_number.clone().unwrap_or_default(), cells);
    }
    all
}

/// `ååååmmdd-nnnn`.
fn hyphenated(number: &str) -> String {
    number.split_at_checked(8).map_or_else(|| number.to_owned(), |(date, rest)| format!("{date}-{rest}"))
}
