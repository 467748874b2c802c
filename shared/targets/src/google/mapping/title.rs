//! What a course may be called.

/// The most characters of a course's name [classroom:v1, `Course.name`].
const LONGEST: usize = 750;

/// A title as Classroom takes it: not empty, not too long, and without what looks like an address on the web, which is
/// refused (`CourseTitleCannotContainUrl`). What counts as one is told nowhere: whatever a browser would make a link of is
/// taken apart – `7A.se` is `7A se`, `https://a` is `https a`.
pub(in crate::google) fn acceptable(title: &str) -> String {
    let apart = title.replace("://", " ");
    let signs: Vec<char> = apart.chars().collect();
    let around = |at: usize| (at.checked_sub(1).and_then(|it| signs.get(it)), signs.get(at + 1));
    let is_link = |at: usize| match around(at) {
        (Some(before), Some(after)) => joins(*before, *after),
        _ => false,
    };
    let put = |(at, sign): (usize, &char)| if *sign == '.' && is_link(at) { ' ' } else { *sign };
    let title: String = signs.iter().enumerate().map(put).collect();
    title.trim().chars().take(LONGEST).collect()
}

/// Whether a full stop between these is one of an address: not one of a number, nor one at the end of a word.
fn joins(before: char, after: char) -> bool {
    before.is_alphanumeric() && after.is_alphanumeric() && !(before.is_numeric() && after.is_numeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_looks_like_an_address_is_taken_apart() {
        let titles = ["7A.se", "www.7A.se", "https://skola.example/7A", "7A", "Kurs 1.2", "åk. 7", "Sv.A (åk.7)"];

        assert_eq!(
            titles.map(acceptable),
            ["7A se", "www 7A se", "https skola example/7A", "7A", "Kurs 1.2", "åk. 7", "Sv A (åk 7)"]
        );
    }

    #[test]
    fn a_long_title_is_cut() {
        assert_eq!(acceptable(&"å".repeat(800)).chars().count(), LONGEST);
    }

    proptest! {
        #[test]
        fn whatever_it_was_no_domain_is_left_and_doing_it_again_changes_nothing(title in ".{0,40}") {
            let acceptable_title = acceptable(&title);

            let signs: Vec<char> = acceptable_title.chars().collect();
            prop_assert!(!signs.windows(3).any(|it| it[1] == '.' && joins(it[0], it[2])));
            prop_assert_eq!(acceptable(&acceptable_title), acceptable_title);
        }
    }
}
