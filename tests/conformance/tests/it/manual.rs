//! What operators add themselves. The other side is the tenant's file; what happens, happens to groups.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use outbound::FixedSecrets;
use roster::{Id, ManualClock, RecordKind};
use sources::registry::SourceContext;

use crate::kit::{Abilities, Counterpart, Happening, Holdings, Line, People};

/// A group of the file: its number, its name, and who is in it.
#[derive(Clone)]
struct Own {
    number: usize,
    name: String,
    pupils: Vec<usize>,
}

/// A tenant's file that is changed now and then.
struct File {
    clock: ManualClock,
    groups: Arc<Mutex<Vec<Own>>>,
}

impl File {
    /// With more groups than one page holds.
    fn new() -> Self {
        let group = |number| Own { number, name: format!("Grupp {number}"), pupils: vec![number, number + 1] };
        let clock = ManualClock::at("2026-11-22T12:00:00Z".parse().unwrap());
        Self { clock, groups: Arc::new(Mutex::new((0..250).map(group).collect())) }
    }

    fn alter<T>(&self, alter: impl FnOnce(&mut Vec<Own>) -> T) -> T {
        alter(&mut self.groups.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn identity(number: usize) -> Id {
    Id::from_source("manual/own/group", &format!("g{number}"))
}

#[async_trait]
impl Counterpart for File {
    fn kind(&self) -> &'static str {
        "manual"
    }

    fn table(&self) -> toml::Table {
        let mut text = String::new();
        for Own { number, name, pupils } in self.alter(|it| it.clone()) {
            let pupils: Vec<String> = pupils.iter().map(|it| format!("'p{it}'")).collect();
            let pupils = pupils.join(", ");
            writeln!(text, "[[group]]\nid = 'g{number}'\nname = '{name}'\norganisation = 's'\npupils = [{pupils}]")
                .unwrap();
        }
        text.parse().unwrap()
    }

    fn context(&self) -> SourceContext {
        SourceContext {
            secrets: Arc::new(FixedSecrets::new()),
            clock: Arc::new(self.clock.clone()),
            user_agent: "conformance/1".to_owned(),
            tenant: "demo".to_owned(),
            source: "own".to_owned(),
            transport: None,
            places: None,
        }
    }

    fn clock(&self) -> &ManualClock {
        &self.clock
    }

    fn concerns(&self) -> RecordKind {
        RecordKind::Group
    }

    async fn happens(&self, what: Happening) -> Id {
        self.alter(|groups| match what {
            Happening::PersonAdded => {
                let number = groups.iter().map(|it| it.number).max().unwrap() + 1;
                groups.push(Own { number, name: "Ny grupp".to_owned(), pupils: vec![] });
                identity(number)
            }
            Happening::PersonRenamed => {
                groups[0].name.push('x');
                identity(groups[0].number)
            }
            Happening::PersonRemoved => identity(groups.remove(3).number),
            Happening::MembershipMoved => {
                groups[1].pupils.pop();
                identity(groups[1].number)
            }
        })
    }

    fn holds(&self) -> Holdings {
        let groups = self.alter(|groups| groups.iter().map(|it| identity(it.number)).collect());
        Holdings::from([(RecordKind::Group, groups), (RecordKind::Activity, Default::default())])
    }

    /// The file names people by identifiers only, and nothing is secret about it.
    fn people(&self) -> People {
        People::default()
    }

    fn abilities(&self) -> Abilities {
        Abilities { changes: false, removals: false, renews_tokens: false, people: false, ..Abilities::ALL }
    }

    fn line(&self) -> Option<&Line> {
        None
    }
}

conforms!(own_groups, crate::manual::File::new());
