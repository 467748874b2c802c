//! Second sources: what they call people by is what the register calls them by.

use super::*;
use crate::ConfigProblem;
use roster::Id;

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

#[test]
fn a_key_that_nobody_can_join_by_is_said_plainly() {
    for key in ["civic-number", "eppn", "email", "employee-number"] {
        let problem = problem(&IST.replace("source-id", key));

        assert_eq!(problem.key.as_deref(), Some("key"));
        assert!(problem.message.starts_with("file_drop.join_not_built: "), "{problem}");
    }
}

#[test]
fn a_second_source_says_whose_people_it_tells_of() {
    let without = |key: &str| IST.lines().filter(|line| !line.starts_with(key)).collect::<Vec<_>>().join("\n");

    assert_eq!(problem(&without("register")).key.as_deref(), Some("register"));
    assert_eq!(problem(&without("key")).key.as_deref(), Some("key"));
    assert_eq!(problem(&IST.replace("'ss12000'", "'procapita'")).key.as_deref(), Some("register"));
}
