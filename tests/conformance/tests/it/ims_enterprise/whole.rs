//! Everything.

use std::collections::{BTreeMap, BTreeSet};

use roster::{MembershipRole, OrganisationType, RecordKind, SecurityMarking};
use world::ImsEnterpriseOptions;
use world::ims_enterprise::Encoding;
use world::truth::{Marking, OrganisationKind};

use super::stage::{Hub, Stage};

#[tokio::test]
async fn schools_have_their_units_with_every_digit_of_their_codes() {
    let stage = Stage::new();

    let hub = Hub::afresh(&stage).await;

    let codes: BTreeSet<String> = hub.organisations().filter_map(|it| it.school_unit_code.clone()).collect();
    let (known, schools): (BTreeSet<String>, usize) = stage.server.with_truth(|truth| {
        let codes = truth.organisations.values().filter_map(|it| it.school_unit_code.clone()).collect();
        (codes, truth.organisations.values().filter(|it| it.kind == OrganisationKind::School).count())
    });
    assert_eq!(codes, known);
    assert_eq!(hub.organisations().filter(|it| it.kind == OrganisationType::School).count(), schools);
}

#[tokio::test]
async fn each_pupil_has_a_place_at_the_unit_with_the_code() {
    let stage = Stage::new();

    let hub = Hub::afresh(&stage).await;

    let (_, pupil) = stage.class_and_pupil();
    let place = &hub.person(pupil).unwrap().enrolments[0];
    let (code, year) = stage.server.with_truth(|truth| {
        let enrolment = &truth.persons[&pupil].enrolments[0];
        (truth.organisations[&enrolment.unit].school_unit_code.clone(), enrolment.school_year)
    });
    let unit = hub.organisations().find(|it| it.id == place.school_unit).unwrap();
    assert_eq!((unit.school_unit_code.clone(), place.school_year), (code, Some(year)));
}

#[tokio::test]
async fn whoever_teaches_is_listed_and_has_a_duty_at_the_groups_school() {
    let stage = Stage::new();

    let hub = Hub::afresh(&stage).await;

    let mut taught = 0;
    for id in hub.ids(RecordKind::Group) {
        let group = hub.group(id).unwrap();
        for teacher in group.members.iter().filter(|it| it.role == MembershipRole::Teacher) {
            let duties = &hub.person(teacher.person.uuid()).unwrap().duties;
            assert!(duties.iter().any(|it| it.organisation == group.organisation && it.role == "Lärare"));
            taught += 1;
        }
    }
    assert!(taught > 50, "{taught}");
}

#[tokio::test]
async fn everybody_with_protected_data_is_marked() {
    let stage = Stage::new();

    let hub = Hub::afresh(&stage).await;

    let marked: BTreeMap<_, _> = stage.server.with_truth(|truth| {
        let marked = truth.persons.values().filter(|it| it.marking != Marking::None);
        marked.map(|it| (it.id, it.marking)).collect()
    });
    for id in hub.ids(RecordKind::Person) {
        let expected = match marked.get(&id) {
            None => SecurityMarking::None,
            Some(Marking::Confidential) => SecurityMarking::Confidential,
            Some(_) => SecurityMarking::ProtectedRegistration,
        };
        assert_eq!(hub.person(id).unwrap().security_marking, Some(expected));
    }
    assert!(marked.len() > 2);
}

#[tokio::test]
async fn it_is_the_same_in_other_encodings_and_with_prefixes() {
    let usual = Hub::afresh(&Stage::new()).await.records;
    let others = [
        ImsEnterpriseOptions { encoding: Encoding::Latin1, ..ImsEnterpriseOptions::default() },
        ImsEnterpriseOptions { prefixed: true, ..ImsEnterpriseOptions::default() },
    ];

    for options in others {
        let read = Hub::afresh(&Stage::with(options.clone())).await.records;
        // Latin 1 has no dash as long as the one in some schools' names.
        let same = read.iter().filter(|(key, record)| usual.get(key) == Some(record)).count();
        let apart = read.len() - same;
        assert!(
            read.len() == usual.len() && apart <= read.keys().filter(|it| it.kind == RecordKind::Organisation).count(),
            "{options:?}: {apart}"
        );
    }
}

#[tokio::test]
async fn nothing_anybody_is_called_by_is_a_personal_number() {
    let stage = Stage::new();

    let hub = Hub::afresh(&stage).await;

    let numbers: BTreeSet<String> =
        stage.server.with_truth(|truth| truth.persons.values().filter_map(|it| it.civic_number.clone()).collect());
    let names = hub.ids(RecordKind::Group).into_iter().map(|id| hub.group(id).unwrap().name.clone());
    assert!(names.into_iter().all(|name| !numbers.contains(&name)));
}
