//! What groups are called at a target, by a pattern of the tenant's.

use rules::view::GroupView;

/// What a pattern may have in it.
const KNOWN: [&str; 3] = ["{name}", "{kind}", "{school_unit}"];

/// Whether a pattern has nothing to fill in but what is known.
pub(crate) fn is_pattern(pattern: &str) -> bool {
    let rest = KNOWN.iter().fold(pattern.to_owned(), |it, known| it.replace(known, ""));
    !rest.contains(['{', '}'])
}

/// The pattern filled in, in one go, so that a name with braces in it is not taken for more to fill in.
pub(crate) fn filled(pattern: &str, view: &GroupView) -> String {
    let mut name = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        name.push_str(before);
        let (what, after) = after.split_once('}').unwrap_or((after, ""));
        name.push_str(match what {
            "name" => view.name.trim(),
            "kind" => &view.kind,
            _ => &view.school_unit.at_target,
        });
        rest = after;
    }
    name + rest
}
