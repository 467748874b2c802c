//! Receiving systems of every kind beside the first tenant's portal, where a run has them.

use std::sync::Arc;

use outbound::{FixedSecrets, SecretRef};
use skolbro::demo::domains;
use skolbro::demo::systems::{Shelves, Systems};
use targets::files::SendPlaces;
use world::{Expected, Moods, Time, World};

/// The tenant that has them.
pub(crate) const TENANT: usize = 0;

/// The systems, if any, and where files are put for them. Clones share both.
#[derive(Clone, Default)]
pub(crate) struct Beside {
    systems: Option<Arc<Systems>>,
    shelves: Shelves,
}

impl Beside {
    /// Systems for the people of a world.
    pub(crate) fn of(world: &World, time: &Time) -> Self {
        let (shelves, domain) = (Shelves::default(), format!("{}.example", world.name()));
        let systems = Systems::in_process(&domain, domains(&expected(world)), time, &shelves);
        Self { systems: Some(Arc::new(systems)), shelves }
    }

    /// The systems of a tenant.
    pub(crate) fn of_tenant(&self, tenant: usize) -> Option<&Systems> {
        self.systems.as_deref().filter(|_| tenant == TENANT)
    }

    /// The systems, if one of them is at a host.
    pub(crate) fn at(&self, host: &str) -> Option<&Systems> {
        self.systems.as_deref().filter(|it| it.are_at(host))
    }

    /// Where files are put.
    pub(crate) fn places(&self) -> Arc<dyn SendPlaces> {
        Arc::new(self.shelves.clone())
    }

    /// What a tenant's file says, with the systems before its portal.
    pub(crate) fn added_to(&self, file: &str, tenant: usize) -> String {
        let tables = self.of_tenant(tenant).map(Systems::tables).unwrap_or_default();
        file.replacen("[[target]]", &format!("{tables}\n[[target]]"), 1)
    }

    pub(crate) fn secrets(&self, known: FixedSecrets) -> FixedSecrets {
        let secrets = self.systems.iter().flat_map(|it| it.secrets());
        secrets.fold(known, |known, (name, secret)| known.with(SecretRef::Env(name.to_owned()), secret))
    }

    pub(crate) fn be_moody(&self, tenant: usize, moods: &Moods) {
        if let Some(systems) = self.of_tenant(tenant) {
            systems.be_moody(moods);
        }
    }

    /// Somebody makes accounts for those who are new.
    pub(crate) fn open_accounts(&self, tenant: usize, world: &World) {
        if let Some(systems) = self.of_tenant(tenant) {
            systems.open_accounts(&expected(world));
        }
    }

    /// How a tenant's systems differ from what they should hold.
    pub(crate) fn differences(&self, tenant: usize, world: &World) -> Vec<String> {
        self.of_tenant(tenant).map(|it| it.differences(world, &expected(world))).unwrap_or_default()
    }
}

/// What the systems of a world should hold: what its portal does.
pub(crate) fn expected(world: &World) -> Expected {
    let name = world.receivers().next().map(|it| it.options().name.clone());
    name.and_then(|it| world.expected(&it)).unwrap_or_default()
}
