//! Which school each group belongs to, and which school units each school has.
//!
//! The vendor's unit is a physical school, and may hold several school units. Their codes stand with the pupils'
//! places in classes, with what the principals answer for, and in the unit's own activity code.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use roster::{Id, RecordKind};

use crate::ims_enterprise::group_kind::GroupKind;
use crate::ims_enterprise::index::{GroupRow, Index, Responsibility};
use crate::notes::Notes;

/// The most steps from a group up to its school.
const HIGHEST: usize = 16;

/// Schools and their units.
#[derive(Debug, Default)]
pub(super) struct Units {
    /// By group: its school.
    home: Vec<Option<u32>>,
    /// By code: the school it belongs to, what it is called, and the school types of those who have a place there.
    pub(super) by_code: BTreeMap<u32, SchoolUnit>,
    /// By school: its codes.
    codes: BTreeMap<u32, BTreeSet<u32>>,
}

/// A school unit.
#[derive(Debug)]
pub(super) struct SchoolUnit {
    pub(super) school: u32,
    pub(super) name: Option<Box<str>>,
    pub(super) school_types: BTreeSet<String>,
}

impl Units {
    pub(super) fn of(index: &Index, today: Date, notes: &mut Notes) -> Self {
        let numbers = (0u32..).zip(&index.groups.rows);
        let home = numbers.map(|(group, _)| home(index, group, today)).collect();
        let mut units = Self { home, ..Self::default() };
        units.claim(index, notes);
        units.answer_for(index);
        for (code, unit) in &units.by_code {
            units.codes.entry(unit.school).or_default().insert(*code);
        }
        units
    }

    /// A group's school, which is the group itself if it is one.
    pub(super) fn home(&self, group: u32) -> Option<u32> {
        self.home.get(group as usize).copied().flatten()
    }

    /// Whether a school has units with codes of their own below it.
    pub(super) fn has_codes(&self, school: u32) -> bool {
        self.codes.contains_key(&school)
    }

    /// A school's only code.
    pub(super) fn only_code(&self, school: u32) -> Option<u32> {
        let codes = self.codes.get(&school)?;
        codes.first().copied().filter(|_| codes.len() == 1)
    }

    /// Codes that schools and places name. One that two schools name belongs to the one with the lowest identity.
    fn claim(&mut self, index: &Index, notes: &mut Notes) {
        let mut claims: BTreeMap<u32, BTreeMap<Id, (u32, BTreeSet<String>)>> = BTreeMap::new();
        for (group, row) in (0u32..).zip(&index.groups.rows) {
            let Some((school, head)) = self.home(group).zip(row.head.as_deref()) else { continue };
            let Some(id) = index.groups.get(school).map(|it| it.id) else { continue };
            let places = row.members.iter().filter_map(|it| index.place(it));
            let named = places.filter_map(|it| Some((it.code?, it.school_type.clone().or(head.school_type.clone()))));
            for (code, school_type) in named.chain(head.unit.code.filter(|_| school == group).map(|it| (it, None))) {
                let (_, types) = claims.entry(code).or_default().entry(id).or_insert((school, BTreeSet::new()));
                types.extend(school_type.map(String::from));
            }
        }
        for (code, claimants) in claims {
            if let Some(id) = claimants.keys().nth(1) {
                let reason = "two schools name the same school unit code; it is the unit of the first only";
                notes.warn(RecordKind::Organisation, Some(*id), "ims_enterprise.unit_code_twice", reason);
            }
            if let Some((school, school_types)) = claimants.into_values().next() {
                self.by_code.insert(code, SchoolUnit { school, name: None, school_types });
            }
        }
    }

    /// What principals answer for: the names of units; and units of their own, where no other school has the code.
    fn answer_for(&mut self, index: &Index) {
        let mut told: BTreeMap<u32, BTreeMap<u32, Box<str>>> = BTreeMap::new();
        for (school, row) in (0u32..).zip(&index.groups.rows).filter(|(_, row)| is_unit(row)) {
            for Responsibility { code, name, .. } in &row.responsibilities {
                let kept = told.entry(*code).or_default().entry(school).or_default();
                *kept = std::mem::take(kept).max(name.clone());
            }
        }
        for (code, by_school) in told {
            match self.by_code.get_mut(&code) {
                Some(unit) => unit.name = by_school.get(&unit.school).or(by_school.values().next()).cloned(),
                None if by_school.len() == 1 => {
                    let new = by_school.into_iter().map(|(school, name)| {
                        (code, SchoolUnit { school, name: Some(name), school_types: BTreeSet::new() })
                    });
                    self.by_code.extend(new);
                }
                None => {}
            }
        }
    }
}

fn is_unit(row: &GroupRow) -> bool {
    row.head.as_ref().is_some_and(|head| head.kind == GroupKind::Unit)
}

/// Upwards to the nearest school; of several equally near the one that it belongs to today, then the lowest identity.
fn home(index: &Index, group: u32, today: Date) -> Option<u32> {
    let (mut visited, mut level) = (BTreeSet::from([group]), vec![group]);
    for _ in 0..HIGHEST {
        let schools = level.iter().copied().filter(|it| index.groups.get(*it).is_some_and(is_unit));
        if let Some(school) = schools.min_by_key(|it| index.groups.get(*it).map(|row| row.id)) {
            return Some(school);
        }
        let parents = level.iter().filter_map(|it| index.groups.get(*it)).flat_map(|row| &row.parents);
        let parents: Vec<_> = parents.filter(|it| !visited.contains(&it.group)).collect();
        let present = parents.iter().filter(|it| it.validity.is_active(today)).map(|it| it.group);
        level = present.collect();
        if level.is_empty() {
            level = parents.iter().map(|it| it.group).collect();
        }
        visited.extend(&level);
    }
    None
}
