//! `skolbro drop`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use skolbro::machine::TemporaryFolder;

use crate::process::{Up, output};

const PUPILS: &str = "Id;Given;Family\np1;Astrid;Provsson\n";

/// A hub's folder, with what it reads, what is to be dropped, and its tenant's file.
pub(crate) struct Place {
    held: TemporaryFolder,
}

impl Place {
    pub(crate) fn new() -> Self {
        let held = TemporaryFolder::new().unwrap();
        std::fs::create_dir(held.path().join("drop")).unwrap();
        std::fs::create_dir(held.path().join("export")).unwrap();
        Self { held }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.held.path().join(name)
    }

    /// A hub that knows the tenant, whose source is told by what `address` says.
    fn up(&self, address: &str) -> Up {
        self.up_with(address, &BTreeMap::new())
    }

    pub(crate) fn up_with(&self, address: &str, environment: &BTreeMap<String, String>) -> Up {
        let text = format!(
            "tenant = 'demoskolan'\n[[source]]\nname = 'register'\nkind = 'file-drop'\nformat = 'csv'\n{address}\n\
             marker = 'done.txt'\n[[source.table]]\nfile = 'elever_*.csv'\n\
             person = {{ id = 'Id', given_name = 'Given', family_name = 'Family' }}\n\
             [[source]]\nname = 'other'\nkind = 'ss12000'\nbase_url = 'http://127.0.0.1:9/v2'\nanonymous = true\n"
        );
        let file = self.path("tenant.toml");
        std::fs::write(&file, text).unwrap();
        Up::start(&[], &[file], &self.path("data"), environment)
    }

    pub(crate) fn folder(&self) -> String {
        format!("folder = '{}'", self.path("drop").display())
    }

    /// A hub that has been, and knows the tenant.
    fn stopped(self, address: &str) -> Self {
        self.up(address).kill();
        self
    }

    pub(crate) fn export(&self, name: &str) -> String {
        let file = self.path("export").join(name);
        std::fs::write(&file, PUPILS).unwrap();
        text(&file)
    }

    /// Whether it went well, and what was said.
    fn drop(&self, source: &str, files: &[String]) -> (bool, String) {
        let data = text(&self.path("data"));
        let mut arguments = vec!["drop", "demoskolan", source, "--data", &data];
        arguments.extend(files.iter().map(String::as_str));
        let output = output(&arguments);
        let words = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(words).unwrap())
    }

    pub(crate) fn dropped(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path("drop")).unwrap();
        let mut names: Vec<String> = entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[test]
fn files_are_put_where_a_running_hub_reads_them_and_it_is_rung() {
    let place = Place::new();
    let _up = place.up(&place.folder());

    let (good, words) = place.drop("register", &[place.export("done.txt"), place.export("elever_1.csv")]);

    assert!(good && words.contains("register was rung; they are read once unchanged for 60 s."), "{words}");
    assert_eq!(place.dropped(), ["done.txt", "elever_1.csv"]);
    assert_eq!(std::fs::read_to_string(place.path("drop/elever_1.csv")).unwrap(), PUPILS);
}

#[test]
fn files_are_put_where_a_stopped_hub_will_read_them() {
    let place = Place::new();
    let address = place.folder();
    let place = place.stopped(&address);

    let (good, words) = place.drop("register", &[place.export("elever_1.csv")]);

    assert!(good && words.contains("No hub is running"), "{words}");
    assert_eq!(place.dropped(), ["elever_1.csv"]);
}

#[test]
fn a_file_that_is_not_read_is_refused_with_those_that_come_with_it() {
    let place = Place::new();
    let address = place.folder();
    let place = place.stopped(&address);

    let (good, words) = place.drop("register", &[place.export("elever_1.csv"), place.export("personal.csv")]);

    assert!(!good && words.contains("is nothing that register reads. It reads elever_*.csv, done.txt."), "{words}");
    assert_eq!(place.dropped(), [""; 0]);
}

#[test]
fn for_a_bucket_the_command_of_aws_is_named() {
    let place = Place::new().stopped("bucket = 'skolbro-drop'\nprefix = 'norrby/'");

    let (good, words) = place.drop("register", &[place.export("elever_1.csv")]);

    assert!(!good && words.contains("`aws s3 cp FILE s3://skolbro-drop/norrby/`"), "{words}");
}

#[test]
fn what_cannot_be_dropped_for_is_told() {
    let place = Place::new();
    let address = place.folder();
    let place = place.stopped(&address);
    let file = [place.export("elever_1.csv")];

    let (other, missing) = (place.drop("other", &file), place.drop("registry", &file));

    assert_eq!(other, (false, "other is of kind ss12000; files are dropped only for kind file-drop.\n".to_owned()));
    assert_eq!(missing, (false, "demoskolan has no source registry.\n".to_owned()));
}

#[test]
fn where_no_hub_has_worked_nothing_is_made() {
    let place = Place::new();

    let (good, words) = place.drop("register", &[place.export("elever_1.csv")]);

    assert!(!good && words.contains("No hub has worked in"), "{words}");
    assert!(!place.path("data").exists());
}
