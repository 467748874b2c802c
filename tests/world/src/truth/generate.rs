//! Filling an empty municipality: one organiser, one quirky school, the rest by the standard.

use super::civic_number::luhn_digit;
use super::names::SCHOOLS;
use super::school::{Layout, SchoolPlan, Teaching};
use super::{Dialect, Municipality, Organisation, OrganisationKind, Period};
use jiff::civil::date;
use uuid::Uuid;

const PUPILS_PER_SCHOOL: usize = 400;
const QUIRKY_PUPILS: usize = 45;
const LAYOUTS: [Layout; 3] = [Layout::OneUnit, Layout::TiedToSchool, Layout::DutiesAtSchool];

pub(super) fn fill(municipality: &mut Municipality, pupils: usize) {
    let organiser = add_organiser(municipality);
    let quirky = QUIRKY_PUPILS.min(pupils / 3);
    SchoolPlan {
        number: 0,
        name: "Norrsken friskola".to_owned(),
        dialect: Dialect::Quirky,
        layout: Layout::DutiesAtSchool,
        pupils: quirky,
        teaching: Teaching::EverySubject,
    }
    .build(municipality, organiser);
    let rest = pupils - quirky;
    let schools = rest.div_ceil(PUPILS_PER_SCHOOL).max(if rest >= 90 { 3 } else { 1 });
    for number in 0..schools {
        let share = rest / schools + usize::from(number < rest % schools);
        strict_school(number, share).build(municipality, organiser);
    }
}

/// Schools by the standard only.
pub(super) fn fill_schools(municipality: &mut Municipality, schools: usize, pupils: usize) {
    let organiser = add_organiser(municipality);
    for number in 0..schools {
        let share = pupils / schools + usize::from(number < pupils % schools);
        strict_school(number, share).build(municipality, organiser);
    }
}

fn strict_school(number: usize, pupils: usize) -> SchoolPlan {
    let round = number / SCHOOLS.len();
    let base = SCHOOLS[number % SCHOOLS.len()];
    SchoolPlan {
        number: number + 1,
        name: if round == 0 { base.to_owned() } else { format!("{base} {}", round + 1) },
        dialect: Dialect::Strict,
        layout: LAYOUTS[number % LAYOUTS.len()],
        pupils,
        teaching: Teaching::EverySubject,
    }
}

/// One school, small enough for a day of it to be played thousands of times.
pub(super) fn fill_hamlet(municipality: &mut Municipality, seed: u64, pupils: usize) {
    let organiser = add_organiser(municipality);
    let dialect = if seed.is_multiple_of(4) { Dialect::Quirky } else { Dialect::Strict };
    let layout = LAYOUTS[usize::try_from(seed / 4 % 3).unwrap_or_default()];
    SchoolPlan { dialect, layout, teaching: Teaching::TwoSubjects, ..strict_school(0, pupils) }
        .build(municipality, organiser);
}

fn add_organiser(municipality: &mut Municipality) -> Uuid {
    let id = municipality.new_id();
    let stamp = municipality.initial_stamp();
    let number = format!("212999999{}", luhn_digit("212999999"));
    let organiser = Organisation {
        id,
        kind: OrganisationKind::Organiser,
        name: "Norrbyholms kommun".to_owned(),
        parent: None,
        school_unit_code: None,
        school_types: Vec::new(),
        code: Some("NBH".to_owned()),
        number: Some(number),
        period: Period::from(date(2010, 1, 1)),
        dialect: Dialect::Strict,
        stamp,
    };
    municipality.organisations.insert(id, organiser);
    id
}
