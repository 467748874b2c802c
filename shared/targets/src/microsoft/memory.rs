//! What a process has learned of a directory that shows what was written to it only after a while. All of it may be
//! forgotten: it saves calls, and waiting in vain.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use roster::Clock;

/// How long something new may still be unknown to parts of Microsoft's directory [Create team: 15 minutes].
const NEW_FOR: SignedDuration = SignedDuration::from_mins(15);

/// How long a team may be in the making before it is asked for again.
const MADE_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// How long it is believed that a class has no team. Somebody may make one by hand.
const WITHOUT_TEAM_FOR: SignedDuration = SignedDuration::from_mins(1);

/// How long anything else is believed.
const BELIEVED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// As many of each as are kept.
const MOST: usize = 20_000;

/// What a process has learned.
#[derive(Debug)]
pub(super) struct Memory {
    clock: Arc<dyn Clock>,
    classes: Kept<String>,
    new: Kept<()>,
    teams: Kept<bool>,
    in_the_making: Kept<()>,
    owners: Kept<Option<String>>,
}

impl Memory {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            classes: Kept::default(),
            new: Kept::default(),
            teams: Kept::default(),
            in_the_making: Kept::default(),
            owners: Kept::default(),
        }
    }

    /// The identity of the class with our key.
    pub(super) fn class(&self, key: &str) -> Option<String> {
        self.classes.get(key, self.now())
    }

    pub(super) fn note_class(&self, key: &str, id: &str) {
        self.classes.put(key, id.to_owned(), self.until(BELIEVED_FOR));
    }

    pub(super) fn forget_class(&self, key: &str) {
        self.classes.remove(key);
    }

    /// Whether something was made so recently that not all of the directory need know it.
    pub(super) fn is_new(&self, id: &str) -> bool {
        self.new.get(id, self.now()).is_some()
    }

    pub(super) fn note_new(&self, id: &str) {
        self.new.put(id, (), self.until(NEW_FOR));
        self.note_team(id, false);
    }

    /// Whether a class has a team, if that is known.
    pub(super) fn has_team(&self, id: &str) -> Option<bool> {
        self.teams.get(id, self.now())
    }

    pub(super) fn note_team(&self, id: &str, has: bool) {
        self.teams.put(id, has, self.until(if has { BELIEVED_FOR } else { WITHOUT_TEAM_FOR }));
    }

    /// Whether a team has been asked for, and may be there soon.
    pub(super) fn is_in_the_making(&self, id: &str) -> bool {
        self.in_the_making.get(id, self.now()).is_some()
    }

    pub(super) fn note_in_the_making(&self, id: &str) {
        self.in_the_making.put(id, (), self.until(MADE_WITHIN));
    }

    /// The identity of an owner whom the settings name; inside, `None`: there is nobody of that name.
    pub(super) fn owner(&self, name: &str) -> Option<Option<String>> {
        self.owners.get(name, self.now())
    }

    pub(super) fn note_owner(&self, name: &str, id: Option<&str>) {
        self.owners.put(name, id.map(str::to_owned), self.until(BELIEVED_FOR));
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn until(&self, duration: SignedDuration) -> Timestamp {
        self.now().checked_add(duration).unwrap_or(Timestamp::MAX)
    }
}

/// Things that are believed until a time.
#[derive(Debug)]
struct Kept<V>(Mutex<BTreeMap<String, (V, Timestamp)>>);

impl<V> Default for Kept<V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<V: Clone> Kept<V> {
    fn get(&self, name: &str, now: Timestamp) -> Option<V> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(name).filter(|(_, until)| *until > now).map(|(value, _)| value.clone())
    }

    /// When there is no room, everything is forgotten: it is learned again.
    fn put(&self, name: &str, value: V, until: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(name.to_owned(), (value, until));
    }

    fn remove(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

#[cfg(test)]
mod tests {
    use roster::ManualClock;

    use super::*;

    #[test]
    fn a_team_that_is_not_there_is_looked_for_again_sooner_than_one_that_is() {
        let clock = ManualClock::at("2026-08-17T08:00:00Z".parse().unwrap());
        let memory = Memory::new(Arc::new(clock.clone()));
        memory.note_team("7a", false);
        memory.note_team("7b", true);

        clock.advance_seconds(61);

        assert_eq!((memory.has_team("7a"), memory.has_team("7b")), (None, Some(true)));
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let kept = Kept::<()>::default();

        (0..=MOST).for_each(|n| kept.put(&n.to_string(), (), Timestamp::MAX));

        assert_eq!(kept.0.lock().unwrap().len(), 1);
    }
}
