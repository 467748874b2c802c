//! Formats that other sources speak too, dropped as files.

use roster::{Record, RecordKey};

use super::zips::zip;
use super::*;
use crate::Source;
use crate::loopback::changes;

const IMS: &str = "format = 'ims-enterprise'\nfolder = '/srv/drop'\n[ims_enterprise]\ncivic_number_types = ['PNR']\n";
const ONEROSTER: &str = "format = 'oneroster'\nfolder = '/srv/drop'\n";

const DOCUMENT: &str = "<enterprise><properties><type>Organization</type></properties>\
    <person><sourcedid><id>p1</id></sourcedid><userid useridtype='PNR'>201002037271</userid>\
    <name><n><given>Astrid</given><family>Provsson</family></n></name></person>\
    <group><sourcedid><id>s1</id></sourcedid><grouptype><typevalue>Unit</typevalue></grouptype>\
    <description><short>Norrskolan</short></description></group>\
    <membership><sourcedid><id>s1</id></sourcedid><member><sourcedid><id>p1</id></sourcedid><idtype>Person</idtype>\
    <role roletype='Student'/></member></membership></enterprise>";

const MANIFEST: &[u8] = b"propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.orgs,bulk\n";
const ORGS: &[u8] = b"sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n\
                      o1,,,Norrskolan,school,12345678,\n";

#[tokio::test]
async fn a_document_of_ims_enterprise_becomes_records() {
    insta::assert_json_snapshot!(shown(&told(&[("alvis.xml", DOCUMENT.as_bytes())], IMS).await));
}

#[tokio::test]
async fn half_a_document_is_refused() {
    let half = DOCUMENT.get(..DOCUMENT.len() / 2).unwrap();

    assert_eq!(refused(&[("alvis.xml", half.as_bytes())], IMS).await.code, "ims_enterprise.truncated");
}

#[tokio::test]
async fn a_zip_of_oneroster_becomes_records() {
    let zip = zip(&[("manifest.csv", MANIFEST), ("orgs.csv", ORGS)]);

    insta::assert_json_snapshot!(shown(&told(&[("roster.zip", &zip)], ONEROSTER).await));
}

#[tokio::test]
async fn a_zip_that_is_cut_or_empty_or_a_bomb_is_refused() {
    let whole = zip(&[("manifest.csv", MANIFEST), ("orgs.csv", ORGS)]);
    let header = ORGS.split_inclusive(|it| *it == b'\n').next().unwrap();
    let bomb = [header, &b"o1,,,Norrskolan,school,12345678,\n".repeat(200_000)].concat();
    let bad: [(&[u8], &str); 3] = [
        (whole.get(..whole.len() / 2).unwrap(), "oneroster.zip_unreadable"),
        (&zip(&[("manifest.csv", MANIFEST), ("orgs.csv", header)]), "file_drop.header_only"),
        (&zip(&[("manifest.csv", MANIFEST), ("orgs.csv", &bomb)]), "oneroster.zip_too_large"),
    ];

    for (bytes, expected) in bad {
        assert_eq!(refused(&[("roster.zip", bytes)], ONEROSTER).await.code, expected);
    }
}

/// A document with what changed: Astrid is gone, and Bo has come to her school.
const CHANGES: &str = "<enterprise><properties><type>DeltaOrganization</type></properties>\
    <person recstatus='3'><sourcedid><id>p1</id></sourcedid></person>\
    <person recstatus='1'><sourcedid><id>p2</id></sourcedid><name><n><given>Bo</given><family>Provsson</family></n></name>\
    </person><membership><sourcedid><id>s1</id></sourcedid><member><sourcedid><id>p2</id></sourcedid>\
    <idtype>Person</idtype><role roletype='Student'/></member></membership></enterprise>";

fn alvis() -> Shelf {
    Shelf::of(&[("alvis_1.xml", DOCUMENT.as_bytes())])
}

fn person(shelf: &Shelf, name: &str) -> RecordKey {
    RecordKey { kind: RecordKind::Person, id: source(shelf, IMS).identity(RecordKind::Person, name) }
}

#[tokio::test]
async fn of_a_document_with_changes_what_differs_is_told() {
    let shelf = alvis();
    let before = everything(&shelf, IMS).await.unwrap();
    shelf.put_ago("alvis_2_delta.xml", CHANGES.as_bytes(), 100);

    let told = whole(&source(&shelf, IMS), changes(&before.cursor.unwrap()), before.memory).await.unwrap();

    let keys: Vec<RecordKey> = told.records.iter().map(Record::key).collect();
    assert_eq!((keys, told.removed), (vec![person(&shelf, "p2")], vec![person(&shelf, "p1")]));
    assert_eq!(told.complete, vec![]);
}

#[tokio::test]
async fn everything_is_what_the_document_with_everything_and_those_after_it_say() {
    let shelf = alvis();
    shelf.put_ago("alvis_2_delta.xml", CHANGES.as_bytes(), 100);

    let read = everything(&shelf, IMS).await.unwrap();

    let persons: Vec<RecordKey> =
        read.records.iter().map(Record::key).filter(|it| it.kind == RecordKind::Person).collect();
    assert_eq!(persons, [person(&shelf, "p2")]);
}

#[tokio::test]
async fn a_document_is_what_its_name_says_or_is_refused() {
    let of = async |files: &[(&str, &str)]| {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        refused(&files, IMS).await.code
    };

    assert_eq!(of(&[("alvis.xml", CHANGES)]).await, "ims_enterprise.not_complete");
    assert_eq!(of(&[("alvis.xml", DOCUMENT), ("changes.xml", CHANGES)]).await, "ims_enterprise.not_complete");
    assert_eq!(of(&[("a.xml", DOCUMENT), ("b_delta.xml", DOCUMENT)]).await, "ims_enterprise.not_delta");
}
