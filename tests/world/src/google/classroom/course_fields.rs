//! What may be written to a course.

use super::super::GoogleCourse;
use super::super::answer::Refusal;
use serde_json::Value;

/// The texts beside the name, with the most letters of each (discovery document).
pub(super) const TEXTS: [(&str, usize); 6] = [
    ("description", 30_000),
    ("descriptionHeading", 3_600),
    ("levels", 999),
    ("room", 650),
    ("section", 2_800),
    ("subject", 650),
];

const LONGEST_NAME: usize = 750;

/// Endings by which a word in a title is taken for an address. Which ones Classroom knows is not documented.
const TOP_LEVEL_DOMAINS: [&str; 9] = ["com", "edu", "eu", "example", "io", "net", "nu", "org", "se"];

/// Writes one of the texts; nothing takes it away.
pub(super) fn write_text(course: &mut GoogleCourse, field: &str, value: Option<&Value>) -> Result<(), Refusal> {
    let text = value.and_then(Value::as_str).unwrap_or_default();
    let longest = TEXTS.iter().find(|it| it.0 == field).map(|it| it.1);
    let longest = longest.ok_or_else(|| Refusal::argument(format!("Invalid field {field}")))?;
    if text.chars().count() > longest {
        return Err(Refusal::argument(format!("{field} is too long")));
    }
    if text.is_empty() {
        course.texts.remove(field);
    } else {
        course.texts.insert(field.to_owned(), text.to_owned());
    }
    Ok(())
}

/// A name that a course may have.
pub(super) fn name(value: Option<&Value>) -> Result<String, Refusal> {
    let name = value.and_then(Value::as_str).unwrap_or_default();
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) {
        return Err(Refusal::argument("Course name is required and has at most 750 characters"));
    }
    if name.split_whitespace().any(looks_like_url) {
        return Err(Refusal::precondition(Some("CourseTitleCannotContainUrl")));
    }
    Ok(name.to_owned())
}

fn looks_like_url(word: &str) -> bool {
    let word = word.to_lowercase();
    let host = word.split(['/', ',', ')', '(']).next().unwrap_or_default();
    let ends_in_domain = host
        .rsplit_once('.')
        .is_some_and(|(before, end)| before.ends_with(char::is_alphanumeric) && TOP_LEVEL_DOMAINS.contains(&end));
    word.contains("://") || word.starts_with("www.") || ends_in_domain
}

/// Whether a course in a state can be changed at all, other than into another state.
pub(super) fn is_modifiable(state: &str) -> bool {
    matches!(state, "ACTIVE" | "PROVISIONED")
}

/// Whether a course may go from one state into another (discovery document, `Course.courseState`).
pub(super) fn may_become(from: &str, to: &str) -> bool {
    from == to
        || matches!(
            (from, to),
            ("PROVISIONED", "ACTIVE" | "DECLINED")
                | ("DECLINED", "PROVISIONED")
                | ("ACTIVE", "ARCHIVED")
                | ("ARCHIVED", "ACTIVE")
        )
}
