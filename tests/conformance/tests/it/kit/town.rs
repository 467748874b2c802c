//! A small town with everything that real ones have, for the kinds of source that are played in `world`.

use std::collections::BTreeSet;
use std::sync::Arc;

use outbound::{FixedSecrets, SecretRef};
use roster::{Clock, Id, ManualClock};
use sources::registry::SourceContext;
use uuid::Uuid;
use world::truth::{Change, Municipality};
use world::{Time, World, WorldOptions};

use super::{Happening, Line, People};

/// Where the secrets of all sources are kept.
pub(crate) const SECRET: &str = "A_SECRET";

/// A world in process, its time, and the line to it.
pub(crate) struct Town {
    pub(crate) clock: ManualClock,
    pub(crate) world: Arc<World>,
    pub(crate) line: Line,
}

impl Town {
    pub(crate) fn new(alter: impl FnOnce(&mut WorldOptions)) -> Self {
        let clock = ManualClock::at("2026-11-22T12:00:00Z".parse().unwrap());
        let told = clock.clone();
        let mut options = WorldOptions {
            name: "provby".to_owned(),
            seed: 5,
            pupils: 40,
            time: Time::told_by(move || told.now()),
            receivers: Vec::new(),
            ..WorldOptions::default()
        };
        alter(&mut options);
        let world = Arc::new(World::in_process(options));
        let answering = Arc::clone(&world);
        let line = Line::to(move |request| {
            let world = Arc::clone(&answering);
            async move { world.answer(request).await }
        });
        Self { clock, world, line }
    }

    pub(crate) fn context(&self, secret: &str) -> SourceContext {
        context(&self.clock, &self.line, secret)
    }
}

/// What a source is made with that is reached over a line.
pub(crate) fn context(clock: &ManualClock, line: &Line, secret: &str) -> SourceContext {
    SourceContext {
        secrets: Arc::new(FixedSecrets::new().with(SecretRef::Env(SECRET.into()), secret)),
        clock: Arc::new(clock.clone()),
        user_agent: "conformance/1".to_owned(),
        tenant: "demo".to_owned(),
        source: "register".to_owned(),
        transport: Some(Arc::new(line.clone())),
        places: None,
    }
}

/// Makes something happen in the truth; to whom it did. Only to people whom a register tells everybody about.
pub(crate) fn happens(truth: &mut Municipality, what: Happening) -> Id {
    let in_class = |kind: &str| {
        let groups = truth.groups.values().filter(|it| it.kind == kind && it.period.covers(truth.today));
        groups.filter(|it| it.memberships.iter().any(|m| m.period.covers(truth.today))).map(|it| it.id).collect()
    };
    let classes: Vec<Uuid> = in_class("Klass");
    let pupil = truth.groups[&classes[0]].memberships.iter().find(|m| m.period.covers(truth.today)).unwrap().person;
    let known: BTreeSet<Uuid> = truth.persons.keys().copied().collect();
    truth.apply(&match what {
        Happening::PersonAdded => Change::PupilStarts { class: classes[0] },
        Happening::PersonRenamed => Change::PersonRenamed { person: pupil },
        Happening::PersonRemoved => Change::PersonRemoved { person: pupil },
        Happening::MembershipMoved => Change::ClassMove { person: pupil, from: classes[0], to: classes[1] },
    });
    let added = truth.persons.keys().find(|id| !known.contains(id)).copied();
    Id::from_uuid(added.unwrap_or(pupil))
}

/// Everybody in the truth.
pub(crate) fn people(truth: &Municipality) -> People {
    let mut personal = BTreeSet::new();
    for person in truth.persons.values() {
        personal.extend([person.given_name.clone(), person.family_name.clone()]);
        personal.extend(person.emails.iter().map(|it| it.value.clone()));
        personal.extend(person.principal_names.iter().cloned());
        personal.extend(person.civic_number.clone());
    }
    People { personal, secrets: BTreeSet::new() }
}
