//! What a sender announces: files that belong together.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{PART, Part};
use crate::file_drop::Names;
use crate::file_drop::place::stays_inside;

/// The most files at once.
pub const MOST_ANNOUNCED: usize = 100;

/// The longest name, in bytes: what file systems take.
const LONGEST_NAME: usize = 200;

/// A file, as its sender announces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Announced {
    /// Its name, without any folder.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256, 64 hexadecimal digits.
    pub sha256: String,
}

/// A file that will be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// Whether it says that the others are whole: then it comes last.
    pub marks: bool,
}

/// Files that are sent together: all of them arrive, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consignment {
    id: String,
    files: Vec<SentFile>,
}

/// What was announced is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    /// No file, or more than [`MOST_ANNOUNCED`].
    #[error("between 1 and {MOST_ANNOUNCED} files can be sent at once")]
    Count,
    /// The source reads no file of that name.
    #[error("file {0} has a name that this source does not read")]
    Name(usize),
    /// Two files have one name.
    #[error("file {0} has the name of another")]
    Twice(usize),
    /// Larger than the source reads.
    #[error("file {0} is larger than this source reads")]
    Size(usize),
    /// The checksum is none.
    #[error("file {0} has no SHA-256 of 64 hexadecimal digits")]
    Checksum(usize),
}

impl Unacceptable {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Count => "drop.count",
            Self::Name(_) => "drop.name_not_read",
            Self::Twice(_) => "drop.name_twice",
            Self::Size(_) => "drop.too_large",
            Self::Checksum(_) => "drop.checksum_unreadable",
        }
    }
}

impl Consignment {
    /// What was announced, if it can be taken. Files are told by their place in the announcement, never by name.
    ///
    /// # Errors
    /// [`Unacceptable`].
    pub fn of(announced: &[Announced], names: &Names, most_bytes: u64) -> Result<Self, Unacceptable> {
        if announced.is_empty() || announced.len() > MOST_ANNOUNCED {
            return Err(Unacceptable::Count);
        }
        let (mut seen, mut files) = (BTreeSet::new(), Vec::new());
        for (place, file) in announced.iter().enumerate() {
            let plain = stays_inside(&file.name) && !file.name.contains(char::is_control);
            if !plain || file.name.len() > LONGEST_NAME || !names.fit(&file.name) {
                return Err(Unacceptable::Name(place));
            }
            if !seen.insert(file.name.to_lowercase()) {
                return Err(Unacceptable::Twice(place));
            }
            if file.size > most_bytes {
                return Err(Unacceptable::Size(place));
            }
            let sha256 = digest(&file.sha256).ok_or(Unacceptable::Checksum(place))?;
            files.push(SentFile { name: file.name.clone(), size: file.size, sha256, marks: names.marks(&file.name) });
        }
        Ok(Self { id: identity(&files), files })
    }

    /// Its identity: the same files have the same.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The files, as they were announced.
    #[must_use]
    pub fn files(&self) -> &[SentFile] {
        &self.files
    }

    /// The places of the files in the order in which they get their names: what marks others comes last.
    #[must_use]
    pub fn in_order(&self) -> Vec<usize> {
        let marks = |place: &usize| self.files.get(*place).is_some_and(|it| it.marks);
        let (last, first): (Vec<usize>, Vec<usize>) = (0..self.files.len()).partition(marks);
        first.into_iter().chain(last).collect()
    }
}

impl SentFile {
    /// Its parts, of which it is the announced file at `place`. An empty file has one, without a byte.
    pub fn parts(&self, place: usize) -> impl Iterator<Item = Part> + use<> {
        let (size, count) = (self.size, self.size.div_ceil(PART).max(1));
        (0..count).map(move |number| {
            let offset = number * PART;
            Part { file: place, offset, length: size.saturating_sub(offset).min(PART) }
        })
    }
}

fn digest(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if text.len() != 64 || !text.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(digest)
}

/// Of all that was announced, in whatever order; half a digest tells one consignment of a source from another.
fn identity(files: &[SentFile]) -> String {
    let mut lines: Vec<_> = files.iter().map(|it| (it.name.as_bytes(), it.size, it.sha256)).collect();
    lines.sort_unstable();
    let mut hash = Sha256::new();
    for (name, size, sha256) in lines {
        hash.update(name);
        hash.update([0]);
        hash.update(size.to_be_bytes());
        hash.update(sha256);
    }
    let digest = hash.finalize();
    digest.iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file_drop::FileDropConfig;

    fn names() -> Names {
        let table = "folder = '/srv/drop'\nformat = 'csv'\nmarker = 'done.txt'\n[[table]]\nfile = '*.csv'\n\
                     person = { id = 'Id', given_name = 'First', family_name = 'Last' }";
        FileDropConfig::of(&table.parse().unwrap()).unwrap().names().unwrap()
    }

    fn file(name: &str, size: u64) -> Announced {
        Announced { name: name.into(), size, sha256: "0a".repeat(32) }
    }

    fn of(files: &[Announced]) -> Result<Consignment, Unacceptable> {
        Consignment::of(files, &names(), 10_000_000)
    }

    #[test]
    fn the_same_files_are_the_same_consignment_whatever_their_order() {
        let (one, other) = (file("a.csv", 1), file("b.csv", 2));

        let ids = [vec![one.clone(), other.clone()], vec![other.clone(), one.clone()], vec![one, file("b.csv", 3)]]
            .map(|files| of(&files).unwrap().id().to_owned());

        assert!(ids[0] == ids[1] && ids[0] != ids[2] && ids[0].len() == 32, "{ids:?}");
    }

    #[test]
    fn what_marks_the_others_comes_last() {
        let sent = of(&[file("done.txt", 0), file("a.csv", 1), file("b.csv", 2)]).unwrap();

        assert_eq!(sent.in_order(), [1, 2, 0]);
    }

    #[test]
    fn what_cannot_be_taken_is_told_by_its_place() {
        let long = format!("{}.csv", "a".repeat(200));
        let refused = |files: &[Announced]| of(files).unwrap_err();

        assert_eq!(refused(&[]), Unacceptable::Count);
        assert_eq!(refused(&vec![file("a.csv", 1); 101]), Unacceptable::Count);
        for name in ["a.txt", "../a.csv", "below/a.csv", "c:a.csv", "a\n.csv", ".a.csv", &long] {
            assert_eq!(refused(&[file("b.csv", 1), file(name, 1)]), Unacceptable::Name(1), "{name}");
        }
        assert_eq!(refused(&[file("a.csv", 1), file("A.csv", 1)]), Unacceptable::Twice(1));
        assert_eq!(refused(&[file("a.csv", 10_000_001)]), Unacceptable::Size(0));
        for sha256 in ["", &"0".repeat(63), &"g".repeat(64), &"å".repeat(32), &format!("+{}", "0".repeat(63))] {
            let announced = Announced { sha256: sha256.to_string(), ..file("a.csv", 1) };
            assert_eq!(refused(&[announced]), Unacceptable::Checksum(0), "{sha256}");
        }
    }

    #[test]
    fn the_parts_of_a_file_are_all_of_it_and_each_byte_once() {
        for size in [0, 1, PART, PART + 1, 2 * PART] {
            let sent = of(&[file("a.csv", size)]).unwrap();

            let parts: Vec<Part> = sent.files()[0].parts(0).collect();

            let mut end = 0;
            for part in &parts {
                assert_eq!(part.offset, end, "{size}");
                end += part.length;
            }
            assert!(end == size && parts.iter().all(|it| it.length <= PART) && !parts.is_empty(), "{size}");
        }
    }
}
