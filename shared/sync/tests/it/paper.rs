//! A target that gets files: a line for each person, and for each who goes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use roster::SubjectKey;
use rules::object::{Body, ObjectKey, ObjectKind, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;
use rules::window::{Line, Turn};
use serde_json::json;
use targets::files::{Files, PlaceError, PlaceErrorKind, WrittenFile};
use targets::{Occasion, Refusal, Target};

/// The name of a target that gets files.
pub(crate) const PAPER: &str = "paper";

/// The files that are in their place, whether no more can come, and whether each says everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Paper(Arc<Mutex<Vec<WrittenFile>>>, Arc<Mutex<bool>>, Arc<Mutex<bool>>);

impl Paper {
    /// Names of the files, and all their lines.
    pub(crate) fn files(&self) -> Vec<(String, Vec<String>)> {
        let text =
            |it: &WrittenFile| String::from_utf8(it.content.clone()).unwrap().lines().map(str::to_owned).collect();
        self.0.lock().unwrap().iter().map(|it| (it.name.clone(), text(it))).collect()
    }

    /// From now on each file says everything.
    pub(crate) fn say_everything(&self) {
        *self.2.lock().unwrap() = true;
    }

    pub(crate) fn is_away(&self, away: bool) {
        *self.1.lock().unwrap() = away;
    }
}

#[async_trait]
impl Target for Paper {
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
impl Files for Paper {
    fn window(&self) -> Duration {
        Duration::from_secs(60)
    }

    fn says_everything(&self) -> bool {
        *self.2.lock().unwrap()
    }

    fn is_over(&self, line: &Line) -> bool {
        line.turn == Turn::Removal
    }

    fn lines(&self, operation: &Operation) -> Vec<Line> {
        let key = &operation.key().key;
        let (turn, text) = match operation {
            Operation::Create(wanted) | Operation::Update { wanted, .. } => {
                (Turn::Addition, format!("{key} {}", wanted.body.expose()))
            }
            Operation::Delete(_) => (Turn::Removal, format!("{key} gone")),
        };
        vec![Line::new(turn, key, &[key], text)]
    }

    fn written(&self, minute: Timestamp, lines: &[Line]) -> Vec<WrittenFile> {
        let said = lines.iter().filter(|it| !self.says_everything() || !self.is_over(it));
        let text = said.map(|it| it.text.as_str().to_owned() + "\n").collect::<String>();
        vec![WrittenFile { name: minute.to_string(), content: text.into_bytes() }]
    }

    async fn send(&self, file: &WrittenFile) -> Result<(), PlaceError> {
        if *self.1.lock().unwrap() {
            return Err(PlaceError { kind: PlaceErrorKind::Unreachable, detail: "away" });
        }
        self.0.lock().unwrap().push(file.clone());
        Ok(())
    }
}
