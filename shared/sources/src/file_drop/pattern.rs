//! Names of files with `*` for any number of signs.

use serde::Deserialize;

/// A pattern of names, in which `*` stands for any number of signs. Upper and lower case are alike: some senders write
/// `USERS.CSV`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern(String);

/// A pattern that no file could have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the name of a file, such as elever_*.csv, without folders")]
pub struct NoPattern;

impl TryFrom<String> for Pattern {
    type Error = NoPattern;

    fn try_from(text: String) -> Result<Self, NoPattern> {
        let usual = !text.is_empty() && text.len() <= 200 && !text.contains(['/', '\\', '\0', ':']);
        if usual { Ok(Self(text.to_lowercase())) } else { Err(NoPattern) }
    }
}

impl Pattern {
    /// Whether a file's name is one of these.
    pub(super) fn fits(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = rest.get(at + part.len()..).unwrap_or_default();
        }
        rest.ends_with(last)
    }

    /// A pattern of ours.
    pub(super) fn of(text: &str) -> Self {
        Self(text.to_lowercase())
    }

    /// As it was written, in lower case.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a name is one that senders give to what they have not finished, or that hides.
pub(super) fn is_temporary(name: &str) -> bool {
    let name = name.to_lowercase();
    let unfinished = [".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", "~"];
    name.starts_with(['.', '~']) || unfinished.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, name: &str) -> bool {
        Pattern::try_from(pattern.to_owned()).unwrap().fits(name)
    }

    #[test]
    fn a_star_stands_for_any_number_of_signs() {
        let yes =
            [("elever_*.csv", "elever_20261122.csv"), ("*", "x"), ("a*b*c", "a-b-b-c"), ("users.csv", "Users.CSV")];
        let no = [("elever_*.csv", "elever.csv"), ("a*b*c", "a-c"), ("users.csv", "users.csv.done"), ("a*a", "a")];

        assert!(yes.iter().all(|(pattern, name)| fits(pattern, name)));
        assert!(!no.iter().any(|(pattern, name)| fits(pattern, name)));
    }

    #[test]
    fn a_pattern_with_folders_is_none() {
        assert!(["../x", "a/b", "", "c:x"].iter().all(|text| Pattern::try_from((*text).to_owned()).is_err()));
    }

    #[test]
    fn what_is_not_finished_is_told_by_its_name() {
        let unfinished = [".users.csv", "users.csv.tmp", "users.csv.PART", "users.csv~", "~$users.xlsx", "x.filepart"];

        assert!(unfinished.iter().all(|name| is_temporary(name)));
        assert!(!is_temporary("users.csv"));
    }
}
