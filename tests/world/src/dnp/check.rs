//! Whether an object is what the document says, and refers to what there is.

use super::DnpOptions;
use super::answer::entry;
use super::state::DnpState;
use crate::truth::is_valid_civic_number;
use serde_json::{Value, json};
use uuid::Uuid;

const SCHOOL_TYPES: [&str; 5] = ["GR", "SP", "SAM", "GY", "VUXGY"];

const DUTY_ROLES: [&str; 17] = [
    "Rektor",
    "Lärare",
    "Förskollärare",
    "Barnskötare",
    "Bibliotekarie",
    "Lärarassistent",
    "Fritidspedagog",
    "Annan personal",
    "Studie- och yrkesvägledare",
    "Förstelärare",
    "Kurator",
    "Skolsköterska",
    "Skolläkare",
    "Skolpsykolog",
    "Speciallärare/specialpedagog",
    "Skoladministratör",
    "Övrig arbetsledning",
];

/// What a list's objects may have.
fn attributes(list: &str) -> &'static [&'static str] {
    match list {
        "persons" => &[
            "id",
            "givenName",
            "middleName",
            "familyName",
            "eduPersonPrincipalNames",
            "externalIdentifiers",
            "securityMarking",
            "civicNo",
            "emails",
            "enrolments",
        ],
        "duties" => &["id", "person", "dutyAt", "dutyRole"],
        "groups" => &["id", "displayName", "groupType", "schoolType", "organisation", "groupMemberships"],
        _ => &["id", "displayName", "activityType", "groups", "teachers", "organisation", "parentActivity"],
    }
}

struct Check<'c> {
    options: &'c DnpOptions,
    state: &'c DnpState,
    errors: Vec<Value>,
}

/// What is wrong with an object.
pub(super) fn errors(options: &DnpOptions, state: &DnpState, list: &str, sent: &Value) -> Vec<Value> {
    let mut check = Check { options, state, errors: Vec::new() };
    let id = sent["id"].as_str().unwrap_or_default();
    check.unless(Uuid::parse_str(id).is_ok(), "2011", "id", &sent["id"]);
    check.unless(!options.refused.contains(id), "3047", "eppn", &sent["eduPersonPrincipalNames"][0]);
    for name in sent.as_object().into_iter().flat_map(|it| it.keys()) {
        check.unless(attributes(list).contains(&name.as_str()), "2020", "unknown", &json!(name));
    }
    match list {
        "persons" => check.person(sent),
        "duties" => check.duty(sent),
        "groups" => check.group(sent),
        _ => check.activity(sent),
    }
    check.errors
}

/// The object as it is kept, and what is warned of: a group is taken without pupils who are not known.
pub(super) fn taken(state: &DnpState, list: &str, sent: &Value) -> (Value, Vec<Value>) {
    let (mut taken, mut warnings) = (sent.clone(), Vec::new());
    if list == "groups" {
        let members = sent["groupMemberships"].as_array().cloned().unwrap_or_default();
        let is_known = |it: &Value| it["person"]["id"].as_str().is_some_and(|id| state.persons.contains_key(id));
        let (known, unknown): (Vec<Value>, Vec<Value>) = members.into_iter().partition(is_known);
        taken["groupMemberships"] = Value::Array(known);
        let why = |it: &Value| {
            entry(
                "3060",
                404,
                "Eleven finns inte i provtjänsten.",
                Some(("groupMemberships.person", &it["person"]["id"])),
            )
        };
        warnings = unknown.iter().map(why).collect();
    }
    (taken, warnings)
}

impl Check<'_> {
    fn unless(&mut self, holds: bool, number: &str, attribute: &str, value: &Value) {
        if !holds {
            self.errors.push(entry(number, 400, "Ogiltigt värde", Some((attribute, value))));
        }
    }

    fn named(&mut self, sent: &Value, attributes: &[&str]) {
        for name in attributes {
            let is_there = sent[*name].as_str().is_some_and(|it| !it.trim().is_empty());
            self.unless(is_there, "2001", name, &sent[*name]);
        }
    }

    fn school_unit(&mut self, attribute: &str, reference: &Value) {
        let is_known = reference["id"].as_str().is_some_and(|it| self.options.school_units.contains(it));
        self.unless(is_known, "3010", attribute, &reference["id"]);
    }

    fn person(&mut self, sent: &Value) {
        self.named(sent, &["givenName", "familyName"]);
        let number = sent["civicNo"]["value"].as_str().unwrap_or_default();
        self.unless(is_number(number), "3020", "civicNo.value", &sent["civicNo"]["value"]);
        let names = sent["eduPersonPrincipalNames"].as_array().map(Vec::as_slice).unwrap_or_default();
        let one = names.len() == 1 && names[0].as_str().is_some_and(|it| it.split('@').count() == 2);
        self.unless(one, "3047", "eppn", &names.first().cloned().unwrap_or_default());
        let emails = sent["emails"].as_array().map(Vec::as_slice).unwrap_or_default();
        let known = |it: &Value| it["type"] == "Skola elev" || it["type"] == "Skola personal";
        self.unless(emails.iter().all(known), "3030", "emails.type", &sent["emails"]);
        let enrolments = sent["enrolments"].as_array().map(Vec::as_slice).unwrap_or_default();
        self.unless(!enrolments.is_empty() || !emails.is_empty(), "3031", "emails", &sent["emails"]);
        for enrolment in enrolments {
            self.school_unit("Enrolment.enroledAt", &enrolment["enroledAt"]);
            let school_type = enrolment["schoolType"].as_str().unwrap_or_default();
            self.unless(SCHOOL_TYPES.contains(&school_type), "3040", "Enrolment.schoolType", &enrolment["schoolType"]);
            let year = enrolment["schoolYear"].as_i64();
            let needs_year = matches!(school_type, "GR" | "SP" | "SAM");
            let fits = year.is_some_and(|it| (1..=10).contains(&it)) || (year.is_none() && !needs_year);
            self.unless(fits, "3041", "Enrolment.schoolYear", &enrolment["schoolYear"]);
            let fits = school_type != "GY" || enrolment["educationCode"].is_string();
            self.unless(fits, "3042", "Enrolment.educationCode", &enrolment["educationCode"]);
        }
    }

    fn duty(&mut self, sent: &Value) {
        let person = &sent["person"]["id"];
        let is_known = person.as_str().is_some_and(|it| self.state.persons.contains_key(it));
        self.unless(is_known, "3050", "person", person);
        self.school_unit("dutyAt", &sent["dutyAt"]);
        let fits = sent["dutyRole"].as_str().is_some_and(|it| DUTY_ROLES.contains(&it));
        self.unless(fits, "3051", "dutyRole", &sent["dutyRole"]);
    }

    fn group(&mut self, sent: &Value) {
        self.named(sent, &["displayName"]);
        let fits = sent["groupType"] == "Klass" || sent["groupType"] == "Undervisning";
        self.unless(fits, "3061", "groupType", &sent["groupType"]);
        let fits = sent["schoolType"].as_str().is_some_and(|it| SCHOOL_TYPES.contains(&it));
        self.unless(fits, "3062", "schoolType", &sent["schoolType"]);
        self.school_unit("organisation", &sent["organisation"]);
    }

    fn activity(&mut self, sent: &Value) {
        self.named(sent, &["displayName"]);
        self.unless(sent["activityType"] == "Undervisning", "3070", "activityType", &sent["activityType"]);
        self.school_unit("organisation", &sent["organisation"]);
        let parent = &sent["parentActivity"]["id"];
        let is_known = parent.as_str().is_some_and(|it| self.options.test_activities.contains(it));
        self.unless(is_known, "3071", "parentActivity", parent);
        let groups = sent["groups"].as_array().map(Vec::as_slice).unwrap_or_default();
        self.unless(!groups.is_empty(), "3072", "groups", &sent["groups"]);
        for group in groups {
            let is_known = group["id"].as_str().is_some_and(|it| self.state.groups.contains_key(it));
            self.unless(is_known, "3073", "groups", &group["id"]);
        }
        for teacher in sent["teachers"].as_array().map(Vec::as_slice).unwrap_or_default() {
            let duty = &teacher["duty"]["id"];
            let is_known = duty.as_str().is_some_and(|it| self.state.duties.contains_key(it));
            self.unless(is_known, "3074", "teachers", duty);
        }
    }
}

/// A personal or coordination number whose check digit is right, or a temporary one (TF).
pub(super) fn is_number(text: &str) -> bool {
    match text.split_at_checked(8) {
        Some((date, rest)) if text.len() == 12 && date.bytes().all(|it| it.is_ascii_digit()) => {
            let is_temporary = rest.starts_with("TF") && rest.bytes().skip(2).all(|it| it.is_ascii_digit());
            is_temporary || is_valid_civic_number(text)
        }
        _ => false,
    }
}
