//! The folder that pairs are picked up from.

use super::UnikumImport;
use super::rows::MOST_BYTES;
use super::stem::{self, shown};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

const ENDINGS: [&str; 2] = [".principals", ".relations"];

impl UnikumImport {
    /// Takes whatever pairs lie in a folder, in the order of their names, and takes them away. Says how many.
    ///
    /// Names that begin with `.` or end in `.tmp` or `.part` are not looked at: they are being written. Of anything else
    /// that is no pair it complains, once, and leaves it.
    pub fn pick_up(&mut self, folder: &Path) -> io::Result<usize> {
        self.look(folder, true)
    }

    /// As [`Self::pick_up`], but leaves the pairs where they lie, and takes each only once.
    pub fn read_in_place(&mut self, folder: &Path) -> io::Result<usize> {
        self.look(folder, false)
    }

    fn look(&mut self, folder: &Path, takes_away: bool) -> io::Result<usize> {
        let mut taken = 0;
        for stem in self.pairs_in(folder)? {
            let paths = ENDINGS.map(|ending| folder.join(format!("{stem}{ending}")));
            let Some([principals, relations]) = self.contents(&stem, &paths)? else {
                continue;
            };
            if !takes_away && !self.is_new(&stem, [&principals, &relations]) {
                continue;
            }
            self.take(&stem, &principals, &relations);
            taken += 1;
            if takes_away {
                paths.iter().try_for_each(fs::remove_file)?;
            }
        }
        Ok(taken)
    }

    /// The stems of the pairs that are whole, in their order.
    fn pairs_in(&mut self, folder: &Path) -> io::Result<Vec<String>> {
        let mut halves: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if is_being_written(&name) {
                continue;
            }
            match split(&name).filter(|_| entry.file_type().is_ok_and(|it| it.is_file())) {
                Some((stem, ending)) => halves.entry(stem.to_owned()).or_default().push(ending),
                None => self.complaints.say_once(format!("{}: no file of a pair", shown(&name))),
            }
        }
        let mut whole = Vec::new();
        for (stem, endings) in halves {
            if let Err(fault) = stem::written(&stem, &self.options.municipality) {
                self.complaints.say_once(format!("{}: {fault}", shown(&stem)));
            } else if let [ending] = endings[..] {
                self.complaints.say_once(format!("{stem}{ending}: without the other file of its pair"));
            } else {
                whole.push(stem);
            }
        }
        Ok(whole)
    }

    fn contents(&mut self, stem: &str, paths: &[PathBuf; 2]) -> io::Result<Option<[Vec<u8>; 2]>> {
        let [principals, relations] = [read(&paths[0])?, read(&paths[1])?];
        for (ending, content) in ENDINGS.into_iter().zip([&principals, &relations]) {
            if content.is_none() {
                self.complaints.say_once(format!("{stem}{ending}: larger than 64 MiB, not read"));
            }
        }
        Ok(principals.zip(relations).map(|(principals, relations)| [principals, relations]))
    }

    /// Whether a pair that is left lying was not taken yet.
    fn is_new(&mut self, stem: &str, content: [&[u8]; 2]) -> bool {
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        let digest = hasher.finish();
        match self.left.insert(stem.to_owned(), digest) {
            None => true,
            Some(before) => {
                if before != digest {
                    self.complaints.say_once(format!("{stem}: altered after it was taken"));
                }
                false
            }
        }
    }
}

/// The content, unless it is too large.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut content = Vec::new();
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    let file = File::open(path)?;
    if file.metadata()?.len() > most {
        return Ok(None);
    }
    file.take(most + 1).read_to_end(&mut content)?;
    Ok((content.len() <= MOST_BYTES).then_some(content))
}

fn is_being_written(name: &str) -> bool {
    name.starts_with('.') || [".tmp", ".part"].iter().any(|ending| name.ends_with(ending))
}

fn split(name: &str) -> Option<(&str, &'static str)> {
    ENDINGS.into_iter().find_map(|ending| Some((name.strip_suffix(ending)?, ending)))
}
