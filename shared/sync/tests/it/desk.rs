//! A target that takes lines by calls: it says of each person whether it takes it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use roster::SubjectKey;
use rules::delivery::Told;
use rules::object::{Body, ObjectKey, ObjectKind, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::policy::Rate;
use rules::view::View;
use rules::window::{HandedOver, Line, Turn};
use serde_json::json;
use targets::files::{Bulk, Files, Handed, HandingTrouble, LineAnswer, SharedLimit, TurnedDown, Turnstile};
use targets::{Occasion, Refusal, Target};

/// The name of a target that takes lines by calls.
pub(crate) const DESK: &str = "desk";

#[derive(Debug, Clone, Default)]
pub(crate) struct Desk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// What it has, by person; nothing: that the person is gone.
    has: BTreeMap<String, Option<String>>,
    /// Whom it does not take.
    refused: BTreeSet<String>,
    /// Whom it takes in part.
    in_part: BTreeSet<String>,
    /// Whether it does not answer for anybody.
    is_silent: bool,
    sittings: usize,
    /// What was remembered, as it came back.
    remembered: Vec<HandedOver>,
    /// How many calls were let through.
    calls: usize,
}

impl Desk {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.lock().unwrap());
    }

    pub(crate) fn refuses(&self, persons: impl IntoIterator<Item = String>) {
        self.change(|it| it.refused = persons.into_iter().collect());
    }

    pub(crate) fn takes_in_part(&self, persons: impl IntoIterator<Item = String>) {
        self.change(|it| it.in_part = persons.into_iter().collect());
    }

    pub(crate) fn is_silent(&self, is_silent: bool) {
        self.change(|it| it.is_silent = is_silent);
    }

    pub(crate) fn has(&self) -> BTreeMap<String, Option<String>> {
        self.0.lock().unwrap().has.clone()
    }

    pub(crate) fn remembered(&self) -> Vec<HandedOver> {
        self.0.lock().unwrap().remembered.clone()
    }

    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap().calls
    }
}

#[async_trait]
impl Target for Desk {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        let View::Person(person) = view else { return Ok(vec![]) };
        let key = self.reference_of(&SubjectKey::person(person.id));
        Ok(vec![WantedObject::new(key, Body::new(json!(person.given_name.as_str())))])
    }

    fn reference_of(&self, key: &SubjectKey) -> ObjectKey {
        ObjectKey { kind: ObjectKind::new("Users"), key: key.id.to_string() }
    }

    async fn apply(&self, _: &Operation, _: Occasion<'_>) -> Outcome {
        Outcome::done()
    }

    fn files(&self) -> Option<&dyn Files> {
        Some(self)
    }
}

#[async_trait]
impl Files for Desk {
    fn window(&self) -> Duration {
        Duration::from_secs(60)
    }

    fn lines(&self, operation: &Operation) -> Vec<Line> {
        let key = &operation.key().key;
        let said = match operation {
            Operation::Create(wanted) | Operation::Update { wanted, .. } => {
                Some((wanted.fingerprint(), wanted.body.expose().clone()))
            }
            Operation::Delete(_) => None,
        };
        vec![Line::new(Turn::Object, key, &[key], json!([key, said]).to_string())]
    }

    fn bulk(&self) -> Option<&dyn Bulk> {
        Some(self)
    }
}

#[async_trait]
impl Bulk for Desk {
    fn limit(&self) -> SharedLimit {
        SharedLimit { name: "desk".into(), rate: Rate { per_second: 0.1, burst: 2 } }
    }

    async fn hand_over(&self, lines: &[Line], before: HandedOver, turnstile: &dyn Turnstile) -> Handed {
        let mut handed = Handed::default();
        let may_call = turnstile.pass().await.is_none();
        let mut state = self.0.lock().unwrap();
        state.sittings += 1;
        state.calls += usize::from(may_call);
        state.remembered.push(before);
        handed.remembered.turned_down.insert(format!("sitting {}", state.sittings));
        if state.is_silent {
            let detail = "it says nothing".to_owned();
            handed.trouble = Some(HandingTrouble { code: "desk.silent", detail });
            return handed;
        }
        for (place, line) in lines.iter().enumerate() {
            let (key, said): (String, Option<(String, String)>) = serde_json::from_str(line.text.as_str()).unwrap();
            let subject = SubjectKey::person(key.parse().unwrap());
            let fingerprint = said.as_ref().map(|(fingerprint, _)| fingerprint.clone());
            let told = Told { key: self.reference_of(&subject), fingerprint, needs: vec![] };
            let is_there = state.has.get(&key).is_some_and(Option::is_some);
            let turned_down = TurnedDown { subject, told, is_there, code: "desk.refused", message: "17 name".into() };
            let answer = if state.refused.contains(&key) {
                LineAnswer::TurnedDown(turned_down)
            } else if state.in_part.contains(&key) {
                LineAnswer::InPart(TurnedDown { code: "desk.in_part", ..turned_down })
            } else {
                state.has.insert(key, said.map(|(_, name)| name));
                LineAnswer::Taken
            };
            handed.answers.insert(place, answer);
        }
        handed
    }
}
