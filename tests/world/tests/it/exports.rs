//! Files as registers write them.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex};
use world::truth::{Change, Municipality};
use world::{ExportForm, Exporter, Mistakes, Time};

/// A register at noon, and what moves its clock.
fn exporter(form: ExportForm) -> (Exporter, impl Fn(i64)) {
    let now: Arc<Mutex<Timestamp>> = Arc::new(Mutex::new("2026-10-14T10:00:00Z".parse().unwrap()));
    let told = Arc::clone(&now);
    let truth = Municipality::generate(7, 60, jiff::civil::date(2026, 10, 14));
    let exporter = Exporter::new(truth, form, Time::told_by(move || *told.lock().unwrap()));
    exporter.deliver();
    let pass = move |minutes| {
        let mut now = now.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_mins(minutes)).unwrap();
    };
    (exporter, pass)
}

fn text(exporter: &Exporter, name: &str) -> String {
    String::from_utf8(exporter.files()[name].bytes.clone()).unwrap()
}

fn lines(exporter: &Exporter, name: &str) -> Vec<String> {
    text(exporter, name).lines().map(str::to_owned).collect()
}

fn somebody(exporter: &Exporter) -> uuid::Uuid {
    exporter.with_truth(|truth| {
        truth.pupils().find(|it| it.civic_number.is_some() && it.enrolments[0].period.covers(truth.today)).unwrap().id
    })
}

#[test]
fn a_set_for_school_data_sync_has_the_names_that_microsoft_gives() {
    let (exporter, _) = exporter(ExportForm::SdsV2_1);

    assert_eq!(
        exporter.files().into_keys().collect::<Vec<_>>(),
        ["classes.csv", "enrollments.csv", "orgs.csv", "roles.csv", "users.csv"]
    );
    assert!(text(&exporter, "users.csv").starts_with("\u{feff}sourcedId,username,givenName,familyName,password,"));
}

#[test]
fn a_registers_own_files_have_one_byte_for_each_letter() {
    let (exporter, _) = exporter(ExportForm::Own);

    let header: Vec<u8> = exporter.files()["personer.csv"].bytes.iter().copied().take(13).collect();

    assert_eq!(header, b"Id;F\xF6rnamn;Ef");
}

#[test]
fn unikums_rows_are_as_wide_as_their_kind_says() {
    let (exporter, _) = exporter(ExportForm::Unikum);

    let rows = lines(&exporter, "Provby_20261014_1000_total.principals");

    let width = |row: &String| (row.split('\t').next_back().unwrap().to_owned(), row.split('\t').count());
    let widths: std::collections::BTreeSet<_> = rows.iter().map(width).collect();
    assert_eq!(widths, [("class".to_owned(), 7), ("school".to_owned(), 15), ("user".to_owned(), 19)].into());
}

#[test]
fn unikums_changes_are_what_changed() {
    let (exporter, pass) = exporter(ExportForm::Unikum);
    let person = somebody(&exporter);
    pass(60);
    exporter.alter_and_deliver(|truth| truth.apply(&Change::PersonRemoved { person }));

    let principals = lines(&exporter, "Provby_20261014_1100.principals");
    let relations = lines(&exporter, "Provby_20261014_1100.relations");

    assert_eq!(principals, Vec::<String>::new());
    assert!(!relations.is_empty() && relations.iter().all(|it| it.starts_with("remove\t")), "{}", relations.len());
}

#[test]
fn half_an_upload_ends_within_a_line() {
    let (exporter, _) = exporter(ExportForm::SdsV2_1);
    let before = exporter.files()["users.csv"].clone();

    exporter.upload_half("users.csv");

    let after = &exporter.files()["users.csv"];
    assert!(after.bytes.len() <= before.bytes.len() / 2 && !after.bytes.ends_with(b"\n"));
    assert_ne!(after.version, before.version);
}

#[test]
fn mistakes_are_more_rows() {
    let (exporter, _) = exporter(ExportForm::Own);
    let before = ["personer.csv", "medlemmar.csv"].map(|name| exporter.files()[name].bytes.len());
    exporter.set_mistakes(Mistakes { duplicate_person: true, dangling_memberships: true });

    exporter.deliver();

    let after = ["personer.csv", "medlemmar.csv"].map(|name| exporter.files()[name].bytes.len());
    assert!(after[0] > before[0] && after[1] > before[1]);
}
