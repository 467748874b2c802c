//! Sources broken on purpose: every duty can fail, and says so.

mod counterpart;
mod source;

use counterpart::Spoiled;

/// How a source is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Breakage {
    DropsARecord,
    GivesARecordTwice,
    ForgetsAKind,
    NamesAnew,
    RemembersInProcess,
    SwallowsChanges,
    SwallowsRemovals,
    EndsWhereItFails,
    ServesAPositionOnce,
    NeverGetsANewToken,
    IsImpatient,
    GoesOnForEver,
    BelievesAnyPlace,
    BelievesAnyMemory,
    WarnsByName,
    FailsByName,
    LogsTheName,
    ShowsTheDoorbell,
    TakesAnyKey,
    IdentifiesByChance,
    SaysGoneInTrouble,
    SaysEverybodyIsThere,
    RegistersAnew,
    AsksWrongly,
}

macro_rules! is_caught {
    ($($name:ident: $breakage:ident by $duty:ident;)*) => {
        $(
            #[tokio::test(start_paused = true)]
            async fn $name() {
                let spoiled = Spoiled::new(Breakage::$breakage);

                let verdict = crate::kit::duties::$duty(&spoiled).await;

                assert!(verdict.is_err(), "nobody noticed");
            }
        )*
    };
}

is_caught! {
    a_record_left_out: DropsARecord by a_full_read_gives_exactly_what_is_there;
    a_record_given_twice: GivesARecordTwice by a_full_read_gives_exactly_what_is_there;
    a_kind_not_called_complete: ForgetsAKind by a_full_read_gives_exactly_what_is_there;
    a_record_that_differs_every_time: NamesAnew by two_full_reads_are_equal;
    a_place_kept_in_one_process: RemembersInProcess by each_page_may_be_read_by_another_process;
    a_change_not_told: SwallowsChanges by changes_since_a_full_read_lead_to_a_new_full_read;
    a_removal_not_among_changes: SwallowsRemovals by changes_since_a_full_read_lead_to_a_new_full_read;
    a_removal_not_told: SwallowsRemovals by whoever_is_removed_is_told_of_or_missed;
    an_end_where_a_page_failed: EndsWhereItFails by a_page_that_fails_fails_the_read;
    kinds_complete_after_a_failed_page: EndsWhereItFails by nothing_is_complete_that_was_not_read_whole;
    an_end_after_a_passing_fault: EndsWhereItFails by a_fault_that_passes_leaves_no_trace;
    a_position_served_once: ServesAPositionOnce by a_read_that_failed_goes_on_later;
    a_token_never_renewed: NeverGetsANewToken by a_token_revoked_in_the_middle_is_renewed;
    patience_not_passed_on: IsImpatient by patience_is_passed_on;
    pages_followed_for_ever: GoesOnForEver by pages_without_end_come_to_one;
    a_cursor_believed: BelievesAnyPlace by an_unknown_cursor_asks_for_everything;
    a_position_believed: BelievesAnyPlace by an_unknown_position_asks_for_everything;
    memory_believed: BelievesAnyMemory by unknown_memory_is_no_memory;
    a_name_in_a_warning: WarnsByName by nothing_printed_holds_people_or_secrets;
    a_name_in_an_error: FailsByName by nothing_printed_holds_people_or_secrets;
    a_name_in_the_log: LogsTheName by nothing_printed_holds_people_or_secrets;
    a_secret_door: ShowsTheDoorbell by nothing_printed_holds_people_or_secrets;
    a_key_that_means_nothing: TakesAnyKey by unknown_keys_are_refused;
    an_identity_by_chance: IdentifiesByChance by identity_is_the_same_in_every_process;
    somebody_called_gone_in_trouble: SaysGoneInTrouble by nobody_is_called_gone_by_a_source_in_trouble;
    nobody_called_gone: SaysEverybodyIsThere by nobody_is_called_gone_by_a_source_in_trouble;
    a_doorbell_registered_twice: RegistersAnew by a_doorbell_is_registered_once;
    a_wrong_question: AsksWrongly by nothing_that_is_asked_is_wrong;
}
