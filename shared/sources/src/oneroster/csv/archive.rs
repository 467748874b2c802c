//! The zip, opened without believing what it says of itself.

use std::collections::BTreeMap;
use std::io::{Read, Seek};

use zip::ZipArchive;

use super::CsvProblem;

/// How large a zip may be. All are checked while it is unpacked, whatever it declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Files in it.
    pub entries: usize,
    /// Bytes of one file, unpacked.
    pub file_bytes: u64,
    /// Bytes of all files together, unpacked.
    pub total_bytes: u64,
    /// Unpacked bytes for each packed one; not judged below a mebibyte.
    pub ratio: u64,
}

impl Default for Bounds {
    /// 64 files, 512 MiB each, 1 GiB together, and a hundredfold: about ten times what a city's roster takes.
    fn default() -> Self {
        Self { entries: 64, file_bytes: 512 << 20, total_bytes: 1 << 30, ratio: 100 }
    }
}

/// Below this no ratio is judged: a table of one school's thousand pupils may well be packed a hundredfold.
const TOO_SMALL_TO_JUDGE: u64 = 1 << 20;

/// A zip of CSV files.
pub(super) struct Archive<R> {
    zip: ZipArchive<R>,
    /// Files by name without folder.
    names: BTreeMap<String, usize>,
    bounds: Bounds,
    left: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// # Errors
    /// `oneroster.zip_unreadable`, `oneroster.zip_too_large`.
    pub(super) fn open(reader: R, bounds: Bounds) -> Result<Self, CsvProblem> {
        let mut zip = ZipArchive::new(reader).map_err(|_| unreadable("it is no zip, or not all of one"))?;
        if zip.len() > bounds.entries {
            return Err(too_large(format!("more than {} files", bounds.entries)));
        }
        let mut names = BTreeMap::new();
        for place in 0..zip.len() {
            let entry = zip.by_index_raw(place).map_err(|_| unreadable("a file in it cannot be opened"))?;
            if entry.encrypted() {
                return Err(unreadable("it is encrypted"));
            }
            let name = entry.name().map_err(|_| unreadable("a file in it has no readable name"))?;
            let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            if !entry.is_dir() && names.insert(name, place).is_some() {
                return Err(unreadable("two files in it have the same name"));
            }
        }
        Ok(Self { zip, names, bounds, left: bounds.total_bytes })
    }

    /// The whole of a file. `None`: there is none.
    ///
    /// # Errors
    /// `oneroster.zip_unreadable`, `oneroster.zip_too_large`.
    pub(super) fn file(&mut self, name: &str) -> Result<Option<Vec<u8>>, CsvProblem> {
        let Some(place) = self.names.get(name).copied() else { return Ok(None) };
        let mut entry = self.zip.by_index(place).map_err(|_| unreadable("a file in it cannot be opened"))?;
        let by_ratio = entry.compressed_size().saturating_mul(self.bounds.ratio).max(TOO_SMALL_TO_JUDGE);
        let most = self.bounds.file_bytes.min(self.left).min(by_ratio);
        let mut bytes = Vec::new();
        let read = entry.by_ref().take(most.saturating_add(1)).read_to_end(&mut bytes);
        let length = bytes.len() as u64;
        if length > most {
            return Err(too_large(format!("{name} is larger than {most} bytes, its share of the bounds")));
        }
        // What does not match its checksum ends here too.
        read.map_err(|_| unreadable("a file in it is damaged"))?;
        self.left -= length;
        Ok(Some(bytes))
    }
}

fn unreadable(why: &str) -> CsvProblem {
    CsvProblem::new("oneroster.zip_unreadable", why)
}

fn too_large(why: String) -> CsvProblem {
    CsvProblem::new("oneroster.zip_too_large", why)
}
