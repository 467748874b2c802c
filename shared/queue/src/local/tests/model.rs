//! Random calls on a [`LocalQueue`] against a model that is a plain list, under a clock moved by hand.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use jiff::Timestamp;
use proptest::prelude::*;
use roster::clock::ManualClock;

use crate::{Depth, LocalQueue, LocalQueueSettings, Outgoing, Queue, Received};

const VISIBILITY_SECONDS: u64 = 30;
const MAX_RECEIVE_COUNT: u32 = 3;
const WINDOW_SECONDS: u64 = 300;

#[derive(Debug, Clone)]
enum Step {
    Send { group: u8, body: u8, delay: u64 },
    Receive { max: usize },
    Delete { which: prop::sample::Index },
    Release { which: prop::sample::Index, after: u64 },
    Advance { seconds: u64 },
    Purge,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let which = any::<prop::sample::Index>;
    let delay = prop_oneof![3 => Just(0), 1 => 1_u64..120];
    let step = prop_oneof![
        8 => (0_u8..4, any::<u8>(), delay)
            .prop_map(|(group, body, delay)| Step::Send { group, body, delay }),
        8 => (1_usize..=10).prop_map(|max| Step::Receive { max }),
        5 => which().prop_map(|which| Step::Delete { which }),
        4 => (which(), 0_u64..60).prop_map(|(which, after)| Step::Release { which, after }),
        4 => (0_u64..70).prop_map(|seconds| Step::Advance { seconds }),
        1 => Just(Step::Purge),
    ];
    prop::collection::vec(step, 1..120)
}

/// A message as the model sees it.
#[derive(Debug, Clone)]
struct Expected {
    body: String,
    group: String,
    visible_at: u64,
    receipt: Option<String>,
    receive_count: u32,
}

impl Expected {
    fn is_in_flight(&self, now: u64) -> bool {
        self.receive_count > 0 && self.visible_at > now
    }

    fn is_exhausted(&self) -> bool {
        self.receive_count >= MAX_RECEIVE_COUNT
    }
}

struct World {
    fifo: bool,
    clock: ManualClock,
    queue: LocalQueue,
    dead_letters: Arc<LocalQueue>,
    now: u64,
    sent: u64,
    messages: Vec<Expected>,
    deduplication: Vec<(String, u64)>,
    receipts: Vec<String>,
}

impl World {
    fn new(fifo: bool) -> Self {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let settings = |name: &str| LocalQueueSettings { fifo, ..LocalQueueSettings::standard(name) };
        let dead_letters = Arc::new(LocalQueue::new(settings("dead"), Arc::new(clock.clone())));
        let settings = LocalQueueSettings {
            visibility: Duration::from_secs(VISIBILITY_SECONDS),
            max_receive_count: Some(MAX_RECEIVE_COUNT),
            dead_letters: Some(Arc::clone(&dead_letters)),
            ..settings("live")
        };
        Self {
            fifo,
            queue: LocalQueue::new(settings, Arc::new(clock.clone())),
            clock,
            dead_letters,
            now: 0,
            sent: 0,
            messages: Vec::new(),
            deduplication: Vec::new(),
            receipts: Vec::new(),
        }
    }

    fn carry_out(&mut self, step: Step) {
        match step {
            Step::Send { group, body, delay } => self.send(group, body, delay),
            Step::Receive { max } => self.receive(max),
            Step::Delete { which } => self.delete(which),
            Step::Release { which, after } => self.release(which, after),
            Step::Advance { seconds } => {
                self.clock.advance_seconds(seconds.try_into().unwrap());
                self.now += seconds;
            }
            Step::Purge => {
                done(self.queue.purge());
                self.messages.clear();
            }
        }
    }

    fn send(&mut self, group: u8, body: u8, delay: u64) {
        // Only FIFO bodies repeat: the model tells messages apart by their bodies.
        self.sent += 1;
        let body = match self.fifo {
            true => format!("{group}:{}", body % 32),
            false => format!("{group}:{}", self.sent),
        };
        let delay = if self.fifo { 0 } else { delay };
        let message = Outgoing::new(body.clone()).in_group(group.to_string()).delayed_by(Duration::from_secs(delay));
        done(self.queue.send(vec![message]));
        let now = self.now;
        self.deduplication.retain(|(_, end)| *end > now);
        let is_repeat = self.deduplication.iter().any(|(known, _)| *known == body);
        if self.fifo && is_repeat {
            return;
        }
        self.deduplication.push((body.clone(), now + WINDOW_SECONDS));
        self.messages.push(Expected {
            body,
            group: group.to_string(),
            visible_at: now + delay,
            receipt: None,
            receive_count: 0,
        });
    }

    /// Positions of the messages that could be received now, in the order sent.
    fn available(&self) -> Vec<usize> {
        let locked = |group: &str| {
            let mut messages = self.messages.iter();
            self.fifo && messages.any(|m| m.group == group && m.is_in_flight(self.now))
        };
        let is_free = |m: &Expected| m.visible_at <= self.now && !locked(&m.group);
        let mut positions: Vec<usize> = (0..self.messages.len()).collect();
        positions.retain(|position| is_free(&self.messages[*position]));
        positions
    }

    fn receive(&mut self, max: usize) {
        let available = self.available();
        let received = done(self.queue.receive(max, Duration::ZERO));
        let living = available.iter().filter(|position| !self.messages[**position].is_exhausted()).count();
        assert_eq!(received.len(), living.min(max), "as many as there are");
        if self.fifo {
            self.assert_in_order(&available, &received);
        }
        for message in received {
            self.note(&available, message);
        }
        self.note_dead(&available);
    }

    /// What is received of a group is the beginning of what the group could hand out.
    fn assert_in_order(&self, available: &[usize], received: &[Received]) {
        for group in 0..4 {
            let group = group.to_string();
            let got = received.iter().filter(|m| m.group.as_ref() == Some(&group));
            let wanted = available.iter().map(|position| &self.messages[*position]);
            let wanted = wanted.filter(|m| m.group == group && !m.is_exhausted());
            for (got, wanted) in got.zip(wanted) {
                assert_eq!(got.body, wanted.body, "order within the group");
            }
        }
    }

    fn note(&mut self, available: &[usize], message: Received) {
        let mut positions = available.iter();
        let position = positions
            .find(|position| {
                let expected = &self.messages[**position];
                expected.body == message.body && expected.visible_at <= self.now && !expected.is_exhausted()
            })
            .expect("only available messages are received, each once and not too often");
        let expected = &mut self.messages[*position];
        expected.receive_count += 1;
        assert_eq!(message.receive_count, expected.receive_count);
        assert_eq!(message.group.as_ref(), Some(&expected.group));
        expected.visible_at = self.now + VISIBILITY_SECONDS;
        expected.receipt = Some(message.receipt.clone());
        self.receipts.push(message.receipt);
    }

    /// Dead letters leave when they come across, which the model cannot foresee but can check.
    fn note_dead(&mut self, available: &[usize]) {
        let mut dead = Vec::new();
        loop {
            let letters = done(self.dead_letters.receive(10, Duration::ZERO));
            if letters.is_empty() {
                break;
            }
            let receipts = letters.iter().map(|m| m.receipt.clone()).collect();
            done(self.dead_letters.delete(receipts));
            dead.extend(letters);
        }
        let mut positions: Vec<usize> = Vec::new();
        for letter in &dead {
            let position = available.iter().find(|position| {
                let expected = &self.messages[**position];
                expected.body == letter.body
                    && expected.visible_at <= self.now
                    && expected.is_exhausted()
                    && !positions.contains(position)
            });
            positions.push(*position.expect("only exhausted messages die"));
        }
        positions.sort_unstable();
        for position in positions.into_iter().rev() {
            self.messages.remove(position);
        }
    }

    fn delete(&mut self, which: prop::sample::Index) {
        let Some(receipt) = self.pick(which) else {
            return;
        };
        done(self.queue.delete(vec![receipt.clone()]));
        let (now, fifo) = (self.now, self.fifo);
        self.messages.retain(|message| {
            let stands = message.receipt.as_ref() == Some(&receipt);
            !(stands && (!fifo || message.is_in_flight(now)))
        });
    }

    fn release(&mut self, which: prop::sample::Index, after: u64) {
        let Some(receipt) = self.pick(which) else {
            return;
        };
        done(self.queue.release(vec![receipt.clone()], Duration::from_secs(after)));
        let now = self.now;
        for message in &mut self.messages {
            if message.receipt.as_ref() == Some(&receipt) && message.is_in_flight(now) {
                message.visible_at = now + after;
            }
        }
    }

    fn pick(&self, which: prop::sample::Index) -> Option<String> {
        (!self.receipts.is_empty()).then(|| which.get(&self.receipts).clone())
    }

    fn depth(&self) -> Depth {
        let count = |is: &dyn Fn(&Expected) -> bool| self.messages.iter().filter(|message| is(message)).count() as u64;
        Depth {
            visible: count(&|m| m.visible_at <= self.now),
            in_flight: count(&|m| m.is_in_flight(self.now)),
            delayed: count(&|m| m.visible_at > self.now && m.receive_count == 0),
        }
    }
}

/// The in-process queue never waits when it is not asked to.
fn done<T>(call: impl Future<Output = Result<T, crate::QueueError>>) -> T {
    call.now_or_never().expect("does not wait").expect("works")
}

fn behaves_like_the_model(fifo: bool, steps: Vec<Step>) {
    let mut world = World::new(fifo);
    for step in steps {
        world.carry_out(step);
        assert_eq!(done(world.queue.depth()), world.depth());
    }
}

proptest! {
    #[test]
    fn a_standard_queue_behaves_like_the_model(steps in steps()) {
        behaves_like_the_model(false, steps);
    }

    #[test]
    fn a_fifo_queue_behaves_like_the_model(steps in steps()) {
        behaves_like_the_model(true, steps);
    }
}
