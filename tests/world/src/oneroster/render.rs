//! From the truth to objects of OneRoster.

use super::Edition;
use super::ledger::{List, Rendered};
use crate::truth::{Duty, Group, Municipality, OrganisationKind, Period, Person, PersonStatus, TeacherReference};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub(super) fn render(truth: &Municipality, edition: Edition) -> Rendered {
    let mut all: Rendered = List::ALL.into_iter().map(|list| (list, BTreeMap::new())).collect();
    let mut put = |list: List, id: String, value: Value| {
        if let (Value::Object(fields), Some(objects)) = (value, all.get_mut(&list)) {
            objects.insert(id, fields);
        }
    };
    for organisation in truth.organisations.values() {
        let kind = if organisation.kind == OrganisationKind::Organiser { "district" } else { "school" };
        let mut org = json!({"name": organisation.name, "type": kind});
        org["identifier"] = json!(organisation.school_unit_code.as_ref().or(organisation.code.as_ref()));
        org["parent"] = organisation.parent.map_or(Value::Null, |id| reference("org", &id.to_string()));
        put(List::Orgs, organisation.id.to_string(), org);
    }
    for person in truth.persons.values() {
        put(List::Users, person.id.to_string(), user(person, truth, edition));
    }
    for group in truth.groups.values() {
        let period = term(group, truth);
        put(List::Sessions, period.0.clone(), session(&period));
        let course = format!("course-{}", group.kind.to_lowercase());
        put(List::Courses, course.clone(), json!({"title": group.kind, "courseCode": "", "org": Value::Null}));
        put(List::Classes, group.id.to_string(), class(group, &period.0, &course));
    }
    for (id, enrollment) in enrollments(truth) {
        put(List::Enrollments, id, enrollment);
    }
    all
}

fn reference(kind: &str, id: &str) -> Value {
    json!({"href": format!("https://provider.example/{kind}s/{id}"), "sourcedId": id, "type": kind})
}

/// Ends are the first day after.
fn end(day: Option<Date>) -> Value {
    day.map_or(Value::Null, |day| json!(day.saturating_add(1.day()).to_string()))
}

/// A term for each period that a group has; without an end it is the end of the school year.
fn term(group: &Group, truth: &Municipality) -> (String, Date, Date) {
    let last = group.period.end.unwrap_or_else(|| school_year_end(group.period.start.max(truth.today)));
    (format!("term-{}-{last}", group.period.start), group.period.start, last)
}

fn school_year_end(day: Date) -> Date {
    date(if day.month() >= 7 { day.year() + 1 } else { day.year() }, 6, 30)
}

fn session((_, first, last): &(String, Date, Date)) -> Value {
    json!({
        "title": format!("{first} – {last}"), "type": "term", "startDate": first.to_string(), "endDate": end(Some(*last)),
        "schoolYear": last.year().to_string(),
    })
}

fn class(group: &Group, term: &str, course: &str) -> Value {
    json!({
        "title": group.name,
        "classCode": group.name.replace(' ', ""),
        "classType": if group.kind == "Klass" { "homeroom" } else { "scheduled" },
        "course": reference("course", course),
        "school": reference("org", &group.organisation.to_string()),
        "terms": [reference("academicSession", term)],
    })
}

fn user(person: &Person, truth: &Municipality, edition: Edition) -> Value {
    let duties: Vec<&Duty> = truth.duties.values().filter(|duty| duty.person == person.id).collect();
    let email = person.emails.iter().find(|it| it.kind.starts_with("Skola")).map(|it| it.value.as_str());
    let number = person.civic_number.iter().map(|it| json!({"type": "personnummer", "identifier": it}));
    let names = person.principal_names.iter().map(|it| json!({"type": "eppn", "identifier": it}));
    let enabled = person.status == PersonStatus::Active;
    let mut user = json!({
        "username": person.id.to_string(), "userIds": number.chain(names).collect::<Vec<_>>(),
        "givenName": person.given_name, "familyName": person.family_name, "email": email,
        "grades": person.enrolments.iter().rev().take(1).map(|it| grade(it.school_year)).collect::<Vec<_>>(),
    });
    match edition {
        Edition::First => {
            let (role, orgs) = role_and_orgs(person, &duties, truth.today);
            user["enabledUser"] = json!(enabled.to_string());
            user["role"] = json!(role);
            user["orgs"] = orgs.iter().map(|id| reference("org", &id.to_string())).collect();
        }
        Edition::Second => {
            user["enabledUser"] = json!(enabled);
            user["roles"] = roles(person, &duties);
        }
    }
    user
}

fn grade(school_year: u8) -> String {
    if school_year == 0 { "KG".to_owned() } else { format!("{school_year:02}") }
}

/// 1.1 has one role, and no dates: only where somebody is today.
fn role_and_orgs(person: &Person, duties: &[&Duty], today: Date) -> (&'static str, BTreeSet<Uuid>) {
    let working: Vec<_> = duties.iter().filter(|duty| duty.period.covers(today)).collect();
    if let Some(first) = working.iter().min_by_key(|duty| role(duty.role, Edition::First) != "teacher") {
        return (role(first.role, Edition::First), working.iter().map(|duty| duty.at).collect());
    }
    if person.enrolments.is_empty() {
        let word = if duties.is_empty() { "guardian" } else { "teacher" };
        return (word, BTreeSet::new());
    }
    let here = person.enrolments.iter().filter(|it| it.period.covers(today));
    ("student", here.map(|it| it.unit).collect())
}

fn roles(person: &Person, duties: &[&Duty]) -> Value {
    let places = person.enrolments.iter().map(|it| ("student", it.unit, it.period));
    let work = duties.iter().map(|it| (role(it.role, Edition::Second), it.at, it.period));
    let all = places.chain(work).enumerate().map(|(place, (role, org, period))| {
        json!({
            "roleType": if place == 0 { "primary" } else { "secondary" }, "role": role,
            "org": reference("org", &org.to_string()),
            "beginDate": period.start.to_string(), "endDate": end(period.end),
        })
    });
    let all: Vec<Value> = all.collect();
    if all.is_empty() { json!([{"roleType": "primary", "role": "guardian"}]) } else { json!(all) }
}

fn role(duty_role: &str, edition: Edition) -> &'static str {
    match (duty_role, edition) {
        ("Rektor", Edition::First) => "administrator",
        ("Rektor", Edition::Second) => "principal",
        ("Kurator", Edition::Second) => "counselor",
        ("Lärare" | "Speciallärare/specialpedagog", _) => "teacher",
        _ => "aide",
    }
}

/// Pupils by membership; teachers by activity and by assignment, each time once.
fn enrollments(truth: &Municipality) -> Vec<(String, Value)> {
    let mut all: BTreeMap<(Uuid, Uuid, &str), Vec<Period>> = BTreeMap::new();
    for group in truth.groups.values() {
        for membership in &group.memberships {
            all.entry((group.id, membership.person, "student")).or_default().push(membership.period);
        }
    }
    for (group, person, period) in teachers(truth) {
        all.entry((group, person, "teacher")).or_default().push(period);
    }
    let mut rendered = Vec::new();
    for ((group, person, role), mut periods) in all {
        let Some(school) = truth.groups.get(&group).map(|it| it.organisation) else { continue };
        periods.sort_by_key(|it| (it.start, it.end));
        periods.dedup();
        for (place, period) in periods.into_iter().enumerate() {
            let enrollment = json!({
                "user": reference("user", &person.to_string()), "class": reference("class", &group.to_string()),
                "school": reference("org", &school.to_string()), "role": role, "primary": role == "teacher",
                "beginDate": period.start.to_string(), "endDate": end(period.end),
            });
            rendered.push((format!("{group}.{person}.{role}.{place}"), enrollment));
        }
    }
    rendered
}

fn teachers(truth: &Municipality) -> Vec<(Uuid, Uuid, Period)> {
    let mut all = Vec::new();
    for activity in truth.activities.values() {
        for teacher in &activity.teachers {
            let person = match teacher.teacher {
                TeacherReference::Duty(duty) => truth.duties.get(&duty).map(|it| it.person),
                TeacherReference::Person(person) => Some(person),
            };
            let period = both(teacher.period, activity.period);
            all.extend(activity.groups.iter().filter_map(|group| Some((*group, person?, period))));
        }
    }
    for duty in truth.duties.values() {
        all.extend(duty.assignments.iter().map(|it| (it.group, duty.person, both(it.period, duty.period))));
    }
    all
}

fn both(one: Period, other: Period) -> Period {
    let ends = [one.end, other.end].into_iter().flatten();
    Period { start: one.start.max(other.start), end: ends.min() }
}
