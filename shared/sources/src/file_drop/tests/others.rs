//! Formats that other sources speak too, dropped as files.

use super::zips::zip;
use super::*;

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
