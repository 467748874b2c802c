//! Quotas: how much has been asked within a moving window.

use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, VecDeque};

/// What a quota is counted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Meter {
    /// The Directory API, by project and user.
    Directory(String, String),
    /// The Classroom API, by project.
    Project(String),
    /// The Classroom API, by project and user.
    ClassroomUser(String, String),
    /// Users created, by domain.
    UserCreations(String),
    /// Courses joined, by user.
    Joins(String),
    /// Organizational units written.
    OrgUnits,
}

/// When each meter was last moved.
#[derive(Default)]
pub(super) struct Usage(HashMap<Meter, VecDeque<Timestamp>>);

impl Usage {
    /// Whether there is room for one more in this window.
    pub(super) fn has_room(&mut self, meter: &Meter, limit: usize, window: SignedDuration, now: Timestamp) -> bool {
        let Some(times) = self.0.get_mut(meter) else { return limit > 0 };
        while times.front().is_some_and(|first| now.duration_since(*first) >= window) {
            times.pop_front();
        }
        times.len() < limit
    }

    pub(super) fn count(&mut self, meter: Meter, now: Timestamp) {
        self.0.entry(meter).or_default().push_back(now);
    }
}
