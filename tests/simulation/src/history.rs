//! What was true when: snapshots of what each target should hold, taken whenever something changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use world::World;
use world::truth::{Marking, Municipality};

use crate::tenants::Kind;

/// What was true from an instant on, of one tenant.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) at: Timestamp,
    /// Users that the target should have, with their names.
    pub(crate) users: BTreeMap<String, [String; 2]>,
    /// Persons that the source has.
    pub(crate) present: BTreeSet<String>,
    /// Those of them whose personal data are protected.
    pub(crate) protected: BTreeSet<String>,
}

/// All snapshots of a run, by tenant. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct History(Arc<Mutex<Vec<Vec<Snapshot>>>>);

impl History {
    pub(crate) fn of(tenants: usize) -> Self {
        Self(Arc::new(Mutex::new(vec![Vec::new(); tenants])))
    }

    pub(crate) fn take(&self, tenant: usize, world: &World, kind: Kind, at: Timestamp) {
        world.turn_day();
        let expected = world.expected("gleerups").unwrap_or_default();
        let named = |id: &str| Some((id.to_owned(), expected.names_of(id)?.map(str::to_owned)));
        let users = expected.user_ids().filter_map(named).collect();
        let present = match kind {
            Kind::Register => {
                world.register().with_truth(|truth| truth.persons.keys().map(ToString::to_string).collect())
            }
            Kind::Skolon => world.skolon().with_platform(|platform| {
                platform.users.values().filter(|it| !it.deleted).map(|it| it.uuid.to_string()).collect()
            }),
        };
        let marked = |truth: &Municipality| {
            let marked = truth.persons.values().filter(|it| it.marking != Marking::None);
            marked.map(|it| it.id.to_string()).collect()
        };
        let protected = match kind {
            Kind::Register => world.register().with_truth(marked),
            Kind::Skolon => BTreeSet::new(),
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all[tenant].push(Snapshot { at, users, present, protected });
    }

    pub(crate) fn of_tenant(&self, tenant: usize) -> Vec<Snapshot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[tenant].clone()
    }
}
