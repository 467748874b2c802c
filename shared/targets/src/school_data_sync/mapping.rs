//! Views → wanted objects. Pure.
//!
//! An object's content is rows; who has which role where, and who is in a class, are ties.

use std::collections::{BTreeMap, BTreeSet};

use roster::{Id, Validity};
use rules::object::{ObjectKey, ObjectKind, Ties, WantedObject};
use rules::view::{GroupView, OrganisationView, PersonView, Reference, View};

use super::config::SchoolDataSyncConfig;
use crate::Refusal;
use crate::tables::{self, CLASS, ORG, Period, Row, Tables, USER, object};

/// How objects are written for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    pub(super) group_kinds: Vec<String>,
}

impl From<&SchoolDataSyncConfig> for Mapping {
    fn from(config: &SchoolDataSyncConfig) -> Self {
        Self { group_kinds: config.group_kinds.clone() }
    }
}

impl Mapping {
    /// The objects of a view.
    pub(super) fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        match view {
            View::Organisation(view) => organisation(view).map(|it| vec![it]),
            View::Person(view) => user(view).map(|it| vec![it]),
            View::Group(view) if self.group_kinds.contains(&view.kind) => class(view).map(|it| vec![it]),
            View::Group(_) | View::Activity(_) => Ok(Vec::new()),
        }
    }
}

fn organisation(view: &OrganisationView) -> Result<WantedObject, Refusal> {
    let (kind, above) = tables::organisation(view);
    let row = Row::new("orgs", view.id).with("name", named(&view.name)?).with("type", kind);
    Ok(object(&ORG, view.id, &[row.with("parentSourcedId", above)], Ties::new()))
}

fn user(view: &PersonView) -> Result<WantedObject, Refusal> {
    let name = view.user_name.as_str();
    let row = Row::new("users", view.id)
        .with("username", name)
        .with("givenName", named(view.given_name.as_str())?)
        .with("familyName", named(view.family_name.as_str())?)
        .with("activeDirectoryMatchId", name)
        .with("email", view.emails.first().map(|it| it.address.as_str()).unwrap_or_default());
    let mut ties = Ties::new();
    for employment in &view.employments {
        let at = place(&employment.school_unit, None);
        ties.entry(role(&employment.role).to_owned()).or_default().insert(at);
    }
    for enrolment in &view.enrolments {
        let at = place(&enrolment.school_unit, enrolment.school_year);
        ties.entry("student".to_owned()).or_default().insert(at);
    }
    Ok(object(&USER, view.id, &[row], ties))
}

fn class(view: &GroupView) -> Result<WantedObject, Refusal> {
    let session = session(view.validity);
    let row = Row::new("classes", view.id)
        .with("title", named(&view.name)?)
        .with("orgSourcedId", &view.school_unit.at_target)
        .with("sessionSourcedIds", &session.id);
    let of = |references: &[Reference]| references.iter().map(|it| it.at_target.clone()).collect::<BTreeSet<_>>();
    let ties = Ties::from([("student".to_owned(), of(&view.pupils)), ("teacher".to_owned(), of(&view.teachers))]);
    Ok(object(&CLASS, view.id, &[session, row], ties))
}

/// A school, and a pupil's year there.
fn place(school: &Reference, year: Option<u8>) -> String {
    format!("{} {}", school.at_target, tables::grades(year.into_iter()))
}

/// A duty's role among the default values.
fn role(duty: &str) -> &'static str {
    match duty {
        "Rektor" | "Förskolechef" => "principal",
        "Övrig arbetsledning" | "Skoladministratör" => "administrator",
        "Lärare" | "Förskollärare" | "Förstelärare" | "Speciallärare/specialpedagog" => "teacher",
        "Lärarassistent" | "Barnskötare" => "teacherAssistant",
        "Skolsköterska" => "nurse",
        _ => "staff",
    }
}

/// A session for each period in which there are classes, with its last day.
fn session(validity: Validity) -> Row {
    let period = Period::of(validity);
    let (first, last) = (period.first.to_string(), period.last.to_string());
    Row::new("academicSessions", Id::derived(&["sds session", &first, &last]))
        .with("title", &period.title())
        .with("type", period.kind())
        .with("schoolYear", &period.school_year())
        .with("startDate", &first)
        .with("endDate", &last)
}

/// Roles and members as rows.
pub(super) struct Sds;

impl Tables for Sds {
    fn own(kind: &ObjectKind) -> &'static str {
        match kind {
            kind if *kind == CLASS => "classes",
            kind if *kind == ORG => "orgs",
            _ => "users",
        }
    }

    fn tied(key: &ObjectKey, ties: &Ties) -> BTreeMap<String, Row> {
        let each = ties.iter().flat_map(|(role, others)| others.iter().map(move |other| (role.as_str(), other)));
        let row = |(role, other): (&str, &String)| {
            let id = Id::derived(&["sds", key.kind.as_str(), &key.key, other, role]);
            if key.kind == CLASS {
                let row = Row::new("enrollments", id).with("classSourcedId", &key.key);
                return row.with("userSourcedId", other).with("role", role);
            }
            let (org, grade) = other.split_once(' ').unwrap_or((other, ""));
            let row = Row::new("roles", id).with("userSourcedId", &key.key).with("orgSourcedId", org);
            row.with("role", role).with("grade", grade)
        };
        each.map(row).map(|it| (it.id.clone(), it)).collect()
    }
}

fn named(name: &str) -> Result<&str, Refusal> {
    let missing = || Refusal { code: "school_data_sync.name_missing", reason: "a name is missing".to_owned() };
    Some(name).filter(|it| !it.trim().is_empty()).ok_or_else(missing)
}
