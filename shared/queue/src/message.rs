//! What goes in and what comes out of a queue.

use std::fmt;
use std::time::Duration;

/// A message to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Opaque text: 1 to 1,048,576 bytes of UTF-8, only characters XML 1.0 allows (SQS's rule).
    pub body: String,
    /// FIFO queues: the ordering group, mandatory. Standard queues: the fairness group (SQS fair queues),
    /// optional. 1 to 128 of `a-z A-Z 0-9` and ASCII punctuation.
    pub group: Option<String>,
    /// FIFO queues: what makes two messages the same within five minutes; `None` takes the SHA-256 of the body.
    /// Same alphabet as `group`. Ignored on standard queues.
    pub deduplication: Option<String>,
    /// How long the message stays invisible, at most 900 s. Only zero on FIFO queues.
    pub delay: Duration,
}

impl Outgoing {
    /// A message without group, deduplication or delay.
    #[must_use]
    pub fn new(body: impl Into<String>) -> Self {
        Self { body: body.into(), group: None, deduplication: None, delay: Duration::ZERO }
    }

    /// The same message in a group.
    #[must_use]
    pub fn in_group(self, group: impl Into<String>) -> Self {
        Self { group: Some(group.into()), ..self }
    }

    /// The same message, deduplicated by `id` instead of by its body.
    #[must_use]
    pub fn deduplicated_by(self, id: impl Into<String>) -> Self {
        Self { deduplication: Some(id.into()), ..self }
    }

    /// The same message, invisible for `delay`.
    #[must_use]
    pub fn delayed_by(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("body_bytes", &self.body.len())
            .field("group", &self.group)
            .field("delay", &self.delay)
            .finish_non_exhaustive()
    }
}

/// A message as received, in flight until deleted, released or timed out.
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    /// The message's id: the same at every reception, and in the dead-letter queue.
    pub id: String,
    /// The handle of this one reception, for [`delete`](crate::Queue::delete) and
    /// [`release`](crate::Queue::release).
    pub receipt: String,
    /// The text as sent.
    pub body: String,
    /// The group as sent.
    pub group: Option<String>,
    /// How many times the message has been received, this time included: 1 at first.
    pub receive_count: u32,
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("id", &self.id)
            .field("body_bytes", &self.body.len())
            .field("group", &self.group)
            .field("receive_count", &self.receive_count)
            .finish_non_exhaustive()
    }
}

/// How many messages a queue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Ready to be received (on FIFO queues also those behind a locked group).
    pub visible: u64,
    /// Received and not yet deleted, released or timed out.
    pub in_flight: u64,
    /// Sent with a delay that has not passed.
    pub delayed: u64,
}

impl Depth {
    /// All messages.
    #[must_use]
    pub fn total(self) -> u64 {
        self.visible + self.in_flight + self.delayed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_never_printed() {
        let message = Outgoing::new("secret words").in_group("t1");

        let printed = format!("{message:?}");

        assert_eq!(printed, r#"Outgoing { body_bytes: 12, group: Some("t1"), delay: 0ns, .. }"#);
    }

    #[test]
    fn a_receipt_is_never_printed() {
        let message = Received {
            id: "1".into(),
            receipt: "handle".into(),
            body: "secret words".into(),
            group: None,
            receive_count: 2,
        };

        let printed = format!("{message:?}");

        assert_eq!(printed, r#"Received { id: "1", body_bytes: 12, group: None, receive_count: 2, .. }"#);
    }
}
