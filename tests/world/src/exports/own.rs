//! A register's own export: six files, everything in them, all names in Swedish.

use super::shown::Shown;
use super::text::{Rows, row};
use super::{Mistakes, Told};
use crate::truth::{Marking, Period};

type Files = Vec<(String, Rows)>;

pub(super) fn write(shown: &Shown<'_>, mistakes: Mistakes) -> (Told, Files) {
    let mut told = Told::default();
    let mut files = Files::new();
    let mut units = vec![row(&["Id", "Namn", "Typ", "Över", "Skolenhetskod", "Skolformer"])];
    for it in &shown.organisations {
        let parent = it.parent.map(|parent| parent.to_string()).unwrap_or_default();
        let code = it.school_unit_code.clone().unwrap_or_default();
        units.push(row(&[&it.id.to_string(), &it.name, it.kind.name(), &parent, &code, &it.school_types.join("|")]));
        told.organisations.insert(it.id.to_string());
    }
    let mut persons = vec![row(&["Id", "Förnamn", "Efternamn", "Personnummer", "E-post", "Sekretess", "Status"])];
    for it in shown.persons.values() {
        let number = it.civic_number.clone().unwrap_or_default();
        let school = it.emails.iter().find(|it| it.kind.starts_with("Skola")).map(|it| it.value.clone());
        let marking = if it.marking == Marking::None { "" } else { it.marking.name() };
        persons.push(row(&[
            &it.id.to_string(),
            &it.given_name,
            &it.family_name,
            &number,
            &school.unwrap_or_default(),
            marking,
            it.status.name(),
        ]));
        told.persons.insert(it.id.to_string());
    }
    if let Some(mut twice) = persons.last().cloned().filter(|_| mistakes.duplicate_person) {
        twice[2] = "Dubblett".to_owned();
        persons.push(twice);
    }
    let mut places = vec![row(&["Person", "Enhet", "Skolform", "Årskurs", "Från", "Till"])];
    for (person, it) in &shown.places {
        let year = if it.school_year == 0 { "F".to_owned() } else { it.school_year.to_string() };
        places.push(dated(&[&person.id.to_string(), &it.unit.to_string(), it.school_type, &year], it.period));
    }
    let mut duties = vec![row(&["Person", "Enhet", "Befattning", "Grupp", "Från", "Till"])];
    for it in &shown.duties {
        let (person, at) = (it.person.to_string(), it.at.to_string());
        duties.push(dated(&[&person, &at, it.role, ""], it.period));
        told.duties.insert((person, at, it.role.to_owned()));
    }
    let mut groups = vec![row(&["Id", "Namn", "Typ", "Enhet", "Från", "Till"])];
    for (it, school) in &shown.groups {
        groups.push(dated(&[&it.id.to_string(), &it.name, it.kind, &school.id.to_string()], it.period));
        told.groups.insert(it.id.to_string());
    }
    let mut members = vec![row(&["Grupp", "Person", "Roll", "Från", "Till"])];
    for it in &shown.members {
        let role = if it.teaches { "lärare" } else { "elev" };
        members.push(dated(&[&it.group.to_string(), &it.person.to_string(), role], it.period));
    }
    if let Some(usual) = members.last().cloned().filter(|_| mistakes.dangling_memberships) {
        members.extend([0, 1].map(|column| {
            let mut dangling = usual.clone();
            dangling[column] = "ingenstans".to_owned();
            dangling
        }));
    }
    let names = ["enheter", "personer", "placeringar", "tjanster", "grupper", "medlemmar"];
    let all = [units, persons, places, duties, groups, members];
    files.extend(names.into_iter().zip(all).map(|(name, rows)| (format!("{name}.csv"), rows)));
    (told, files)
}

fn dated(cells: &[&str], period: Period) -> Vec<String> {
    let mut cells = row(cells);
    cells.extend([period.start.to_string(), period.end.map(|end| end.to_string()).unwrap_or_default()]);
    cells
}
