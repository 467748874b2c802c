//! Pairs that lie in a folder.

use super::*;
use std::fs;
use std::path::PathBuf;

/// A folder of one test's own, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("skolbro-unikum-{}", uuid::Uuid::new_v4().simple()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn put_pair(&self, stem: &str, principals: &str, relations: &str) {
        self.put(&format!("{stem}.principals"), principals);
        self.put(&format!("{stem}.relations"), relations);
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[test]
fn pairs_are_taken_in_the_order_of_their_names_and_taken_away() {
    let folder = Folder::new();
    folder.put_pair(LATER, "", &row(&["add", "student_in_class", &number(0), "4A"]));
    folder.put_pair(STEM, &small_school(), "");
    let mut import = import();

    let taken = import.pick_up(&folder.0).unwrap();

    assert_eq!((taken, import.complaints(), folder.names()), (2, &[][..], vec![]));
}

#[test]
fn pairs_that_are_left_lying_are_taken_once() {
    let folder = Folder::new();
    folder.put_pair(STEM, &small_school(), "");
    let mut import = import();
    import.read_in_place(&folder.0).unwrap();
    folder.put_pair(LATER, &user(&number(2)), "");

    let taken = import.read_in_place(&folder.0).unwrap();

    assert_eq!((taken, import.pairs().len(), folder.names().len(), import.complaints()), (1, 2, 4, &[][..]));
}

#[test]
fn a_pair_that_is_altered_after_it_was_taken_is_complained_of() {
    let folder = Folder::new();
    folder.put_pair(STEM, &small_school(), "");
    let mut import = import();
    import.read_in_place(&folder.0).unwrap();
    folder.put_pair(STEM, &user(&number(0)), "");

    let taken = import.read_in_place(&folder.0).unwrap();

    assert_eq!((taken, import.complaints()), (0, &[format!("{STEM}: altered after it was taken")][..]));
}

#[test]
fn files_that_are_being_written_are_not_looked_at() {
    let folder = Folder::new();
    for name in [&format!(".{STEM}.principals"), &format!("{STEM}.principals.tmp"), &format!("{STEM}.relations.part")] {
        folder.put(name, "hal");
    }
    let mut import = import();

    let taken = import.pick_up(&folder.0).unwrap();

    assert_eq!((taken, import.complaints(), folder.names().len()), (0, &[][..], 3));
}

#[test]
fn what_is_no_pair_is_complained_of_once_and_left() {
    let folder = Folder::new();
    folder.put("elever.csv", "x");
    folder.put(&format!("{STEM}.principals"), &small_school());
    folder.put(&format!("{LATER}.relations"), "");
    folder.put_pair("Norrbyholm_20261014_2260", &small_school(), "");
    folder.put_pair("Granby_20261014_2200", &small_school(), "");
    fs::create_dir(folder.0.join(format!("{STEM}.relations"))).unwrap();
    let mut import = import();
    import.pick_up(&folder.0).unwrap();

    let taken = import.pick_up(&folder.0).unwrap();

    let mut complaints = import.complaints().to_vec();
    complaints.sort();
    let mut wanted = [
        "Granby_20261014_2200: of another municipality".to_owned(),
        "Norrbyholm_20261014_2260: a date or a time that does not exist".to_owned(),
        format!("{STEM}.principals: without the other file of its pair"),
        format!("{STEM}.relations: no file of a pair"),
        format!("{LATER}.relations: without the other file of its pair"),
        "elever.csv: no file of a pair".to_owned(),
    ];
    wanted.sort();
    assert_eq!((taken, complaints, folder.names().len()), (0, wanted.to_vec(), 8));
}

#[test]
fn a_file_that_is_too_large_is_complained_of_and_not_read() {
    let folder = Folder::new();
    folder.put_pair(STEM, &small_school(), "");
    let file = fs::File::create(folder.0.join(format!("{STEM}.principals"))).unwrap();
    file.set_len(64 * 1024 * 1024 + 1).unwrap();
    let mut import = import();

    let taken = import.pick_up(&folder.0).unwrap();

    let fault = format!("{STEM}.principals: larger than 64 MiB, not read");
    assert_eq!((taken, import.complaints(), folder.names().len()), (0, &[fault][..], 2));
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let folder = Folder::new();

    assert!(import().pick_up(&folder.0.join("borta")).is_err());
}
