//! Views → wanted objects. Pure.
//!
//! A security marking and a civic number are never sent. What stands in a body is what is compared: what is sent once,
//! when something is made – a password, a course's owner – is added by `calls.rs`.

pub(super) mod address;
pub(super) mod bodies;
pub(super) mod title;

use roster::Id;
use rules::object::{Body, ObjectKey, ObjectKind, Ties, WantedObject};
use rules::view::{GroupView, PersonView, View};

use super::config::{GoogleConfig, GroupsConfig, Member, Users};
use super::kinds::{COURSES, GROUPS, MEMBERS, STUDENTS, TEACHERS, USERS};
use crate::Refusal;
use crate::name_template::filled;

/// How objects are written for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    users: Users,
    adopt_by_email: bool,
    org_unit_pupils: Option<String>,
    org_unit_staff: Option<String>,
    /// What courses are called, if there are any.
    courses: Option<String>,
    groups: Option<GroupsConfig>,
}

impl From<&GoogleConfig> for Mapping {
    fn from(config: &GoogleConfig) -> Self {
        Self {
            users: config.users,
            adopt_by_email: config.adopt_by_email,
            org_unit_pupils: config.org_unit_pupils.clone(),
            org_unit_staff: config.org_unit_staff.clone(),
            courses: config.courses.then(|| config.course_name.clone()),
            groups: config.groups.clone(),
        }
    }
}

impl Mapping {
    /// The objects of a view. The rules give none of organisations and activities.
    pub(super) fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        match view {
            View::Person(view) => self.account(view).map(|it| vec![it]),
            View::Group(view) => self.group(view),
            View::Organisation(_) | View::Activity(_) => Ok(Vec::new()),
        }
    }

    fn account(&self, view: &PersonView) -> Result<WantedObject, Refusal> {
        let recognised_by = bodies::addresses(view);
        let body = match self.users {
            Users::Match if recognised_by.is_empty() => {
                return Err(refusal("google.address_missing", "there is no address that an account could have"));
            }
            Users::Match => bodies::matched(&recognised_by),
            Users::Create => bodies::made(view, self.org_unit(view))?,
        };
        let recognised_by = if self.adopt_by_email { recognised_by } else { Vec::new() };
        Ok(WantedObject { recognised_by, ..WantedObject::new(key(&USERS, view.id), Body::new(body)) })
    }

    /// Who has a duty is staff, whatever else.
    fn org_unit(&self, view: &PersonView) -> Option<String> {
        let (path, unit) = match view.employments.first() {
            Some(employment) => (&self.org_unit_staff, Some(&employment.school_unit)),
            None => (&self.org_unit_pupils, view.enrolments.first().map(|it| &it.school_unit)),
        };
        let code = unit.map(|it| it.at_target.as_str()).unwrap_or_default();
        path.as_ref().map(|path| path.replace("{school_unit}", code))
    }

    fn group(&self, view: &GroupView) -> Result<Vec<WantedObject>, Refusal> {
        if view.name.trim().is_empty() {
            return Err(refusal("google.group_name_missing", "the name of the group is missing"));
        }
        let course = self.courses.as_ref().map(|template| course(template, view));
        let group = self.groups.as_ref().map(|settings| addressed(settings, view)).transpose()?;
        Ok(course.into_iter().chain(group).collect())
    }
}

fn course(template: &str, view: &GroupView) -> WantedObject {
    let body = Body::new(bodies::course(&title::acceptable(&filled(template, view))));
    let teachers: std::collections::BTreeSet<String> = view.teachers.iter().map(|it| it.at_target.clone()).collect();
    // Nobody is both in a course [classroom:v1, `students.create`].
    let students = view.pupils.iter().map(|it| it.at_target.clone()).filter(|it| !teachers.contains(it)).collect();
    let ties = Ties::from([(STUDENTS.to_owned(), students), (TEACHERS.to_owned(), teachers)]);
    WantedObject { ties, ..WantedObject::new(key(&COURSES, view.id), body) }
}

fn addressed(settings: &GroupsConfig, view: &GroupView) -> Result<WantedObject, Refusal> {
    let key = key(&GROUPS, view.id);
    let address = address::of(&settings.email, view)
        .ok_or_else(|| refusal("google.group_address", "nothing of the group's name can stand in an address"))?;
    let body = Body::new(bodies::group(&address, &filled(&settings.name, view), &key.key));
    let has = |member| settings.members.contains(&member);
    let pupils = view.pupils.iter().filter(|_| has(Member::Pupils));
    let teachers = view.teachers.iter().filter(|_| has(Member::Teachers));
    let members = pupils.chain(teachers).map(|it| it.at_target.clone()).collect();
    Ok(WantedObject { ties: Ties::from([(MEMBERS.to_owned(), members)]), ..WantedObject::new(key, body) })
}

fn refusal(code: &'static str, reason: &str) -> Refusal {
    Refusal { code, reason: reason.to_owned() }
}

/// Kind and key of an object.
pub(super) fn key(kind: &ObjectKind, id: Id) -> ObjectKey {
    ObjectKey { kind: kind.clone(), key: id.to_string() }
}
