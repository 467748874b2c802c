//! Faults by name: what goes wrong can be taken away one by one, until what is left is what a breach needs.

use serde::{Deserialize, Serialize};
use world::Moods;

use crate::profile::Profile;

/// Something that goes wrong now and then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// A function's process ends just before or just after an effect.
    Crash,
    /// A write is refused because another transaction is at work.
    TableConflict,
    /// The table refuses: too much at once.
    TableThrottled,
    /// The table carried a request out, its answer is lost.
    TableAnswerLost,
    /// The indexes of the table learn of a write some seconds later.
    IndexLate,
    /// A call takes seconds instead of milliseconds.
    Stalled,
    /// A message that was sent never arrives.
    MessageLost,
    /// A message arrives twice.
    MessageDuplicated,
    /// A message comes late, after others.
    MessageDelayed,
    /// A message that was handled comes back all the same.
    DeleteLost,
    /// A queue lets few messages be in flight.
    FewInFlight,
    /// A target does not find what it has just made, for up to half a minute.
    NotFoundAfterCreate,
    /// A source is asked too often.
    SourceThrottled,
    /// A source fails: errors, closed connections, answers lost.
    SourceFails,
    /// A source answers slowly.
    SourceSlow,
    /// A page, of a source or a target, stops half-way.
    PageTruncated,
    /// A source's page comes without its records, and the next ones follow.
    PageLeftOut,
    /// A source's page comes twice.
    PageRepeated,
    /// A source's tokens end before their time.
    TokenExpired,
    /// Doorbells are lost, repeated and reordered.
    Doorbells,
    /// A target is asked too often.
    TargetThrottled,
    /// A target fails: errors, closed connections, answers lost.
    TargetFails,
    /// A target answers slowly.
    TargetSlow,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::Crash,
        Self::TableConflict,
        Self::TableThrottled,
        Self::TableAnswerLost,
        Self::IndexLate,
        Self::Stalled,
        Self::MessageLost,
        Self::MessageDuplicated,
        Self::MessageDelayed,
        Self::DeleteLost,
        Self::FewInFlight,
        Self::NotFoundAfterCreate,
        Self::SourceThrottled,
        Self::SourceFails,
        Self::SourceSlow,
        Self::PageTruncated,
        Self::PageLeftOut,
        Self::PageRepeated,
        Self::TokenExpired,
        Self::Doorbells,
        Self::TargetThrottled,
        Self::TargetFails,
        Self::TargetSlow,
    ];

    /// Takes it out of a profile.
    pub(crate) fn spare(self, profile: &mut Profile) {
        let calm = Profile::calm();
        match self {
            Self::Crash => profile.crash = calm.crash,
            Self::TableConflict => profile.table_conflict = calm.table_conflict,
            Self::TableThrottled => profile.table_throttled = calm.table_throttled,
            Self::TableAnswerLost => profile.table_answer_lost = calm.table_answer_lost,
            Self::IndexLate => profile.index_late = calm.index_late,
            Self::Stalled => profile.stalled = calm.stalled,
            Self::MessageLost => profile.message_lost = calm.message_lost,
            Self::MessageDuplicated => profile.message_duplicated = calm.message_duplicated,
            Self::MessageDelayed => profile.message_delayed = calm.message_delayed,
            Self::DeleteLost => profile.delete_lost = calm.delete_lost,
            Self::FewInFlight => profile.in_flight = calm.in_flight,
            Self::NotFoundAfterCreate => profile.not_found_after_create = calm.not_found_after_create,
            Self::SourceThrottled => is_not_throttled(&mut profile.sources),
            Self::SourceFails => does_not_fail(&mut profile.sources),
            Self::SourceSlow => profile.sources.slow = calm.sources.slow,
            Self::PageTruncated => {
                profile.sources.truncated_page = 0.0;
                profile.targets.truncated_page = 0.0;
            }
            Self::PageLeftOut => profile.page_left_out = calm.page_left_out,
            Self::PageRepeated => profile.page_repeated = calm.page_repeated,
            Self::TokenExpired => profile.sources.token_expired = calm.sources.token_expired,
            Self::Doorbells => all_doorbells_ring(&mut profile.sources),
            Self::TargetThrottled => is_not_throttled(&mut profile.targets),
            Self::TargetFails => does_not_fail(&mut profile.targets),
            Self::TargetSlow => profile.targets.slow = calm.targets.slow,
        }
    }
}

fn is_not_throttled(moods: &mut Moods) {
    moods.throttled = 0.0;
    moods.throttled_with_retry_after = 0.0;
}

fn does_not_fail(moods: &mut Moods) {
    moods.internal_error = 0.0;
    moods.unavailable = 0.0;
    moods.connection_reset = 0.0;
    moods.answer_lost = 0.0;
}

fn all_doorbells_ring(moods: &mut Moods) {
    moods.doorbell_lost = 0.0;
    moods.doorbell_duplicated = 0.0;
    moods.doorbell_reordered = 0.0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_them_is_something_that_goes_wrong() {
        let harmless = Fault::ALL.into_iter().filter(|fault| Profile::of(&[*fault]) == Profile::of(&[]));

        assert_eq!(harmless.collect::<Vec<_>>(), []);
    }

    #[test]
    fn all_of_them_are_everything_that_goes_wrong() {
        assert_eq!(Profile::of(&Fault::ALL), Profile::all_faults());
    }
}
