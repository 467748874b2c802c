//! A sender that does everything by the book, to fill a receiver with what is expected.

use crate::expected::{Expected, Objects, Properties, UnnamedEmployment};
use crate::receiver::{ReceiverTenant, ResourceType as T};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const EXTENSION: &str = "urn:scim:schemas:extension:sis:school:1.0:User";

type Bodies = BTreeMap<String, Value>;

/// Makes the receiver equal to what is expected: creates and updates in order, deletes in reverse.
pub(super) fn deliver(expected: &Expected, tenant: &ReceiverTenant) {
    let wanted = wanted(expected);
    for (kind, bodies) in &wanted {
        for (id, body) in bodies {
            upsert(tenant, *kind, id, body);
        }
    }
    for (kind, bodies) in wanted.iter().rev() {
        let gone: Vec<String> = tenant
            .state()
            .senders(*kind)
            .filter_map(|held| held.external_id.clone())
            .filter(|id| !bodies.contains_key(id))
            .collect();
        for id in gone {
            assert_eq!(tenant.delete(*kind, &id).0, 204);
        }
    }
}

fn upsert(tenant: &ReceiverTenant, kind: T, id: &str, body: &Value) {
    if tenant.get(kind, id).is_some() {
        assert_eq!(tenant.replace(kind, Some(id), body.clone()).0, 200);
        return;
    }
    let (status, _, why) = tenant.create(kind, body.clone());
    if status == 409 {
        let own = by_email(tenant, body);
        assert_eq!(tenant.replace(kind, Some(&own), body.clone()).0, 200);
    } else {
        assert_eq!(status, 201, "{why}");
    }
}

fn by_email(tenant: &ReceiverTenant, body: &Value) -> String {
    let email = body["emails"][0]["value"].as_str().unwrap();
    let is_same = |other: &Value| {
        let other = other["emails"][0]["value"].as_str().unwrap_or_default();
        other.eq_ignore_ascii_case(email)
    };
    let state = tenant.state();
    state.all(T::Users).find(|held| is_same(&held.body)).unwrap().id.clone()
}

fn wanted(expected: &Expected) -> Vec<(T, Bodies)> {
    let each = |objects: &Objects, body: fn(&Properties) -> Value, schema: &[&str]| -> Bodies {
        let made = objects.iter().map(|(id, properties)| {
            let mut body = body(properties);
            body["externalId"] = json!(id);
            body["schemas"] = json!(schema);
            (id.clone(), body)
        });
        made.collect()
    };
    let user_schemas = ["urn:ietf:params:scim:schemas:core:2.0:User", EXTENSION];
    let mut employments = each(&expected.employments, employment, &[&urn("Employment")]);
    employments.extend(expected.unnamed_employments.iter().map(unnamed));
    let mut activities = each(&expected.activities, |_| json!({}), &[&urn("Activity")]);
    for (id, body) in &mut activities {
        let properties = &expected.activities[id];
        fill_activity(body, &properties["groups"], &properties["teachers"], expected);
    }
    for (group, teachers) in &expected.generated_activities {
        let id = named("generated", group);
        let mut body = json!({"externalId": id, "schemas": [urn("Activity")]});
        fill_activity(&mut body, &BTreeSet::from([group.clone()]), teachers, expected);
        activities.insert(id, body);
    }
    vec![
        (T::Organisations, each(&expected.organisations, organisation, &[&urn("Organisation")])),
        (T::SchoolUnits, each(&expected.units, school_unit, &[&urn("SchoolUnit")])),
        (T::Users, each(&expected.users, user, &user_schemas)),
        (T::Employments, employments),
        (T::StudentGroups, each(&expected.groups, group, &[&urn("StudentGroup")])),
        (T::Activities, activities),
    ]
}

fn urn(kind: &str) -> String {
    format!("urn:scim:schemas:extension:sis:school:1.0:{kind}")
}

fn named(what: &str, key: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{what} {key}").as_bytes()).to_string()
}

fn first<'a>(properties: &'a Properties, name: &str) -> &'a str {
    properties.get(name).and_then(BTreeSet::first).map_or("", String::as_str)
}

fn references(ids: &BTreeSet<String>) -> Value {
    ids.iter().map(|id| json!({"value": id})).collect()
}

fn organisation(properties: &Properties) -> Value {
    json!({"displayName": first(properties, "displayName")})
}

fn school_unit(properties: &Properties) -> Value {
    let code = first(properties, "schoolUnitCode");
    json!({"displayName": first(properties, "displayName"), "schoolUnitCode": code})
}

fn user(properties: &Properties) -> Value {
    let emails: Value = properties["emails"].iter().map(|email| json!({"value": email})).collect();
    let enrolments: Value = properties["enrolments"]
        .iter()
        .map(|enrolment| match enrolment.split_once('/') {
            Some((unit, "")) => json!({"value": unit}),
            Some((unit, year)) => json!({"value": unit, "schoolYear": year}),
            None => Value::Null,
        })
        .collect();
    json!({
        "userName": first(properties, "userName"),
        "displayName": first(properties, "displayName"),
        "name": {"givenName": first(properties, "givenName"), "familyName": first(properties, "familyName")},
        "emails": emails,
        EXTENSION: {"enrolments": enrolments},
    })
}

fn employment(properties: &Properties) -> Value {
    json!({
        "user": {"value": first(properties, "user")},
        "employedAt": {"value": first(properties, "employedAt")},
        "employmentRole": first(properties, "employmentRole"),
    })
}

fn unnamed(employment: &UnnamedEmployment) -> (String, Value) {
    let role = employment.role.as_deref().unwrap_or("Lärare");
    let id = named("employment", &format!("{} {} {role}", employment.user, employment.unit));
    let body = json!({
        "externalId": id,
        "schemas": [urn("Employment")],
        "user": {"value": employment.user},
        "employedAt": {"value": employment.unit},
        "employmentRole": role,
    });
    (id, body)
}

fn group(properties: &Properties) -> Value {
    let mut body = json!({
        "displayName": first(properties, "displayName"),
        "owner": {"value": first(properties, "owner")},
        "studentMemberships": references(&properties["members"]),
    });
    if let Some(kind) = properties.get("studentGroupType") {
        body["studentGroupType"] = json!(kind.first());
    }
    body
}

fn fill_activity(body: &mut Value, groups: &BTreeSet<String>, teachers: &BTreeSet<String>, expected: &Expected) {
    let owner = first(&expected.groups[groups.first().unwrap()], "owner").to_owned();
    let ids: BTreeSet<String> = teachers.iter().map(|key| employment_id(key, expected)).collect();
    body["displayName"] = json!("Undervisning");
    body["owner"] = json!({"value": owner});
    body["groups"] = references(groups);
    body["teachers"] = references(&ids);
}

fn employment_id(key: &str, expected: &Expected) -> String {
    if expected.employments.contains_key(key) {
        return key.to_owned();
    }
    let (user, role) = key.split_once(" as ").map_or((key, None), |(user, role)| (user, Some(role)));
    let found = expected.unnamed_employments.iter().find(|e| e.user == user && e.role.as_deref() == role);
    unnamed(found.unwrap()).0
}
