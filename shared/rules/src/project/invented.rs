//! Subjects and surroundings of every kind, for the properties of projecting.

use jiff::ToSpan;
use jiff::civil::date;
use proptest::collection::vec;
use proptest::prelude::*;
use roster::{
    Activity, Assignment, AssignmentFact, Duty, Enrolment, Group, Instructor, LicenceFact, Membership, MembershipRole,
    OrganisationType, PersonStatus, SecurityMarking, Teacher, Validity,
};

use super::*;
use crate::merge::MergedPerson;
use crate::policy::{Carries, DeliverUsers, UserNameChoice};
use crate::testing::{id, person};

/// Half past nine in the morning of the `n`th day.
pub(super) fn morning(n: i32) -> Timestamp {
    let day = date(2026, 11, 1).checked_add(n.days()).unwrap();
    roster::validity::start_of_day(day).checked_add(9.hours().minutes(30)).unwrap()
}

fn periods() -> impl Strategy<Value = Validity> {
    let end = || proptest::option::of((0i32..40).prop_map(|n| roster::validity::date_in_sweden(morning(n))));
    (end(), end()).prop_map(|(start, end)| Validity::new(start, end))
}

fn enrolments() -> impl Strategy<Value = Enrolment> {
    (100u128..104, periods(), proptest::bool::weighted(0.2)).prop_map(|(unit, validity, cancelled)| Enrolment {
        school_unit: id(unit),
        school_type: Some("GR".into()),
        school_year: Some(7),
        education_code: None,
        validity,
        cancelled,
    })
}

fn duties() -> impl Strategy<Value = Duty> {
    (70u128..75, 100u128..104, periods()).prop_map(|(n, organisation, validity)| Duty {
        id: id(n),
        person: Some(id(1)),
        organisation: id(organisation),
        role: "Lärare".into(),
        signature: None,
        validity,
        assignments: vec![],
    })
}

fn licences() -> impl Strategy<Value = LicenceFact> {
    let ends = proptest::option::of((0i32..40).prop_map(morning));
    (90u128..95, ends, proptest::bool::weighted(0.3)).prop_map(|(n, expires, trial)| LicenceFact {
        id: id(n),
        product: Some(format!("p-{n}")),
        expires,
        trial,
    })
}

pub(super) fn markings() -> impl Strategy<Value = SecurityMarking> {
    proptest::sample::select(vec![
        SecurityMarking::Confidential,
        SecurityMarking::ProtectedRegistration,
        SecurityMarking::Other("okänd".into()),
    ])
}

/// A person nobody protects.
pub(super) fn persons() -> impl Strategy<Value = MergedPerson> {
    let status = proptest::sample::select(vec![
        PersonStatus::Active,
        PersonStatus::Other("okänd".into()),
        PersonStatus::Emigrated,
        PersonStatus::Deceased,
    ]);
    let names = (any::<bool>(), any::<bool>(), proptest::bool::weighted(0.1));
    (names, status, vec(enrolments(), 0..4), vec(duties(), 0..4), vec(licences(), 0..3)).prop_map(
        |((named, addressed, gone), status, enrolments, duties, licences)| {
            let mut it = person(1);
            it.principal_names.truncate(usize::from(named));
            it.emails.truncate(usize::from(addressed));
            it.status = if gone { status } else { PersonStatus::Active };
            it.enrolments = enrolments;
            MergedPerson { person: it, marking: None, duties, licences }
        },
    )
}

pub(super) fn groups() -> impl Strategy<Value = MergedGroup> {
    let role =
        proptest::sample::select(vec![MembershipRole::Pupil, MembershipRole::Teacher, MembershipRole::Unspecified]);
    let member =
        (1u128..8, role, periods()).prop_map(|(n, role, validity)| Membership { person: id(n), role, validity });
    let assigned = (70u128..75, proptest::option::of(1u128..8), periods(), periods()).prop_map(
        |(duty, person, validity, role)| AssignmentFact {
            duty: id(duty),
            person: person.map(id),
            validity,
            roles: vec![Assignment { group: id(50), role: "Mentor".into(), validity: role }],
        },
    );
    (periods(), vec(member, 0..8), vec(activities(), 0..3), vec(assigned, 0..3)).prop_map(
        |(validity, members, activities, assignments)| MergedGroup {
            group: Group {
                id: id(50),
                name: "7A".into(),
                kind: "Klass".into(),
                organisation: id(100),
                school_type: Some("GR".into()),
                validity,
                members,
            },
            activities,
            assignments,
        },
    )
}

pub(super) fn activities() -> impl Strategy<Value = Activity> {
    let instructor = prop_oneof![
        (70u128..75).prop_map(|n| Instructor::Duty(id(n))),
        (1u128..8).prop_map(|n| Instructor::Person(id(n))),
    ];
    let teacher = (instructor, periods()).prop_map(|(instructor, validity)| Teacher { instructor, validity });
    (60u128..64, vec(50u128..54, 0..3), vec(teacher, 0..3), periods()).prop_map(|(n, groups, teachers, validity)| {
        Activity {
            id: id(n),
            name: "Matematik 7A".into(),
            organisation: Some(id(100)),
            groups: groups.into_iter().map(id).collect(),
            teachers,
            validity,
        }
    })
}

pub(super) fn organisations() -> impl Strategy<Value = roster::Organisation> {
    let kind = proptest::sample::select(vec![
        OrganisationType::Principal,
        OrganisationType::School,
        OrganisationType::SchoolUnit,
        OrganisationType::Other("Förvaltning".into()),
    ]);
    (kind, any::<bool>(), periods()).prop_map(|(kind, coded, validity)| roster::Organisation {
        id: id(100),
        name: "Ankeborgsskolan".into(),
        kind,
        parent: Some(id(99)),
        school_unit_code: coded.then(|| "12345678".into()),
        school_types: vec!["GR".into()],
        municipality_code: None,
        organisation_number: None,
        validity,
    })
}

pub(super) fn subjects() -> impl Strategy<Value = Merged> {
    prop_oneof![
        organisations().prop_map(Merged::Organisation),
        persons().prop_map(|it| Merged::Person(Box::new(it))),
        groups().prop_map(|it| Merged::Group(Box::new(it))),
        activities().prop_map(Merged::Activity),
    ]
}

fn presences(n: u128) -> impl Strategy<Value = Presence> {
    prop_oneof![
        4 => Just(Presence::Present(format!("at-target-{n}"))),
        1 => Just(Presence::Pending),
        2 => Just(Presence::Absent),
    ]
}

fn unit(n: u128) -> impl Strategy<Value = UnitAtTarget> {
    presences(n).prop_map(move |presence| UnitAtTarget {
        id: id(n),
        code: Some(format!("{n:08}")),
        school_types: vec!["GR".into()],
        presence,
    })
}

fn at_target(n: u128) -> impl Strategy<Value = PersonAtTarget> {
    let duty = 70 + n % 5;
    let objects = vec(proptest::sample::select(vec![id(duty), employment_id(id(duty), id(100), true)]), 0..3);
    (presences(n), any::<bool>(), objects, any::<bool>()).prop_map(move |(presence, is_pupil, objects, is_pending)| {
        PersonAtTarget {
            presence,
            is_pupil,
            duties: BTreeMap::from([(id(duty), id(100))]),
            objects: objects.into_iter().map(|it| (it.to_string(), format!("employment-{n}"))).collect(),
            is_pending,
        }
    })
}

prop_compose! {
    pub(super) fn surroundings()(
        // 100 to 102 are school units, 103 a school with two of them; all that is known of 104 and above is nothing.
        units in (unit(100), unit(101), unit(102), (unit(101), unit(102))),
        persons in (at_target(1), at_target(2), at_target(3), at_target(4), at_target(5), at_target(6)),
        groups in (presences(50), presences(51), presences(52)),
        above in (organisations(), presences(99)),
    ) -> Surroundings {
        let (first, second, third, (one, other)) = units;
        let persons = [persons.0, persons.1, persons.2, persons.3, persons.4, persons.5];
        Surroundings {
            units: BTreeMap::from([
                (id(100), vec![first]), (id(101), vec![second]), (id(102), vec![third]), (id(103), vec![one, other]),
            ]),
            ancestors: vec![AncestorAtTarget { organisation: above.0, presence: above.1 }],
            persons: (1..).map(id).zip(persons).collect(),
            duties: (1..=5).map(|n| (id(70 + n % 5), id(n))).collect(),
            groups: BTreeMap::from([(id(50), groups.0), (id(51), groups.1), (id(52), groups.2)]),
        }
    }
}

prop_compose! {
    pub(super) fn policies()(
        licensed in any::<bool>(), by_mail in any::<bool>(), sso in any::<bool>(), all in any::<bool>(),
    ) -> TargetPolicy {
        TargetPolicy {
            carries: if all { Carries::EVERYTHING } else { Carries::PERSONS_AND_GROUPS },
            deliver_users: if licensed { DeliverUsers::LicensedOnly } else { DeliverUsers::All },
            user_name: if by_mail { vec![UserNameChoice::Email] } else { TargetPolicy::default().user_name },
            civic_numbers: false,
            temporary_numbers: false,
            sso_idp: sso.then(|| "skolon".to_owned()),
            rate: None,
        }
    }
}
