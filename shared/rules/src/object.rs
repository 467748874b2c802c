//! Objects: the things at a target, wanted and delivered.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of thing an object is at its target, in the target's own word, e.g. `Users`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObjectKind(std::borrow::Cow<'static, str>);

impl ObjectKind {
    /// A kind known when compiling.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(std::borrow::Cow::Borrowed(name))
    }

    /// The target's word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Kind and key: one object of a target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectKey {
    /// Kind.
    #[serde(rename = "k")]
    pub kind: ObjectKind,
    /// The key we give it: its external identity.
    #[serde(rename = "i")]
    pub key: String,
}

/// The content of an object, in the target's wire format. Holds personal data: not printable.
#[derive(Clone, PartialEq, Eq)]
pub struct Body(serde_json::Value);

impl Body {
    /// Wraps the content.
    #[must_use]
    pub const fn new(content: serde_json::Value) -> Self {
        Self(content)
    }

    /// The content. Whoever calls this sends it to the target, nowhere else.
    #[must_use]
    pub const fn expose(&self) -> &serde_json::Value {
        &self.0
    }

    /// Tells "changed" from "the same" without keeping the content.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        roster::fingerprint(self.0.to_string().as_bytes())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(•••)")
    }
}

/// What an object is tied to at a target that has such lists changed one by one: the members of a group, the owners of
/// a team – by the list, in the target's own word, and the identities by which the target knows them. What others put on
/// those lists is theirs.
pub type Ties = BTreeMap<String, BTreeSet<String>>;

/// An object as the target should have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedObject {
    /// Which.
    pub key: ObjectKey,
    /// Its content.
    pub body: Body,
    /// Its lists, where the target has them changed one by one; others stand in the content.
    pub ties: Ties,
    /// What an earlier try to make it may have tied it to, of which nobody knows how it ended. Set by the differ.
    pub may_have: Ties,
    /// Objects of the same subject that must exist before it, and may go only after it.
    pub needs: Vec<ObjectKey>,
    /// What an account that already exists at the target is recognised by at first contact (R31); empty: never adopted.
    pub recognised_by: Vec<roster::Personal<String>>,
}

impl WantedObject {
    /// An object that needs no other, has no lists, and is never adopted.
    #[must_use]
    pub const fn new(key: ObjectKey, body: Body) -> Self {
        Self { key, body, ties: Ties::new(), may_have: Ties::new(), needs: Vec::new(), recognised_by: Vec::new() }
    }

    /// What it may be tied to by us: by what was delivered, or else by a try of which nobody knows how it ended.
    #[must_use]
    pub fn tied_before<'t>(&'t self, delivered: Option<&'t DeliveredObject>) -> &'t Ties {
        delivered.map_or(&self.may_have, |it| &it.ties)
    }

    /// Tells "changed" from "the same", of content and lists.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        if self.ties.is_empty() {
            return self.body.fingerprint();
        }
        let ties = self.ties.iter().flat_map(|(list, to)| std::iter::once(list).chain(to));
        let written = ties.fold(self.body.expose().to_string(), |text, part| text + "\0" + part);
        roster::fingerprint(written.as_bytes())
    }
}

/// How an object came to be ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// We created it.
    #[serde(rename = "c")]
    Created,
    /// It existed and was recognised at first contact.
    #[serde(rename = "a")]
    Adopted,
    /// It may be ours: making it was begun, and how that ended is not known. Made again, it is taken over; if nothing is
    /// wanted any more it is taken away, which does no harm if it never was.
    #[serde(rename = "u")]
    Uncertain,
    /// It was ours, and the target has lost it: it is being made anew. As uncertain, but whoever refers to it is left as it
    /// is until that has ended one way or the other.
    #[serde(rename = "l")]
    Lost,
}

/// An object as the target last accepted it from us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveredObject {
    /// Which.
    #[serde(flatten)]
    pub key: ObjectKey,
    /// Fingerprint of the content; empty: it exists, but must be sent again.
    #[serde(rename = "h")]
    pub fingerprint: String,
    /// How it came to be ours.
    #[serde(rename = "o")]
    pub origin: Origin,
    /// The target's own identity of it, where it is not our key.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// Objects that it needed: they may go only after it.
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<ObjectKey>,
    /// What it may be tied to by us. Until the fingerprint is back, not all of it need be so.
    #[serde(rename = "t", default, skip_serializing_if = "Ties::is_empty")]
    pub ties: Ties,
    /// Whether taking it away was begun, and how that ended is not known.
    #[serde(rename = "l", default, skip_serializing_if = "is_default")]
    pub leaving: bool,
}

/// Whether a field need not be stored.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl DeliveredObject {
    /// An object that is about to be made, perhaps once more.
    #[must_use]
    pub fn begun(wanted: &WantedObject) -> Self {
        let mut begun = Self {
            key: wanted.key.clone(),
            fingerprint: String::new(),
            origin: Origin::Uncertain,
            remote: None,
            needs: wanted.needs.clone(),
            ties: wanted.ties.clone(),
            leaving: false,
        };
        begun.may_have(&wanted.may_have);
        begun
    }

    /// An object that the target has lost, and that is made anew.
    #[must_use]
    pub fn lost(wanted: &WantedObject) -> Self {
        Self { origin: Origin::Lost, ..Self::begun(wanted) }
    }

    /// Notes that it is about to be taken away.
    pub fn leave(&mut self) {
        self.fingerprint.clear();
        self.leaving = true;
    }

    /// Notes that it is about to be replaced: what it will be tied to then, it may be tied to from now on.
    pub fn doubt(&mut self, wanted: &WantedObject) {
        self.fingerprint.clear();
        self.may_have(&wanted.ties);
    }

    /// Notes that it may be tied to these, too.
    pub fn may_have(&mut self, ties: &Ties) {
        for (list, to) in ties {
            self.ties.entry(list.clone()).or_default().extend(to.iter().cloned());
        }
    }

    /// Whether the target has it from us, as far as it has told.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        !matches!(self.origin, Origin::Uncertain | Origin::Lost)
    }

    /// Whether others may refer to it: the target has it, and nobody is taking it away.
    #[must_use]
    pub fn may_be_referred_to(&self) -> bool {
        self.is_certain() && !self.leaving
    }

    /// The identity by which the target knows it.
    #[must_use]
    pub fn at_target(&self) -> &str {
        self.remote.as_deref().unwrap_or(&self.key.key)
    }
}
