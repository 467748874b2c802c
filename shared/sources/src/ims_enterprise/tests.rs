//! Documents and what they become; questions and what their answers mean.

mod bad;
mod changes;
mod documents;
mod memory;
mod reads;

use jiff::civil::date;
use roster::Record;
use serde_json::Value;

use super::*;

const UNIT: &str = "{318BDAF8-2628-4C64-B73B-840A214EE1FB}";
const CLASS: &str = "{3BDF3ACD-2B31-4C09-9EDF-093C97E73738}";
const PUPIL: &str = "{17084b40-08f5-4bcd-a739-c0d08c176bad}";
const TEACHER: &str = "{9F6B75F5-C5B4-44BF-ADFE-B2CE99460E96}";

/// A document of compulsory schools with this in it.
fn document(inside: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='utf-8'?><enterprise xmlns='http://open.tieto.com/edu/organization/v12'>\
         <properties><schooltype>GR</schooltype><type>CompleteOrganization</type></properties>{inside}</enterprise>"
    )
}

fn sourcedid(id: &str) -> String {
    format!("<sourcedid><source>a</source><id>{id}</id></sourcedid>")
}

fn person(id: &str, role: &str, more: &str) -> String {
    format!(
        "<person>{}<name><fn>Provsson, Alva</fn><n><family>Provsson</family><given>Alva</given></n></name>{more}\
         <institutionrole primaryrole='Yes' institutionroletype='{role}'/></person>",
        sourcedid(id)
    )
}

fn group(id: &str, kind: &str, name: &str, more: &str) -> String {
    format!(
        "<group>{}<grouptype><typevalue level='1'>{kind}</typevalue></grouptype><description><short>{name}</short>\
         </description>{more}</group>",
        sourcedid(id)
    )
}

fn membership(host: &str, members: &str) -> String {
    format!("<membership>{}{members}</membership>", sourcedid(host))
}

fn member(id: &str, kind: &str, role: &str, more: &str) -> String {
    format!(
        "<member>{}<idtype>{kind}</idtype><role roletype='{role}'><status>Active</status>{more}</role></member>",
        sourcedid(id)
    )
}

/// A school with one class.
fn school() -> String {
    group(UNIT, "Unit", "Provskolan", "") + &group(CLASS, "Class", "7A", "")
}

/// The class is the school's.
fn of_school() -> String {
    membership(UNIT, &member(CLASS, "Group", "Class", ""))
}

fn taken(documents: &[&str]) -> Result<Snapshot, Refusal> {
    let mut intake = Intake::new(Rules::default(), date(2026, 11, 25));
    for document in documents {
        let mut open = intake.open(100_000_000, None);
        open.feed(document.as_bytes())?;
        intake = open.close()?;
    }
    Ok(intake.finish())
}

fn snapshot(inside: &str) -> Snapshot {
    taken(&[&document(inside)]).unwrap()
}

/// The record as the store would hold it: everything that was mapped shows.
fn stored(record: &Record) -> Value {
    match record {
        Record::Organisation(it) => serde_json::to_value(it),
        Record::Person(it) => serde_json::to_value(it),
        Record::Group(it) => serde_json::to_value(it),
        _ => panic!("{:?} is not told of", record.key()),
    }
    .unwrap()
}

fn all(snapshot: &Snapshot) -> Vec<Record> {
    snapshot.page(0, 10_000).records
}

/// The record of this identity, or null.
fn record(snapshot: &Snapshot, kind: RecordKind, id: &str) -> Value {
    let key = RecordKey { kind, id: identity::of_record(kind, id) };
    all(snapshot).iter().find(|it| it.key() == key).map(stored).unwrap_or_default()
}

/// Codes of the warnings, `!` before those that lost the record.
fn warnings(snapshot: &Snapshot) -> Vec<String> {
    let unreadable = snapshot.page(0, 1).unreadable;
    unreadable.iter().map(|it| format!("{}{}", if it.lost { "!" } else { "" }, it.code)).collect()
}
