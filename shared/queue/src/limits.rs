//! The limits of Amazon SQS, checked before anything is sent so that both implementations refuse alike.
//! From the SQS API reference: `SendMessage`, `SendMessageBatch`, `ReceiveMessage`, `ChangeMessageVisibility`.

use std::time::Duration;

use crate::{Outgoing, QueueError};

/// The most messages in one batch and in one receive.
pub const MAX_BATCH: usize = 10;
/// The largest body, and the largest sum of bodies in one batch, in bytes: 1 MiB.
pub const MAX_BODY_BYTES: usize = 1_048_576;
/// The longest delay of one message: 15 minutes.
pub const MAX_DELAY: Duration = Duration::from_secs(900);
/// The longest long poll: 20 seconds.
pub const MAX_WAIT: Duration = Duration::from_secs(20);
/// The longest time a message stays in flight: 12 hours.
pub const MAX_VISIBILITY: Duration = Duration::from_secs(12 * 3_600);

const MAX_LABEL_CHARACTERS: usize = 128;

/// Checks one message for the queue named `queue`.
pub(crate) fn check_message(queue: &str, fifo: bool, message: &Outgoing) -> Result<(), QueueError> {
    check_body(&message.body)?;
    check_group(queue, fifo, message.group.as_deref())?;
    check_delay(queue, fifo, message.delay)?;
    match &message.deduplication {
        Some(id) if fifo && !is_label(id) => Err(QueueError::DeduplicationInvalid),
        _ => Ok(()),
    }
}

/// Checks the arguments of a receive.
pub(crate) fn check_receive(max: usize, wait: Duration) -> Result<(), QueueError> {
    if max == 0 || max > MAX_BATCH {
        return Err(QueueError::ReceiveCount { max });
    }
    if wait > MAX_WAIT {
        return Err(QueueError::WaitTooLong { wait });
    }
    Ok(())
}

/// Checks the time of a release.
pub(crate) fn check_release(after: Duration) -> Result<(), QueueError> {
    if after > MAX_VISIBILITY {
        return Err(QueueError::ReleaseTooLong { after });
    }
    Ok(())
}

fn check_body(body: &str) -> Result<(), QueueError> {
    if body.is_empty() {
        return Err(QueueError::BodyEmpty);
    }
    if body.len() > MAX_BODY_BYTES {
        return Err(QueueError::BodyTooLarge { bytes: body.len() });
    }
    match body.chars().find(|character| !is_carried(*character)) {
        Some(character) => Err(QueueError::BodyCharacter { character: character.into() }),
        None => Ok(()),
    }
}

fn check_group(queue: &str, fifo: bool, group: Option<&str>) -> Result<(), QueueError> {
    match group {
        None if fifo => Err(QueueError::GroupMissing { queue: queue.to_owned() }),
        Some(group) if !is_label(group) => Err(QueueError::GroupInvalid),
        _ => Ok(()),
    }
}

fn check_delay(queue: &str, fifo: bool, delay: Duration) -> Result<(), QueueError> {
    if delay > MAX_DELAY {
        return Err(QueueError::DelayTooLong { delay });
    }
    if fifo && !delay.is_zero() {
        return Err(QueueError::DelayUnsupported { queue: queue.to_owned() });
    }
    Ok(())
}

fn is_label(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_LABEL_CHARACTERS && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// `#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`
fn is_carried(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        other => other >= ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(fifo: bool, message: Outgoing) -> Option<&'static str> {
        check_message("q", fifo, &message).err().map(|e| e.code())
    }

    #[test]
    fn the_largest_body_passes_and_one_byte_more_does_not() {
        let largest = "x".repeat(MAX_BODY_BYTES);

        assert_eq!(code_of(false, Outgoing::new(largest.clone())), None);
        assert_eq!(code_of(false, Outgoing::new(largest + "x")), Some("queue.body_too_large"));
    }

    #[test]
    fn an_empty_body_is_refused() {
        assert_eq!(code_of(false, Outgoing::new("")), Some("queue.body_empty"));
    }

    #[test]
    fn control_characters_are_refused_and_swedish_letters_and_emoji_are_not() {
        assert_eq!(code_of(false, Outgoing::new("a\u{0}b")), Some("queue.body_character"));
        assert_eq!(code_of(false, Outgoing::new("a\u{FFFF}b")), Some("queue.body_character"));
        assert_eq!(code_of(false, Outgoing::new("åäö\r\n\t🎒")), None);
    }

    #[test]
    fn a_delay_of_fifteen_minutes_passes_and_more_does_not() {
        let message = |delay| Outgoing::new("x").delayed_by(delay);

        assert_eq!(code_of(false, message(MAX_DELAY)), None);
        assert_eq!(code_of(false, message(MAX_DELAY + Duration::from_nanos(1))), Some("queue.delay_too_long"));
    }

    #[test]
    fn a_fifo_queue_needs_a_group_and_takes_no_delay() {
        let grouped = Outgoing::new("x").in_group("t1");

        assert_eq!(code_of(true, Outgoing::new("x")), Some("queue.group_missing"));
        assert_eq!(code_of(true, grouped.clone().delayed_by(Duration::from_secs(1))), Some("queue.delay_unsupported"));
        assert_eq!(code_of(true, grouped), None);
    }

    #[test]
    fn groups_and_deduplication_ids_are_short_ascii_without_spaces() {
        let grouped = |group: &str| Outgoing::new("x").in_group(group);

        assert_eq!(code_of(true, grouped(&"g".repeat(128))), None);
        assert_eq!(code_of(true, grouped(&"g".repeat(129))), Some("queue.group_invalid"));
        assert_eq!(code_of(false, grouped("två ord")), Some("queue.group_invalid"));
        assert_eq!(code_of(true, grouped("g").deduplicated_by("")), Some("queue.deduplication_invalid"));
        assert_eq!(code_of(false, grouped("g").deduplicated_by("")), None, "ignored on a standard queue");
    }

    #[test]
    fn receive_and_release_have_limits() {
        let code = |checked: Result<(), QueueError>| checked.err().map(|e| e.code());

        assert_eq!(code(check_receive(0, Duration::ZERO)), Some("queue.receive_count"));
        assert_eq!(code(check_receive(11, Duration::ZERO)), Some("queue.receive_count"));
        assert_eq!(code(check_receive(10, Duration::from_secs(21))), Some("queue.wait_too_long"));
        assert_eq!(code(check_release(Duration::from_secs(43_201))), Some("queue.release_too_long"));
        assert_eq!(code(check_receive(10, MAX_WAIT)), None);
        assert_eq!(code(check_release(MAX_VISIBILITY)), None);
    }
}
