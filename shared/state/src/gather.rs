//! Gathering: what is asked for while a read is under way is read together, next.
//!
//! Many jobs run side by side, and most look at the same few schools. Each would cost a request and a read unit of its
//! own. Every answer comes from a read that began after it was asked for, so nobody sees an older state than alone; and
//! whoever asks while nothing is under way does not wait.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// What one request asks for at most: what DynamoDB allows in a batch.
const AT_ONCE: usize = 100;

/// What has been found of what was asked for.
pub(crate) type Found<K, V> = BTreeMap<K, V>;

/// Reads waiting for each other. Cheap to clone.
#[derive(Debug)]
pub(crate) struct Gather<K, V>(Arc<Mutex<Waiting<K, V>>>);

#[derive(Debug)]
struct Waiting<K, V> {
    under_way: bool,
    asked: VecDeque<Asked<K, V>>,
}

#[derive(Debug)]
struct Asked<K, V> {
    keys: BTreeSet<K>,
    answer: oneshot::Sender<Turn<K, V>>,
}

#[derive(Debug)]
enum Turn<K, V> {
    /// Somebody has read it.
    Read(Found<K, V>),
    /// It is this one's turn to read, for all that wait.
    Lead(Lead<K, V>),
}

impl<K, V> Clone for Gather<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, V> Default for Gather<K, V> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Waiting { under_way: false, asked: VecDeque::new() })))
    }
}

impl<K: Ord + Clone, V: Clone> Gather<K, V> {
    /// Reads `keys` with `read`, alone or together with others.
    ///
    /// # Errors
    /// Those of `read`. When a read for several fails, each of them reads for itself.
    pub(crate) async fn read<E, F>(&self, keys: BTreeSet<K>, read: impl Fn(BTreeSet<K>) -> F) -> Result<Found<K, V>, E>
    where
        F: Future<Output = Result<Found<K, V>, E>>,
    {
        if keys.is_empty() {
            return Ok(Found::new());
        }
        let lead = match self.turn(&keys).await {
            Some(Turn::Lead(lead)) => lead,
            Some(Turn::Read(found)) => return Ok(found),
            None => return read(keys).await,
        };
        let others = self.company(keys.len());
        let all: BTreeSet<K> = others.iter().flat_map(|it| &it.keys).chain(&keys).cloned().collect();
        let found = read(all).await;
        drop(lead);
        if found.is_err() && !others.is_empty() {
            drop(others);
            return read(keys).await;
        }
        let found = found?;
        for other in others {
            // Whoever no longer waits needs no answer.
            let _ = other.answer.send(Turn::Read(some_of(&found, &other.keys)));
        }
        Ok(some_of(&found, &keys))
    }

    /// Whose turn it is; `None` when the one who read for this caller failed.
    async fn turn(&self, keys: &BTreeSet<K>) -> Option<Turn<K, V>> {
        let turn = {
            let mut waiting = self.lock();
            if !waiting.under_way {
                waiting.under_way = true;
                return Some(Turn::Lead(Lead(self.clone())));
            }
            let (answer, turn) = oneshot::channel();
            waiting.asked.push_back(Asked { keys: keys.clone(), answer });
            turn
        };
        turn.await.ok()
    }

    /// Those who wait, as far as one request has room for them beside `mine` keys.
    fn company(&self, mine: usize) -> Vec<Asked<K, V>> {
        let mut waiting = self.lock();
        let mut room = AT_ONCE.saturating_sub(mine);
        let fitting = waiting.asked.iter().take_while(|it| {
            let fits = it.keys.len() <= room;
            room = room.saturating_sub(it.keys.len());
            fits
        });
        let fitting = fitting.count();
        waiting.asked.drain(..fitting).collect()
    }
}

impl<K, V> Gather<K, V> {
    fn lock(&self) -> MutexGuard<'_, Waiting<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn to read. However it ends – also when its owner goes away, or never took it – the next one in line gets it.
#[derive(Debug)]
struct Lead<K, V>(Gather<K, V>);

impl<K, V> Drop for Lead<K, V> {
    fn drop(&mut self) {
        let mut waiting = self.0.lock();
        let Some(next) = waiting.asked.pop_front() else {
            waiting.under_way = false;
            return;
        };
        drop(waiting);
        // The keys stay with the one who asked. Who has gone away drops the turn, and so passes it on.
        let _ = next.answer.send(Turn::Lead(Self(self.0.clone())));
    }
}

fn some_of<K: Ord + Clone, V: Clone>(found: &Found<K, V>, keys: &BTreeSet<K>) -> Found<K, V> {
    keys.iter().filter_map(|key| Some((key.clone(), found.get(key)?.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use futures::future::{join_all, select};

    use super::*;

    type Requests = Mutex<Vec<Vec<u32>>>;

    async fn doubled(requests: &Requests, keys: BTreeSet<u32>) -> Result<Found<u32, u32>, &'static str> {
        requests.lock().unwrap().push(keys.iter().copied().collect());
        tokio::time::sleep(Duration::from_millis(5)).await;
        if keys.contains(&13) {
            return Err("unlucky");
        }
        Ok(keys.into_iter().filter(|key| *key < 1_000).map(|key| (key, key * 2)).collect())
    }

    async fn ask(
        gather: &Gather<u32, u32>,
        requests: &Requests,
        keys: &[u32],
    ) -> Result<Vec<(u32, u32)>, &'static str> {
        let found = gather.read(keys.iter().copied().collect(), |keys| doubled(requests, keys)).await?;
        Ok(found.into_iter().collect())
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_asked_for_meanwhile_is_read_together() {
        let (gather, requests) = (Gather::default(), Requests::default());

        let answers =
            join_all([&[1, 2][..], &[2, 3], &[3, 4], &[2, 1_000]].map(|keys| ask(&gather, &requests, keys))).await;

        assert_eq!(
            answers,
            [Ok(vec![(1, 2), (2, 4)]), Ok(vec![(2, 4), (3, 6)]), Ok(vec![(3, 6), (4, 8)]), Ok(vec![(2, 4)])]
        );
        assert_eq!(*requests.lock().unwrap(), [vec![1, 2], vec![2, 3, 4, 1_000]]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_stays_with_the_one_who_asked_for_it() {
        let (gather, requests) = (Gather::default(), Requests::default());

        let answers = join_all([[1], [2], [13], [3]].map(|keys| {
            let (gather, requests) = (&gather, &requests);
            async move { ask(gather, requests, &keys).await }
        }))
        .await;

        assert_eq!(answers, [Ok(vec![(1, 2)]), Ok(vec![(2, 4)]), Err("unlucky"), Ok(vec![(3, 6)])]);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_is_served_though_the_reader_goes_away() {
        let (gather, requests) = (Gather::default(), Requests::default());
        let gives_up = async {
            let (first, second) = (ask(&gather, &requests, &[1]), ask(&gather, &requests, &[2]));
            tokio::time::timeout(Duration::from_millis(1), async { tokio::join!(first, second) }).await.is_err()
        };
        let stays = ask(&gather, &requests, &[3]);

        let (gave_up, answer) = tokio::join!(gives_up, stays);

        assert!(gave_up);
        assert_eq!(answer, Ok(vec![(3, 6)]));
        let alone = select(Box::pin(ask(&gather, &requests, &[4])), Box::pin(std::future::pending::<()>())).await;
        assert!(matches!(alone, futures::future::Either::Left((Ok(_), _))));
    }

    #[tokio::test(start_paused = true)]
    async fn one_request_asks_for_no_more_than_a_batch_may_hold() {
        let (gather, requests) = (Gather::default(), Requests::default());
        let keys: Vec<Vec<u32>> = (0..10).map(|n| (n * 30..n * 30 + 30).collect()).collect();

        join_all(keys.iter().map(|keys| ask(&gather, &requests, keys))).await;

        let sizes: Vec<usize> = requests.lock().unwrap().iter().map(Vec::len).collect();
        assert_eq!(sizes, [30, 90, 90, 90]);
    }
}
