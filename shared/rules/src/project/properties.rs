//! What holds of projecting whatever the subject, its surroundings and the policy are.

use std::collections::BTreeSet;

use proptest::prelude::*;
use roster::{CivicNumber, PersonStatus, SecurityMarking};

use super::invented::{groups, markings, morning, persons, policies, subjects, surroundings};
use super::*;
use crate::merge::MergedPerson;

fn of_person(merged: MergedPerson, around: &Surroundings, frame: &Frame<'_>) -> Projection {
    project(&Merged::Person(Box::new(merged)), around, frame)
}

/// Every reference that a view makes to something at the target.
fn references(view: &View) -> BTreeSet<Reference> {
    let mut found = BTreeSet::new();
    match view {
        View::Organisation(it) => found.extend([it.principal.clone(), it.school.clone()].into_iter().flatten()),
        View::Person(it) => {
            found.extend(it.enrolments.iter().map(|it| it.school_unit.clone()));
            found.extend(it.employments.iter().map(|it| it.school_unit.clone()));
        }
        View::Group(it) => {
            found.insert(it.school_unit.clone());
            found.extend(it.pupils.iter().cloned());
            found.extend(it.led_by.iter().flat_map(|it| it.teachers.iter().cloned()));
            found.extend(it.teachers.iter().cloned());
        }
        View::Activity(it) => {
            found.insert(it.school_unit.clone());
            found.extend(it.groups.iter().chain(&it.teachers).cloned());
        }
    }
    found
}

/// By what the target knows whatever of the surroundings is present there.
fn at_target(around: &Surroundings) -> BTreeSet<&str> {
    let units = around.units.values().flatten().map(|it| &it.presence);
    let persons = around.persons.values().map(|it| &it.presence);
    let all = units.chain(persons).chain(around.groups.values()).chain(around.ancestors.iter().map(|it| &it.presence));
    let present = all.filter_map(|presence| match presence {
        Presence::Present(at_target) => Some(at_target.as_str()),
        Presence::Pending | Presence::Absent => None,
    });
    let here = around.persons.values().filter(|it| matches!(it.presence, Presence::Present(_)));
    present.chain(here.flat_map(|it| it.objects.values().map(String::as_str))).collect()
}

proptest! {
    #[test]
    fn a_protected_person_has_no_view_whatever_else(
        person in persons(), marking in markings(), around in surroundings(), policy in policies(), day in 0i32..40,
    ) {
        let protected = MergedPerson { marking: Some(marking), ..person };

        let projection = of_person(protected, &around, &Frame::at(morning(day), &policy));

        prop_assert!(matches!(projection, Projection::Unwanted("rules.protected" | "rules.person_gone")));
    }

    #[test]
    fn what_a_target_may_not_know_changes_nothing(
        person in persons(), around in surroundings(), policy in policies(), day in 0i32..40,
    ) {
        let frame = Frame::at(morning(day), &policy);
        let mut other = person.clone();
        other.marking = Some(SecurityMarking::None);
        other.person.civic_number = CivicNumber::read("191212121212", frame.today).map(|(number, _)| number);
        other.person.enrolments.retain(|it| !it.cancelled);
        other.licences.retain(|it| !it.trial);
        if other.person.status == PersonStatus::Active {
            other.person.status = PersonStatus::Other("okänd".into());
        }

        prop_assert_eq!(of_person(person, &around, &frame), of_person(other, &around, &frame));
    }

    #[test]
    fn no_view_refers_to_what_is_not_at_the_target(
        subject in subjects(), around in surroundings(), policy in policies(), day in 0i32..40,
    ) {
        let Projection::Wanted(view) = project(&subject, &around, &Frame::at(morning(day), &policy)) else {
            return Ok(());
        };

        let present = at_target(&around);
        prop_assert!(references(&view).iter().all(|it| present.contains(it.at_target.as_str())), "{:?}", view);
    }

    #[test]
    fn a_group_waits_for_nobody_when_nobody_is_on_the_way(
        group in groups(), around in surroundings(), policy in policies(), day in 0i32..40,
    ) {
        let projection = project(&Merged::Group(Box::new(group)), &around, &Frame::at(morning(day), &policy));
        let settled = |it: &PersonAtTarget| it.presence != Presence::Pending && !it.is_pending;

        let nobody_is_on_the_way = around.persons.values().all(settled);

        prop_assert!(!nobody_is_on_the_way || projection != Projection::Wait("rules.member_pending"));
    }

    #[test]
    fn the_same_gives_the_same_and_only_what_is_needed_decides(
        subject in subjects(), around in surroundings(), policy in policies(), day in 0i32..40,
    ) {
        let frame = Frame::at(morning(day), &policy);
        let needs = needs_of(&subject);
        let mut narrow = around.clone();
        narrow.duties.retain(|duty, _| needs.duties.contains(duty));
        let holders: BTreeSet<Id> = narrow.duties.values().copied().collect();
        narrow.persons.retain(|id, _| needs.persons.contains(id) || holders.contains(id));
        narrow.groups.retain(|id, _| needs.groups.contains(id));
        let places: BTreeSet<Id> = narrow.persons.values().flat_map(|it| it.duties.values().copied()).collect();
        narrow.units.retain(|id, _| needs.organisations.contains(id) || places.contains(id));

        prop_assert_eq!(project(&subject, &around, &frame), project(&subject, &around, &frame));
        prop_assert_eq!(project(&subject, &around, &frame), project(&subject, &narrow, &frame));
    }

    /// Day by day, morning and midnight: nothing changes before the turn that was told.
    #[test]
    fn time_alone_changes_nothing_before_the_next_turn(
        subject in subjects(), around in surroundings(), policy in policies(), day in 0i32..40,
    ) {
        let now = morning(day);
        let turn = next_turn(&subject, now).unwrap_or(Timestamp::MAX);
        let before = project(&subject, &around, &Frame::at(now, &policy));

        let instants = (day..60).flat_map(|n| {
            let morning = morning(n);
            [morning, roster::validity::start_of_day(roster::validity::date_in_sweden(morning))]
        });

        for at in instants.filter(|at| *at > now && *at < turn) {
            prop_assert_eq!(&project(&subject, &around, &Frame::at(at, &policy)), &before, "at {}", at);
        }
    }

    #[test]
    fn a_turn_lies_ahead_and_turns_come_to_an_end(subject in subjects(), day in 0i32..40) {
        let mut now = morning(day);
        for _ in 0..100 {
            let Some(turn) = next_turn(&subject, now) else { return Ok(()) };
            prop_assert!(turn > now);
            now = turn;
        }
        prop_assert!(false, "time turns for ever");
    }
}
