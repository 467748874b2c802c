//! A bird that must not be heard: seeded where personal data and secrets stand, listened for in all that is printed.

use std::fmt::Debug;

/// Seeded as text.
pub const CANARY: &str = "Kanariefågel";

/// Seeded as a number.
pub const CANARY_NUMBER: &str = "19283746";

/// Asserts that what is printed repeats nothing of what was seeded.
pub(crate) fn is_silent(what: &str, printed: &impl Debug) {
    let printed = format!("{printed:?}");
    assert!(!printed.contains(CANARY) && !printed.contains(CANARY_NUMBER), "{what} repeats what it met: {printed}");
}
