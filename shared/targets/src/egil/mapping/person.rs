//! A person: the user, its employments, and its licences where they are delivered.

use jiff::SignedDuration;
use roster::validity::date_in_sweden;
use rules::object::{ObjectKey, WantedObject};
use rules::view::{EmploymentView, EnrolmentView, LicenceView, PersonView};
use serde_json::{Map, Value, json};

use super::bodies::{typed, with_schemas};
use super::{Mapping, key, object, required};
use crate::Refusal;
use crate::egil::kinds::{
    CORE_USER, EMPLOYMENTS, LICENCE_ASSIGNMENT, LICENCE_ASSIGNMENTS, SCHOOL_UNITS, SCHOOL_USER, USERS,
};

/// The user that a person's other objects belong to.
struct Owner {
    key: ObjectKey,
    at_target: String,
}

impl Mapping {
    pub(super) fn person(&self, view: &PersonView) -> Result<Vec<WantedObject>, Refusal> {
        let key = key(&USERS, view.id);
        let at_target = view.at_target.clone().unwrap_or_else(|| key.key.clone());
        let owner = Owner { key, at_target };
        let mut objects = vec![self.user(view, &owner.key)?];
        for employment in &view.employments {
            objects.push(self.employment(employment, &owner)?);
        }
        if self.licence_assignments {
            objects.extend(view.licences.iter().filter_map(|licence| self.licence(licence, &owner)));
        }
        Ok(objects)
    }

    fn user(&self, view: &PersonView, key: &ObjectKey) -> Result<WantedObject, Refusal> {
        let name = |text, what| required(text, "egil.name_missing", what);
        let given = name(view.given_name.as_str(), "the person's given name")?;
        let family = name(view.family_name.as_str(), "the person's family name")?;
        let user_name = required(view.user_name.as_str(), "egil.user_name_missing", "the person's user name")?;
        let emails = view.emails.iter().filter(|it| !it.address.as_str().trim().is_empty());
        let emails: Vec<Value> = emails.map(|it| email(it.address.as_str(), &it.kind)).collect();
        let mut body = with_schemas(&[CORE_USER, SCHOOL_USER], key);
        body.extend(fields([
            ("userName", json!(user_name)),
            ("displayName", json!(format!("{given} {family}"))),
            ("name", json!({ "givenName": given, "familyName": family })),
            ("emails", Value::Array(emails)),
            (SCHOOL_USER, json!({ "enrolments": self.enrolments(&view.enrolments) })),
        ]));
        let mut user = object(key.clone(), Value::Object(body), &[]);
        if self.adopt_by_email {
            user.recognised_by = view.recognised_by();
        }
        Ok(user)
    }

    fn enrolments(&self, views: &[EnrolmentView]) -> Vec<Value> {
        views.iter().map(|view| self.enrolment(view)).collect()
    }

    fn enrolment(&self, view: &EnrolmentView) -> Value {
        let mut enrolment = self.reference(&SCHOOL_UNITS, &view.school_unit.at_target);
        self.optional(&mut enrolment, "schoolYear", view.school_year);
        self.optional(&mut enrolment, "schoolType", view.school_type.clone());
        self.optional(&mut enrolment, "programCode", view.education_code.clone());
        Value::Object(enrolment)
    }

    fn employment(&self, view: &EmploymentView, owner: &Owner) -> Result<WantedObject, Refusal> {
        let key = key(&EMPLOYMENTS, view.id);
        let role = required(&view.role, "egil.role_missing", "the role of an employment")?;
        let mut body = typed("Employment", &key);
        body.extend(fields([
            ("user", Value::Object(self.reference(&USERS, &owner.at_target))),
            ("employedAt", Value::Object(self.reference(&SCHOOL_UNITS, &view.school_unit.at_target))),
            ("employmentRole", json!(role)),
        ]));
        let signature = view.signature.as_ref().map(|it| it.as_str()).filter(|it| !it.trim().is_empty());
        self.optional(&mut body, "signature", signature);
        Ok(object(key, Value::Object(body), &[&owner.key]))
    }

    /// A licence for no known product says nothing, and is left out.
    fn licence(&self, view: &LicenceView, owner: &Owner) -> Option<WantedObject> {
        let product = view.product.as_deref().filter(|it| !it.trim().is_empty())?;
        let key = key(&LICENCE_ASSIGNMENTS, view.id);
        let mut assignee = self.reference(&USERS, &owner.at_target);
        assignee.insert("type".to_owned(), json!("User"));
        let mut body = with_schemas(&[LICENCE_ASSIGNMENT], &key);
        body.extend(fields([
            ("product", json!({ "value": product, "supplier": self.supplier })),
            ("assignee", Value::Object(assignee)),
            ("status", json!("active")),
        ]));
        self.optional(&mut body, "validTo", last_day(view));
        Some(object(key, Value::Object(body), &[&owner.key]))
    }
}

fn fields<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The source's kind of address is passed on as it is, as EgilSCIM does; SCIM leaves `type` open.
fn email(address: &str, kind: &str) -> Value {
    let mut email = fields([("value", json!(address))]);
    if !kind.trim().is_empty() {
        email.insert("type".to_owned(), json!(kind));
    }
    Value::Object(email)
}

/// The last day in Sweden on which the licence holds: one that ceases at midnight held the day before.
fn last_day(view: &LicenceView) -> Option<String> {
    let last_moment = view.expires?.checked_sub(SignedDuration::from_nanos(1)).ok()?;
    Some(date_in_sweden(last_moment).to_string())
}
