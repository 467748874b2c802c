//! Which files are read: whole ones, that nobody is writing, and only those that belong together.

use jiff::Timestamp;

use super::pattern::{Pattern, is_temporary};
use super::place::DroppedFile;
use super::problem::{FileProblem, shown};
use crate::{SourceError, SourceErrorKind};

/// What is waited for when nothing says how long it takes, in seconds.
const PATIENCE: u64 = 60;

/// When files may be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rules {
    /// Seconds for which a file must have been as it is.
    pub(super) settle: i64,
    /// Seconds within which all files of a set are written.
    pub(super) set_window: i64,
    /// The name of the file that says that the others are whole; `{name}` stands for theirs.
    pub(super) marker: Option<String>,
}

/// A file that a format reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) pattern: Pattern,
    /// Without it nothing is read.
    pub(super) required: bool,
    /// Those of one name are all there, or none of them.
    pub(super) together: Option<String>,
    /// It need not be of the same generation as the others.
    pub(super) any_age: bool,
}

/// Why nothing is read now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotNow {
    pub(super) code: &'static str,
    pub(super) detail: String,
    /// Seconds after which it may be otherwise; `None`: somebody has to look.
    pub(super) wait: Option<u64>,
}

impl NotNow {
    pub(super) fn wait(code: &'static str, detail: impl Into<String>, seconds: i64) -> Self {
        Self { code, detail: detail.into(), wait: Some(u64::try_from(seconds).unwrap_or(0).max(1)) }
    }

    pub(super) fn wrong(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), wait: None }
    }
}

impl From<NotNow> for SourceError {
    fn from(not_now: NotNow) -> Self {
        match not_now.wait {
            // Nobody knows when there will be something.
            Some(_) if not_now.code == "file_drop.nothing_there" => {
                Self::new(SourceErrorKind::Passing, not_now.code, not_now.detail)
            }
            Some(seconds) => Self::new(SourceErrorKind::Throttled(seconds), not_now.code, not_now.detail),
            None => FileProblem::new(not_now.code, not_now.detail).into(),
        }
    }
}

/// The files of a listing that may be read at all.
pub(super) fn usable(mut files: Vec<DroppedFile>) -> Vec<DroppedFile> {
    files.retain(|file| !is_temporary(&file.name) && !file.name.contains(['/', '\\', '\0']));
    files.sort_by(|a, b| (a.modified, &a.name).cmp(&(b.modified, &b.name)));
    files
}

/// For each file that is wanted the newest one there is; `None`: an optional one that is not there.
pub(super) fn choose(
    usable: &[DroppedFile],
    wanted: &[Wanted],
    rules: &Rules,
    now: Timestamp,
) -> Result<Vec<Option<DroppedFile>>, NotNow> {
    let newest = |it: &Wanted| usable.iter().rfind(|file| it.pattern.fits(&file.name)).cloned();
    let chosen: Vec<Option<DroppedFile>> = wanted.iter().map(newest).collect();
    let files: Vec<&DroppedFile> = chosen.iter().flatten().collect();
    if files.is_empty() {
        return Err(NotNow::wait("file_drop.nothing_there", "none of the files is there", rules.settle));
    }
    settled(&files, rules, now)?;
    let newest = files.iter().map(|file| file.modified).max().unwrap_or(now);
    // Those who send are given the time of a whole set before somebody is called.
    let late = age(newest, now) > rules.set_window;
    let not_yet = |code, detail: String| {
        if late { NotNow::wrong(code, detail) } else { NotNow::wait(code, detail, rules.settle) }
    };
    let has_company = |it: &Wanted| {
        it.together.is_some()
            && wanted.iter().zip(&chosen).any(|(other, file)| other.together == it.together && file.is_some())
    };
    let lacks = |(it, file): &(&Wanted, &Option<DroppedFile>)| file.is_none() && (it.required || has_company(it));
    if let Some((missing, _)) = wanted.iter().zip(&chosen).find(lacks) {
        return Err(not_yet("file_drop.set_incomplete", format!("there is no {}", shown(missing.pattern.as_str()))));
    }
    let of_a_set = wanted.iter().zip(&chosen).filter(|(it, _)| !it.any_age).filter_map(|(_, file)| file.as_ref());
    let (newest, oldest) =
        of_a_set.fold((None, None), |(newest, oldest): (Option<&DroppedFile>, Option<&DroppedFile>), file| {
            (
                newest.filter(|it| it.modified >= file.modified).or(Some(file)),
                oldest.filter(|it| it.modified <= file.modified).or(Some(file)),
            )
        });
    if let Some((newest, oldest)) = newest.zip(oldest)
        && age(oldest.modified, newest.modified) > rules.set_window
    {
        let detail = format!("{} is of another delivery than {}", shown(&oldest.name), shown(&newest.name));
        return Err(not_yet("file_drop.set_mixed", detail));
    }
    marked(usable, &files, rules)?;
    Ok(chosen)
}

/// All of them have been as they are for long enough.
pub(super) fn settled(files: &[&DroppedFile], rules: &Rules, now: Timestamp) -> Result<(), NotNow> {
    let youngest = files.iter().min_by_key(|file| age(file.modified, now));
    match youngest.map(|file| (file, rules.settle - age(file.modified, now))) {
        Some((file, left)) if left > 0 => {
            let detail = format!("{} may still be written", shown(&file.name));
            Err(NotNow::wait("file_drop.not_settled", detail, left.min(rules.settle)))
        }
        _ => Ok(()),
    }
}

/// Whoever is to say that files are whole has said so, after the files.
pub(super) fn marked(usable: &[DroppedFile], files: &[&DroppedFile], rules: &Rules) -> Result<(), NotNow> {
    let Some(marker) = &rules.marker else { return Ok(()) };
    for file in files {
        let name = marker.replace("{name}", &file.name).to_lowercase();
        let said = usable.iter().any(|it| it.name.to_lowercase() == name && it.modified >= file.modified);
        if !said {
            let detail = format!("{} does not say yet that {} is whole", shown(&name), shown(&file.name));
            return Err(NotNow::wait("file_drop.marker_missing", detail, rules.settle.max(PATIENCE.cast_signed())));
        }
    }
    Ok(())
}

/// Seconds since an instant.
pub(super) fn age(at: Timestamp, now: Timestamp) -> i64 {
    now.as_second().saturating_sub(at.as_second())
}

/// What is the same as long as the files are, and are understood alike.
pub(super) fn generation<'f>(files: impl Iterator<Item = &'f DroppedFile>, understanding: &str) -> String {
    let mut said = understanding.to_owned();
    for file in files {
        said.push_str(&format!("\0{}\0{}\0{}", file.name, file.size, file.version));
    }
    roster::fingerprint(said.as_bytes())
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const RULES: Rules = Rules { settle: 60, set_window: 1_800, marker: None };

    fn now() -> Timestamp {
        "2026-11-22T02:00:00Z".parse().unwrap()
    }

    fn file(name: &str, seconds_ago: i64) -> DroppedFile {
        let modified = now().checked_sub(SignedDuration::from_secs(seconds_ago)).unwrap();
        DroppedFile { name: name.into(), size: 10, modified, version: format!("v{seconds_ago}") }
    }

    fn wanted(pattern: &str) -> Wanted {
        Wanted {
            pattern: Pattern::try_from(pattern.to_owned()).unwrap(),
            required: true,
            together: None,
            any_age: false,
        }
    }

    fn optional(pattern: &str) -> Wanted {
        Wanted { required: false, ..wanted(pattern) }
    }

    fn names(files: &[DroppedFile], wanted: &[Wanted], rules: &Rules) -> Result<Vec<String>, NotNow> {
        let chosen = choose(&usable(files.to_vec()), wanted, rules, now())?;
        Ok(chosen.into_iter().map(|file| file.map(|it| it.name).unwrap_or_default()).collect())
    }

    fn refused(files: &[DroppedFile], wanted: &[Wanted]) -> (&'static str, Option<u64>) {
        let not_now = names(files, wanted, &RULES).unwrap_err();
        (not_now.code, not_now.wait)
    }

    #[test]
    fn the_newest_of_several_files_of_one_pattern_is_read() {
        let files = [file("elever_21.csv", 500), file("elever_20.csv", 90_000)];

        assert_eq!(names(&files, &[wanted("elever_*.csv")], &RULES).unwrap(), ["elever_21.csv"]);
    }

    #[test]
    fn a_file_is_read_when_it_has_been_the_same_for_a_while() {
        let at = |seconds| names(&[file("a.csv", seconds)], &[wanted("a.csv")], &RULES);

        assert_eq!(at(59).unwrap_err().wait, Some(1));
        assert_eq!(at(60).unwrap(), ["a.csv"]);
    }

    #[test]
    fn a_file_from_the_future_is_not_settled() {
        assert_eq!(refused(&[file("a.csv", -5_000)], &[wanted("a.csv")]), ("file_drop.not_settled", Some(60)));
    }

    #[test]
    fn an_older_whole_file_is_not_read_while_a_newer_one_is_written() {
        let files = [file("elever_21.csv", 5), file("elever_20.csv", 90_000)];

        assert_eq!(refused(&files, &[wanted("elever_*.csv")]).0, "file_drop.not_settled");
    }

    #[test]
    fn a_temporary_file_is_not_there() {
        assert_eq!(refused(&[file("a.csv.tmp", 500)], &[wanted("a.csv*")]).0, "file_drop.nothing_there");
    }

    #[test]
    fn a_set_that_lacks_a_file_is_waited_for_and_then_wrong() {
        let set = [wanted("a.csv"), wanted("b.csv"), optional("c.csv")];

        assert_eq!(refused(&[file("a.csv", 100)], &set), ("file_drop.set_incomplete", Some(60)));
        assert_eq!(refused(&[file("a.csv", 2_000)], &set), ("file_drop.set_incomplete", None));
    }

    #[test]
    fn files_that_belong_together_are_all_there_or_none_of_them() {
        let class = |pattern| Wanted { together: Some("classes".into()), ..optional(pattern) };
        let set = [wanted("a.csv"), class("b.csv"), class("c.csv")];

        assert!(names(&[file("a.csv", 100)], &set, &RULES).is_ok());
        assert_eq!(refused(&[file("a.csv", 100), file("b.csv", 100)], &set).0, "file_drop.set_incomplete");
    }

    #[test]
    fn files_of_two_deliveries_are_no_set() {
        let set = [wanted("a.csv"), wanted("b.csv")];

        assert_eq!(refused(&[file("a.csv", 100), file("b.csv", 86_000)], &set), ("file_drop.set_mixed", Some(60)));
        assert_eq!(refused(&[file("a.csv", 2_000), file("b.csv", 86_000)], &set), ("file_drop.set_mixed", None));
    }

    #[test]
    fn a_file_of_any_age_may_be_old() {
        let set = [wanted("a.csv"), Wanted { any_age: true, ..wanted("schools.csv") }];

        assert!(names(&[file("a.csv", 100), file("schools.csv", 9_000_000)], &set, &RULES).is_ok());
    }

    #[test]
    fn a_marker_must_be_as_new_as_what_it_marks() {
        let rules = Rules { marker: Some("{name}.done".into()), ..RULES };
        let with = |marker| names(&[file("a.csv", 100), marker], &[wanted("a.csv")], &rules).map_err(|it| it.code);

        assert_eq!(with(file("a.csv.done", 99)), Ok(vec!["a.csv".to_owned()]));
        assert_eq!(with(file("a.csv.done", 101)), Err("file_drop.marker_missing"));
        assert_eq!(with(file("b.csv.done", 99)), Err("file_drop.marker_missing"));
    }

    #[test]
    fn another_version_is_another_generation() {
        let (one, other) = (file("a.csv", 100), DroppedFile { version: "w".into(), ..file("a.csv", 100) });

        assert_ne!(generation([&one].into_iter(), ""), generation([&other].into_iter(), ""));
    }
}
