//! What should be delivered from Skolon.

use super::{DeliverUsers, Expected, ExpectedOptions, Properties, UnnamedEmployment, one, received};
use crate::skolon::{SkolonGroup, SkolonPlatform, SkolonUser, UserType, Versioned};
use std::collections::BTreeSet;
use uuid::Uuid;

pub(super) fn expect(platform: &SkolonPlatform, options: &ExpectedOptions) -> Expected {
    let mut expected = Expected::default();
    for organisation in platform.organisations.values().filter(|o| !o.deleted) {
        let properties = Properties::from([("displayName", one(&organisation.content.name))]);
        expected.organisations.insert(organisation.uuid.to_string(), properties);
    }
    for school in platform.schools.values().filter(|school| !school.deleted) {
        let properties = Properties::from([
            ("displayName", one(&school.content.name)),
            ("schoolUnitCode", one(&school.content.school_unit_code)),
        ]);
        expected.units.insert(school.uuid.to_string(), properties);
    }
    add_users(&mut expected, platform, options);
    for group in platform.groups.values().filter(|group| !group.deleted) {
        if expected.units.contains_key(&group.content.school.to_string()) {
            add_group(&mut expected, platform, group);
        }
    }
    expected
}

fn add_users(expected: &mut Expected, platform: &SkolonPlatform, options: &ExpectedOptions) {
    let licensed = platform.licensed_users(options.today);
    let everybody = options.users == DeliverUsers::All;
    for user in platform.users.values().filter(|user| !user.deleted) {
        let wanted = everybody || licensed.contains(&user.uuid);
        if wanted && user.content.kind != UserType::Admin && !user.content.schools.is_empty() {
            add_user(expected, user);
        }
    }
}

fn add_user(expected: &mut Expected, user: &Versioned<SkolonUser>) {
    let (id, content) = (user.uuid.to_string(), &user.content);
    let schools = content.schools.iter();
    let enrolments = match content.kind {
        UserType::Student => schools.clone().map(|school| format!("{school}/")).collect(),
        _ => BTreeSet::new(),
    };
    if content.kind == UserType::Teacher {
        expected.unnamed_employments.extend(schools.map(|school| UnnamedEmployment {
            user: id.clone(),
            unit: school.to_string(),
            role: None,
        }));
    }
    let properties = Properties::from([
        ("userName", one(&content.email)),
        ("displayName", one(format!("{} {}", content.first_name, content.last_name))),
        ("givenName", one(&content.first_name)),
        ("familyName", one(&content.last_name)),
        ("emails", one(&content.email)),
        ("enrolments", enrolments),
    ]);
    expected.users.insert(id, properties);
}

fn add_group(expected: &mut Expected, platform: &SkolonPlatform, group: &Versioned<SkolonGroup>) {
    let id = group.uuid.to_string();
    let of_kind = |kind: UserType| -> BTreeSet<String> {
        let users = group.content.users.iter();
        users
            .filter(|user| platform.users.get(user).is_some_and(|u| u.content.kind == kind))
            .map(Uuid::to_string)
            .filter(|user| expected.users.contains_key(user))
            .collect()
    };
    let members = of_kind(UserType::Student);
    let teachers: BTreeSet<String> =
        of_kind(UserType::Teacher).iter().map(|user| received::teacher_key(user, None)).collect();
    let properties = Properties::from([
        ("displayName", one(&group.content.name)),
        ("owner", one(group.content.school)),
        ("members", members),
    ]);
    expected.groups.insert(id.clone(), properties);
    if !teachers.is_empty() {
        expected.generated_activities.insert(id, teachers);
    }
}
