//! SS 12000 registers.

use async_trait::async_trait;
use roster::{Id, ManualClock, RecordKind};
use sources::registry::SourceContext;
use uuid::Uuid;
use world::truth::Municipality;

use crate::kit::town::{SECRET, Town, happens, people};
use crate::kit::{Counterpart, Happening, Holdings, Line, People};

/// A register, as its provider's profile has it.
pub(crate) struct Register {
    town: Town,
}

impl Register {
    pub(crate) fn generic() -> Self {
        Self { town: Town::new(|_| {}) }
    }

    fn secret(&self) -> String {
        self.town.world.register().credentials().client_secret.clone()
    }
}

#[async_trait]
impl Counterpart for Register {
    fn kind(&self) -> &'static str {
        "ss12000"
    }

    fn table(&self) -> toml::Table {
        let (urls, credentials) = (self.town.world.urls(), self.town.world.register().credentials());
        let table = format!(
            "base_url = '{}'\ntoken_url = '{}'\nclient_id = '{}'\nclient_secret = {{ env = '{SECRET}' }}\npage_size = 20",
            urls.register, urls.register_token, credentials.client_id
        );
        table.parse().unwrap()
    }

    fn context(&self) -> SourceContext {
        self.town.context(&self.secret())
    }

    fn clock(&self) -> &ManualClock {
        &self.town.clock
    }

    async fn happens(&self, what: Happening) -> Id {
        self.town.world.register().alter_truth(|truth| happens(truth, what))
    }

    fn holds(&self) -> Holdings {
        self.town.world.register().with_truth(holds)
    }

    fn people(&self) -> People {
        let mut people = self.town.world.register().with_truth(people);
        let client = &self.town.world.register().credentials().client_id;
        people.secrets.extend([self.secret(), format!("{client}-token")]);
        people
    }

    fn line(&self) -> Option<&Line> {
        Some(&self.town.line)
    }

    fn complaints(&self) -> Vec<String> {
        [self.town.world.contract_violations(), self.town.world.mistakes()].concat()
    }
}

fn holds(truth: &Municipality) -> Holdings {
    let ids = |keys: Vec<&Uuid>| keys.into_iter().copied().map(Id::from_uuid).collect();
    Holdings::from([
        (RecordKind::Organisation, ids(truth.organisations.keys().collect())),
        (RecordKind::Person, ids(truth.persons.keys().collect())),
        (RecordKind::Group, ids(truth.groups.keys().collect())),
        (RecordKind::Duty, ids(truth.duties.keys().collect())),
        (RecordKind::Activity, ids(truth.activities.keys().collect())),
    ])
}

conforms!(generic, crate::ss12000::Register::generic());
