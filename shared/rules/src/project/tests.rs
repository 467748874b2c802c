use jiff::civil::date;
use roster::{
    Activity, Assignment, AssignmentFact, Duty, Group, Instructor, LicenceFact, Membership, MembershipRole,
    SecurityMarking, Teacher, Validity,
};

use super::*;
use crate::merge::MergedPerson;
use crate::policy::{Carries, DeliverUsers, UserNameChoice};
use crate::testing::{id, person};

fn now() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

fn pupil(n: u128) -> MergedPerson {
    MergedPerson { person: person(n), marking: None, duties: vec![], licences: vec![] }
}

fn unit(n: u128, presence: Presence) -> UnitAtTarget {
    UnitAtTarget { id: id(n), code: Some(format!("{n:08}")), school_types: vec!["GR".into()], presence }
}

fn present(n: u128) -> Presence {
    Presence::Present(id(n).to_string())
}

fn school() -> Surroundings {
    Surroundings { units: BTreeMap::from([(id(100), vec![unit(100, present(100))])]), ..Surroundings::default() }
}

fn projected(merged: MergedPerson, around: &Surroundings, policy: &TargetPolicy) -> Projection {
    project(&Merged::Person(Box::new(merged)), around, &Frame::at(now(), policy))
}

fn with_all(merged: MergedPerson) -> Projection {
    projected(merged, &school(), &TargetPolicy::default())
}

#[test]
fn a_pupil_with_a_place_and_a_name_is_wanted() {
    assert!(matches!(with_all(pupil(1)), Projection::Wanted(_)));
}

#[test]
fn a_protected_pupil_is_withheld() {
    let mut protected = pupil(1);
    protected.marking = Some(SecurityMarking::Confidential);

    assert_eq!(with_all(protected), Projection::Unwanted("rules.protected"));
}

#[test]
fn a_guardian_has_no_role() {
    let mut guardian = pupil(1);
    guardian.person.enrolments.clear();

    assert_eq!(with_all(guardian), Projection::Unwanted("rules.no_role_today"));
}

#[test]
fn a_place_that_begins_tomorrow_is_no_place_today() {
    let mut future = pupil(1);
    future.person.enrolments[0].validity = Validity::new(Some(date(2026, 11, 24)), None);

    assert_eq!(with_all(future), Projection::Unwanted("rules.no_role_today"));
}

#[test]
fn without_any_of_the_chosen_names_a_pupil_is_refused_with_a_reason() {
    let mut nameless = pupil(1);
    nameless.person.principal_names.clear();
    nameless.person.emails.clear();

    assert_eq!(with_all(nameless), Projection::Refused("rules.user_name_missing"));
}

#[test]
fn the_first_name_present_is_taken() {
    let policy =
        TargetPolicy { user_name: vec![UserNameChoice::Email, UserNameChoice::Eppn], ..TargetPolicy::default() };

    let Projection::Wanted(view) = projected(pupil(1), &school(), &policy) else { panic!("not wanted") };

    assert!(matches!(*view, View::Person(it) if it.user_name.as_str() == "elev1@post.example"));
}

#[test]
fn a_trial_licence_does_not_license() {
    let policy = TargetPolicy { deliver_users: DeliverUsers::LicensedOnly, ..TargetPolicy::default() };
    let mut tried = pupil(1);
    tried.licences.push(LicenceFact { id: id(9), product: None, expires: None, trial: true });

    assert_eq!(projected(tried, &school(), &policy), Projection::Unwanted("rules.unlicensed"));
}

#[test]
fn a_licence_in_force_licenses() {
    let policy = TargetPolicy { deliver_users: DeliverUsers::LicensedOnly, ..TargetPolicy::default() };
    let mut licensed = pupil(1);
    licensed.licences.push(LicenceFact { id: id(9), product: None, expires: None, trial: false });

    assert!(matches!(projected(licensed, &school(), &policy), Projection::Wanted(_)));
}

#[test]
fn a_pupil_waits_for_a_school_on_its_way() {
    let around = Surroundings {
        units: BTreeMap::from([(id(100), vec![unit(100, Presence::Pending)])]),
        ..Surroundings::default()
    };

    assert_eq!(projected(pupil(1), &around, &TargetPolicy::default()), Projection::Wait("rules.school_unit_pending"));
}

#[test]
fn the_end_of_a_licence_is_a_turn() {
    let mut licensed = pupil(1);
    let ends: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
    licensed.licences.push(LicenceFact { id: id(9), product: None, expires: Some(ends), trial: false });

    assert_eq!(next_turn(&Merged::Person(Box::new(licensed)), now()), Some(ends));
}

fn class(members: Vec<Membership>) -> MergedGroup {
    MergedGroup {
        group: Group {
            id: id(50),
            name: "7A".into(),
            kind: "Klass".into(),
            organisation: id(100),
            school_type: Some("GR".into()),
            validity: Validity::ALWAYS,
            members,
        },
        activities: vec![],
        assignments: vec![],
    }
}

fn member(n: u128) -> Membership {
    Membership { person: id(n), role: MembershipRole::Pupil, validity: Validity::ALWAYS }
}

fn at_target(presence: Presence, duties: &[u128]) -> PersonAtTarget {
    PersonAtTarget {
        presence,
        is_pupil: duties.is_empty(),
        duties: duties.iter().map(|n| (id(*n), id(100))).collect(),
        objects: duties.iter().map(|n| (id(*n).to_string(), id(*n).to_string())).collect(),
        is_pending: false,
    }
}

fn group_view(merged: MergedGroup, around: &Surroundings) -> GroupViewOrNot {
    match project(&Merged::Group(Box::new(merged)), around, &Frame::at(now(), &TargetPolicy::default())) {
        Projection::Wanted(view) => match *view {
            View::Group(it) => Ok(it),
            _ => panic!("not a group"),
        },
        other => Err(other),
    }
}

type GroupViewOrNot = Result<crate::view::GroupView, Projection>;

#[test]
fn a_member_that_the_target_does_not_have_is_left_out() {
    let mut around = school();
    around.persons.insert(id(1), at_target(present(1), &[]));
    around.persons.insert(id(2), at_target(Presence::Absent, &[]));

    let view = group_view(class(vec![member(1), member(2), member(3)]), &around).unwrap();

    assert_eq!(view.pupils.iter().map(|it| it.id).collect::<Vec<_>>(), [id(1)]);
}

#[test]
fn a_group_waits_for_a_member_on_the_way() {
    let mut around = school();
    around.persons.insert(id(1), at_target(Presence::Pending, &[]));

    assert_eq!(group_view(class(vec![member(1)]), &around), Err(Projection::Wait("rules.member_pending")));
}

#[test]
fn an_adopted_member_is_referred_to_by_its_own_identity() {
    let mut around = school();
    around.persons.insert(id(1), at_target(Presence::Present("konto-17".into()), &[]));

    let view = group_view(class(vec![member(1)]), &around).unwrap();

    assert_eq!(view.pupils[0].at_target, "konto-17");
}

fn activity(instructor: Instructor) -> Activity {
    Activity {
        id: id(60),
        name: "Matematik 7A".into(),
        organisation: Some(id(100)),
        groups: vec![id(50), id(51)],
        teachers: vec![Teacher { instructor, validity: Validity::ALWAYS }],
        validity: Validity::ALWAYS,
    }
}

fn activity_view(activity: Activity, around: &Surroundings) -> Result<crate::view::ActivityView, Projection> {
    match project(&Merged::Activity(activity), around, &Frame::at(now(), &TargetPolicy::default())) {
        Projection::Wanted(view) => match *view {
            View::Activity(it) => Ok(it),
            _ => panic!("not an activity"),
        },
        other => Err(other),
    }
}

fn taught() -> Surroundings {
    let mut around = school();
    around.persons.insert(id(7), at_target(present(7), &[70]));
    around.duties.insert(id(70), id(7));
    around.groups.insert(id(50), present(50));
    around
}

#[test]
fn teachers_are_found_by_duty_and_by_person() {
    let by_duty = activity_view(activity(Instructor::Duty(id(70))), &taught()).unwrap();
    let by_person = activity_view(activity(Instructor::Person(id(7))), &taught()).unwrap();

    assert_eq!(by_duty, by_person);
    assert_eq!(by_duty.teachers[0].id, id(70));
}

#[test]
fn a_teacher_from_a_school_with_several_units_teaches_elsewhere_by_the_first_employment() {
    let mut around = taught();
    let employment = employment_id(id(70), id(201), true);
    around.units.insert(id(200), vec![unit(201, present(201)), unit(202, present(202))]);
    let teacher = PersonAtTarget {
        duties: BTreeMap::from([(id(70), id(200))]),
        objects: [employment, employment_id(id(70), id(202), true)].map(|it| (it.to_string(), it.to_string())).into(),
        ..at_target(present(7), &[70])
    };
    around.persons.insert(id(7), teacher);

    let view = activity_view(activity(Instructor::Duty(id(70))), &around).unwrap();

    assert_eq!(view.teachers.iter().map(|it| it.id).collect::<Vec<_>>(), [employment]);
}

#[test]
fn a_teacher_whose_employment_is_being_replaced_teaches_by_the_one_that_stays() {
    let mut around = taught();
    let stays = employment_id(id(70), id(201), true);
    around.units.insert(id(200), vec![unit(201, present(201)), unit(202, present(202))]);
    let teacher = PersonAtTarget {
        duties: BTreeMap::from([(id(70), id(200))]),
        objects: [id(70), stays].map(|it| (it.to_string(), it.to_string())).into(),
        ..at_target(present(7), &[70])
    };
    around.persons.insert(id(7), teacher);

    let view = activity_view(activity(Instructor::Duty(id(70))), &around).unwrap();

    assert_eq!(view.teachers.iter().map(|it| it.id).collect::<Vec<_>>(), [stays]);
}

#[test]
fn an_activity_names_only_the_groups_that_the_target_has() {
    let view = activity_view(activity(Instructor::Duty(id(70))), &taught()).unwrap();

    assert_eq!(view.groups.iter().map(|it| it.id).collect::<Vec<_>>(), [id(50)]);
}

#[test]
fn an_activity_waits_for_a_group_on_the_way() {
    let mut around = taught();
    around.groups.insert(id(51), Presence::Pending);

    assert_eq!(
        activity_view(activity(Instructor::Duty(id(70))), &around),
        Err(Projection::Wait("rules.group_pending"))
    );
}

#[test]
fn an_activity_without_groups_is_not_wanted() {
    let mut around = taught();
    around.groups.clear();

    assert_eq!(activity_view(activity(Instructor::Duty(id(70))), &around), Err(Projection::Unwanted("rules.no_group")));
}

#[test]
fn a_mentor_who_teaches_the_group_does_not_lead_it_twice() {
    let mut merged = class(vec![]);
    merged.activities.push(activity(Instructor::Duty(id(70))));
    merged.assignments.push(mentor());

    assert_eq!(group_view(merged, &taught()).unwrap().led_by, None);
}

fn mentor() -> AssignmentFact {
    AssignmentFact {
        duty: id(70),
        person: Some(id(7)),
        validity: Validity::ALWAYS,
        roles: vec![Assignment { group: id(50), role: "Mentor".into(), validity: Validity::ALWAYS }],
    }
}

#[test]
fn a_mentor_without_an_activity_leads_the_group() {
    let mut around = school();
    around.persons.insert(id(7), at_target(present(7), &[70]));
    let mut merged = class(vec![]);
    merged.assignments.push(mentor());

    let view = group_view(merged, &around).unwrap();

    assert_eq!(view.led_by.unwrap().teachers[0].id, id(70));
}

/// A target that has persons and groups only.
fn of_persons_and_groups() -> TargetPolicy {
    TargetPolicy { carries: Carries::PERSONS_AND_GROUPS, ..TargetPolicy::default() }
}

#[test]
fn where_there_are_no_activities_whoever_leads_or_teaches_a_group_is_named_in_it() {
    let mut around = taught();
    around.persons.insert(id(8), at_target(present(8), &[71]));
    let mut merged = class(vec![Membership { role: MembershipRole::Teacher, ..member(8) }]);
    merged.activities.push(activity(Instructor::Duty(id(70))));
    let merged = Merged::Group(Box::new(merged));

    let projection = project(&merged, &around, &Frame::at(now(), &of_persons_and_groups()));

    let Projection::Wanted(view) = projection else { panic!("not wanted") };
    let View::Group(view) = *view else { panic!("no group") };
    assert_eq!((view.teachers.iter().map(|it| it.id).collect(), view.led_by), (vec![id(7), id(8)], None));
}

#[test]
fn where_there_are_no_employments_a_teacher_is_waited_for_as_the_person_is() {
    let mut around = taught();
    around.persons.insert(id(7), at_target(Presence::Pending, &[70]));
    let mut merged = class(vec![]);
    merged.activities.push(activity(Instructor::Duty(id(70))));

    let projection = project(&Merged::Group(Box::new(merged)), &around, &Frame::at(now(), &of_persons_and_groups()));

    assert_eq!(projection, Projection::Wait("rules.member_pending"));
}

#[test]
fn what_a_target_has_no_objects_for_is_not_wanted_there() {
    let activity = Merged::Activity(activity(Instructor::Duty(id(70))));

    let projection = project(&activity, &taught(), &Frame::at(now(), &of_persons_and_groups()));

    assert_eq!(projection, Projection::Unwanted("rules.not_carried"));
}

#[test]
fn a_group_of_a_school_with_several_units_belongs_to_the_one_of_its_type() {
    let mut merged = class(vec![]);
    merged.group.school_type = Some("GY".into());
    let mut upper = unit(102, present(102));
    upper.school_types = vec!["GY".into()];
    let around = Surroundings {
        units: BTreeMap::from([(id(100), vec![unit(101, present(101)), upper])]),
        ..Surroundings::default()
    };

    assert_eq!(group_view(merged, &around).unwrap().school_unit.id, id(102));
}

#[test]
fn an_ended_group_is_not_wanted() {
    let mut merged = class(vec![]);
    merged.group.validity = Validity::new(None, Some(date(2026, 11, 22)));

    assert_eq!(group_view(merged, &school()), Err(Projection::Unwanted("rules.not_valid_today")));
}

#[test]
fn a_duty_at_a_school_with_two_units_is_two_employments() {
    let mut teacher = pupil(7);
    teacher.person.enrolments.clear();
    teacher.duties.push(Duty {
        id: id(70),
        person: Some(id(7)),
        organisation: id(99),
        role: "Lärare".into(),
        signature: None,
        validity: Validity::ALWAYS,
        assignments: vec![],
    });
    let around = Surroundings {
        units: BTreeMap::from([(id(99), vec![unit(101, present(101)), unit(102, present(102))])]),
        ..Surroundings::default()
    };

    let Projection::Wanted(view) = projected(teacher, &around, &TargetPolicy::default()) else { panic!("not wanted") };

    let View::Person(view) = *view else { panic!("not a person") };
    assert_eq!(
        view.employments.iter().map(|it| it.id).collect::<Vec<_>>(),
        [employment_id(id(70), id(101), true), employment_id(id(70), id(102), true)]
    );
}

#[test]
fn a_temporary_number_is_told_only_where_that_is_asked_for() {
    let told = |temporary_numbers| {
        let mut pupil = pupil(1);
        let read = roster::civic_number::CivicNumber::read("20140127TF20", date(2026, 11, 23));
        pupil.person.civic_number = read.map(|(number, _)| number);
        let policy = TargetPolicy { civic_numbers: true, temporary_numbers, ..TargetPolicy::default() };
        let Projection::Wanted(view) = projected(pupil, &school(), &policy) else { panic!("not wanted") };
        let View::Person(view) = *view else { panic!("not a person") };
        view.civic_number.map(|it| it.as_str().to_owned())
    };

    assert_eq!((told(true).as_deref(), told(false)), (Some("20140127TF20"), None));
}
