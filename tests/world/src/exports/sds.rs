//! School Data Sync V2.1: the columns that Microsoft's documentation lists, all of them, most of them empty.

use super::shown::Shown;
use super::text::{Rows, row};
use super::{Mistakes, Told};
use crate::truth::{OrganisationKind, Period};
use std::collections::BTreeSet;

type Files = Vec<(String, Rows)>;

pub(super) fn write(shown: &Shown<'_>, mistakes: Mistakes) -> (Told, Files) {
    let mut told = Told::default();
    let mut orgs = vec![row(&["sourcedId", "name", "type", "parentSourcedId"])];
    for it in &shown.organisations {
        let kind = if it.kind == OrganisationKind::Organiser { "district" } else { "school" };
        let parent = it.parent.map(|parent| parent.to_string()).unwrap_or_default();
        orgs.push(row(&[&it.id.to_string(), &it.name, kind, &parent]));
        told.organisations.insert(it.id.to_string());
    }
    let mut users = vec![row(&[
        "sourcedId",
        "username",
        "givenName",
        "familyName",
        "password",
        "activeDirectoryMatchId",
        "email",
        "phone",
        "sms",
    ])];
    for it in shown.persons.values() {
        let email =
            it.emails.iter().find(|it| it.kind.starts_with("Skola")).map(|it| it.value.clone()).unwrap_or_default();
        users.push(row(&[&it.id.to_string(), &email, &it.given_name, &it.family_name, "", "", &email, "", ""]));
        told.persons.insert(it.id.to_string());
    }
    if let Some(mut twice) = users.last().cloned().filter(|_| mistakes.duplicate_person) {
        twice[3] = "Dubblett".to_owned();
        users.push(twice);
    }
    let mut classes =
        vec![row(&["sourcedId", "orgSourcedId", "title", "sessionSourcedIds", "courseSourcedId", "code"])];
    for (it, school) in &shown.groups {
        classes.push(row(&[&it.id.to_string(), &school.id.to_string(), &it.name, "", "", ""]));
        told.groups.insert(it.id.to_string());
    }
    let mut enrollments = vec![row(&["classSourcedId", "userSourcedId", "role"])];
    let mut seen = BTreeSet::new();
    for it in &shown.members {
        let role = if it.teaches { "teacher" } else { "student" };
        if seen.insert((it.group, it.person, role)) {
            enrollments.push(row(&[&it.group.to_string(), &it.person.to_string(), role]));
        }
    }
    if mistakes.dangling_memberships {
        let (group, person) = (enrollments[1][0].clone(), enrollments[1][1].clone());
        enrollments.push(row(&["nowhere", &person, "student"]));
        enrollments.push(row(&[&group, "nobody", "student"]));
    }
    let roles = roles(shown, &mut told);
    let files =
        [("orgs", orgs), ("users", users), ("roles", roles), ("classes", classes), ("enrollments", enrollments)];
    (told, files.into_iter().map(|(name, rows)| (format!("{name}.csv"), rows)).collect())
}

fn roles(shown: &Shown<'_>, told: &mut Told) -> Rows {
    let mut roles = vec![row(&[
        "userSourcedId",
        "orgSourcedId",
        "role",
        "sessionSourcedId",
        "grade",
        "isPrimary",
        "roleStartDate",
        "roleEndDate",
    ])];
    for (person, it) in &shown.places {
        let (person, unit) = (person.id.to_string(), it.unit.to_string());
        roles.push(dated([&person, &unit, "student"], &it.school_year.to_string(), it.period));
    }
    for it in &shown.duties {
        let (role, here) = match it.role {
            "Rektor" => ("principal", "Rektor"),
            "Lärare" => ("teacher", "Lärare"),
            _ => ("officeStaff", "Annan personal"),
        };
        let (person, at) = (it.person.to_string(), it.at.to_string());
        roles.push(dated([&person, &at, role], "", it.period));
        told.duties.insert((person, at, here.to_owned()));
    }
    roles
}

fn dated([person, org, role]: [&str; 3], grade: &str, period: Period) -> Vec<String> {
    let end = period.end.map(|end| end.to_string()).unwrap_or_default();
    row(&[person, org, role, "", grade, "true", &period.start.to_string(), &end])
}
