//! What all sources owe.

use std::collections::BTreeSet;

use async_trait::async_trait;
use roster::{Id, ManualClock, RecordKind};
use sources::registry::SourceContext;
use uuid::Uuid;
use world::truth::{Municipality, OrganisationKind};
use world::{ImsEnterpriseOptions, ImsEnterpriseServer};

use super::stage::Stage;
use crate::kit::town::{happens, people};
use crate::kit::{Abilities, Counterpart, Happening, Holdings, Line, People, Trouble};

/// A register, read for its changes or not.
pub(crate) struct Register {
    stage: Stage,
    changes: bool,
}

impl Register {
    pub(crate) fn new(changes: bool, options: ImsEnterpriseOptions) -> Self {
        Self { stage: Stage::of(60, options), changes }
    }
}

#[async_trait]
impl Counterpart for Register {
    fn kind(&self) -> &'static str {
        "ims-enterprise"
    }

    fn table(&self) -> toml::Table {
        format!("{}\nchanges = {}", Stage::table(20), self.changes).parse().unwrap()
    }

    fn context(&self) -> SourceContext {
        self.stage.context()
    }

    fn clock(&self) -> &ManualClock {
        &self.stage.clock
    }

    async fn happens(&self, what: Happening) -> Id {
        self.stage.server.alter_and_tell(|truth| happens(truth, what))
    }

    fn holds(&self) -> Holdings {
        let ids = |all: Vec<Uuid>| all.into_iter().map(Id::from_uuid).collect();
        let [persons, groups] = self.stage.server.shown().map(ids);
        Holdings::from([
            (RecordKind::Organisation, self.stage.server.with_truth(organisations)),
            (RecordKind::Person, persons),
            (RecordKind::Group, groups),
        ])
    }

    fn people(&self) -> People {
        let mut people = self.stage.server.with_truth(people);
        people.secrets.insert(ImsEnterpriseServer::licence_key().to_owned());
        people
    }

    /// The register answers for what ended five minutes ago.
    fn abilities(&self) -> Abilities {
        let (changes, removals) = (self.changes, self.changes);
        Abilities { changes, removals, renews_tokens: false, told_after: 6 * 60, ..Abilities::ALL }
    }

    fn line(&self) -> Option<&Line> {
        Some(&self.stage.line)
    }

    /// No document has a second page.
    fn suffers(&self, trouble: Trouble, pages: usize, times: usize) -> bool {
        if trouble == Trouble::Endless {
            return false;
        }
        self.stage.line.suffers(trouble, pages, times);
        true
    }

    fn complaints(&self) -> Vec<String> {
        self.stage.server.contract_violations()
    }
}

/// Schools, which keep their identity, and their units, which the register names by code only.
fn organisations(truth: &Municipality) -> BTreeSet<Id> {
    let schools = truth.organisations.values().filter(|it| it.kind == OrganisationKind::School);
    let codes = truth.organisations.values().filter_map(|it| it.school_unit_code.as_deref());
    let units = codes.map(|code| Id::derived(&["ims-enterprise/school-unit", code]));
    schools.map(|it| Id::from_uuid(it.id)).chain(units).collect()
}
