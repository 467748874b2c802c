//! Views → wanted objects. Pure.
//!
//! An object's content is what readers see, but for `meta`, which says when it was published.

use roster::Id;
use rules::object::{ObjectKey, WantedObject};
use rules::view::{
    ActivityView, EmailView, EmploymentView, EnrolmentView, GroupView, OrganisationView, OrganisationViewKind,
    PersonView, View,
};
use serde_json::{Value, json};

use super::kinds::Resource;
use crate::Refusal;
use crate::ss12000_objects::{Content, EMAIL_TYPES, GROUP_TYPES, OTHER_GROUP, duty_role, reference};

/// The objects of a view.
pub(super) fn map(view: &View) -> Result<Vec<WantedObject>, Refusal> {
    match view {
        View::Organisation(view) => organisation(view).map(|it| vec![it]),
        View::Person(view) => person(view),
        View::Group(view) => group(view),
        View::Activity(view) => activity(view, "Undervisning", &[]).map(|it| vec![it]),
    }
}

fn organisation(view: &OrganisationView) -> Result<WantedObject, Refusal> {
    let (kind, above) = match view.kind {
        OrganisationViewKind::Principal => ("Huvudman", None),
        OrganisationViewKind::School => ("Skola", view.principal.as_ref()),
        OrganisationViewKind::SchoolUnit => ("Skolenhet", view.school.as_ref().or(view.principal.as_ref())),
    };
    let mut content = Content::of(view.id);
    content.set("displayName", json!(named(&view.name)?));
    content.set("organisationType", json!(kind));
    content.maybe("schoolUnitCode", view.school_unit_code.as_ref().map(|it| json!(it)));
    content.maybe("schoolTypes", (!view.school_types.is_empty()).then(|| json!(view.school_types)));
    content.maybe("municipalityCode", view.municipality_code.as_ref().map(|it| json!(it)));
    content.maybe("parentOrganisation", above.map(reference));
    Ok(content.wanted(key(Resource::Organisation, view.id), &[]))
}

/// A person, and what the person is employed for.
fn person(view: &PersonView) -> Result<Vec<WantedObject>, Refusal> {
    let mut content = Content::of(view.id);
    content.set("givenName", json!(view.given_name.as_str()));
    content.set("familyName", json!(view.family_name.as_str()));
    content.maybe("eduPersonPrincipalNames", view.principal_name.as_ref().map(|it| json!([it.as_str()])));
    content.maybe("civicNo", view.civic_number.as_ref().map(|it| json!({"value": it.as_str(), "nationality": "SE"})));
    let emails: Vec<Value> = view.emails.iter().filter_map(email).collect();
    content.maybe("emails", (!emails.is_empty()).then(|| json!(emails)));
    let enrolments: Result<Vec<Value>, Refusal> = view.enrolments.iter().map(enrolment).collect();
    content.maybe("enrolments", Some(enrolments?).filter(|it| !it.is_empty()).map(Value::Array));
    let person = content.wanted(key(Resource::Person, view.id), &[]);
    let duties: Vec<WantedObject> = view.employments.iter().map(|it| duty(it, view.id, &person.key)).collect();
    Ok(std::iter::once(person).chain(duties).collect())
}

fn email(view: &EmailView) -> Option<Value> {
    let kind = EMAIL_TYPES.iter().find(|it| **it == view.kind)?;
    Some(json!({"value": view.address.as_str(), "type": kind}))
}

fn enrolment(view: &EnrolmentView) -> Result<Value, Refusal> {
    let Some(school_type) = &view.school_type else {
        let reason = "a pupil's place lacks a school type, which the standard demands".to_owned();
        return Err(Refusal { code: "ss12000_provider.school_type_missing", reason });
    };
    let mut content = Content::default();
    content.set("enroledAt", reference(&view.school_unit));
    content.set("schoolType", json!(school_type));
    content.maybe("schoolYear", view.school_year.filter(|it| *it <= 10).map(|it| json!(it)));
    content.maybe("educationCode", view.education_code.as_ref().map(|it| json!(it)));
    content.holds(view.validity);
    Ok(content.into_value())
}

fn duty(view: &EmploymentView, person: Id, needs: &ObjectKey) -> WantedObject {
    let mut content = Content::of(view.id);
    content.set("person", json!({"id": person.to_string()}));
    content.set("dutyAt", reference(&view.school_unit));
    content.set("dutyRole", json!(duty_role(&view.role)));
    content.maybe("signature", view.signature.as_ref().map(|it| json!(it.as_str())));
    content.holds(view.validity);
    content.wanted(key(Resource::Duty, view.id), std::slice::from_ref(needs))
}

/// A group, and who leads it without teaching it: an activity for pupils, since the duty that a mentor has is another
/// subject's.
fn group(view: &GroupView) -> Result<Vec<WantedObject>, Refusal> {
    let mut content = Content::of(view.id);
    content.set("displayName", json!(named(&view.name)?));
    content.set("groupType", json!(GROUP_TYPES.iter().find(|it| **it == view.kind).unwrap_or(&OTHER_GROUP)));
    content.maybe("schoolType", view.school_type.as_ref().map(|it| json!(it)));
    content.set("organisation", reference(&view.school_unit));
    content.set("groupMemberships", view.pupils.iter().map(|it| json!({"person": reference(it)})).collect());
    content.holds(view.validity);
    let group = content.wanted(key(Resource::Group, view.id), &[]);
    let led_by = view.led_by.as_ref().map(|it| activity(it, "Elevaktivitet", std::slice::from_ref(&group.key)));
    let led_by = led_by.transpose()?;
    Ok(std::iter::once(group).chain(led_by).collect())
}

fn activity(view: &ActivityView, kind: &str, needs: &[ObjectKey]) -> Result<WantedObject, Refusal> {
    let mut content = Content::of(view.id);
    content.set("displayName", json!(named(&view.name)?));
    content.set("activityType", json!(kind));
    // The hub has no timetables.
    content.set("calendarEventsRequired", json!(false));
    content.set("organisation", reference(&view.school_unit));
    content.set("groups", view.groups.iter().map(reference).collect());
    content.set("teachers", view.teachers.iter().map(|it| json!({"duty": reference(it)})).collect());
    content.holds(view.validity);
    Ok(content.wanted(key(Resource::Activity, view.id), needs))
}

fn named(name: &str) -> Result<&str, Refusal> {
    let missing = || Refusal { code: "ss12000_provider.name_missing", reason: "the name is missing".to_owned() };
    Some(name).filter(|it| !it.trim().is_empty()).ok_or_else(missing)
}

/// Kind and key of an object.
pub(super) fn key(resource: Resource, id: Id) -> ObjectKey {
    ObjectKey { kind: resource.kind(), key: id.to_string() }
}
