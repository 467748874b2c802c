//! The duties, each a check that says what is wrong.

mod configuration;
mod faults;
mod reading;
mod secrecy;
mod stranger;

pub(crate) use configuration::{identity_is_the_same_in_every_process, unknown_keys_are_refused};
pub(crate) use faults::{
    a_fault_that_passes_leaves_no_trace, a_page_that_fails_fails_the_read, a_read_that_failed_goes_on_later,
    a_token_revoked_in_the_middle_is_renewed, nobody_is_called_gone_by_a_source_in_trouble,
    nothing_is_complete_that_was_not_read_whole, pages_without_end_come_to_one, patience_is_passed_on,
};
pub(crate) use reading::{
    a_full_read_gives_exactly_what_is_there, changes_since_a_full_read_lead_to_a_new_full_read,
    each_page_may_be_read_by_another_process, two_full_reads_are_equal, whoever_is_removed_is_told_of_or_missed,
};
pub(crate) use secrecy::nothing_printed_holds_people_or_secrets;
pub(crate) use stranger::{
    a_doorbell_is_registered_once, an_unknown_cursor_asks_for_everything, an_unknown_position_asks_for_everything,
    nothing_that_is_asked_is_wrong, unknown_memory_is_no_memory,
};

use super::Verdict;
use super::reading::Stopped;

/// A claim, or why it is not so.
fn claim(so: bool, otherwise: impl FnOnce() -> String) -> Verdict {
    if so { Ok(()) } else { Err(otherwise()) }
}

/// A read that should have come to its end did not.
fn stopped(at: Stopped) -> String {
    format!("the read stopped after {} pages: {} ({:?})", at.so_far.pages, at.error.code, at.kind())
}
