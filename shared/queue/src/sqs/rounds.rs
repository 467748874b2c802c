//! Trying a partially refused batch again, a bounded number of times.

use std::future::Future;
use std::time::Duration;

use aws_sdk_sqs::types::BatchResultErrorEntry;

use crate::QueueError;

/// How often a batch is submitted at most.
const ROUNDS: u32 = 3;
/// The pause before the second round; four times as long before each next one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// What of a batch was not carried out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// How many entries.
    pub(super) entries: usize,
    /// The service's code for the first of them.
    pub(super) reason: String,
}

/// Submits `batch`, and what the service refused of it again. Entries are named by their position.
/// Entries refused as the sender's fault are not tried again, unless the service only asks for patience.
pub(super) async fn in_rounds<T, F, Answer>(mut batch: Vec<T>, submit: &F) -> Result<Option<Refusal>, QueueError>
where
    T: Clone,
    F: Fn(Vec<T>) -> Answer,
    Answer: Future<Output = Result<Vec<BatchResultErrorEntry>, QueueError>>,
{
    let mut hopeless = Vec::new();
    let mut pause = FIRST_PAUSE;
    for round in 1..=ROUNDS {
        let refused = submit(batch.clone()).await?;
        let (again, never): (Vec<_>, Vec<_>) = refused.into_iter().partition(is_worth_trying);
        hopeless.extend(never);
        if again.is_empty() || round == ROUNDS {
            hopeless.extend(again);
            break;
        }
        batch = named(&batch, &again);
        tokio::time::sleep(pause).await;
        pause *= 4;
    }
    Ok(hopeless.first().map(|first| Refusal { entries: hopeless.len(), reason: first.code().to_owned() }))
}

fn is_worth_trying(entry: &BatchResultErrorEntry) -> bool {
    !entry.sender_fault() || entry.code().contains("Throttl")
}

/// The items of `batch` that `entries` name, in the order of the batch.
fn named<T: Clone>(batch: &[T], entries: &[BatchResultErrorEntry]) -> Vec<T> {
    let mut positions: Vec<usize> = entries.iter().filter_map(|entry| entry.id().parse().ok()).collect();
    positions.sort_unstable();
    positions.into_iter().filter_map(|position| batch.get(position).cloned()).collect()
}
