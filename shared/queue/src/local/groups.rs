//! Whose turn it is: groups take turns, and within a group messages keep their order.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

/// A group's number, never used again once the group is empty.
pub(super) type GroupNumber = u64;

/// All groups that have messages, in flight or not. Messages without a group form one of their own.
#[derive(Debug, Default)]
pub(super) struct Groups {
    fifo: bool,
    numbers: HashMap<Option<Arc<str>>, GroupNumber>,
    groups: HashMap<GroupNumber, Group>,
    /// Groups with something to hand out, each once. May name groups that are gone.
    turns: VecDeque<GroupNumber>,
    next: GroupNumber,
}

#[derive(Debug)]
struct Group {
    name: Option<Arc<str>>,
    /// Visible messages: place in the order → message number.
    ready: BTreeMap<u64, u64>,
    messages: usize,
    in_flight: usize,
    has_turn: bool,
}

impl Groups {
    pub(super) fn new(fifo: bool) -> Self {
        Self { fifo, ..Self::default() }
    }

    /// Counts a new message of the group named.
    pub(super) fn enter(&mut self, name: Option<&str>) -> GroupNumber {
        let name: Option<Arc<str>> = name.map(Arc::from);
        let number = *self.numbers.entry(name.clone()).or_insert_with(|| {
            self.next += 1;
            self.next
        });
        let group = self.groups.entry(number).or_insert_with(|| Group {
            name,
            ready: BTreeMap::new(),
            messages: 0,
            in_flight: 0,
            has_turn: false,
        });
        group.messages += 1;
        number
    }

    /// Counts a message out; returns the group's name.
    pub(super) fn leave(&mut self, number: GroupNumber) -> Option<Arc<str>> {
        let group = self.groups.get_mut(&number)?;
        group.messages -= 1;
        if group.messages > 0 {
            return group.name.clone();
        }
        let group = self.groups.remove(&number)?;
        self.numbers.remove(&group.name);
        group.name
    }

    pub(super) fn name(&self, number: GroupNumber) -> Option<Arc<str>> {
        self.groups.get(&number)?.name.clone()
    }

    /// A message of the group is visible.
    pub(super) fn ready(&mut self, number: GroupNumber, order: u64, message: u64) {
        if let Some(group) = self.groups.get_mut(&number) {
            group.ready.insert(order, message);
        }
        self.offer_turn(number);
    }

    /// A visible message of the group is gone.
    pub(super) fn retract(&mut self, number: GroupNumber, order: u64) {
        if let Some(group) = self.groups.get_mut(&number) {
            group.ready.remove(&order);
        }
    }

    /// A message of the group goes in flight.
    pub(super) fn take_off(&mut self, number: GroupNumber) {
        if let Some(group) = self.groups.get_mut(&number) {
            group.in_flight += 1;
        }
    }

    /// A message of the group is no longer in flight.
    pub(super) fn land(&mut self, number: GroupNumber) {
        if let Some(group) = self.groups.get_mut(&number) {
            group.in_flight -= 1;
        }
        self.offer_turn(number);
    }

    /// The group whose turn it is; its turn is then over until [`offer_turn`](Self::offer_turn).
    pub(super) fn next_turn(&mut self) -> Option<GroupNumber> {
        loop {
            let number = self.turns.pop_front()?;
            if let Some(group) = self.groups.get_mut(&number) {
                group.has_turn = false;
                return Some(number);
            }
        }
    }

    /// Gives the group a turn if it has something to hand out: on a FIFO queue only when none of its messages
    /// is in flight.
    pub(super) fn offer_turn(&mut self, number: GroupNumber) {
        let Some(group) = self.groups.get_mut(&number) else {
            return;
        };
        let locked = self.fifo && group.in_flight > 0;
        if !group.has_turn && !locked && !group.ready.is_empty() {
            group.has_turn = true;
            self.turns.push_back(number);
        }
    }

    /// The first visible message of the group.
    pub(super) fn pop(&mut self, number: GroupNumber) -> Option<u64> {
        let (_, message) = self.groups.get_mut(&number)?.ready.pop_first()?;
        Some(message)
    }

    pub(super) fn has_turns(&self) -> bool {
        !self.turns.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_is_empty_is_forgotten() {
        let mut groups = Groups::new(true);
        let number = groups.enter(Some("t1"));

        groups.leave(number);

        assert!(groups.groups.is_empty() && groups.numbers.is_empty());
    }

    #[test]
    fn groups_take_turns() {
        let mut groups = Groups::new(false);
        let noisy = groups.enter(Some("noisy"));
        let quiet = groups.enter(Some("quiet"));
        groups.ready(noisy, 1, 1);
        groups.ready(noisy, 2, 2);
        groups.ready(quiet, 3, 3);

        let first = groups.next_turn();
        groups.offer_turn(noisy);
        let second = groups.next_turn();

        assert_eq!((first, second), (Some(noisy), Some(quiet)));
    }
}
