//! Where files that are sent to the hub land: in parts, and under their names only when all of them are whole.
//!
//! A sender announces what it will send – names, sizes, checksums –, is told which parts are missing, sends those, and
//! asks for the rest to be done. Announced again, whatever is there already is not missing: what was broken off goes on,
//! and what was sent before is not sent again.

mod consignment;
mod folder;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use outbound::SecretRef;
use serde::Serialize;

pub use self::consignment::{Announced, Consignment, MOST_ANNOUNCED, SentFile, Unacceptable};
pub use self::folder::FolderLanding;
use super::place::DropPlaces;
use super::{FileDropConfig, Names};
use crate::ConfigProblem;

/// The most bytes of a part that the hub takes itself.
pub const PART: u64 = 4 * 1024 * 1024;

/// A part of a file that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Which of the announced files, counted from 0.
    pub file: usize,
    /// Its first byte.
    pub offset: u64,
    /// How many bytes.
    pub length: u64,
}

/// A part that is not there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Which.
    pub part: Part,
    /// Where it is to be sent with `PUT`. `None`: to the hub.
    pub to: Option<Elsewhere>,
}

/// Somewhere else than the hub.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Elsewhere {
    /// The address. Whoever has it may send that one part.
    pub url: String,
    /// Headers that go with it.
    pub headers: BTreeMap<String, String>,
}

impl std::fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Elsewhere(•••)")
    }
}

/// Where files land.
#[async_trait]
pub trait Landing: Send + Sync + std::fmt::Debug {
    /// What is not there yet.
    ///
    /// # Errors
    /// [`LandingError`].
    async fn missing(&self, sent: &Consignment, now: Timestamp) -> Result<Vec<Missing>, LandingError>;

    /// Keeps a part of a consignment that was announced, by its identity.
    ///
    /// # Errors
    /// [`LandingError`].
    async fn keep(&self, consignment: &str, part: Part, bytes: Vec<u8>) -> Result<(), LandingError>;

    /// Gives the files their names, if all are whole. Gives how many are new.
    ///
    /// # Errors
    /// [`LandingError`]; then no file has changed, or all will once this is asked for again.
    async fn finish(&self, sent: &Consignment) -> Result<usize, LandingError>;
}

/// Files cannot land.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LandingError {
    /// The place cannot be reached or written.
    #[error("what is sent cannot be kept now")]
    Unreachable,
    /// It was not announced, or has been finished.
    #[error("it was not announced")]
    NotAnnounced,
    /// Not such a part.
    #[error("it is not a part of what was announced")]
    NoSuchPart,
    /// Parts are missing.
    #[error("not all parts have come")]
    Incomplete,
    /// What came is not what was announced; it has to be sent again.
    #[error("a file is not what was announced")]
    Altered,
}

impl LandingError {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "drop.unreachable",
            Self::NotAnnounced => "drop.not_announced",
            Self::NoSuchPart => "drop.no_such_part",
            Self::Incomplete => "drop.incomplete",
            Self::Altered => "drop.altered",
        }
    }
}

/// What a source takes from senders.
#[derive(Debug, Clone)]
pub struct Intake {
    /// Where the key is kept that a sender must have.
    pub key: SecretRef,
    /// Where files land.
    pub landing: Arc<dyn Landing>,
    names: Names,
    most_bytes: u64,
}

impl Intake {
    /// What a table of settings says; `None`: nothing is taken, or nothing can be at this hub.
    ///
    /// # Errors
    /// [`ConfigProblem`].
    pub fn of(config: &FileDropConfig, places: &dyn DropPlaces) -> Result<Option<Self>, ConfigProblem> {
        let Some(key) = config.drop_key.clone() else { return Ok(None) };
        let Some(landing) = places.landing(&config.address()?) else { return Ok(None) };
        Ok(Some(Self { key, landing, names: config.names()?, most_bytes: config.most_bytes() }))
    }

    /// What was announced, if it can be taken.
    ///
    /// # Errors
    /// [`Unacceptable`].
    pub fn announced(&self, files: &[Announced]) -> Result<Consignment, Unacceptable> {
        Consignment::of(files, &self.names, self.most_bytes)
    }
}
