//! The differ: wanted objects against delivered ones gives the plan. Common to all targets.

use std::collections::{BTreeMap, BTreeSet};

use crate::object::{DeliveredObject, ObjectKey, WantedObject};

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Make an object that the target does not have from us.
    Create(WantedObject),
    /// Replace an object's content.
    Update {
        /// As it should be.
        wanted: WantedObject,
        /// As it was delivered.
        delivered: DeliveredObject,
    },
    /// Take an object away.
    Delete(DeliveredObject),
}

impl Operation {
    /// The object it is about.
    #[must_use]
    pub const fn key(&self) -> &ObjectKey {
        match self {
            Self::Create(wanted) | Self::Update { wanted, .. } => &wanted.key,
            Self::Delete(delivered) => &delivered.key,
        }
    }
}

/// The operations that turn what was delivered into what is wanted, in the order to carry them out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The steps: creates and updates as `needs` asks for, then deletes in reverse.
    pub operations: Vec<Operation>,
}

impl Plan {
    /// The same without whatever it deletes.
    #[must_use]
    pub fn without_deletions(mut self) -> Self {
        self.operations.retain(|it| !matches!(it, Operation::Delete(_)));
        self
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// The objects that would be made.
    pub fn creations(&self) -> impl Iterator<Item = &WantedObject> {
        self.operations.iter().filter_map(|operation| match operation {
            Operation::Create(wanted) => Some(wanted),
            Operation::Update { .. } | Operation::Delete(_) => None,
        })
    }

    /// The objects that would be taken away.
    pub fn deletions(&self) -> impl Iterator<Item = &DeliveredObject> {
        self.operations.iter().filter_map(|operation| match operation {
            Operation::Delete(delivered) => Some(delivered),
            Operation::Create(_) | Operation::Update { .. } => None,
        })
    }
}

/// Compares by key and fingerprint. An object delivered more than once, or wanted more than once, counts once.
#[must_use]
pub fn diff(wanted: Vec<WantedObject>, delivered: &[DeliveredObject]) -> Plan {
    let mut before: BTreeMap<&ObjectKey, &DeliveredObject> = delivered.iter().map(|it| (&it.key, it)).collect();
    let mut operations = Vec::new();
    for object in in_order(wanted) {
        match before.remove(&object.key) {
            Some(old) if !old.is_certain() => {
                operations.push(Operation::Create(WantedObject { may_have: old.ties.clone(), ..object }));
            }
            None => operations.push(Operation::Create(object)),
            Some(old) if old.fingerprint != object.fingerprint() => {
                operations.push(Operation::Update { delivered: old.clone(), wanted: object })
            }
            Some(_) => {}
        }
    }
    operations.extend(removal_order(before.into_values().cloned().collect()).into_iter().map(Operation::Delete));
    Plan { operations }
}

/// Needed objects first; among equals the order given. A need outside the list, or a circle, does not stop anything.
fn in_order(wanted: Vec<WantedObject>) -> Vec<WantedObject> {
    let all: BTreeSet<ObjectKey> = wanted.iter().map(|it| it.key.clone()).collect();
    let mut done: BTreeSet<ObjectKey> = BTreeSet::new();
    let mut ordered = Vec::with_capacity(wanted.len());
    let mut waiting = wanted;
    loop {
        let count = waiting.len();
        let (ready, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|it| it.needs.iter().all(|need| done.contains(need) || !all.contains(need)));
        for object in ready {
            if done.insert(object.key.clone()) {
                ordered.push(object);
            }
        }
        waiting = later;
        if waiting.is_empty() || waiting.len() == count {
            ordered.extend(waiting.into_iter().filter(|it| done.insert(it.key.clone())));
            return ordered;
        }
    }
}

/// Whatever needs another goes before it.
fn removal_order(delivered: Vec<DeliveredObject>) -> Vec<DeliveredObject> {
    let mut ordered: Vec<DeliveredObject> = Vec::with_capacity(delivered.len());
    let mut waiting = delivered;
    loop {
        let needed: BTreeSet<ObjectKey> = waiting.iter().flat_map(|it| it.needs.iter().cloned()).collect();
        let (free, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|it| !needed.contains(&it.key));
        let stuck = free.is_empty();
        ordered.extend(free);
        waiting = later;
        if waiting.is_empty() || stuck {
            ordered.extend(waiting);
            return ordered;
        }
    }
}

#[cfg(test)]
mod tests;
