//! Runs that once failed, by their scripts: JSON files, as a failing run prints them.

use std::path::Path;

use simulation::Kept;

#[test]
fn scripts_that_once_failed_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    assert_ne!(files.len(), 0, "there is nothing to play");

    for file in files {
        let kept = Kept::parse(&std::fs::read_to_string(&file).unwrap()).unwrap();

        assert_eq!(kept.play(false).breaches, [], "{}", file.display());
    }
}
