//! The messages of one queue and where each of them is. Plain state: time and numbers are passed in.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use super::LocalQueueSettings;
use super::deduplication::Deduplication;
use super::groups::{GroupNumber, Groups};
use super::moment::Moment;
use super::receipt::Receipt;
use crate::{Depth, Outgoing, Received};

/// All messages of one queue.
#[derive(Debug)]
pub(super) struct Store {
    policy: Policy,
    messages: HashMap<u64, Message>,
    /// Delayed messages and those in flight, by the moment they become visible.
    waiting: BTreeSet<(Moment, u64)>,
    groups: Groups,
    deduplication: Deduplication,
    in_flight: usize,
    delayed: usize,
    last_order: u64,
}

#[derive(Debug)]
struct Policy {
    fifo: bool,
    visibility: Duration,
    max_receive_count: Option<u32>,
}

#[derive(Debug)]
struct Message {
    body: Box<str>,
    group: GroupNumber,
    place: Place,
    receive_count: u32,
}

/// Where a message is.
#[derive(Debug, Clone, Copy)]
enum Place {
    Visible { order: u64 },
    Delayed { until: Moment },
    InFlight { until: Moment },
}

/// A message on its way to the dead-letter queue.
#[derive(Debug)]
pub(super) struct DeadLetter {
    number: u64,
    body: Box<str>,
    group: Option<Arc<str>>,
    receive_count: u32,
}

/// What one receive took out.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) received: Vec<Received>,
    pub(super) dead: Vec<DeadLetter>,
}

impl Store {
    pub(super) fn new(settings: &LocalQueueSettings) -> Self {
        let has_dead_letters = settings.dead_letters.is_some();
        Self {
            policy: Policy {
                fifo: settings.fifo,
                visibility: settings.visibility,
                max_receive_count: settings.max_receive_count.filter(|_| has_dead_letters),
            },
            messages: HashMap::new(),
            waiting: BTreeSet::new(),
            groups: Groups::new(settings.fifo),
            deduplication: Deduplication::new(settings.deduplication_window, settings.capacity),
            in_flight: 0,
            delayed: 0,
            last_order: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Takes in a message under a number greater than all before, unless it is a repeat.
    pub(super) fn accept(&mut self, number: u64, outgoing: Outgoing, now: Moment) {
        let id = outgoing.deduplication.as_deref();
        if self.policy.fifo && !self.deduplication.admits(id, &outgoing.body, now) {
            return;
        }
        let group = self.groups.enter(outgoing.group.as_deref());
        let until = now.after(outgoing.delay);
        let message = Message {
            // A copy, because a text that was written piece by piece leaves its spare room behind as crumbs.
            body: Box::from(outgoing.body.as_str()),
            group,
            place: Place::Delayed { until },
            receive_count: 0,
        };
        self.messages.insert(number, message);
        if until > now {
            self.delayed += 1;
            self.waiting.insert((until, number));
        } else {
            self.show(number);
        }
    }

    /// Takes in a dead letter of another queue, visible at once.
    pub(super) fn adopt(&mut self, letter: DeadLetter) {
        let message = Message {
            group: self.groups.enter(letter.group.as_deref()),
            body: letter.body,
            place: Place::Visible { order: 0 },
            receive_count: letter.receive_count,
        };
        self.messages.insert(letter.number, message);
        self.show(letter.number);
    }

    /// Puts up to `max` visible messages in flight; those received too often go out as dead letters instead.
    pub(super) fn take(&mut self, max: usize, now: Moment) -> Taken {
        self.pass_to(now);
        let mut taken = Taken::default();
        while taken.received.len() < max {
            let Some(group) = self.groups.next_turn() else {
                break;
            };
            let left = max - taken.received.len();
            let run = if self.policy.fifo { left } else { 1 };
            self.take_run(group, run, now, &mut taken);
            self.groups.offer_turn(group);
        }
        taken
    }

    fn take_run(&mut self, group: GroupNumber, run: usize, now: Moment, taken: &mut Taken) {
        let enough = taken.received.len() + run;
        while taken.received.len() < enough {
            let Some(number) = self.groups.pop(group) else {
                return;
            };
            if self.is_exhausted(number) {
                taken.dead.extend(self.bury(number));
            } else {
                taken.received.extend(self.hand_out(number, now));
            }
        }
    }

    fn is_exhausted(&self, number: u64) -> bool {
        let received = self.messages.get(&number).map(|m| m.receive_count);
        self.policy.max_receive_count.is_some() && received >= self.policy.max_receive_count
    }

    fn bury(&mut self, number: u64) -> Option<DeadLetter> {
        let message = self.messages.remove(&number)?;
        Some(DeadLetter {
            number,
            body: message.body,
            group: self.groups.leave(message.group),
            receive_count: message.receive_count,
        })
    }

    fn hand_out(&mut self, number: u64, now: Moment) -> Option<Received> {
        let until = now.after(self.policy.visibility);
        let message = self.messages.get_mut(&number)?;
        message.receive_count += 1;
        message.place = Place::InFlight { until };
        self.waiting.insert((until, number));
        self.in_flight += 1;
        self.groups.take_off(message.group);
        let receipt = Receipt { number, receive_count: message.receive_count };
        Some(Received {
            id: number.to_string(),
            receipt: receipt.to_string(),
            body: message.body.to_string(),
            group: self.groups.name(message.group).map(|n| n.to_string()),
            receive_count: message.receive_count,
        })
    }

    /// Deletes the message of a receipt that stands. Once timed out, a receipt still stands on a standard queue
    /// until the message is received again; on a FIFO queue it does not.
    pub(super) fn delete(&mut self, receipt: &str, now: Moment) {
        self.pass_to(now);
        let Some((number, place)) = self.standing(receipt) else {
            return;
        };
        if self.policy.fifo && !matches!(place, Place::InFlight { .. }) {
            return;
        }
        if let Some(message) = self.messages.remove(&number) {
            self.clear(number, message.group, place);
            self.groups.leave(message.group);
        }
    }

    /// Sets anew when a message in flight becomes visible.
    pub(super) fn release(&mut self, receipt: &str, after: Duration, now: Moment) {
        self.pass_to(now);
        if let Some((number, Place::InFlight { until })) = self.standing(receipt) {
            self.waiting.remove(&(until, number));
            let until = now.after(after);
            self.waiting.insert((until, number));
            if let Some(message) = self.messages.get_mut(&number) {
                message.place = Place::InFlight { until };
            }
            self.pass_to(now);
        }
    }

    /// The message of a receipt that belongs to its latest reception.
    fn standing(&self, receipt: &str) -> Option<(u64, Place)> {
        let receipt: Receipt = receipt.parse().ok()?;
        let message = self.messages.get(&receipt.number)?;
        let latest = message.receive_count == receipt.receive_count;
        latest.then_some((receipt.number, message.place))
    }

    pub(super) fn depth(&mut self, now: Moment) -> Depth {
        self.pass_to(now);
        let visible = self.messages.len() - self.in_flight - self.delayed;
        Depth { visible: visible as u64, in_flight: self.in_flight as u64, delayed: self.delayed as u64 }
    }

    /// Forgets all messages but not what was sent lately.
    pub(super) fn purge(&mut self) {
        self.messages = HashMap::new();
        self.waiting = BTreeSet::new();
        self.groups = Groups::new(self.policy.fifo);
        self.in_flight = 0;
        self.delayed = 0;
    }

    /// When the next delayed message or message in flight becomes visible.
    pub(super) fn next_visible(&self) -> Option<Moment> {
        self.waiting.first().map(|(until, _)| *until)
    }

    /// Whether some message could be received now.
    pub(super) fn has_ready(&self) -> bool {
        self.groups.has_turns()
    }

    /// Shows what became visible up to `now`.
    fn pass_to(&mut self, now: Moment) {
        while let Some((until, number)) = self.waiting.first().copied() {
            if until > now {
                return;
            }
            self.waiting.pop_first();
            if let Some(message) = self.messages.get(&number) {
                self.clear(number, message.group, message.place);
            }
            self.show(number);
        }
    }

    /// Takes a message out of the books of its place.
    fn clear(&mut self, number: u64, group: GroupNumber, place: Place) {
        match place {
            Place::Visible { order } => self.groups.retract(group, order),
            Place::Delayed { until } => {
                self.waiting.remove(&(until, number));
                self.delayed -= 1;
            }
            Place::InFlight { until } => {
                self.waiting.remove(&(until, number));
                self.in_flight -= 1;
                self.groups.land(group);
            }
        }
    }

    /// Makes a message visible: on a FIFO queue in its old place, otherwise behind those already visible.
    fn show(&mut self, number: u64) {
        self.last_order += 1;
        let order = if self.policy.fifo { number } else { self.last_order };
        if let Some(message) = self.messages.get_mut(&number) {
            message.place = Place::Visible { order };
            self.groups.ready(message.group, order, number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_costs_no_more_than_its_body_and_48_bytes() {
        assert!(size_of::<Message>() <= 48);
    }
}
