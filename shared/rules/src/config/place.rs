//! Finds the line of a key, so that a problem can be pointed at.

use toml::de::{DeTable, DeValue};

/// The line, from 1, of a byte of the text.
pub(super) fn line_at(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|it| *it == b'\n').count() + 1
}

/// The line of a key: of the table `at` of a section, or of the file itself. A key that is not there gives the
/// line of its table.
pub(super) fn line_of(text: &str, place: Option<(&str, usize)>, key: &str) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let (table, begins) = match place {
        None => (root.get_ref(), None),
        Some((section, at)) => {
            let DeValue::Array(entries) = root.get_ref().get(section)?.get_ref() else { return None };
            let entry = entries.get(at)?;
            let DeValue::Table(table) = entry.get_ref() else { return None };
            (table, Some(entry.span().start))
        }
    };
    let first = key.split('.').next().unwrap_or(key);
    let found = table.iter().find(|(name, _)| name.get_ref() == first).map(|(name, _)| name.span().start);
    found.or(begins).map(|byte| line_at(text, byte))
}
