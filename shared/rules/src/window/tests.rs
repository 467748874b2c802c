use proptest::prelude::*;

use super::*;

const LENGTH: Duration = Duration::from_secs(120);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 - 1_780_000_000 % 60 + second).unwrap()
}

fn trouble(at: Timestamp) -> Trouble {
    Trouble { code: "files.place_unreachable".into(), message: String::new(), at }
}

fn opened(second: i64) -> Window {
    let mut window = Window::default();
    window.open(at(second));
    window
}

#[test]
fn a_window_is_due_when_its_oldest_line_has_waited_for_its_length() {
    let mut window = opened(5);

    window.open(at(100));

    assert_eq!(window.due_at(LENGTH, at(100)), Some(at(125)));
}

#[test]
fn what_comes_while_files_are_written_opens_the_next_window() {
    let mut window = opened(0);
    window.begin("a", LENGTH, at(120)).unwrap();

    window.open(at(130));
    let while_writing = window.due_at(LENGTH, at(131));
    window.wrote("a", false);

    assert_eq!((while_writing, window.due_at(LENGTH, at(140))), (None, Some(at(250))));
}

#[test]
fn two_do_not_write_at_once() {
    let mut window = opened(0);

    let both = (window.begin("a", LENGTH, at(120)).is_some(), window.begin("b", LENGTH, at(121)).is_some());

    assert_eq!(both, (true, false));
}

#[test]
fn a_writer_that_died_leaves_its_lines_to_the_next_under_another_name() {
    let mut window = opened(0);
    let first = window.begin("a", LENGTH, at(120)).unwrap();

    let second = window.begin("b", LENGTH, at(121 + 300)).unwrap();

    assert!(second > first);
    assert_eq!(window.wrote("a", false), None, "whoever lost the writing has nothing to say");
    assert_eq!(window.wrote("b", false), Some(at(0)));
}

#[test]
fn no_two_windows_are_named_by_the_same_minute() {
    let mut window = opened(0);
    window.begin("a", Duration::ZERO, at(10)).unwrap();
    window.wrote("a", true);

    assert_eq!(window.begin("a", Duration::ZERO, at(59)), None);
    assert_eq!(window.begin("a", Duration::ZERO, at(60)), Some(at(60)));
}

#[test]
fn what_is_left_is_due_at_once_but_for_its_name() {
    let mut window = opened(0);
    window.begin("a", LENGTH, at(120)).unwrap();

    window.wrote("a", true);

    assert_eq!(window.due_at(LENGTH, at(125)), Some(at(180)));
}

#[test]
fn after_failures_the_lines_wait_ever_longer_and_are_not_forgotten() {
    let mut window = opened(0);
    let mut waits = Vec::new();
    let mut now = at(120);
    for _ in 0..8 {
        window.begin("a", LENGTH, now).unwrap();
        window.failed("a", trouble(now), 0.5);
        let due = window.due_at(LENGTH, now).unwrap();
        waits.push(due.as_second() - now.as_second());
        now = due;
    }

    assert_eq!(waits, [60, 60, 60, 60, 60, 120, 300, 900]);
}

#[test]
fn what_a_line_says_is_not_printed() {
    let line = Line::new(Turn::Object, "p", &["p"], "Provsson".into());

    assert!(!format!("{line:?}").contains("Provsson"));
}

#[derive(Debug, Clone)]
enum Step {
    Open,
    Begin(u8),
    Wrote(u8, bool),
    Failed(u8),
    Pass(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Open),
        3 => (0u8..3).prop_map(Step::Begin),
        2 => (0u8..3, any::<bool>()).prop_map(|(who, left)| Step::Wrote(who, left)),
        1 => (0u8..3).prop_map(Step::Failed),
        3 => (0u16..400).prop_map(Step::Pass),
    ]
}

#[test]
fn whoever_has_lost_the_writing_remembers_nothing() {
    let mut window = opened(0);
    window.begin("a", LENGTH, at(120)).unwrap();
    window.begin("b", LENGTH, at(121 + 300)).unwrap();
    let handed_over = HandedOver { turned_down: ["x".to_owned()].into(), ..HandedOver::default() };

    window.remember("a", handed_over.clone(), true);
    let lost = window.handed_over.clone();
    window.remember("b", handed_over.clone(), true);

    assert_eq!((lost, window.handed_over), (HandedOver::default(), handed_over));
}

proptest! {
    /// A model beside it: whether lines wait that no finished file has.
    #[test]
    fn lines_that_no_file_has_keep_the_window_open_and_names_only_grow(steps in prop::collection::vec(step(), 0..60)) {
        let (mut window, mut now) = (Window::default(), 0);
        let (mut waiting, mut taken) = (false, false);
        let mut writer: Option<u8> = None;
        let mut names = Vec::new();
        for step in steps {
            match step {
                Step::Open => {
                    window.open(at(now));
                    waiting = true;
                }
                Step::Begin(who) => {
                    if let Some(name) = window.begin(&who.to_string(), LENGTH, at(now)) {
                        names.push(name);
                        (taken, waiting, writer) = (taken || waiting, false, Some(who));
                    }
                }
                Step::Wrote(who, left) => {
                    let counted = window.wrote(&who.to_string(), left).is_some();
                    prop_assert_eq!(counted, writer == Some(who));
                    if counted {
                        (waiting, taken, writer) = (waiting || left, false, None);
                    }
                }
                Step::Failed(who) => {
                    window.failed(&who.to_string(), trouble(at(now)), 0.5);
                    if writer == Some(who) {
                        (waiting, taken, writer) = (true, false, None);
                    }
                }
                Step::Pass(seconds) => now += i64::from(seconds),
            }
            let in_the_end = at(now + 20_000);
            prop_assert_eq!(window.due_at(LENGTH, in_the_end).is_some(), waiting || taken);
            prop_assert!(names.is_sorted_by(|a, b| a < b));
        }
    }
}
