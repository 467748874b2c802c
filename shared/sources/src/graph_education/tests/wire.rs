//! Every object as Graph writes it, and what becomes of it.

use proptest::prelude::*;
use roster::{Id, Record, RecordKind};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::configuration;
use crate::graph_education::GraphEducationConfig;
use crate::graph_education::choice::Choice;
use crate::graph_education::mapping::{MappedPage, Reading, Roster};

pub(super) const SCHOOL: &str = "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00aa";
pub(super) const OTHER_SCHOOL: &str = "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00bb";
pub(super) const PUPIL: &str = "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0001";
pub(super) const TEACHER: &str = "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0002";
pub(super) const CLASS: &str = "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00c1";

pub(super) fn config(more: &str) -> GraphEducationConfig {
    let text = "tenant_id = 'skola.example'\nclient_id = 'hub'\nclient_secret = { env = 'A_SECRET' }\n";
    configuration::read(&format!("{text}{more}").parse().unwrap()).unwrap()
}

fn id(text: &str) -> Id {
    text.parse().unwrap()
}

fn roster(members: &[&str], teachers: &[&str]) -> Roster {
    let ids = |list: &[&str]| list.iter().map(|it| id(it)).collect();
    Roster { members: ids(members), teachers: ids(teachers) }
}

fn map_at(kind: RecordKind, object: &Value, more: &str, schools: &[&str], roster: &Roster) -> MappedPage {
    let config = config(more);
    let choice = Choice::of(&config).unwrap();
    let reading = Reading { config: &config, choice: &choice };
    let raw = RawValue::from_string(object.to_string()).unwrap();
    let schools: Vec<Id> = schools.iter().map(|it| id(it)).collect();
    let mut page = MappedPage::default();
    match kind {
        RecordKind::Organisation => page.school(&raw, &reading),
        RecordKind::Person => page.user(&raw, &|_| schools.clone()),
        _ => page.class(&raw, &reading),
    }
    let groups: Vec<Record> = page.classes.drain(..).filter_map(|it| it.with(&schools, roster)).collect();
    page.records.extend(groups);
    page
}

fn map(kind: RecordKind, object: &Value, more: &str) -> MappedPage {
    map_at(kind, object, more, &[SCHOOL], &roster(&[PUPIL], &[TEACHER]))
}

fn stored(record: &Record) -> Value {
    match record {
        Record::Organisation(it) => serde_json::to_value(it),
        Record::Person(it) => serde_json::to_value(it),
        Record::Group(it) => serde_json::to_value(it),
        Record::Duty(_) | Record::Activity(_) | Record::Licence(_) | Record::Supplement(_) => {
            panic!("Graph has no such records")
        }
    }
    .unwrap()
}

fn one(kind: RecordKind, object: &Value, more: &str) -> Value {
    let page = map(kind, object, more);
    stored(page.records.first().unwrap_or_else(|| panic!("{:?}", page.unreadable)))
}

fn warnings(page: &MappedPage) -> Vec<String> {
    page.unreadable.iter().map(|it| format!("{}{}", if it.lost { "!" } else { "" }, it.code)).collect()
}

fn pupil() -> Value {
    json!({
        "@odata.type": "#microsoft.graph.educationUser", "id": PUPIL, "givenName": "Alva", "surname": "Påhittad",
        "mail": "alva@elev.example", "userPrincipalName": "alva.pahittad@elev.example", "primaryRole": "student",
        "student": {"externalId": "17", "grade": "07", "birthDate": "2013-02-03"}
    })
}

fn teacher() -> Value {
    json!({
        "id": TEACHER.to_uppercase(), "givenName": "Bo", "surname": "Påhittad", "mail": null,
        "userPrincipalName": "bo@skola.example", "primaryRole": "teacher", "student": null
    })
}

fn class() -> Value {
    json!({
        "id": CLASS, "displayName": "7A Matematik", "mailNickname": "Section_17", "externalId": "17",
        "externalSource": "sis", "term": {"displayName": "HT", "startDate": "2026-08-17", "endDate": "2026-12-18"}
    })
}

#[test]
fn a_school_is_a_school_unit_whose_external_id_may_be_its_code() {
    let record = one(
        RecordKind::Organisation,
        &json!({"id": SCHOOL, "displayName": "Sjöskolan", "externalId": "01234567", "schoolNumber": "S1"}),
        "",
    );

    insta::assert_json_snapshot!(record, @r#"
    {
      "c": "01234567",
      "id": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00aa",
      "k": "u",
      "n": "Sjöskolan",
      "v": {}
    }
    "#);
}

#[test]
fn a_school_unit_code_is_what_the_configuration_says_or_what_has_its_form() {
    let school = json!({"id": SCHOOL, "displayName": "S", "externalId": "S1", "schoolNumber": "76543210"});
    let code = |more: &str| one(RecordKind::Organisation, &school, more)["c"].clone();

    let codes = [
        code(""),
        code("school_unit_codes = { S1 = '11111111' }"),
        code(&format!("school_unit_codes = {{ {SCHOOL} = '22222222' }}")),
    ];

    assert_eq!(codes, ["76543210", "11111111", "22222222"]);
}

#[test]
fn a_school_without_a_code_is_read_with_a_warning() {
    let page = map(RecordKind::Organisation, &json!({"id": SCHOOL, "displayName": "S", "externalId": "1234"}), "");

    assert_eq!((page.records.len(), warnings(&page)), (1, vec!["graph_education.school_unit_code_unknown".to_owned()]));
}

#[test]
fn a_school_that_is_not_chosen_is_not_read() {
    let school = json!({"id": SCHOOL, "displayName": "S", "externalId": "01234567"});

    let read = ["schools = ['01234567']", "schools = ['76543210']"]
        .map(|more| map(RecordKind::Organisation, &school, more).records.len());

    assert_eq!(read, [1, 0]);
}

#[test]
fn a_student_is_enrolled_at_the_schools() {
    let record = one(RecordKind::Person, &pupil(), "");

    insta::assert_json_snapshot!(record, @r#"
    {
      "em": [
        {
          "a": "alva@elev.example",
          "k": "Skola elev"
        }
      ],
      "en": [
        {
          "u": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00aa",
          "v": {},
          "y": 7
        }
      ],
      "fn": "Påhittad",
      "gn": "Alva",
      "id": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0001",
      "li": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0001",
      "pn": [
        "alva.pahittad@elev.example"
      ]
    }
    "#);
}

#[test]
fn a_teacher_has_a_duty_at_each_school() {
    let page = map_at(RecordKind::Person, &teacher(), "", &[SCHOOL, OTHER_SCHOOL], &Roster::default());

    insta::assert_json_snapshot!(stored(&page.records[0]), @r#"
    {
      "du": [
        {
          "id": "260254b1-0f85-5e11-afb9-6e85654038b5",
          "o": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00aa",
          "p": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0002",
          "r": "Lärare",
          "v": {}
        },
        {
          "id": "173c0044-cab5-5fd5-adaf-9451ad950c7c",
          "o": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00bb",
          "p": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0002",
          "r": "Lärare",
          "v": {}
        }
      ],
      "fn": "Påhittad",
      "gn": "Bo",
      "id": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0002",
      "li": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0002",
      "pn": [
        "bo@skola.example"
      ]
    }
    "#);
}

#[test]
fn a_class_is_a_group_whose_owners_teach_and_whose_other_members_are_what_they_are() {
    let record = one(RecordKind::Group, &class(), "");

    insta::assert_json_snapshot!(record, @r#"
    {
      "id": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00c1",
      "k": "Undervisning",
      "m": [
        {
          "p": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0001",
          "r": "u"
        },
        {
          "p": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0002",
          "r": "t"
        }
      ],
      "n": "7A Matematik",
      "o": "5b2c7a10-1111-4a6e-8d11-3c5f6a7b00aa",
      "v": {
        "e": "2026-12-18",
        "s": "2026-08-17"
      }
    }
    "#);
}

#[test]
fn an_owner_among_the_members_is_one_membership() {
    let page = map_at(RecordKind::Group, &class(), "", &[SCHOOL], &roster(&[PUPIL, TEACHER], &[TEACHER]));

    let members = stored(&page.records[0])["m"].clone();
    assert_eq!(members, json!([{"p": PUPIL, "r": "u"}, {"p": TEACHER, "r": "t"}]));
}

#[test]
fn a_class_is_at_the_first_of_its_schools_whatever_their_order() {
    let at = |schools: &[&str]| {
        let page = map_at(RecordKind::Group, &class(), "", schools, &Roster::default());
        stored(&page.records[0])["o"].clone()
    };

    assert_eq!([at(&[SCHOOL, OTHER_SCHOOL]), at(&[OTHER_SCHOOL, SCHOOL])], [SCHOOL, SCHOOL]);
}

#[test]
fn a_class_at_no_chosen_school_is_no_group() {
    let page = map_at(RecordKind::Group, &class(), "", &[], &Roster::default());

    assert_eq!(page.records, []);
}

#[test]
fn a_name_may_tell_a_school_class() {
    let kind = |name: &str| {
        let more = "home_class_names = ['^[0-9][A-ZÅÄÖ]$']\ngroup_kind = 'Övrigt'";
        let mut class = class();
        class["displayName"] = json!(name);
        one(RecordKind::Group, &class, more)["k"].clone()
    };

    assert_eq!([kind("7A"), kind("7A Matematik")], ["Klass", "Övrigt"]);
}

#[test]
fn grades_that_are_no_school_year_are_none() {
    let year = |grade: Value| {
        let mut pupil = pupil();
        pupil["student"]["grade"] = grade;
        one(RecordKind::Person, &pupil, "")["en"][0]["y"].clone()
    };

    let years = [json!("0"), json!("10"), json!(9), json!("11"), json!("KG"), json!(""), Value::Null].map(year);

    let none = Value::Null;
    assert_eq!(years, [json!(0), json!(10), json!(9), none.clone(), none.clone(), none.clone(), none]);
}

#[test]
fn a_user_with_another_role_or_no_school_is_not_read() {
    let role = |role: &str| {
        let mut user = pupil();
        user["primaryRole"] = json!(role);
        map(RecordKind::Person, &user, "")
    };

    let [none, unknown] = ["none", "unknownFutureValue"].map(role);
    let elsewhere = map_at(RecordKind::Person, &pupil(), "", &[], &Roster::default());

    assert_eq!([none.gone.len(), unknown.gone.len(), elsewhere.gone.len()], [1, 1, 1]);
    assert_eq!((warnings(&none), warnings(&unknown)), (vec![], vec!["graph_education.role_unknown".to_owned()]));
}

#[test]
fn a_role_that_cannot_be_read_removes_nobody() {
    for role in [json!(7.5), json!({}), Value::Null] {
        let mut user = pupil();
        user["primaryRole"] = role;

        let page = map(RecordKind::Person, &user, "");

        assert_eq!((page.gone.len(), warnings(&page)), (0, vec!["!graph_education.record_unreadable".to_owned()]));
        assert_eq!(page.unreadable[0].id.as_deref(), Some(PUPIL));
    }
}

#[test]
fn what_is_removed_is_gone_whatever_the_reason() {
    for reason in ["changed", "deleted", "anything"] {
        for kind in [RecordKind::Organisation, RecordKind::Person, RecordKind::Group] {
            let page = map(kind, &json!({"id": CLASS, "@removed": {"reason": reason}}), "");

            assert_eq!((page.gone.len(), page.records.len(), page.unreadable.len()), (1, 0, 0), "{reason} {kind}");
        }
    }
}

#[test]
fn a_mark_of_removal_that_cannot_be_read_removes_nothing() {
    let page = map(RecordKind::Person, &json!({"id": PUPIL, "@removed": "yes"}), "");

    assert_eq!((page.gone.len(), warnings(&page)), (0, vec!["!graph_education.record_unreadable".to_owned()]));
}

#[test]
fn an_end_that_cannot_be_read_is_not_endless() {
    for term in [json!({"endDate": "2026-02-30"}), json!({"endDate": 7.5}), json!({"endDate": "snart"}), json!("HT")] {
        let mut class = class();
        class["term"] = term;

        let page = map(RecordKind::Group, &class, "");

        assert!(page.records.is_empty() && page.unreadable[0].lost, "{:?}", page.unreadable);
    }
}

#[test]
fn a_start_that_cannot_be_read_is_left_out() {
    let mut class = class();
    class["term"] = json!({"startDate": "2026-13-01", "endDate": "2026-12-18T00:00:00Z"});

    let page = map(RecordKind::Group, &class, "");

    assert_eq!(stored(&page.records[0])["v"], json!({"e": "2026-12-18"}));
    assert_eq!(warnings(&page), ["graph_education.field_unreadable"]);
}

#[test]
fn an_object_without_a_usable_identity_is_lost_and_not_named() {
    for object in
        [json!({"displayName": "7A"}), json!({"id": "197001019999"}), json!({"id": {}}), json!(7), json!(null)]
    {
        for kind in [RecordKind::Organisation, RecordKind::Person, RecordKind::Group] {
            let page = map(kind, &object, "");

            assert_eq!(warnings(&page), ["!graph_education.record_unreadable"], "{object}");
            assert_eq!(page.unreadable[0].id, None);
        }
    }
}

#[test]
fn a_field_of_another_type_costs_the_field_only() {
    let mut user = pupil();
    user["mail"] = json!(["alva@elev.example"]);

    let page = map(RecordKind::Person, &user, "");

    assert_eq!((page.records.len(), warnings(&page)), (1, vec!["graph_education.field_unreadable".to_owned()]));
}

#[test]
fn ten_megabytes_in_one_field_are_no_reason_to_fail_and_are_not_repeated() {
    let mut user = pupil();
    user["mobilePhone"] = json!("x".repeat(10_000_000));
    user["primaryRole"] = json!("y".repeat(10_000_000));

    let page = map(RecordKind::Person, &user, "");

    assert!(page.unreadable.iter().all(|it| it.reason.len() < 300));
}

#[test]
fn no_word_of_a_warning_is_anybodys() {
    let mut user = pupil();
    user["primaryRole"] = json!("alva@elev.example");

    let page = map(RecordKind::Person, &user, "");

    assert!(!format!("{page:?}").contains("alva"), "{page:?}");
}

proptest! {
    #[test]
    fn the_order_of_members_is_no_change(
        (ordered, shuffled) in proptest::collection::vec(0u8..9, 0..12)
            .prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle()))
    ) {
        let members = |list: &[u8]| -> Vec<Value> {
            list.iter().map(|n| json!({"id": format!("5b2c7a10-1111-4a6e-8d11-3c5f6a7b000{n}")})).collect()
        };
        let read = |list: &[u8]| {
            let text = json!(members(list)).to_string();
            let raw: Vec<&RawValue> = serde_json::from_str(&text).unwrap();
            crate::graph_education::mapping::identities(&raw).unwrap()
        };

        prop_assert_eq!(read(&ordered), read(&shuffled));
    }
}
