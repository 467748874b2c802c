//! School units: which units an organisation resolves to, worked out whenever organisations change.
//!
//! Pupils are enrolled at units, but groups and duties may belong to the school above them (Edlevo always does it so).

use std::collections::{BTreeMap, BTreeSet};

use roster::{Id, Organisation, OrganisationType, SubjectKey, SubjectKind};
use rules::merge::{Merged, merge};
use state::Subject;
use state::sources::StoredSource;

use super::Reading;
use crate::error::SyncError;

impl Reading<'_> {
    /// Works out the units of all organisations. When they changed, everything that may refer to them is looked at
    /// again. That this is to be done is stored before and forgotten after, so that a crash in between leaves it to the
    /// next read.
    ///
    /// `just_written`: organisations that the index may not list yet.
    pub(super) async fn resolve_school_units(
        &self,
        stored: &mut StoredSource,
        just_written: Vec<SubjectKey>,
    ) -> Result<(), SyncError> {
        let store = &self.hub.store;
        let mut keys = store.subject_ids(self.tenant_name(), SubjectKind::Organisation).await?;
        keys.extend(just_written);
        let subjects = store.subjects(self.tenant_name(), keys).await?;
        let precedence = &self.tenant.precedence;
        let organisations: Vec<Organisation> = subjects
            .values()
            .filter_map(|it| match merge(&it.facts, precedence) {
                Some(Merged::Organisation(organisation)) => Some(organisation),
                _ => None,
            })
            .collect();
        let units = school_units(&organisations);
        let none = Vec::new();
        let units_of = |subject: &Subject| units.get(&subject.key.id).unwrap_or(&none);
        let changed: Vec<Subject> = subjects.into_values().filter(|it| it.units != *units_of(it)).collect();
        if changed.is_empty() && !stored.state.units_stale {
            return Ok(());
        }
        if !stored.state.units_stale {
            stored.state.units_stale = true;
            store.put_source(self.tenant_name(), self.source_name(), stored).await?;
        }
        store
            .change_loaded(changed, |subject| {
                units.get(&subject.key.id).unwrap_or(&none).clone_into(&mut subject.units)
            })
            .await?;
        self.look_again().await?;
        stored.state.units_stale = false;
        Ok(())
    }
}

/// For each organisation the units it resolves to: itself, or all those below it, in order of identity.
fn school_units(organisations: &[Organisation]) -> BTreeMap<Id, Vec<Id>> {
    let mut children: BTreeMap<Id, Vec<&Organisation>> = BTreeMap::new();
    for organisation in organisations {
        if let Some(parent) = organisation.parent {
            children.entry(parent).or_default().push(organisation);
        }
    }
    organisations.iter().map(|it| (it.id, units_of(it, &children))).collect()
}

fn units_of(top: &Organisation, children: &BTreeMap<Id, Vec<&Organisation>>) -> Vec<Id> {
    let (mut units, mut visited, mut waiting) = (BTreeSet::new(), BTreeSet::new(), vec![top]);
    while let Some(organisation) = waiting.pop() {
        // A register in which an organisation is below itself ends here, not never.
        if !visited.insert(organisation.id) {
            continue;
        }
        if organisation.kind == OrganisationType::SchoolUnit {
            units.insert(organisation.id);
        } else {
            waiting.extend(children.get(&organisation.id).into_iter().flatten());
        }
    }
    units.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use roster::Validity;

    use super::*;

    fn id(n: u32) -> Id {
        Id::derived(&[&n.to_string()])
    }

    fn organisation(n: u32, kind: OrganisationType, parent: Option<u32>) -> Organisation {
        Organisation {
            id: id(n),
            name: n.to_string(),
            kind,
            parent: parent.map(id),
            school_unit_code: None,
            school_types: vec![],
            municipality_code: None,
            organisation_number: None,
            validity: Validity::ALWAYS,
        }
    }

    #[test]
    fn a_school_resolves_to_the_units_below_it_and_a_unit_to_itself() {
        let all = [
            organisation(1, OrganisationType::School, None),
            organisation(2, OrganisationType::SchoolUnit, Some(1)),
            organisation(3, OrganisationType::SchoolUnit, Some(1)),
        ];

        let units = school_units(&all);

        assert_eq!(units[&id(1)], BTreeSet::from([id(2), id(3)]).into_iter().collect::<Vec<_>>());
        assert_eq!(units[&id(2)], [id(2)]);
    }

    #[test]
    fn organisations_in_a_circle_end() {
        let all =
            [organisation(1, OrganisationType::School, Some(2)), organisation(2, OrganisationType::School, Some(1))];

        assert_eq!(school_units(&all)[&id(1)], []);
    }
}
