//! Indexes that are late, as DynamoDB's are: for some seconds after a write they answer as though it had not happened.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use state::table::Key;
use state::{Item, Table};
use tokio::time::Instant;

use crate::effects::Effects;
use crate::trace::note;

/// The longest that an index is late, in milliseconds.
const LATEST: u64 = 10_000;

/// What the indexes do not know yet.
#[derive(Clone)]
pub(super) struct LateIndexes {
    table: Arc<dyn Table>,
    effects: Effects,
    late: Arc<Mutex<BTreeMap<Key, Late>>>,
}

/// An item whose latest writes the indexes do not know yet.
struct Late {
    /// How it was before; `None`: it was not.
    before: Option<Item>,
    /// Until when.
    until: Instant,
}

impl LateIndexes {
    /// Indexes of a table that answers at once and always.
    pub(super) fn of(table: Arc<dyn Table>, effects: Effects) -> Self {
        Self { table, effects, late: Arc::default() }
    }

    fn late<T>(&self, look: impl FnOnce(&mut BTreeMap<Key, Late>) -> T) -> T {
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        late.retain(|_, it| it.until > now);
        look(&mut late)
    }

    /// To be called before a write is carried out.
    pub(super) async fn before_write(&self, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            // Writes of one item arrive in order: what was late before stays so until its time.
            let is_new = self.late(|late| !late.contains_key(&key));
            if is_new && self.effects.strikes(|it| it.index_late) {
                let lag = Duration::from_millis(1 + self.effects.dice.below(LATEST));
                note!(self.effects.trace, "table: the indexes learn of {}/{} after {lag:?}", key.0, key.1);
                let before = self.table.get(key.clone()).await.ok().flatten();
                self.late(|late| late.insert(key, Late { before, until: Instant::now() + lag }));
            }
        }
    }

    /// What the `due` index would have answered before the writes that it does not know yet.
    pub(super) fn due(&self, told: Vec<Key>, shard: &str, until: Timestamp) -> Vec<Key> {
        self.as_it_was(told, true, |item| item.due.as_ref().is_some_and(|(of, at)| of == shard && *at <= until))
    }

    /// What the `listing` index would have answered before the writes that it does not know yet.
    pub(super) fn listing(&self, told: Vec<Key>, partition: &str, is_first: bool) -> Vec<Key> {
        self.as_it_was(told, is_first, |item| item.listing.as_ref().is_some_and(|(of, _)| of == partition))
    }

    fn as_it_was(&self, mut told: Vec<Key>, is_first: bool, is_among_them: impl Fn(&Item) -> bool) -> Vec<Key> {
        self.late(|late| {
            told.retain(|key| !late.contains_key(key));
            if is_first {
                let earlier = late.values().filter_map(|it| it.before.as_ref());
                told.extend(earlier.filter(|item| is_among_them(item)).map(Item::key));
            }
        });
        told
    }
}

impl std::fmt::Debug for LateIndexes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LateIndexes")
    }
}
