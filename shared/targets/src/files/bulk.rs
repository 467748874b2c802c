//! Targets that take the lines of a window by calls, many lines at once, and say what became of each.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use roster::SubjectKey;
use rules::delivery::Told;
use rules::policy::Rate;
use rules::window::{HandedOver, Line};

/// What takes lines by calls.
#[async_trait]
pub trait Bulk: Send + Sync + Debug {
    /// How often it may be called.
    fn limit(&self) -> SharedLimit;

    /// Hands lines over, as far as that is done within a minute – a worker may not run longer –, and says what became of
    /// them. `before` is what was remembered the last time. A line without an answer waits, and is given again the next
    /// time: handing it over once more must do no harm.
    async fn hand_over(&self, lines: &[Line], before: HandedOver, turnstile: &dyn Turnstile) -> Handed;
}

/// How often a target may be called by all tenants together: it counts calls by the address that they come from.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedLimit {
    /// Which: the same for all that share it.
    pub name: String,
    /// How often.
    pub rate: Rate,
}

/// What lets calls through, no more than a [`SharedLimit`] allows.
#[async_trait]
pub trait Turnstile: Send + Sync + Debug {
    /// Asks for one call. `None`: it may be made now. `Some`: it may not, and is to be asked for again after so long.
    async fn pass(&self) -> Option<Duration>;
}

/// What became of lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Handed {
    /// What the target has said, by the line's place among those that were given.
    pub answers: BTreeMap<usize, LineAnswer>,
    /// What has to be remembered until the next time.
    pub remembered: HandedOver,
    /// Why not everything was handed over, if something is wrong. That there is more than fits in a minute is nothing wrong.
    pub trouble: Option<HandingTrouble>,
    /// How often the target has warned of something that it took all the same, by its own codes, without personal data.
    pub warnings: BTreeMap<String, u64>,
}

/// What a target says of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineAnswer {
    /// It has it.
    Taken,
    /// It has it without something that it did not know: it is to be sent again later.
    InPart(TurnedDown),
    /// It does not take it, whenever it is told.
    TurnedDown(TurnedDown),
}

/// What a target has turned down, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnedDown {
    /// The subject.
    pub subject: SubjectKey,
    /// The object, and how it was told.
    pub told: Told,
    /// Whether the target has it all the same, as it was before.
    pub is_there: bool,
    /// A stable code, e.g. `dnp.rejected`.
    pub code: &'static str,
    /// The target's own codes, without personal data.
    pub message: String,
}

/// Why lines could not be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandingTrouble {
    /// A stable code, e.g. `dnp.unavailable`.
    pub code: &'static str,
    /// What was seen, without personal data.
    pub detail: String,
}
