//! What groups are called at a target: `{name}`, `{kind}` and `{school_unit}` stand for the group's own.

use rules::view::GroupView;

use crate::registry::ConfigProblem;

/// Whether a template, given under a key, has the group's name in it, and nothing that nobody knows.
///
/// # Errors
/// [`ConfigProblem`].
pub(crate) fn check(key: &str, template: &str) -> Result<(), ConfigProblem> {
    if !template.contains("{name}") || !is_known(template) {
        let message = "must have {name} in it, and may have {kind} and {school_unit}";
        return Err(ConfigProblem::with(key, message));
    }
    Ok(())
}

/// Whether a template has nothing to fill in that nobody knows.
pub(crate) fn is_known(template: &str) -> bool {
    let known = ["{name}", "{kind}", "{school_unit}"];
    !known.iter().fold(template.to_owned(), |it, known| it.replace(known, "")).contains(['{', '}'])
}

/// A group's name by a template. In one go, so that a name with braces in it is not taken for more to fill in.
pub(crate) fn filled(template: &str, view: &GroupView) -> String {
    let mut name = String::new();
    let mut rest = template;
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
