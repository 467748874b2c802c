//! Views → wanted objects. Pure.
//!
//! Which values there are, and which Skolverket demands: `dnp-provisioning-api.yaml`. That whoever has neither a place nor a
//! duty that it knows is not sent at all, instead of being refused, is our choice; so is how a test activity is found.

use std::collections::BTreeMap;

use roster::{Id, Personal};
use rules::object::{Body, ObjectKey, ObjectKind, WantedObject};
use rules::view::{
    ActivityView, EmailView, EmploymentView, EnrolmentView, GroupView, OrganisationView, OrganisationViewKind,
    PersonView, View,
};
use serde_json::{Value, json};

use super::config::{DnpConfig, SchoolUnitIds, TwoRoles};
use crate::Refusal;
use crate::ss12000_objects::{Content, OTHER_STAFF, duty_role, reference};
use crate::ss12000_provider::Resource;

/// A school unit: nothing that is sent, but what others refer to, by Skolverket's own identity of it.
pub(super) const SCHOOL_UNIT: ObjectKind = ObjectKind::new("SchoolUnit");

/// The kinds of groups that are to be sent.
pub(super) const GROUP_KINDS: [&str; 2] = ["Klass", "Undervisning"];

/// The school types that have national tests (`Code_SchoolType`).
pub(super) const SCHOOL_TYPES: [&str; 5] = ["GR", "SP", "SAM", "GY", "VUXGY"];

/// Those in which a place must say its school year.
const WITH_SCHOOL_YEAR: [&str; 3] = ["GR", "SP", "SAM"];

/// The one in which it must say its education code.
const WITH_EDUCATION_CODE: &str = "GY";

/// Duties of the standard that Skolverket's `Code_DutyRole` lacks.
const UNKNOWN_DUTIES: [&str; 2] = ["Övrig pedagogisk personal", "Förskolechef"];

const OF_PUPILS: &str = "Skola elev";
const OF_STAFF: &str = "Skola personal";

/// How objects are written for one organiser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    school_units: BTreeMap<String, Id>,
    school_unit_ids: SchoolUnitIds,
    school_type: Option<String>,
    group_kinds: Vec<String>,
    /// By words in lower case, what says most first.
    test_activities: Vec<(Vec<String>, Id)>,
    two_roles: TwoRoles,
}

impl From<&DnpConfig> for Mapping {
    fn from(config: &DnpConfig) -> Self {
        let mut test_activities: Vec<(Vec<String>, Id)> =
            config.test_activities.iter().map(|(name, id)| (words(name), *id)).collect();
        test_activities.sort_by_key(|(words, _)| std::cmp::Reverse(words.iter().map(String::len).sum::<usize>()));
        Self {
            school_units: config.school_units.clone(),
            school_unit_ids: config.school_unit_ids,
            school_type: config.school_type.clone(),
            group_kinds: config.group_kinds.clone(),
            test_activities,
            two_roles: config.two_roles,
        }
    }
}

impl Mapping {
    /// The objects of a view.
    pub(super) fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        match view {
            View::Organisation(view) if view.kind == OrganisationViewKind::SchoolUnit => {
                self.unit(view).map(|it| vec![it])
            }
            View::Organisation(_) => Ok(Vec::new()),
            View::Person(view) => self.person(view),
            View::Group(view) => Ok(self.group(view)?.into_iter().collect()),
            View::Activity(view) => Ok(self.activity(view)?.into_iter().collect()),
        }
    }

    fn unit(&self, view: &OrganisationView) -> Result<WantedObject, Refusal> {
        let known = view.school_unit_code.as_ref().and_then(|code| self.school_units.get(code));
        let own = (self.school_unit_ids == SchoolUnitIds::Register).then_some(&view.id);
        let unknown = "Skolverket's identity of the school unit is not known; school_units can give it";
        let id = known.or(own).ok_or_else(|| refusal("dnp.school_unit_unknown", unknown))?;
        let key = ObjectKey { kind: SCHOOL_UNIT, key: view.id.to_string() };
        Ok(WantedObject::new(key, Body::new(json!({"id": id.to_string()}))))
    }

    /// A person, and what the person is employed for.
    fn person(&self, view: &PersonView) -> Result<Vec<WantedObject>, Refusal> {
        let mut enrolments = Vec::new();
        for place in &view.enrolments {
            enrolments.extend(self.enrolment(place)?);
        }
        let mut employments: &[EmploymentView] = &view.employments;
        if !enrolments.is_empty() && !employments.is_empty() {
            match self.two_roles {
                TwoRoles::Pupil => employments = &[],
                TwoRoles::Staff => enrolments.clear(),
                TwoRoles::Refuse => {
                    let both = "both pupil and staff, for which Skolverket wants two principal names; see two_roles";
                    return Err(refusal("dnp.two_roles", both));
                }
            }
        }
        if enrolments.is_empty() && employments.is_empty() {
            return Ok(Vec::new());
        }
        let person = individual(view, enrolments, !employments.is_empty())?;
        let duties: Vec<WantedObject> = employments.iter().map(|it| duty(it, view.id, &person.key)).collect();
        Ok(std::iter::once(person).chain(duties).collect())
    }

    /// A place; none where its school type has no national tests, or its year is before the first.
    fn enrolment(&self, view: &EnrolmentView) -> Result<Option<Value>, Refusal> {
        let school_type = self.type_of(view.school_type.as_ref())?;
        let needs_year = WITH_SCHOOL_YEAR.contains(&school_type);
        if !SCHOOL_TYPES.contains(&school_type) || (needs_year && view.school_year == Some(0)) {
            return Ok(None);
        }
        let year = view.school_year.filter(|it| (1..=10).contains(it));
        if needs_year && year.is_none() {
            return Err(refusal("dnp.school_year_missing", "a place lacks its school year, 1 to 10"));
        }
        if school_type == WITH_EDUCATION_CODE && view.education_code.is_none() {
            return Err(refusal("dnp.education_code_missing", "a place in upper secondary lacks its education code"));
        }
        let mut content = Content::default();
        content.set("enroledAt", reference(&view.school_unit));
        content.set("schoolType", json!(school_type));
        content.maybe("schoolYear", year.map(|it| json!(it)));
        content.maybe("educationCode", view.education_code.as_ref().map(|it| json!(it)));
        Ok(Some(content.into_value()))
    }

    fn type_of<'t>(&'t self, said: Option<&'t String>) -> Result<&'t str, Refusal> {
        let missing = || refusal("dnp.school_type_missing", "no source says the school type; school_type can");
        said.or(self.school_type.as_ref()).map(String::as_str).ok_or_else(missing)
    }

    /// A group; none of other kinds, nor of school types without national tests.
    fn group(&self, view: &GroupView) -> Result<Option<WantedObject>, Refusal> {
        if !self.group_kinds.contains(&view.kind) {
            return Ok(None);
        }
        let school_type = self.type_of(view.school_type.as_ref())?;
        if !SCHOOL_TYPES.contains(&school_type) {
            return Ok(None);
        }
        let mut content = Content::of(view.id);
        content.set("displayName", json!(named(&view.name)?));
        content.set("groupType", json!(view.kind));
        content.set("schoolType", json!(school_type));
        content.set("organisation", reference(&view.school_unit));
        content.set("groupMemberships", view.pupils.iter().map(|it| json!({"person": reference(it)})).collect());
        Ok(Some(content.wanted(key(Resource::Group, view.id), &[])))
    }

    /// An activity; none whose name tells of no test activity.
    fn activity(&self, view: &ActivityView) -> Result<Option<WantedObject>, Refusal> {
        let name = words(&view.name);
        let says = |wanted: &[String]| name.windows(wanted.len().max(1)).any(|it| it == wanted);
        let Some((_, test)) = self.test_activities.iter().find(|(words, _)| says(words)) else { return Ok(None) };
        let mut content = Content::of(view.id);
        content.set("displayName", json!(named(&view.name)?));
        content.set("activityType", json!("Undervisning"));
        content.set("organisation", reference(&view.school_unit));
        content.set("groups", view.groups.iter().map(reference).collect());
        content.set("teachers", view.teachers.iter().map(|it| json!({"duty": reference(it)})).collect());
        content.set("parentActivity", json!({"id": test.to_string()}));
        Ok(Some(content.wanted(key(Resource::Activity, view.id), &[])))
    }
}

fn individual(view: &PersonView, enrolments: Vec<Value>, is_staff: bool) -> Result<WantedObject, Refusal> {
    let no_number = || refusal("dnp.civic_number_missing", "Skolverket takes nobody without a number that checks");
    let number = view.civic_number.as_ref().ok_or_else(no_number)?;
    let emails: Vec<Value> = view.emails.iter().filter_map(|it| email(it, is_staff)).collect();
    if is_staff && emails.is_empty() {
        return Err(refusal("dnp.email_missing", "staff must have an e-mail address of the school"));
    }
    let mut content = Content::of(view.id);
    content.set("givenName", json!(named(view.given_name.as_str())?));
    content.set("familyName", json!(named(view.family_name.as_str())?));
    content.set("eduPersonPrincipalNames", json!([principal_name(&view.user_name)?]));
    content.set("civicNo", json!({"value": number.as_str(), "nationality": "SE"}));
    // Whoever is marked is never told of: the rules leave them out before.
    content.set("securityMarking", json!("Ingen"));
    content.maybe("emails", (!emails.is_empty()).then(|| json!(emails)));
    content.maybe("enrolments", (!enrolments.is_empty()).then_some(Value::Array(enrolments)));
    Ok(content.wanted(key(Resource::Person, view.id), &[]))
}

/// One of the two kinds that are taken. What a source does not call anything is the school's own, for the role.
fn email(view: &EmailView, is_staff: bool) -> Option<Value> {
    let kind = match view.kind.as_str() {
        OF_PUPILS => OF_PUPILS,
        OF_STAFF => OF_STAFF,
        "Privat" | "Arbete övrigt" => return None,
        _ if is_staff => OF_STAFF,
        _ => OF_PUPILS,
    };
    Some(json!({"value": view.address.as_str(), "type": kind}))
}

/// A name, one `@` and a domain.
fn principal_name(name: &Personal<String>) -> Result<&str, Refusal> {
    let text = name.as_str();
    let is_whole = |(local, domain): (&str, &str)| !local.is_empty() && !domain.is_empty() && !domain.contains('@');
    let is_usable = !text.contains(char::is_whitespace) && text.split_once('@').is_some_and(is_whole);
    let unusable = || refusal("dnp.principal_name_unusable", "no EPPN: a name, one @ and a domain are needed");
    Some(text).filter(|_| is_usable).ok_or_else(unusable)
}

fn duty(view: &EmploymentView, person: Id, needs: &ObjectKey) -> WantedObject {
    let role = duty_role(&view.role);
    let mut content = Content::of(view.id);
    content.set("person", json!({"id": person.to_string()}));
    content.set("dutyAt", reference(&view.school_unit));
    content.set("dutyRole", json!(if UNKNOWN_DUTIES.contains(&role) { OTHER_STAFF } else { role }));
    content.wanted(key(Resource::Duty, view.id), std::slice::from_ref(needs))
}

fn named(name: &str) -> Result<&str, Refusal> {
    let missing = || refusal("dnp.name_missing", "a name is missing");
    Some(name).filter(|it| !it.trim().is_empty()).ok_or_else(missing)
}

fn refusal(code: &'static str, reason: &str) -> Refusal {
    Refusal { code, reason: reason.to_owned() }
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Kind and key of an object.
pub(super) fn key(resource: Resource, id: Id) -> ObjectKey {
    ObjectKey { kind: resource.kind(), key: id.to_string() }
}
