use super::*;
use crate::configuration;

fn read(text: &str) -> Result<FileDropConfig, ConfigProblem> {
    let config: FileDropConfig = configuration::read(&text.parse().unwrap())?;
    config.check()?;
    Ok(config)
}

const SMALL: &str = "format = 'csv'\nfolder = '/srv/drop'\n";
const TABLE: &str = "[[table]]\nfile = 'elever.csv'\n";
const PERSON: &str = "person = { id = 'Id', given_name = 'Förnamn', family_name = 'Efternamn' }\n";

fn key_at_fault(text: &str) -> Option<String> {
    read(text).unwrap_err().key
}

#[test]
fn keys_are_those_of_the_settings() {
    let problem = read("no_such_key = 1").unwrap_err();

    let named: Vec<&str> = problem.message.split('`').skip(3).step_by(2).collect();
    assert_eq!(named, FileDropConfig::KEYS);
}

#[test]
fn a_small_table_is_enough() {
    assert!(read(&format!("{SMALL}{TABLE}{PERSON}")).is_ok());
}

#[test]
fn a_bucket_may_take_the_folders_place() {
    let config = read(&format!("format = 'csv'\nbucket = 'skolbro-drop'\nprefix = 'norrbyholm/'\n{TABLE}{PERSON}"));

    let (name, prefix) = ("skolbro-drop".to_owned(), "norrbyholm/".to_owned());
    assert_eq!(config.unwrap().address(), Ok(FilePlace::Bucket { name, prefix }));
}

#[test]
fn the_key_at_fault_is_named() {
    let table = format!("{TABLE}{PERSON}");
    let faults = [
        (format!("format = 'csv'\n{table}"), "folder"),
        (format!("format = 'csv'\nfolder = 'drop'\n{table}"), "folder"),
        (format!("format = 'csv'\nfolder = '/srv/../etc'\n{table}"), "folder"),
        (format!("{SMALL}bucket = 'drop'\n{table}"), "bucket"),
        (format!("{SMALL}prefix = 'a/'\n{table}"), "prefix"),
        (format!("format = 'csv'\nbucket = 'Drop'\n{table}"), "bucket"),
        (format!("format = 'csv'\nbucket = 'drop'\nprefix = 'a'\n{table}"), "prefix"),
        (format!("{SMALL}settle_seconds = 0\n{table}"), "settle_seconds"),
        (format!("{SMALL}set_minutes = 0\n{table}"), "set_minutes"),
        (format!("{SMALL}max_file_mb = 0\n{table}"), "max_file_mb"),
        (format!("{SMALL}page_size = 0\n{table}"), "page_size"),
        (format!("{SMALL}marker = '../done'\n{table}"), "marker"),
        (format!("{SMALL}dates = ['%Q!']\n{table}"), "dates"),
        (format!("{SMALL}encoding = 'ebcdic'\n{table}"), "encoding"),
        (SMALL.to_owned(), "table"),
        (format!("{SMALL}{TABLE}"), "table[0]"),
        (format!("{SMALL}[[table]]\nfile = '../elever.csv'\n{PERSON}"), "table[0].file"),
        (format!("{SMALL}{TABLE}header = false\n{PERSON}"), "table[0].columns"),
        (format!("{SMALL}{TABLE}header = false\ncolumns = 3\n{PERSON}"), "table[0].person.family_name"),
        (format!("{SMALL}{TABLE}person = {{ id = 'Id' }}"), "table[0].person.given_name"),
        (format!("{SMALL}{TABLE}membership = {{ group = 1, person = 0 }}"), "table[0].membership.person"),
        (format!("{SMALL}{TABLE}membership = {{ group = 1, person = 2, klass = 3 }}"), "table[0].membership.klass"),
        (
            format!("{SMALL}{TABLE}membership = {{ group = 1, person = {{ values = {{}} }} }}"),
            "table[0].membership.person",
        ),
    ];

    for (text, key) in faults {
        assert_eq!(key_at_fault(&text).as_deref(), Some(key), "{text}");
    }
}

#[test]
fn a_column_that_is_none_is_explained() {
    let problem = read(&format!("{SMALL}{TABLE}membership = {{ group = 1, person = true }}")).unwrap_err();

    assert!(problem.message.contains("must be"), "{problem}");
}
