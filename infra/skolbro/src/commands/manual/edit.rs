//! Changes in the text of a tenant's file, which leave everything else in it as somebody wrote it. Pure.

use std::fmt;

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TomlError, value};

/// The kind of source that is changed.
pub(super) const KIND: &str = "manual";

/// The lists of such a source.
const LISTS: [&str; 2] = ["group", "teachers"];

/// What is to become of one entry; of one that is not there yet, what it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// The list that it stands in.
    pub(super) list: &'static str,
    pub(super) id: String,
    /// What is to be said, by key.
    pub(super) texts: Vec<(&'static str, String)>,
    /// Keys of which nothing is to be said any more.
    pub(super) without: Vec<&'static str>,
    /// Who is to be on which list.
    pub(super) join: Vec<(&'static str, Vec<String>)>,
    /// Who is not to be on it any more.
    pub(super) leave: Vec<(&'static str, Vec<String>)>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    Added,
    Changed,
    Unchanged,
    Removed,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Removed => "removed",
        })
    }
}

/// The text cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub(super) enum EditError {
    #[error("The file is no TOML")]
    Unreadable(#[from] TomlError),
    #[error("The file has no source {0} of kind {KIND}.")]
    NoSource(String),
    #[error("There is no group and no addition of teachers with the id {0}.")]
    NoEntry(String),
    #[error("{0} is written in a way that only a person can change; write it as [[source]] and [[source.{0}]].")]
    Form(&'static str),
}

/// The text with a change, and what came of it.
///
/// # Errors
/// [`EditError`].
pub(super) fn changed(text: &str, source: &str, change: &Change) -> Result<(String, Done), EditError> {
    let mut document: DocumentMut = text.parse()?;
    let source = own_source(&mut document, source)?;
    let entries = source.entry(change.list).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let entries = entries.as_array_of_tables_mut().ok_or(EditError::Form(change.list))?;
    let known = entries.iter_mut().find(|it| has_id(it, &change.id));
    let is_known = known.is_some();
    if let Some(entry) = known {
        apply(entry, change)?;
    } else {
        let mut entry = Table::new();
        entry.insert("id", value(&change.id));
        apply(&mut entry, change)?;
        entries.push(entry);
    }
    let changed = document.to_string();
    let done = match is_known {
        false => Done::Added,
        true if changed == text => Done::Unchanged,
        true => Done::Changed,
    };
    Ok((changed, done))
}

/// The text without an entry.
///
/// # Errors
/// [`EditError`].
pub(super) fn removed(text: &str, source: &str, id: &str) -> Result<(String, Done), EditError> {
    let mut document: DocumentMut = text.parse()?;
    let table = own_source(&mut document, source)?;
    for list in LISTS {
        let Some(item) = table.get_mut(list) else { continue };
        let entries = item.as_array_of_tables_mut().ok_or(EditError::Form(list))?;
        let Some(at) = entries.iter().position(|it| has_id(it, id)) else { continue };
        entries.remove(at);
        return Ok((document.to_string(), Done::Removed));
    }
    Err(EditError::NoEntry(id.to_owned()))
}

fn own_source<'d>(document: &'d mut DocumentMut, name: &str) -> Result<&'d mut Table, EditError> {
    let none = || EditError::NoSource(name.to_owned());
    let sources = document.get_mut("source").ok_or_else(none)?;
    let sources = sources.as_array_of_tables_mut().ok_or(EditError::Form("source"))?;
    let is_own = |it: &&mut Table| says(it, "name", name) && says(it, "kind", KIND);
    sources.iter_mut().find(is_own).ok_or_else(none)
}

fn says(table: &Table, key: &str, text: &str) -> bool {
    table.get(key).and_then(Item::as_str) == Some(text)
}

fn has_id(entry: &Table, id: &str) -> bool {
    says(entry, "id", id)
}

fn apply(entry: &mut Table, change: &Change) -> Result<(), EditError> {
    for (key, text) in &change.texts {
        if !says(entry, key, text) {
            entry.insert(key, value(text));
        }
    }
    for key in &change.without {
        entry.remove(key);
    }
    for (key, names) in change.join.iter().filter(|(_, names)| !names.is_empty()) {
        let list = entry.entry(key).or_insert_with(|| value(Array::new()));
        let list = list.as_array_mut().ok_or(EditError::Form(change.list))?;
        for name in names {
            if !list.iter().any(|it| it.as_str() == Some(name)) {
                list.push(name);
            }
        }
    }
    for (key, names) in &change.leave {
        if let Some(list) = entry.get_mut(key).and_then(Item::as_array_mut) {
            list.retain(|it| !names.iter().any(|name| it.as_str() == Some(name)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"tenant = "demoskolan" # ours

[[source]]
name = "register"
kind = "ss12000"

[[source]]
name = "own"
kind = "manual"

# Asked for by the head.
[[source.group]]
id = "council"
name = "Elevrådet"
organisation = "s1"
pupils = [
    "p1", # chair
    "p2",
]
end = "2027-06-11"

[[target]]
name = "portal"
"#;

    fn change(list: &'static str, id: &str) -> Change {
        Change { list, id: id.into(), texts: vec![], without: vec![], join: vec![], leave: vec![] }
    }

    fn edited(change: &Change) -> (String, Done) {
        changed(FILE, "own", change).unwrap()
    }

    #[test]
    fn who_joins_and_who_leaves_is_all_that_changes() {
        let joins = Change {
            join: vec![("pupils", vec!["p3".into()]), ("staff", vec!["t1".into()])],
            leave: vec![("pupils", vec!["p2".into()])],
            without: vec!["end"],
            ..change("group", "council")
        };

        let (text, done) = edited(&joins);

        insta::assert_snapshot!(text);
        assert_eq!(done, Done::Changed);
    }

    #[test]
    fn a_new_group_stands_behind_the_others_of_its_source() {
        let texts = vec![("name", "Kören".to_owned()), ("organisation", "s1".to_owned())];

        let (text, done) = edited(&Change { texts, ..change("group", "choir") });

        insta::assert_snapshot!(text);
        assert_eq!(done, Done::Added);
    }

    #[test]
    fn the_first_teachers_stand_within_their_source() {
        let join = vec![("groups", vec!["council".to_owned()]), ("persons", vec!["t1".to_owned()])];

        let (text, _) = edited(&Change { join, ..change("teachers", "head") });

        let at = |part: &str| text.find(part).unwrap();
        assert!(
            at("[[source.group]]") < at("[[source.teachers]]") && at("[[source.teachers]]") < at("[[target]]"),
            "{text}"
        );
    }

    #[test]
    fn saying_what_is_said_already_leaves_the_file_as_it_is() {
        let texts = vec![("name", "Elevrådet".to_owned())];
        let join = vec![("pupils", vec!["p1".to_owned()])];

        let (text, done) = edited(&Change { texts, join, ..change("group", "council") });

        assert_eq!((text.as_str(), done), (FILE, Done::Unchanged));
    }

    #[test]
    fn what_is_removed_is_gone_and_the_rest_stays() {
        let (text, done) = removed(FILE, "own", "council").unwrap();

        assert!(!text.contains("Elevrådet") && text.contains("# ours") && text.contains("[[target]]"), "{text}");
        assert_eq!(done, Done::Removed);
    }

    #[test]
    fn only_a_source_of_ones_own_is_changed() {
        let problem = changed(FILE, "register", &change("group", "choir")).unwrap_err();

        assert!(matches!(problem, EditError::NoSource(_)), "{problem}");
    }

    #[test]
    fn what_is_written_in_line_is_left_to_a_person() {
        let text = "source = [{ name = 'own', kind = 'manual' }]";

        let problem = changed(text, "own", &change("group", "choir")).unwrap_err();

        assert!(matches!(problem, EditError::Form("source")), "{problem}");
    }
}
