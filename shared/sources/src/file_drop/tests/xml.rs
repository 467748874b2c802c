//! XML whose elements the settings explain.

use super::*;

/// As a nightly export of a small register might be.
const EXPORT: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<a:Export xmlns:a="urn:x" skapad="2026-11-22">
  <a:Skola kod="12345678"><a:Namn>Norrskolan</a:Namn>
    <a:Elev id="4711"><a:Namn><a:Förnamn>Astrid</a:Förnamn><a:Efternamn>Provsson &amp; Co</a:Efternamn></a:Namn><a:Årskurs>7</a:Årskurs><a:Klass>7A</a:Klass></a:Elev>
    <a:Elev id="4712"><a:Namn><a:Förnamn>Bo</a:Förnamn><a:Efternamn><![CDATA[Öberg]]></a:Efternamn></a:Namn><a:Klass slut="2027-02-30">7A</a:Klass></a:Elev>
  </a:Skola>
  <a:Skola kod="87654321"><a:Namn>Söderskolan</a:Namn></a:Skola>
</a:Export>
"#;

const TABLE: &str = r#"
format = "xml"
folder = "/srv/drop"

[[table]]
file = "*.xml"
rows = "Export/Skola"
organisation = { id = "@kod", name = "Namn", school_unit_code = "@kod" }

[[table]]
file = "*.xml"
rows = "Export/Skola/Elev"
person = { id = "@id", given_name = "Namn/Förnamn", family_name = "Namn/Efternamn" }
enrolment = { person = "@id", school_unit = "../@kod", school_year = "Årskurs" }
group = { id = "Klass", name = "Klass", organisation = "../@kod", kind = { value = "Klass" } }
membership = { group = "Klass", person = "@id", end = "Klass/@slut" }
"#;

fn latin(text: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(text).0.into_owned()
}

async fn code(bytes: &[u8]) -> &'static str {
    refused(&[("adela.xml", bytes)], TABLE).await.code
}

#[tokio::test]
async fn elements_become_records() {
    insta::assert_json_snapshot!(shown(&told(&[("adela.xml", &latin(EXPORT))], TABLE).await));
}

#[tokio::test]
async fn a_document_that_is_not_whole_or_not_agreed_on_is_no_empty_register() {
    let cut = EXPORT.split("<a:Skola kod=\"87654321\">").next().unwrap();
    let expanding = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><Export>&b;</Export>";
    let huge = format!("<Export><Skola kod='1'><Namn>{}</Namn></Skola></Export>", "x".repeat(10_000_000));
    let bad: [(Vec<u8>, &str); 8] = [
        (Vec::new(), "file_drop.file_empty"),
        (latin(cut), "file_drop.truncated"),
        (latin(&EXPORT.replace("ISO-8859-1", "UTF-8")), "file_drop.encoding"),
        (b"<html><body>Logga in</body></html>".to_vec(), "file_drop.header_only"),
        (b"<Export><Skola></Export>".to_vec(), "file_drop.xml_malformed"),
        (expanding.into(), "file_drop.xml_entity"),
        (b"<Export>&b;</Export>".to_vec(), "file_drop.xml_entity"),
        (huge.into(), "file_drop.field_too_large"),
    ];

    for (bytes, expected) in bad {
        assert_eq!(code(&bytes).await, expected);
    }
}

#[tokio::test]
async fn an_element_without_what_it_is_nothing_without_is_told_by_its_number() {
    let told = told(&[("adela.xml", &latin(&EXPORT.replace(" id=\"4712\"", "")))], TABLE).await;

    assert!(!is_complete(&told, RecordKind::Person));
    assert_eq!(told.unreadable[0].reason, "adela.xml, element 2 (id): missing or unreadable");
}

#[test]
fn paths_that_lead_nowhere_are_refused() {
    let with = |from: &str, to: &str| {
        let config: crate::file_drop::FileDropConfig =
            configuration::read(&TABLE.replace(from, to).parse().unwrap()).unwrap();
        config.check().unwrap_err().key
    };

    assert_eq!(with("rows = \"Export/Skola\"\n", "").as_deref(), Some("table[0].rows"));
    assert_eq!(with("Export/Skola\"", "//Skola\"").as_deref(), Some("table[0].rows"));
    assert_eq!(with("\"../@kod\", school_year", "\"../Namn\", school_year").as_deref(), Some("table[1]"));
}
