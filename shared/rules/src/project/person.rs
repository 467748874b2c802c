//! Persons: pupils and staff with a role today, named as the policy says; protected ones never.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use roster::civic_number::CivicNumberKind;
use roster::validity::{date_in_sweden, next_turn, start_of_day};
use roster::{Duty, Enrolment, Id, LicenceFact, Personal, SecurityMarking};

use super::{Frame, Presence, Projection, SCHOOL_UNIT_MISSING, Surroundings, UnitAtTarget, employment_id, reference};
use crate::merge::MergedPerson;
use crate::policy::{DeliverUsers, UserNameChoice};
use crate::view::{EmailView, EmploymentView, EnrolmentView, LicenceView, LoginView, PersonView, View};

pub(super) fn organisations(merged: &MergedPerson) -> BTreeSet<Id> {
    let units = merged.person.enrolments.iter().map(|it| it.school_unit);
    units.chain(merged.duties.iter().map(|it| it.organisation)).collect()
}

pub(super) fn unwanted(merged: &MergedPerson, frame: &Frame<'_>) -> Option<Projection> {
    if merged.person.status.is_gone() {
        return Some(Projection::Unwanted("rules.person_gone"));
    }
    if merged.marking.as_ref().is_some_and(SecurityMarking::is_protected) {
        return Some(Projection::Unwanted("rules.protected"));
    }
    let pupil = enrolments_today(merged, frame.today).next().is_some();
    if !pupil && duties_today(merged, frame.today).next().is_none() {
        return Some(Projection::Unwanted("rules.no_role_today"));
    }
    let unlicensed = || licences_now(merged, frame.now).next().is_none();
    if frame.policy.deliver_users == DeliverUsers::LicensedOnly && unlicensed() {
        return Some(Projection::Unwanted("rules.unlicensed"));
    }
    None
}

pub(super) fn project(merged: &MergedPerson, around: &Surroundings, frame: &Frame<'_>) -> Projection {
    if let Some(answer) = unwanted(merged, frame) {
        return answer;
    }
    let Some(user_name) = user_name(merged, frame) else {
        return Projection::Refused("rules.user_name_missing");
    };
    let (Ok(enrolments), Ok(employments)) = (enrolments(merged, around, frame), employments(merged, around, frame))
    else {
        return Projection::Wait("rules.school_unit_pending");
    };
    if enrolments.is_empty() && employments.is_empty() {
        return Projection::Refused(SCHOOL_UNIT_MISSING);
    }
    let person = &merged.person;
    Projection::Wanted(Box::new(View::Person(PersonView {
        id: person.id,
        at_target: None,
        given_name: person.given_name.clone(),
        family_name: person.family_name.clone(),
        user_name,
        principal_name: person.principal_names.first().cloned(),
        civic_number: told_number(merged, frame),
        emails: emails(merged),
        enrolments,
        employments,
        licences: licences_now(merged, frame.now).map(licence).collect(),
        login: login(merged, frame),
    })))
}

struct Pending;

fn enrolments(merged: &MergedPerson, around: &Surroundings, frame: &Frame<'_>) -> Result<Vec<EnrolmentView>, Pending> {
    let mut views = Vec::new();
    for enrolment in enrolments_today(merged, frame.today) {
        for unit in units(around, enrolment.school_unit) {
            if unit.presence == Presence::Pending {
                return Err(Pending);
            }
            views.extend(reference(unit.id, &unit.presence).map(|school_unit| EnrolmentView {
                school_unit,
                school_type: enrolment.school_type.clone(),
                school_year: enrolment.school_year,
                education_code: enrolment.education_code.clone(),
                validity: enrolment.validity,
            }));
        }
    }
    Ok(views)
}

fn employments(
    merged: &MergedPerson,
    around: &Surroundings,
    frame: &Frame<'_>,
) -> Result<Vec<EmploymentView>, Pending> {
    let mut views = Vec::new();
    for duty in duties_today(merged, frame.today) {
        let units = units(around, duty.organisation);
        for unit in units {
            if unit.presence == Presence::Pending {
                return Err(Pending);
            }
            views.extend(reference(unit.id, &unit.presence).map(|school_unit| EmploymentView {
                id: employment_id(duty.id, unit.id, units.len() > 1),
                school_unit,
                role: duty.role.clone(),
                signature: duty.signature.clone(),
                validity: duty.validity,
            }));
        }
    }
    Ok(views)
}

fn units(around: &Surroundings, organisation: Id) -> &[UnitAtTarget] {
    around.units.get(&organisation).map_or(&[], Vec::as_slice)
}

pub(super) fn enrolments_today(merged: &MergedPerson, today: Date) -> impl Iterator<Item = &Enrolment> {
    let enrolments = merged.person.enrolments.iter();
    enrolments.filter(move |it| !it.cancelled && it.validity.is_active(today))
}

pub(super) fn duties_today(merged: &MergedPerson, today: Date) -> impl Iterator<Item = &Duty> {
    merged.duties.iter().filter(move |it| it.validity.is_active(today))
}

fn licences_now(merged: &MergedPerson, now: Timestamp) -> impl Iterator<Item = &LicenceFact> {
    let licences = merged.licences.iter();
    licences.filter(move |it| !it.trial && it.expires.is_none_or(|expires| expires > now))
}

fn licence(fact: &LicenceFact) -> LicenceView {
    LicenceView { id: fact.id, product: fact.product.clone(), expires: fact.expires }
}

fn user_name(merged: &MergedPerson, frame: &Frame<'_>) -> Option<Personal<String>> {
    if frame.policy.user_name.is_empty() {
        return Some(Personal::new(String::new()));
    }
    frame.policy.user_name.iter().find_map(|choice| match choice {
        UserNameChoice::Eppn => merged.person.principal_names.first().cloned(),
        UserNameChoice::Email => merged.person.emails.first().map(|email| email.address.clone()),
        UserNameChoice::CivicNumber => civic_number(merged),
    })
}

fn civic_number(merged: &MergedPerson) -> Option<Personal<String>> {
    let number = merged.person.civic_number.as_ref()?;
    let is_national = matches!(number.kind(), CivicNumberKind::Personal | CivicNumberKind::Coordination);
    (is_national && number.checks()).then(|| number.value().clone())
}

/// The number as the target may be told it. A temporary one has no check digit.
fn told_number(merged: &MergedPerson, frame: &Frame<'_>) -> Option<Personal<String>> {
    let temporary = || {
        let number = merged.person.civic_number.as_ref().filter(|it| it.kind() == CivicNumberKind::Temporary)?;
        Some(number.value().clone()).filter(|_| frame.policy.temporary_numbers)
    };
    Some(frame.policy).filter(|it| it.civic_numbers).and_then(|_| civic_number(merged).or_else(temporary))
}

fn emails(merged: &MergedPerson) -> Vec<EmailView> {
    let emails = merged.person.emails.iter();
    emails.map(|it| EmailView { address: it.address.clone(), kind: it.kind.clone() }).collect()
}

fn login(merged: &MergedPerson, frame: &Frame<'_>) -> Option<LoginView> {
    let provider = frame.policy.sso_idp.clone()?;
    let subject = merged.person.login_identity.clone().or_else(|| user_name(merged, frame))?;
    Some(LoginView { provider, subject })
}

/// The instant after `now` at which time alone may change what a target should have of a person.
#[must_use]
pub fn next_turn_of_person(merged: &MergedPerson, now: Timestamp) -> Option<Timestamp> {
    let enrolments = merged.person.enrolments.iter().map(|it| &it.validity);
    let periods = enrolments.chain(merged.duties.iter().map(|it| &it.validity));
    let midnight = next_turn(periods, date_in_sweden(now)).map(start_of_day);
    let licence = merged.licences.iter().filter_map(|it| it.expires).filter(|at| *at > now).min();
    [midnight, licence].into_iter().flatten().min()
}
