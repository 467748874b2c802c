//! Views → wanted objects. Pure.
//!
//! An object's content is rows: its own, and those it needs that no register has – a course, a session. Who is in a class,
//! and who has which role where, are ties: they come and go one by one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use roster::{Id, Validity};
use rules::object::{Body, ObjectKey, ObjectKind, Ties, WantedObject};
use rules::view::{GroupView, OrganisationView, OrganisationViewKind, PersonView, Reference, View};
use serde_json::json;

use super::config::{Edition, OneRosterCsvConfig};
use super::rows::{AT, Row};
use super::tables::List;
use crate::Refusal;

/// An organisation.
pub(super) const ORG: ObjectKind = ObjectKind::new("org");
/// A user.
pub(super) const USER: ObjectKind = ObjectKind::new("user");
/// A class: any group.
pub(super) const CLASS: ObjectKind = ObjectKind::new("class");

/// The first and the last day of what no source says when it begins and ends.
const ALWAYS: (Date, Date) = (jiff::civil::date(1900, 1, 1), jiff::civil::date(2099, 12, 31));

/// A period of at least so many days is a school year; a shorter one is a term.
const SCHOOL_YEAR: i64 = 200;

/// Duties whose holders lead or run a school.
const ADMINISTRATORS: [&str; 4] = ["Rektor", "Övrig arbetsledning", "Skoladministratör", "Förskolechef"];

/// Duties whose holders teach.
const TEACHERS: [&str; 4] = ["Lärare", "Förskollärare", "Förstelärare", "Speciallärare/specialpedagog"];

/// How objects are written for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    pub(super) edition: Edition,
    pub(super) homeroom_kinds: Vec<String>,
}

impl From<&OneRosterCsvConfig> for Mapping {
    fn from(config: &OneRosterCsvConfig) -> Self {
        Self { edition: config.version, homeroom_kinds: config.homeroom_kinds.clone() }
    }
}

impl Mapping {
    /// The objects of a view.
    pub(super) fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        match view {
            View::Organisation(view) => organisation(view).map(|it| vec![it]),
            View::Person(view) => self.user(view).map(|it| vec![it]),
            View::Group(view) => self.class(view).map(|it| vec![it]),
            View::Activity(_) => Ok(Vec::new()),
        }
    }

    fn user(&self, view: &PersonView) -> Result<WantedObject, Refusal> {
        let roles = roles(view);
        let row = Row::new(List::Users, view.id)
            .with("enabledUser", "true")
            .with("username", view.user_name.as_str())
            .with("givenName", named(view.given_name.as_str())?)
            .with("familyName", named(view.family_name.as_str())?)
            .with("identifier", view.civic_number.as_ref().map(|it| it.as_str()).unwrap_or_default())
            .with("email", view.emails.first().map(|it| it.address.as_str()).unwrap_or_default())
            .with("grades", &grades(view));
        let (row, ties) = match self.edition {
            Edition::V1p1 => {
                // One role, at all organisations: whoever is a pupil anywhere is one.
                let role = ["student", "administrator", "teacher"].into_iter().find(|it| roles.contains_key(it));
                let orgs: BTreeSet<&str> = roles.values().flatten().map(String::as_str).collect();
                let orgs = orgs.into_iter().collect::<Vec<_>>().join(",");
                (row.with("role", role.unwrap_or("aide")).with("orgSourcedIds", &orgs), Ties::new())
            }
            Edition::V1p2 => (row, roles.into_iter().map(|(role, at)| (role.to_owned(), at)).collect()),
        };
        Ok(WantedObject { ties, ..WantedObject::new(key(&USER, view.id), body(&[row])) })
    }

    fn class(&self, view: &GroupView) -> Result<WantedObject, Refusal> {
        let (session, course) = (session(view.validity), course(view));
        let is_homeroom = self.homeroom_kinds.contains(&view.kind);
        let class = Row::new(List::Classes, view.id)
            .with("title", named(&view.name)?)
            .with("courseSourcedId", &course.id)
            .with("classType", if is_homeroom { "homeroom" } else { "scheduled" })
            .with("schoolSourcedId", &view.school_unit.at_target)
            .with("termSourcedIds", &session.id);
        let of = |references: &[Reference]| references.iter().map(|it| it.at_target.clone()).collect();
        let ties = Ties::from([
            (AT.to_owned(), BTreeSet::from([view.school_unit.at_target.clone()])),
            ("student".to_owned(), of(&view.pupils)),
            ("teacher".to_owned(), of(&view.teachers)),
        ]);
        Ok(WantedObject { ties, ..WantedObject::new(key(&CLASS, view.id), body(&[session, course, class])) })
    }
}

fn organisation(view: &OrganisationView) -> Result<WantedObject, Refusal> {
    let (kind, above) = match view.kind {
        OrganisationViewKind::Principal => ("district", None),
        OrganisationViewKind::School => ("local", view.principal.as_ref()),
        OrganisationViewKind::SchoolUnit => ("school", view.school.as_ref().or(view.principal.as_ref())),
    };
    let row = Row::new(List::Orgs, view.id)
        .with("name", named(&view.name)?)
        .with("type", kind)
        .with("identifier", view.school_unit_code.as_deref().unwrap_or_default())
        .with("parentSourcedId", above.map(|it| it.at_target.as_str()).unwrap_or_default());
    Ok(WantedObject::new(key(&ORG, view.id), body(&[row])))
}

/// At which organisations the person has which role; at each one: a pupil's place counts before an employment.
fn roles(view: &PersonView) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut at: BTreeMap<&str, &'static str> = BTreeMap::new();
    for employment in &view.employments {
        let role = role(&employment.role);
        let known = at.entry(&employment.school_unit.at_target).or_insert(role);
        *known = (*known).min(role);
    }
    at.extend(view.enrolments.iter().map(|it| (it.school_unit.at_target.as_str(), "student")));
    let mut roles: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for (organisation, role) in at {
        roles.entry(role).or_default().insert(organisation.to_owned());
    }
    roles
}

fn role(duty: &str) -> &'static str {
    match duty {
        it if ADMINISTRATORS.contains(&it) => "administrator",
        it if TEACHERS.contains(&it) => "teacher",
        _ => "aide",
    }
}

/// School years in the standard's own usual codes: `KG` for the preschool class, then two digits.
fn grades(view: &PersonView) -> String {
    let years: BTreeSet<u8> = view.enrolments.iter().filter_map(|it| it.school_year).collect();
    let code = |year: u8| if year == 0 { "KG".to_owned() } else { format!("{year:02}") };
    years.into_iter().map(code).collect::<Vec<_>>().join(",")
}

/// A session for each period in which there are classes. Its end date is the first day after it [1.1 §4.13].
fn session(validity: Validity) -> Row {
    let (first, last) = (validity.start.unwrap_or(ALWAYS.0), validity.end.unwrap_or(ALWAYS.1));
    let end = last.tomorrow().unwrap_or(last);
    let kind = if end.duration_since(first).as_hours() / 24 >= SCHOOL_YEAR { "schoolYear" } else { "term" };
    Row::new(List::Sessions, Id::derived(&["session", &first.to_string(), &end.to_string()]))
        .with("title", &format!("{first} – {last}"))
        .with("type", kind)
        .with("startDate", &first.to_string())
        .with("endDate", &end.to_string())
        .with("schoolYear", &last.year().to_string())
}

/// A course for each kind of class at a school.
fn course(view: &GroupView) -> Row {
    let kind = if view.kind.trim().is_empty() { "Grupp" } else { &view.kind };
    Row::new(List::Courses, Id::derived(&["course", &view.school_unit.at_target, kind]))
        .with("title", kind)
        .with("orgSourcedId", &view.school_unit.at_target)
}

fn body(rows: &[Row]) -> Body {
    Body::new(json!(rows))
}

fn named(name: &str) -> Result<&str, Refusal> {
    let missing = || Refusal { code: "oneroster_csv.name_missing", reason: "a name is missing".to_owned() };
    Some(name).filter(|it| !it.trim().is_empty()).ok_or_else(missing)
}

/// Kind and key of an object.
pub(super) fn key(kind: &ObjectKind, id: Id) -> ObjectKey {
    ObjectKey { kind: kind.clone(), key: id.to_string() }
}
