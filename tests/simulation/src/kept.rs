//! Runs that failed, kept to be played again: the generator of scripts changes with time, so that a seed alone says
//! nothing later.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::play::{Played, Setting, play_script};
use crate::profile::Profile;
use crate::script::Script;
use crate::table::Keeper;

/// A run that failed, or could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// What it found, for whoever reads it.
    pub found: String,
    /// Decides what the script leaves open.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// Whether nothing does, but one tenant has much to do beside the other. There is no script then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beside_bulk: bool,
    /// Whether the first tenant has a receiving system of every kind beside its portal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub every_target: bool,
    /// What happens.
    pub script: Script,
}

impl Kept {
    /// A seed's own run.
    #[must_use]
    pub fn of(seed: u64, faults: &[Fault]) -> Self {
        Self {
            found: String::new(),
            seed,
            faults: faults.to_vec(),
            beside_bulk: false,
            every_target: false,
            script: Script::of(seed),
        }
    }

    /// Plays it, on the table in memory.
    #[must_use]
    pub fn play(&self, keep_trace: bool) -> Played {
        self.play_on(Keeper::Memory, keep_trace)
    }

    /// Plays it on a table of this kind.
    #[must_use]
    pub fn play_on(&self, keeper: Keeper, keep_trace: bool) -> Played {
        let profile = if self.beside_bulk { Profile::beside_bulk() } else { Profile::of(&self.faults) };
        let profile = Profile { every_target: self.every_target, ..profile };
        play_script(&Setting { seed: self.seed, profile, mutation: None, keeper, keep_trace }, &self.script)
    }

    /// As it is written to a file.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads a file's content.
    ///
    /// # Errors
    /// In words.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}
