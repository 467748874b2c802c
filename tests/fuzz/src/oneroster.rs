//! Pages of a OneRoster provider, and its files.

use std::io::Cursor;

use roster::RecordKind;
use sources::fuzzing::{oneroster_enrollments as enrollments, oneroster_page, zipped};
use sources::oneroster::csv::{Bounds, Bundle};
use sources::oneroster::{Conventions, Resource};

use crate::canary::is_silent;
use crate::ss12000::{page_holds, reordered, whole_page};
use crate::{record, today};

/// Lists whose order says nothing.
const UNORDERED: [&str; 5] = ["orgs", "roles", "userIds", "terms", "grades"];

/// So much of a file of files is looked at.
const BOUNDS: Bounds = Bounds { entries: 16, file_bytes: 1 << 20, total_bytes: 4 << 20, ratio: 100 };

/// A page of `/orgs`.
pub fn oneroster_orgs(data: &[u8]) {
    page(Resource::Orgs, data);
}

/// A page of `/users`.
pub fn oneroster_users(data: &[u8]) {
    page(Resource::Users, data);
}

/// A page of `/classes`.
pub fn oneroster_classes(data: &[u8]) {
    page(Resource::Classes, data);
}

fn page(resource: Resource, data: &[u8]) {
    let read = whole_page(|| oneroster_page(resource, data, today()).map_err(|error| format!("{error:?}")));
    let Some(read) = read else { return };
    page_holds(&read, resource.kind(), data.len());
    // The envelope's own list is one of those names: a page of orgs is not turned.
    if resource == Resource::Orgs {
        return;
    }
    if let Some([as_given, reversed]) = reordered(data, &UNORDERED) {
        let records = |body: &str| oneroster_page(resource, body.as_bytes(), today()).map(|it| it.records).ok();
        assert_eq!(records(&as_given), records(&reversed), "the order of a list decides");
    }
}

/// A page of `/enrollments`.
pub fn oneroster_enrollments(data: &[u8]) {
    match enrollments(data, today()) {
        Ok((elements, members, unreadable)) => {
            let lost = unreadable.iter().filter(|it| it.lost).count();
            assert!(members + lost <= elements, "a member out of nothing");
            is_silent("a warning", &unreadable);
        }
        Err(error) => is_silent("an error", &format!("{error:?}")),
    }
}

/// A zip, whatever is in it.
pub fn oneroster_zip(data: &[u8]) {
    files(data, data.len());
}

/// The files of a zip, each after a line `=name`.
pub fn oneroster_files(data: &[u8]) {
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        if let Some(name) = line.strip_prefix(b"=") {
            all.push((format!("{}.csv", String::from_utf8_lossy(name).trim()), Vec::new()));
        } else if let Some((_, bytes)) = all.last_mut() {
            bytes.extend_from_slice(line);
        }
    }
    let all: Vec<(&str, &[u8])> = all.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    files(&zipped(&all), data.len());
}

fn files(zip: &[u8], length: usize) {
    let conventions = Conventions::default();
    let read = || {
        let mut bundle = Bundle::read(Cursor::new(zip), BOUNDS, &conventions, today())?;
        bundle.apply(bundle.clone())?;
        bundle.records(&conventions, today())
    };
    let contents = read();
    assert_eq!(contents, read(), "files are read differently the second time");
    match contents {
        Ok(contents) => {
            is_silent("a warning", &contents.unreadable);
            let known = [RecordKind::Organisation, RecordKind::Person, RecordKind::Group];
            assert!(contents.records.iter().all(|it| known.contains(&it.key().kind)));
            record::hold(&contents.records, length);
        }
        Err(problem) => is_silent("a problem", &problem),
    }
}
