//! What a receiver holds.

use super::ResourceType;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where an object came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Created over the wire.
    Made,
    /// An account from before, not connected to anybody.
    PreExisting,
    /// An account from before, since then connected to a person by a `PUT` with its e-mail.
    Adopted,
    /// Made by a person at the portal.
    ByHand,
}

impl Origin {
    /// Whether it belongs to the sender.
    pub fn is_senders(self) -> bool {
        matches!(self, Origin::Made | Origin::Adopted)
    }
}

/// One write to an object.
#[derive(Clone, Copy, Debug)]
pub struct HistoryEntry {
    /// When it was carried out.
    pub at: Timestamp,
    /// `POST`, `PUT` or `DELETE`.
    pub method: &'static str,
}

/// An object at the receiver. Deliberately without `Debug`: bodies hold names.
#[derive(Clone)]
pub struct Held {
    /// The receiver's id; equal to `externalId` unless the account is from before.
    pub id: String,
    /// The sender's id.
    pub external_id: Option<String>,
    /// Where it came from.
    pub origin: Origin,
    /// The body last stored.
    pub body: Arc<Value>,
    /// The writes to it, oldest first, across deletions.
    pub history: Vec<HistoryEntry>,
}

/// A copy of all a tenant holds.
#[derive(Clone, Default)]
pub struct ReceiverState {
    /// Objects by type and receiver's id.
    pub objects: BTreeMap<ResourceType, BTreeMap<String, Held>>,
    /// External id → receiver's id where they differ.
    pub aliases: BTreeMap<(ResourceType, String), String>,
    /// How the objects that are not the sender's looked when they were made.
    pub originals: BTreeMap<(ResourceType, String), Arc<Value>>,
}

impl ReceiverState {
    /// All of a type.
    pub fn all(&self, kind: ResourceType) -> impl Iterator<Item = &Held> {
        self.objects.get(&kind).into_iter().flat_map(BTreeMap::values)
    }

    /// Those of a type that are the sender's.
    pub fn senders(&self, kind: ResourceType) -> impl Iterator<Item = &Held> {
        self.all(kind).filter(|held| held.origin.is_senders())
    }

    /// The object with this receiver's id or external id.
    pub fn find(&self, kind: ResourceType, id: &str) -> Option<&Held> {
        self.objects.get(&kind)?.get(self.resolve(kind, id)?)
    }

    /// The receiver's id for a receiver's id or an external id.
    pub(crate) fn resolve<'a>(&'a self, kind: ResourceType, id: &'a str) -> Option<&'a str> {
        if self.objects.get(&kind).is_some_and(|all| all.contains_key(id)) {
            return Some(id);
        }
        self.aliases.get(&(kind, id.to_owned())).map(String::as_str)
    }
}
