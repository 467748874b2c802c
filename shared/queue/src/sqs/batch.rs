//! Splitting into batches SQS takes.

use crate::{MAX_BATCH, MAX_BODY_BYTES};

/// Batches of at most [`MAX_BATCH`] items, in order.
pub(super) fn by_count<T>(items: Vec<T>) -> Vec<Vec<T>> {
    by_size(items, |_| 0)
}

/// Batches of at most [`MAX_BATCH`] items and [`MAX_BODY_BYTES`] bytes, in order. An item that is larger on its
/// own gets a batch of its own.
pub(super) fn by_size<T>(items: Vec<T>, size: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let mut batches: Vec<Vec<T>> = Vec::new();
    let mut bytes = 0;
    for item in items {
        let added = size(&item);
        match batches.last_mut() {
            Some(batch) if batch.len() < MAX_BATCH && bytes + added <= MAX_BODY_BYTES => {
                batch.push(item);
                bytes += added;
            }
            _ => {
                batches.push(vec![item]);
                bytes = added;
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(items: Vec<usize>) -> Vec<Vec<usize>> {
        by_size(items, |bytes| *bytes)
    }

    #[test]
    fn nothing_makes_no_batch() {
        assert_eq!(sizes(vec![]), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn the_eleventh_item_starts_a_new_batch() {
        let batches = by_count((1..=21).collect());

        assert_eq!(batches, vec![(1..=10).collect(), (11..=20).collect(), vec![21]]);
    }

    #[test]
    fn a_batch_is_filled_to_the_last_byte_and_not_beyond() {
        let half = MAX_BODY_BYTES / 2;

        assert_eq!(sizes(vec![half, half, 1]), vec![vec![half, half], vec![1]]);
        assert_eq!(sizes(vec![half, half + 1]), vec![vec![half], vec![half + 1]]);
    }
}
