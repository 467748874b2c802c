//! Second sources: what they call people by is what the register calls them by.

use super::*;
use crate::ConfigProblem;
use roster::{Id, JoinKeyKind};

const IST: &str = "format = 'ist-email'\nfolder = '/srv/drop'\nkey = 'source-id'\nregister = 'ss12000'\n";
const AD: &str =
    "format = 'ad'\nfolder = '/srv/drop'\nkey = 'source-id'\nregister = 'ims-enterprise'\nfile = 'ad_*.csv'\n";

const PERSON: &str = "6b0e1d1c-0c43-4b0a-9c39-0f3c5f6d2a11";

fn problem(text: &str) -> ConfigProblem {
    let config: crate::file_drop::FileDropConfig = configuration::read(&text.parse().unwrap()).unwrap();
    config.check().unwrap_err()
}

#[tokio::test]
async fn e_mails_as_ist_has_them_become_persons_of_the_register() {
    let file = format!("Personid;kontaktuppgift;typ\n{PERSON};ny.adress@skola.example;EMAIL\n4711;070-1740605;SMS\n");

    let told = told(&[("mail.csv", file.as_bytes())], IST).await;

    insta::assert_json_snapshot!(shown(&told));
}

#[tokio::test]
async fn a_directorys_people_have_names_to_sign_in_with() {
    let file = "key_type;key;email;eppn;upn;status;valid_from;valid_to\n\
                guid;4711;a@skola.example;a@provby.example;upn@provby.example;active;;\n\
                guid;4712;;;b@provby.example;Disabled;;\nguid;4713;;;c@provby.example;;;\n";

    let told = told(&[("ad_1.csv", file.as_bytes())], AD).await;

    let key = roster::RecordKey { kind: RecordKind::Person, id: Id::from_source("ims-enterprise/person", "4711") };
    assert!(told.records.iter().any(|it| it.key() == key));
    insta::assert_json_snapshot!(shown(&told));
}

#[tokio::test]
async fn what_people_are_called_by_is_said_of_them_to_be_joined_by() {
    let file = "key;email;eppn;upn\n191212121212;a@skola.example;a@provby.example;\n";

    for (key, joined_by) in
        [("civic-number", JoinKeyKind::CivicNumber), ("employee-number", JoinKeyKind::ExternalId(None))]
    {
        let told = told(&[("ad_1.csv", file.as_bytes())], &AD.replace("source-id", key)).await;
        let persons = told.records.iter().filter_map(|it| if let Record::Person(it) = it { Some(it) } else { None });

        assert_eq!(persons.map(|it| joined_by.keys_of(it).len()).collect::<Vec<_>>(), [1], "{key}");
    }
}

#[test]
fn people_are_not_called_by_what_the_file_is_to_tell_of_them() {
    assert_eq!(problem(&IST.replace("source-id", "email")).key.as_deref(), Some("key"));
}

#[test]
fn a_second_source_says_whose_people_it_tells_of() {
    let without = |key: &str| IST.lines().filter(|line| !line.starts_with(key)).collect::<Vec<_>>().join("\n");

    assert_eq!(problem(&without("register")).key.as_deref(), Some("register"));
    assert_eq!(problem(&without("key")).key.as_deref(), Some("key"));
    assert_eq!(problem(&IST.replace("'ss12000'", "'procapita'")).key.as_deref(), Some("register"));
}
