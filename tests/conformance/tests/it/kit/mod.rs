//! What every source owes the hub (docs/CONNECTORS.md), tried against its simulated counterpart.
//!
//! A new kind of source is one file beside `ss12000.rs`: a [`Counterpart`], and `conforms!(its_name, its_maker);`. Each
//! duty becomes a test of its own there, so that one that fails names the kind and the duty. That the duties can fail
//! is shown in `broken.rs`, by sources that are broken on purpose.

pub(crate) mod counterpart;
pub(crate) mod duties;
pub(crate) mod line;
pub(crate) mod people;
pub(crate) mod reading;
pub(crate) mod town;

pub(crate) use counterpart::{Abilities, Counterpart, Happening, Holdings, People, Trouble};
pub(crate) use line::Line;

/// Why a duty is not done. `Ok`: it is, or cannot be asked of this kind.
pub(crate) type Verdict = Result<(), String>;

/// Hands the names of all duties to another macro, after whatever else it is to get.
macro_rules! with_every_duty {
    ($then:ident!($($first:tt)*)) => {
        $then! {
            $($first)*;
            a_full_read_gives_exactly_what_is_there,
            two_full_reads_are_equal,
            each_page_may_be_read_by_another_process,
            changes_since_a_full_read_lead_to_a_new_full_read,
            whoever_is_removed_is_told_of_or_missed,
            a_page_that_fails_fails_the_read,
            a_read_that_failed_goes_on_later,
            a_fault_that_passes_leaves_no_trace,
            nothing_is_complete_that_was_not_read_whole,
            a_token_revoked_in_the_middle_is_renewed,
            patience_is_passed_on,
            pages_without_end_come_to_one,
            an_unknown_cursor_asks_for_everything,
            an_unknown_position_asks_for_everything,
            unknown_memory_is_no_memory,
            nothing_printed_holds_people_or_secrets,
            unknown_keys_are_refused,
            identity_is_the_same_in_every_process,
            nobody_is_called_gone_by_a_source_in_trouble,
            a_doorbell_is_registered_once,
            nothing_that_is_asked_is_wrong,
        }
    };
}

macro_rules! tests_of_duties {
    ($name:ident, $make:expr; $($duty:ident,)*) => {
        mod $name {
            $(
                #[tokio::test(start_paused = true)]
                async fn $duty() {
                    let counterpart = $make;
                    let verdict = $crate::kit::duties::$duty(&counterpart).await;
                    if let Err(why) = verdict {
                        panic!("{}: {}: {why}", stringify!($name), stringify!($duty));
                    }
                }
            )*
        }
    };
}

/// One test per duty, in a module of the name given. The maker makes a fresh counterpart each time.
macro_rules! conforms {
    ($name:ident, $make:expr) => {
        with_every_duty! { tests_of_duties!($name, $make) }
    };
}
