use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn notice(reason: Reason, second: i64) -> Notice {
    Notice::new("demo".into(), "register".into(), reason, at(second))
}

#[test]
fn a_doorbell_that_rang_before_a_finished_read_began_is_covered() {
    let state = SourceState { read_at: Some(at(10)), cursor: Some("c".into()), ..SourceState::default() };

    assert_eq!(needless(&state, &notice(Reason::Doorbell, 5), at(20)), Some(Ingested::Covered));
    assert_eq!(needless(&state, &notice(Reason::Doorbell, 15), at(20)), None);
}

#[test]
fn a_source_without_a_cursor_is_read_in_full() {
    let mut state = SourceState::default();

    begin(&mut state, &notice(Reason::Poll, 0), at(0), "first".into(), true);

    assert!(state.reading.is_some_and(|read| read.full));
}

#[test]
fn a_doorbell_goes_on_with_the_full_read_under_way() {
    let mut state = SourceState::default();
    begin(&mut state, &notice(Reason::Poll, 0), at(0), "first".into(), true);
    let first = state.reading.clone();

    begin(&mut state, &notice(Reason::Doorbell, 5), at(5), "second".into(), true);

    assert_eq!(state.reading, first);
}

#[test]
fn a_source_that_fails_again_and_again_is_left_alone() {
    let pauses = [1, 4, 5, 6].map(|failures| pause_after(SourceErrorKind::Passing, failures).map(|it| it.as_secs()));

    assert_eq!(pauses, [None, None, Some(300), Some(600)]);
}

#[test]
fn only_the_very_first_read_of_the_only_source_brings_nobody_whom_others_were_delivered_without() {
    let first_of = |state: &mut SourceState, alone| {
        begin(state, &notice(Reason::FullRead, 0), at(0), "read".into(), alone);
        state.reading.take().is_some_and(|read| read.first)
    };
    let mut state = SourceState::default();

    assert!(!first_of(&mut SourceState::default(), false));
    assert!(first_of(&mut state, true));
    // Broken off: it may have brought groups already.
    assert!(!first_of(&mut state, true));
}
