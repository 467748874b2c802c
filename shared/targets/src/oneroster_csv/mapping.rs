//! Views → wanted objects. Pure.
//!
//! An object's content is rows: its own, and those it needs that no register has – a course, a session. Who is in a class,
//! and who has which role where, are ties: they come and go one by one.

use std::collections::{BTreeMap, BTreeSet};

use roster::{Id, Validity};
use rules::object::{Ties, WantedObject};
use rules::view::{GroupView, OrganisationView, PersonView, Reference, View};

use super::config::{Edition, Mode, OneRosterCsvConfig};
use super::rows::AT;
use super::tables::List;
use crate::Refusal;
use crate::tables::{self, CLASS, ORG, Period, Row, USER, object};

/// Duties whose holders lead or run a school.
const ADMINISTRATORS: [&str; 4] = ["Rektor", "Övrig arbetsledning", "Skoladministratör", "Förskolechef"];

/// Duties whose holders teach.
const TEACHERS: [&str; 4] = ["Lärare", "Förskollärare", "Förstelärare", "Speciallärare/specialpedagog"];

/// How objects are written for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    pub(super) edition: Edition,
    pub(super) mode: Mode,
    pub(super) homeroom_kinds: Vec<String>,
}

impl From<&OneRosterCsvConfig> for Mapping {
    fn from(config: &OneRosterCsvConfig) -> Self {
        Self { edition: config.version, mode: config.mode, homeroom_kinds: config.homeroom_kinds.clone() }
    }
}

impl Mapping {
    /// The objects of a view.
    pub(super) fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        match view {
            View::Organisation(view) => self.organisation(view).map(|it| vec![it]),
            View::Person(view) => self.user(view).map(|it| vec![it]),
            View::Group(view) => self.class(view).map(|it| vec![it]),
            View::Activity(_) => Ok(Vec::new()),
        }
    }

    /// A row of an object's own. It is another one in the other mode, in a column that is not written: packages with
    /// everything need all of it to be said again, since lines of changes are not kept.
    fn row(&self, list: List, id: Id) -> Row {
        let row = Row::new(list.name(), id);
        if self.mode == Mode::Bulk { row.with("mode", "bulk") } else { row }
    }

    fn organisation(&self, view: &OrganisationView) -> Result<WantedObject, Refusal> {
        let (kind, above) = tables::organisation(view);
        let row = self
            .row(List::Orgs, view.id)
            .with("name", named(&view.name)?)
            .with("type", kind)
            .with("identifier", view.school_unit_code.as_deref().unwrap_or_default())
            .with("parentSourcedId", above);
        Ok(object(&ORG, view.id, &[row], Ties::new()))
    }

    fn user(&self, view: &PersonView) -> Result<WantedObject, Refusal> {
        let roles = roles(view);
        let row = self
            .row(List::Users, view.id)
            .with("enabledUser", "true")
            .with("username", view.user_name.as_str())
            .with("givenName", named(view.given_name.as_str())?)
            .with("familyName", named(view.family_name.as_str())?)
            .with("identifier", view.civic_number.as_ref().map(|it| it.as_str()).unwrap_or_default())
            .with("email", view.emails.first().map(|it| it.address.as_str()).unwrap_or_default())
            .with("grades", &tables::grades(view.enrolments.iter().filter_map(|it| it.school_year)));
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
        Ok(object(&USER, view.id, &[row], ties))
    }

    fn class(&self, view: &GroupView) -> Result<WantedObject, Refusal> {
        let (session, course) = (session(view.validity), course(view));
        let is_homeroom = self.homeroom_kinds.contains(&view.kind);
        let class = self
            .row(List::Classes, view.id)
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
        Ok(object(&CLASS, view.id, &[session, course, class], ties))
    }
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

/// A session for each period in which there are classes. Its end date is the first day after it [1.1 §4.13].
fn session(validity: Validity) -> Row {
    let period = Period::of(validity);
    let (start, end) = (period.first.to_string(), period.last.tomorrow().unwrap_or(period.last).to_string());
    Row::new(List::Sessions.name(), Id::derived(&["session", &start, &end]))
        .with("title", &period.title())
        .with("type", period.kind())
        .with("startDate", &start)
        .with("endDate", &end)
        .with("schoolYear", &period.school_year())
}

/// A course for each kind of class at a school.
fn course(view: &GroupView) -> Row {
    let kind = if view.kind.trim().is_empty() { "Grupp" } else { &view.kind };
    Row::new(List::Courses.name(), Id::derived(&["course", &view.school_unit.at_target, kind]))
        .with("title", kind)
        .with("orgSourcedId", &view.school_unit.at_target)
}

fn named(name: &str) -> Result<&str, Refusal> {
    let missing = || Refusal { code: "oneroster_csv.name_missing", reason: "a name is missing".to_owned() };
    Some(name).filter(|it| !it.trim().is_empty()).ok_or_else(missing)
}
