//! The corpora: a folder for each entry, invented people only.

use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The entries that have a corpus.
pub(crate) fn names() -> BTreeSet<String> {
    let folders = std::fs::read_dir(folder()).unwrap();
    folders.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
}

/// An entry's corpus, in the order of its files' names.
pub(crate) fn of(entry: &str) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(folder().join(entry)).unwrap();
    let paths: BTreeSet<PathBuf> = files.map(|it| it.unwrap().path()).collect();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}
