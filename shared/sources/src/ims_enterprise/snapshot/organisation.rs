//! Organisations: schools, the school units below them, and what of the municipality is above.

use std::collections::BTreeSet;

use roster::{Id, Organisation, OrganisationType, Record};

use super::Snapshot;
use crate::ims_enterprise::group_kind::GroupKind;
use crate::ims_enterprise::index::{GroupRow, Head};
use crate::ims_enterprise::touched::Touched;

/// The identity of a school unit, which the source names by its code only.
pub(super) fn unit_id(code: u32) -> Id {
    Id::derived(&["ims-enterprise/school-unit", &written(code)])
}

fn written(code: u32) -> String {
    format!("{code:08}")
}

impl Snapshot {
    pub(super) fn all_organisations(&self) -> Vec<Record> {
        let rows = (0u32..).zip(&self.index.groups.rows);
        let own = rows.filter_map(|(number, row)| self.organisation(number, row));
        let units = self.units.by_code.keys().filter_map(|code| self.school_unit(*code));
        let mut all: Vec<Organisation> = own.chain(units).collect();
        all.sort_unstable_by_key(|it| it.id);
        all.into_iter().map(Record::Organisation).collect()
    }

    fn organisation(&self, number: u32, row: &GroupRow) -> Option<Organisation> {
        let head = row.head.as_deref().filter(|head| head.kind.is_organisation())?;
        let is_unit = head.kind == GroupKind::Unit;
        Some(Organisation {
            id: row.id,
            name: head.name.clone().into(),
            kind: match (is_unit, self.units.has_codes(number)) {
                (true, true) => OrganisationType::School,
                (true, false) => OrganisationType::SchoolUnit,
                (false, _) => OrganisationType::Other("Organisation".to_owned()),
            },
            parent: self.above(row),
            school_unit_code: None,
            school_types: if is_unit { school_types(head) } else { Vec::new() },
            municipality_code: head.unit.municipality_code.clone().map(Into::into),
            organisation_number: head.unit.organisation_number.clone().map(Into::into),
            validity: head.validity,
        })
    }

    fn school_unit(&self, code: u32) -> Option<Organisation> {
        let unit = self.units.by_code.get(&code)?;
        let school = self.index.groups.get(unit.school)?;
        let head = school.head.as_deref()?;
        let types =
            if unit.school_types.is_empty() { school_types(head) } else { unit.school_types.iter().cloned().collect() };
        let name = unit.name.as_ref().filter(|name| !name.is_empty()).unwrap_or(&head.name);
        Some(Organisation {
            id: unit_id(code),
            name: name.clone().into(),
            kind: OrganisationType::SchoolUnit,
            parent: Some(school.id),
            school_unit_code: Some(written(code)),
            school_types: types,
            municipality_code: head.unit.municipality_code.clone().map(Into::into),
            organisation_number: head.unit.organisation_number.clone().map(Into::into),
            validity: head.validity,
        })
    }

    /// The organisation above: the one it belongs to today, with the lowest identity.
    fn above(&self, row: &GroupRow) -> Option<Id> {
        let above = row.parents.iter().filter(|it| it.validity.is_active(self.today));
        let above = above.filter_map(|it| self.index.groups.get(it.group));
        let known = |it: &&GroupRow| it.head.as_ref().is_some_and(|head| head.kind.is_organisation());
        above.filter(known).map(|it| it.id).min()
    }

    /// Everything that a change of a group may have changed among organisations.
    pub(super) fn organisations_around(&self, touched: &Touched) -> BTreeSet<Id> {
        let numbers = touched.groups.iter().filter_map(|id| self.index.groups.find(*id));
        let schools: BTreeSet<u32> = numbers.clone().filter_map(|it| self.units.home(it)).chain(numbers).collect();
        let units = self.units.by_code.iter().filter(|(_, unit)| schools.contains(&unit.school));
        let own = schools.iter().filter_map(|it| self.index.groups.get(*it)).map(|row| row.id);
        own.chain(units.map(|(code, _)| unit_id(*code))).collect()
    }
}

fn school_types(head: &Head) -> Vec<String> {
    let own = head.unit.school_types.iter().cloned();
    let types: BTreeSet<String> = if head.unit.school_types.is_empty() {
        head.school_type.clone().map(String::from).into_iter().collect()
    } else {
        own.collect()
    };
    types.into_iter().collect()
}
