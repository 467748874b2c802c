//! Users: pupils become enrolments, staff become duties.

use std::collections::BTreeSet;

use roster::{CivicNumber, Email, ExternalId, Id, Person, PersonStatus, Personal, RecordKind};

use super::role::{at_schools, duties, enrolments};
use super::{Above, Fields, Grade, Lost, Reading, RoleAt, RoleKind, Status, identity};
use crate::lenient::{Field, Flag, List, Object, Text};
use crate::oneroster::conventions::DisabledUsers;
use crate::oneroster::wire;

/// A user as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) status: Status,
    /// Without roles, and without the kind of the e-mail.
    pub(crate) person: Person,
    pub(crate) grade: Option<Grade>,
    /// Whether roles count at all.
    pub(crate) enabled: bool,
    pub(crate) roles: Vec<RoleAt>,
}

pub(crate) fn read(wire: wire::User<'_>, fields: &mut Fields<'_>, reading: &Reading<'_>) -> Result<User, Lost> {
    let id = fields.identity(&wire.sourced_id)?;
    let status = fields.status(&wire.status);
    let roles = roles(wire.roles, wire.role, wire.orgs, fields, reading)?;
    let ids = user_ids(wire.user_ids, fields);
    let username = fields.text("username", wire.username);
    let own = fields.text("identifier", wire.identifier);
    let email = fields.text("email", wire.email).and_then(Personal::filled);
    let person = Person {
        id,
        given_name: Personal::new(fields.required_text("givenName", wire.given_name)),
        family_name: Personal::new(fields.required_text("familyName", wire.family_name)),
        principal_names: principal_names(&ids, username.as_deref(), reading),
        emails: email.map(|address| Email { address, kind: String::new() }).into_iter().collect(),
        civic_number: civic_number(&ids, own.as_deref(), fields, reading),
        security_marking: None,
        status: PersonStatus::Active,
        enrolments: Vec::new(),
        duties: Vec::new(),
        login_identity: login_identity(wire.user_profiles, fields, reading),
        external_ids: external_ids(ids),
    };
    Ok(User {
        status,
        person,
        grade: grade(wire.grades, fields, reading),
        enabled: enabled(wire.enabled_user, fields, reading),
        roles,
    })
}

/// The person with its roles.
pub(crate) fn person(user: User, above: &Above, reading: &Reading<'_>, fields: &mut Fields<'_>) -> Person {
    let User { mut person, grade, enabled, roles, .. } = user;
    let kind = email_kind(&roles);
    person.emails.iter_mut().for_each(|email| kind.clone_into(&mut email.kind));
    if enabled {
        let (roles, elsewhere) = at_schools(&roles, above);
        if elsewhere > 0 {
            fields.warn("oneroster.role_not_at_school", "a role at an organisation that is no school is left out");
        }
        let type_at = |org: Id| {
            let schools = reading.conventions.schools.iter();
            let mut here = schools.filter(|(native, _)| identity(RecordKind::Organisation, native) == org);
            match here.next().map(|(_, school)| school.school_types.as_slice()) {
                Some([only]) => Some(only.clone()),
                _ => None,
            }
        };
        person.enrolments = enrolments(&roles, grade.as_ref(), type_at);
        person.duties = duties(person.id, &roles);
    }
    person
}

/// SS 12000's kind of e-mail address for such a person: what a register holds is the school's address.
fn email_kind(roles: &[RoleAt]) -> &'static str {
    let has = |wanted: fn(&RoleKind) -> bool| roles.iter().any(|role| wanted(&role.kind));
    if has(|kind| matches!(kind, RoleKind::Staff(_))) {
        "Skola personal"
    } else if has(|kind| *kind == RoleKind::Pupil) {
        "Skola elev"
    } else {
        "Arbete övrigt"
    }
}

/// `roles` of 1.2, else `role` and `orgs` of 1.1, which say no dates.
fn roles(
    roles: Field<List<Object<wire::Role<'_>>>>,
    role: Field<Text<'_>>,
    orgs: Field<List<wire::Guid<'_>>>,
    fields: &mut Fields<'_>,
    reading: &Reading<'_>,
) -> Result<Vec<RoleAt>, Lost> {
    let mut found = Vec::new();
    if !matches!(roles, Field::Absent) {
        for Object(wire) in fields.deciding_list("roles", roles)? {
            found.extend(role_at(wire, fields, reading));
        }
    } else {
        let word = fields.required_text("role", role);
        for org in fields.deciding_list("orgs", orgs)? {
            let wire = wire::Role {
                role: Field::Read(Text(word.as_str().into())),
                org: Field::Read(org),
                ..wire::Role::default()
            };
            found.extend(role_at(wire, fields, reading));
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// A role at an organisation; what is missing costs the role.
pub(crate) fn role_at(wire: wire::Role<'_>, fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<RoleAt> {
    let word = fields.text("role", wire.role)?.to_lowercase();
    let Some(kind) = RoleKind::of(&word) else {
        fields.warn("oneroster.role_unknown", "a role that this version does not know is left out");
        return None;
    };
    let Some(org) = fields.reference("the role's org", RecordKind::Organisation, &wire.org) else {
        // Relatives need no organisation, and count nowhere.
        if wire.org == Field::Absent && kind != RoleKind::Relative {
            fields.missing("the role's org");
        }
        return None;
    };
    let validity = fields.part_period("a role", &wire.begin_date, &wire.end_date, reading.conventions.end_dates)?;
    Some(RoleAt { kind, word, org, validity })
}

fn external_ids(ids: Vec<(String, String)>) -> Vec<ExternalId> {
    let filled = |(context, value): (String, String)| Some(ExternalId { context, value: Personal::filled(value)? });
    // The order of the list means nothing.
    let ids: BTreeSet<(String, String)> = ids.into_iter().collect();
    ids.into_iter().filter_map(filled).collect()
}

/// `userIds` as type and identifier, in the order they came.
fn user_ids(field: Field<List<Object<wire::UserId<'_>>>>, fields: &mut Fields<'_>) -> Vec<(String, String)> {
    let mut ids = Vec::new();
    for Object(wire) in fields.list("userIds", field) {
        let kind = fields.text("userIds.type", wire.r#type);
        let identifier = fields.text("userIds.identifier", wire.identifier);
        ids.extend(kind.zip(identifier));
    }
    ids
}

fn principal_names(ids: &[(String, String)], username: Option<&str>, reading: &Reading<'_>) -> Vec<Personal<String>> {
    let mut names: Vec<Personal<String>> = Vec::new();
    for wanted in &reading.conventions.principal_name_types {
        let own = username.filter(|name| wanted == "username" && has_scope(name));
        let mut typed: Vec<&str> = of_type(ids, wanted).collect();
        typed.sort_unstable();
        for name in typed.into_iter().chain(own).filter_map(Personal::filled) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

fn has_scope(name: &str) -> bool {
    name.split_once('@').is_some_and(|(user, scope)| !user.is_empty() && scope.contains('.') && !scope.contains('@'))
}

fn of_type<'i>(ids: &'i [(String, String)], wanted: &str) -> impl Iterator<Item = &'i str> {
    let wanted = wanted.to_lowercase();
    ids.iter().filter(move |(kind, _)| kind.to_lowercase() == wanted).map(|(_, identifier)| identifier.as_str())
}

fn civic_number(
    ids: &[(String, String)],
    own: Option<&str>,
    fields: &mut Fields<'_>,
    reading: &Reading<'_>,
) -> Option<CivicNumber> {
    let types = reading.conventions.civic_number_types.iter();
    let text = types.filter_map(|wanted| {
        let own = own.filter(|_| wanted == "identifier");
        of_type(ids, wanted).min().or(own)
    });
    let (number, warning) = CivicNumber::read(text.into_iter().next()?, reading.today)?;
    if let Some(warning) = warning {
        fields.warn(warning.code(), format!("the personal number is kept as it is, but {warning}"));
    }
    Some(number)
}

/// The user name of the profile that the conventions name. No password is ever looked at.
fn login_identity(
    profiles: Field<List<Object<wire::Profile<'_>>>>,
    fields: &mut Fields<'_>,
    reading: &Reading<'_>,
) -> Option<Personal<String>> {
    let wanted = reading.conventions.login_profile.as_deref()?;
    let mut names = Vec::new();
    for Object(profile) in fields.list("userProfiles", profiles) {
        let named = [profile.vendor_id, profile.profile_type].into_iter().filter_map(Field::read);
        if !named.into_iter().any(|text| text.filled() == Some(wanted)) {
            continue;
        }
        for Object(credential) in fields.list("credentials", profile.credentials) {
            names.extend(fields.text("credentials.username", credential.username));
        }
    }
    names.into_iter().min().and_then(Personal::filled)
}

/// One grade; several that differ are none.
fn grade(field: Field<List<Text<'_>>>, fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<Grade> {
    let texts = fields.list("grades", field);
    let filled: Vec<&str> = texts.iter().filter_map(Text::filled).collect();
    let mut grades: Vec<Option<Grade>> = filled.iter().map(|text| Grade::read(text, reading.conventions)).collect();
    grades.dedup();
    match grades.as_slice() {
        [] => None,
        [Some(only)] => Some(only.clone()),
        _ => {
            fields.warn("oneroster.grade_unknown", "grades is no single school year; see conventions.grades");
            None
        }
    }
}

/// A flag that cannot be read curtails: nobody can know that it said "true".
fn enabled(field: Field<Flag>, fields: &mut Fields<'_>, reading: &Reading<'_>) -> bool {
    let flag = match field {
        Field::Absent => true,
        Field::Read(flag) => flag.0,
        Field::Unreadable => {
            fields.unreadable("enabledUser");
            false
        }
    };
    flag || reading.conventions.disabled_users == DisabledUsers::Deliver
}
