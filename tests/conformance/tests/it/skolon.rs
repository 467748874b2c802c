//! Skolon.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use roster::{Id, ManualClock, RecordKind};
use sources::registry::SourceContext;
use uuid::Uuid;
use world::skolon::{SkolonChange, SkolonPlatform, Versioned};

use crate::kit::town::{SECRET, Town};
use crate::kit::{Counterpart, Happening, Holdings, Line, People};

/// Skolon's platform.
struct Platform {
    town: Town,
}

impl Platform {
    fn new() -> Self {
        Self { town: Town::new(|_| {}) }
    }
}

#[async_trait]
impl Counterpart for Platform {
    fn kind(&self) -> &'static str {
        "skolon"
    }

    fn table(&self) -> toml::Table {
        let (urls, credentials) = (self.town.world.urls(), self.town.world.skolon().credentials());
        let table = format!(
            "base_url = '{}'\ntoken_url = '{}'\nclient_id = '{}'\nclient_secret = {{ env = '{SECRET}' }}\npage_size = 20",
            urls.skolon, urls.skolon_token, credentials.client_id
        );
        table.parse().unwrap()
    }

    fn context(&self) -> SourceContext {
        self.town.context(&self.town.world.skolon().credentials().client_secret)
    }

    fn clock(&self) -> &ManualClock {
        &self.town.clock
    }

    async fn happens(&self, what: Happening) -> Id {
        self.town.world.skolon().alter_platform(|platform| happens(platform, what))
    }

    fn holds(&self) -> Holdings {
        self.town.world.skolon().with_platform(|it| {
            let mut organisations = present(&it.organisations);
            organisations.extend(present(&it.schools));
            Holdings::from([
                (RecordKind::Organisation, organisations),
                (RecordKind::Person, present(&it.users)),
                (RecordKind::Group, present(&it.groups)),
                (RecordKind::Licence, present(&it.licences)),
            ])
        })
    }

    fn people(&self) -> People {
        let credentials = self.town.world.skolon().credentials();
        let mut people = People::default();
        people.secrets.extend([credentials.client_secret.clone(), format!("{}-token", credentials.client_id)]);
        self.town.world.skolon().with_platform(|it| {
            for user in it.users.values().map(|it| &it.content) {
                people.personal.extend([user.first_name.clone(), user.last_name.clone(), user.email.clone()]);
            }
        });
        people
    }

    fn line(&self) -> Option<&Line> {
        Some(&self.town.line)
    }
}

fn present<T>(all: &BTreeMap<Uuid, Versioned<T>>) -> BTreeSet<Id> {
    all.values().filter(|it| !it.deleted).map(|it| Id::from_uuid(it.uuid)).collect()
}

fn happens(platform: &mut SkolonPlatform, what: Happening) -> Id {
    let known: BTreeSet<Uuid> = platform.users.keys().copied().collect();
    let full = platform.groups.values().find(|it| !it.deleted && it.content.users.len() > 3).unwrap();
    let (class, user) = (full.uuid, full.content.users[0]);
    platform.apply(
        &match what {
            Happening::PersonAdded => SkolonChange::UserAdded { class },
            Happening::PersonRenamed => SkolonChange::UserChanged { user },
            Happening::PersonRemoved => SkolonChange::UserDeleted { user },
            Happening::MembershipMoved => SkolonChange::UserLeavesGroup { user, group: class },
        },
        false,
    );
    let added = platform.users.keys().find(|id| !known.contains(id)).copied();
    Id::from_uuid(added.unwrap_or(user))
}

conforms!(platform, crate::skolon::Platform::new());
