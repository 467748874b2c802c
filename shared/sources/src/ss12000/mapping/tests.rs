use jiff::civil::date;
use proptest::prelude::*;
use roster::Record;
use serde_json::{Value, json};

use super::*;

const PERSON: &str = "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0001";
const OTHER: &str = "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0002";
const UNIT: &str = "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c00aa";
const GROUP: &str = "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c00bb";

fn read_with(resource: Resource, data: &Value, types: &[&str]) -> Mapped {
    let text = data.to_string();
    let raw: Vec<&RawValue> = serde_json::from_str(&text).unwrap();
    let email_types: Vec<String> = types.iter().map(|it| (*it).to_owned()).collect();
    records(resource, &raw, &Reading { today: date(2026, 11, 22), email_types: &email_types })
}

fn read(resource: Resource, data: &Value) -> Mapped {
    read_with(resource, data, &["Skola elev", "Skola personal"])
}

/// The record as the store would hold it: everything that was mapped shows.
fn stored(record: &Record) -> Value {
    match record {
        Record::Organisation(it) => serde_json::to_value(it),
        Record::Person(it) => serde_json::to_value(it),
        Record::Group(it) => serde_json::to_value(it),
        Record::Duty(it) => serde_json::to_value(it),
        Record::Activity(it) => serde_json::to_value(it),
        Record::Licence(it) => serde_json::to_value(it),
        Record::Supplement(it) => serde_json::to_value(it),
    }
    .unwrap()
}

fn one(resource: Resource, record: Value) -> Value {
    stored(&read(resource, &json!([record])).records[0])
}

/// Codes of the warnings, `!` before those that lost the record.
fn warnings(mapped: &Mapped) -> Vec<String> {
    mapped.unreadable.iter().map(|it| format!("{}{}", if it.lost { "!" } else { "" }, it.code)).collect()
}

#[test]
fn an_organisation_is_mapped() {
    let record = one(
        Resource::Organisations,
        json!({
            "id": UNIT.to_uppercase(), "displayName": "Sjöskolan F–6", "organisationType": "Skolenhet",
            "parentOrganisation": {"id": OTHER, "displayName": "Sjöskolan"}, "schoolUnitCode": "01234567",
            "schoolTypes": ["GR", "FKLASS"], "municipalityCode": 180, "organisationNumber": "2120000142",
            "startDate": "2020-07-01", "meta": {"created": "2026-11-22T01:42:07.872483"}
        }),
    );

    insta::assert_json_snapshot!(record, @r#"
    {
      "c": "01234567",
      "id": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c00aa",
      "k": "u",
      "m": "0180",
      "n": "Sjöskolan F–6",
      "on": "2120000142",
      "p": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0002",
      "t": [
        "FKLASS",
        "GR"
      ],
      "v": {
        "s": "2020-07-01"
      }
    }
    "#);
}

#[test]
fn a_school_unit_code_that_became_a_number_gets_its_zeros_back() {
    let record = one(Resource::Organisations, json!({"id": UNIT, "schoolUnitCode": 1_234_567}));

    assert_eq!(record["c"], "01234567");
}

#[test]
fn a_pupil_is_mapped() {
    let record = one(
        Resource::Persons,
        json!({
            "id": PERSON, "givenName": " Alva ", "middleName": "M", "familyName": "Påhittad",
            "eduPersonPrincipalNames": [" Alva.P@elev.example ", "alva@elev.example"],
            "civicNo": {"value": "121212-1212", "nationality": "SE"}, "securityMarking": "Ingen",
            "personStatus": "Aktiv",
            "emails": [
                {"value": "hemma@privat.example", "type": "Privat"},
                {"value": "alva@elev.example", "type": "Skola elev"}
            ],
            "enrolments": [{
                "enroledAt": {"id": UNIT}, "schoolType": "GR", "schoolYear": 7, "cancelled": false,
                "startDate": "2026-08-17", "endDate": "2027-06-11"
            }],
            "responsibles": [{"person": {"id": OTHER, "displayName": "Någon Påhittad"}}],
            "_embedded": {"duties": [{"id": 1}]}
        }),
    );

    insta::assert_json_snapshot!(record, @r#"
    {
      "cn": {
        "k": "p",
        "ok": true,
        "v": "201212121212"
      },
      "em": [
        {
          "a": "alva@elev.example",
          "k": "Skola elev"
        }
      ],
      "en": [
        {
          "t": "GR",
          "u": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c00aa",
          "v": {
            "e": "2027-06-11",
            "s": "2026-08-17"
          },
          "y": 7
        }
      ],
      "fn": "Påhittad",
      "gn": "Alva",
      "id": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0001",
      "pn": [
        "Alva.P@elev.example",
        "alva@elev.example"
      ],
      "sm": "n"
    }
    "#);
}

#[test]
fn a_group_is_mapped_in_order_of_person() {
    let record = one(
        Resource::Groups,
        json!({
            "id": GROUP, "displayName": "7A", "groupType": "Klass", "organisation": {"id": UNIT}, "schoolType": "GR",
            "startDate": "2026-08-17T00:00:00", "endDate": "2027-06-11T23:59:59.999+02:00",
            "groupMemberships": [
                {"person": {"id": OTHER}, "startDate": "2026-08-17"},
                {"person": {"id": PERSON}, "startDate": "2026-08-17", "endDate": "2026-10-01"}
            ]
        }),
    );

    insta::assert_json_snapshot!(record, @r#"
    {
      "id": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c00bb",
      "k": "Klass",
      "m": [
        {
          "p": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0001",
          "v": {
            "e": "2026-10-01",
            "s": "2026-08-17"
          }
        },
        {
          "p": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0002",
          "v": {
            "s": "2026-08-17"
          }
        }
      ],
      "n": "7A",
      "o": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c00aa",
      "t": "GR",
      "v": {
        "e": "2027-06-11",
        "s": "2026-08-17"
      }
    }
    "#);
}

#[test]
fn a_duty_is_mapped() {
    let record = one(
        Resource::Duties,
        json!({
            "id": PERSON, "person": {"id": OTHER}, "dutyAt": {"id": UNIT}, "dutyRole": "Lärare", "signature": "alpå",
            "startDate": "2024-01-01",
            "assignmentRole": [{"group": {"id": GROUP}, "assignmentRoleType": "Mentor", "startDate": "2024-08-15"}]
        }),
    );

    insta::assert_json_snapshot!(record, @r#"
    {
      "a": [
        {
          "g": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c00bb",
          "r": "Mentor",
          "v": {
            "s": "2024-08-15"
          }
        }
      ],
      "id": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0001",
      "o": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c00aa",
      "p": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0002",
      "r": "Lärare",
      "s": "alpå",
      "v": {
        "s": "2024-01-01"
      }
    }
    "#);
}

#[test]
fn an_activity_names_its_teachers_by_duty_or_by_person() {
    let record = one(
        Resource::Activities,
        json!({
            "id": UNIT, "displayName": "Matematik 7A", "organisation": {"id": UNIT}, "startDate": "2026-08-17",
            "groups": [{"id": GROUP}],
            "teachers": [{"person": {"id": OTHER}}, {"duty": {"id": PERSON}, "startDate": "2026-08-17"}]
        }),
    );

    insta::assert_json_snapshot!(record, @r#"
    {
      "g": [
        "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c00bb"
      ],
      "id": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c00aa",
      "n": "Matematik 7A",
      "o": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c00aa",
      "t": [
        {
          "i": {
            "d": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0001"
          },
          "v": {
            "s": "2026-08-17"
          }
        },
        {
          "i": {
            "p": "0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c0002"
          },
          "v": {}
        }
      ],
      "v": {
        "s": "2026-08-17"
      }
    }
    "#);
}

#[test]
fn private_addresses_never_enter_the_hub_and_the_configured_order_holds() {
    let person = json!([{"id": PERSON, "givenName": "A", "familyName": "B", "emails": [
        {"value": "privat@x.example", "type": "Privat"},
        {"value": "elev@x.example", "type": "Skola elev"},
        {"value": "personal@x.example", "type": "skola personal"},
        {"value": "utan.typ@x.example"}
    ]}]);

    let mapped = read_with(Resource::Persons, &person, &["Skola personal", "Skola elev"]);

    let emails = stored(&mapped.records[0])["em"].clone();
    assert_eq!(
        emails,
        json!([{"a": "personal@x.example", "k": "skola personal"}, {"a": "elev@x.example", "k": "Skola elev"}])
    );
}

#[test]
fn a_silent_source_has_not_said_that_nobody_is_protected() {
    let record = one(Resource::Persons, json!({"id": PERSON, "givenName": "A", "familyName": "B"}));

    assert!(record.get("sm").is_none(), "{record}");
}

#[test]
fn a_marking_that_cannot_be_read_protects() {
    let mapped = read(
        Resource::Persons,
        &json!([{"id": PERSON, "givenName": "A", "familyName": "B", "securityMarking": {"level": 2}}]),
    );

    let Record::Person(person) = &mapped.records[0] else { panic!("not a person") };
    assert!(person.security_marking.as_ref().unwrap().is_protected());
}

#[test]
fn a_personal_number_that_does_not_check_is_a_warning() {
    let mapped = read(
        Resource::Persons,
        &json!([{"id": PERSON, "givenName": "A", "familyName": "B", "civicNo": {"value": "200112240123"}}]),
    );

    assert_eq!(stored(&mapped.records[0])["cn"]["v"], "200112240123");
    assert_eq!(warnings(&mapped), ["roster.civic_number_check_digit"]);
}

#[test]
fn an_enrolment_is_found_under_both_spellings() {
    let person = |key: &str| {
        let mut enrolment = json!({"schoolType": "GR", "schoolYear": "7"});
        enrolment[key] = json!({"id": UNIT});
        one(Resource::Persons, json!({"id": PERSON, "givenName": "A", "familyName": "B", "enrolments": [enrolment]}))
    };

    assert_eq!(person("enroledAt"), person("enrolledAt"));
    assert_eq!(person("enroledAt")["en"][0]["u"], UNIT);
}

#[test]
fn a_wrong_type_loses_only_its_field() {
    let mapped = read(
        Resource::Persons,
        &json!([{"id": PERSON, "givenName": "Alva", "familyName": ["B"], "emails": 7, "personStatus": {}}]),
    );

    assert_eq!(stored(&mapped.records[0])["gn"], "Alva");
    assert_eq!(warnings(&mapped), ["ss12000.field_unreadable"; 3]);
}

#[test]
fn a_record_without_identity_loses_only_itself() {
    let mapped = read(
        Resource::Persons,
        &json!([
            {"givenName": "Utan"},
            {"id": "19121212-1212"},
            "text", null, [PERSON], {"id": PERSON, "givenName": "Alva", "familyName": "B"}
        ]),
    );

    assert_eq!(mapped.records.len(), 1);
    assert_eq!(warnings(&mapped), ["!ss12000.record_unreadable"; 5]);
}

#[test]
fn what_stands_in_the_place_of_an_identity_is_not_repeated() {
    let mapped = read(Resource::Persons, &json!([{"id": "19121212-1212"}]));

    assert!(!format!("{:?}", mapped.unreadable).contains("1212"), "{:?}", mapped.unreadable);
}

#[test]
fn an_end_date_that_cannot_be_read_does_not_mean_for_ever() {
    for end in [json!("2026-02-30"), json!("snart"), json!(20_261_231), json!({"date": "2026-12-31"})] {
        let mapped = read(Resource::Organisations, &json!([{"id": UNIT, "endDate": end}]));

        assert_eq!(mapped.records, []);
        assert_eq!(warnings(&mapped), ["!ss12000.end_date_unreadable"]);
    }
}

#[test]
fn a_membership_that_never_was_comes_between_no_others() {
    let stay = |start: &str, end: &str| json!({"person": {"id": PERSON}, "startDate": start, "endDate": end});
    let memberships =
        [stay("2026-08-01", "2026-10-31"), stay("2026-09-30", "2026-09-01"), stay("2026-10-01", "2026-12-18")];

    let group = one(
        Resource::Groups,
        json!({"id": GROUP, "displayName": "7A", "groupType": "Klass", "organisation": {"id": UNIT},
               "groupMemberships": memberships}),
    );

    let periods: Vec<&Value> = group["m"].as_array().unwrap().iter().map(|it| &it["v"]).collect();
    assert_eq!(
        periods,
        [&json!({"s": "2026-08-01", "e": "2026-12-18"}), &json!({"s": "2026-09-30", "e": "2026-09-01"})]
    );
}

#[test]
fn an_address_given_twice_in_two_cases_of_its_kind_is_no_change_in_another_order() {
    let twice = ["Skola elev", "SKOLA ELEV"].map(|kind| json!({"value": "alva@elev.example", "type": kind}));
    let reversed = [twice[1].clone(), twice[0].clone()];

    let [given, turned] =
        [twice, reversed].map(|emails| one(Resource::Persons, json!({"id": PERSON, "emails": emails})));

    assert_eq!(given, turned);
}

#[test]
fn a_membership_whose_end_cannot_be_read_is_left_out_alone() {
    let mapped = read(
        Resource::Groups,
        &json!([{"id": GROUP, "displayName": "7A", "groupType": "Klass", "organisation": {"id": UNIT},
            "groupMemberships": [{"person": {"id": PERSON}, "endDate": "?"}, {"person": {"id": OTHER}}]}]),
    );

    assert_eq!(stored(&mapped.records[0])["m"], json!([{"p": OTHER}]));
    assert_eq!(warnings(&mapped), ["ss12000.end_date_unreadable"]);
}

#[test]
fn a_start_date_that_does_not_exist_is_left_out_with_a_warning() {
    let mapped = read(
        Resource::Organisations,
        &json!([{"id": UNIT, "displayName": "A", "organisationType": "Skola", "startDate": "2026-13-01"}]),
    );

    assert_eq!(stored(&mapped.records[0])["v"], json!({}));
    assert_eq!(warnings(&mapped), ["ss12000.field_unreadable"]);
}

#[test]
fn an_end_before_the_start_is_kept() {
    let record = one(Resource::Organisations, json!({"id": UNIT, "startDate": "2026-08-17", "endDate": "2026-08-01"}));

    assert_eq!(record["v"], json!({"s": "2026-08-17", "e": "2026-08-01"}));
}

#[test]
fn a_list_of_members_that_is_no_list_does_not_empty_the_group() {
    let mapped = read(
        Resource::Groups,
        &json!([{"id": GROUP, "displayName": "7A", "organisation": {"id": UNIT}, "groupMemberships": "inga"}]),
    );

    assert_eq!(mapped.records, []);
    assert_eq!(mapped.unreadable[0].id.as_deref(), Some(GROUP));
}

#[test]
fn a_member_without_identity_is_left_out_with_a_warning() {
    let mapped = read(
        Resource::Groups,
        &json!([{"id": GROUP, "displayName": "7A", "groupType": "Klass", "organisation": {"id": UNIT},
            "groupMemberships": [{"person": {"id": "x"}}, {"person": null}, {"person": {"id": PERSON}}]}]),
    );

    assert_eq!(stored(&mapped.records[0])["m"], json!([{"p": PERSON}]));
    assert_eq!(warnings(&mapped), ["ss12000.field_unreadable"; 2]);
}

#[test]
fn stays_that_meet_become_one_and_stays_apart_remain() {
    let stay = |start: &str, end: &str| json!({"person": {"id": PERSON}, "startDate": start, "endDate": end});
    let record = one(
        Resource::Groups,
        json!({"id": GROUP, "displayName": "7A", "groupType": "Klass", "organisation": {"id": UNIT}, "groupMemberships": [
            stay("2026-03-01", "2026-04-30"),
            stay("2026-01-01", "2026-01-31"),
            stay("2026-02-01", "2026-02-15"),
            stay("2026-01-01", "2026-01-31")
        ]}),
    );

    assert_eq!(
        record["m"],
        json!([
            {"p": PERSON, "v": {"s": "2026-01-01", "e": "2026-02-15"}},
            {"p": PERSON, "v": {"s": "2026-03-01", "e": "2026-04-30"}}
        ])
    );
}

#[test]
fn a_duty_without_a_person_is_kept() {
    let record = one(Resource::Duties, json!({"id": PERSON, "dutyAt": {"id": UNIT}, "dutyRole": "Rektor"}));

    assert_eq!(record, json!({"id": PERSON, "o": UNIT, "r": "Rektor", "v": {}}));
}

#[test]
fn unknown_words_are_kept_as_they_came() {
    let record = one(
        Resource::Organisations,
        json!({"id": UNIT, "displayName": "A", "organisationType": "Rektorsområde", "schoolTypes": ["KOMVUX"]}),
    );

    assert_eq!((&record["k"], &record["t"]), (&json!({"o": "Rektorsområde"}), &json!(["KOMVUX"])));
}

/// The recorded answers of a real provider, which are no part of the project.
#[test]
fn recorded_answers_of_a_real_provider_are_read_whole() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ss12000-demoskolan");
    if !folder.is_dir() {
        println!("skipped: no recorded answers beside the checkout");
        return;
    }
    let mut counts = Vec::new();
    for resource in Resource::ALL {
        let text = std::fs::read_to_string(folder.join(format!("{}.json", resource.path()))).unwrap();
        let page: Value = serde_json::from_str(&text).unwrap();
        let mapped = read_with(resource, &page["data"], &["Privat"]);
        // Its personal numbers are invented and do not check; nothing else deserves a word.
        let others = warnings(&mapped).into_iter().find(|code| code != "roster.civic_number_check_digit");
        assert_eq!(others, None, "{}", resource.path());
        counts.push((mapped.records.len(), page["data"].as_array().unwrap().len()));
    }
    assert!(counts.iter().all(|(read, there)| read == there && *there > 0), "{counts:?}");
}

#[test]
fn a_provider_that_bends_the_standard_is_read_without_a_warning() {
    let persons = json!([{
        "id": PERSON, "meta": {"created": "2026-11-22T01:42:07.8", "modified": "2026-11-22T01:42:07"},
        "givenName": "Alva", "familyName": "Påhittad", "birthDate": "2012-12-12", "sex": "Kvinna",
        "securityMarking": "Skyddad folkbokföring", "civicNo": {"value": "121212-1212", "nationality": "SE"},
        "emails": [{"value": "alva@elev.example", "type": "Privat"}]
    }]);
    let activities = json!([{
        "id": UNIT, "meta": {"created": "2026-11-22T01:42:07.8"}, "displayName": "Idrott 7A", "startDate": "2025-08-18",
        "organisation": {"id": UNIT}, "owner": {"id": UNIT}, "teachers": [{"person": {"id": OTHER}}], "groups": [{"id": GROUP}]
    }]);

    let mapped = [read(Resource::Persons, &persons), read(Resource::Activities, &activities)];

    assert_eq!(mapped.each_ref().map(|it| it.records.len()), [1, 1]);
    assert_eq!(mapped.each_ref().map(warnings), [vec![], vec![] as Vec<String>]);
}

fn members() -> impl Strategy<Value = Vec<Value>> {
    let member = (0u8..6, 1u8..28, proptest::option::of(1u8..28)).prop_map(|(person, start, end)| {
        let mut member = json!({
            "person": {"id": format!("0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c000{person}")},
            "startDate": format!("2026-01-{start:02}")
        });
        if let Some(end) = end {
            member["endDate"] = json!(format!("2026-01-{end:02}"));
        }
        member
    });
    proptest::collection::vec(member, 0..12)
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!(PERSON)),
        Just(json!("2026-02-30")),
    ];
    let keys = prop_oneof![
        Just("id"),
        Just("person"),
        Just("group"),
        Just("organisation"),
        Just("dutyAt"),
        Just("endDate"),
        Just("startDate"),
        Just("groupMemberships"),
        Just("enrolments"),
        Just("enroledAt"),
        Just("emails"),
        Just("type"),
        Just("value"),
        Just("civicNo"),
        Just("teachers"),
        Just("groups"),
        Just("assignmentRole"),
        Just("schoolYear"),
        Just("x"),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(keys.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| Value::from(serde_json::Map::from_iter(map))),
        ]
    })
}

proptest! {
    #[test]
    fn the_order_of_members_is_no_change(
        (ordered, shuffled) in members().prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle()))
    ) {
        let group = |members: Vec<Value>| one(Resource::Groups, json!({
            "id": GROUP, "displayName": "7A", "groupType": "Klass", "organisation": {"id": UNIT}, "groupMemberships": members
        }));

        prop_assert_eq!(group(ordered), group(shuffled));
    }

    #[test]
    fn merging_stays_changes_no_day(members in members()) {
        let active = |members: &Value, person: &str, day: i8| {
            let day = date(2026, 1, day);
            members.as_array().into_iter().flatten().any(|it| {
                let text = |value: &Value| value.as_str().map(|text| text.parse::<Date>().unwrap());
                let (id, start, end) = if it["p"].is_string() {
                    (&it["p"], text(&it["v"]["s"]), text(&it["v"]["e"]))
                } else {
                    (&it["person"]["id"], text(&it["startDate"]), text(&it["endDate"]))
                };
                id == person && start.is_none_or(|start| start <= day) && end.is_none_or(|end| day <= end)
            })
        };
        let wire = json!(members);

        let group = one(Resource::Groups, json!({
            "id": GROUP, "displayName": "7A", "groupType": "Klass", "organisation": {"id": UNIT}, "groupMemberships": members
        }));

        let empty = json!([]);
        let merged = group.get("m").unwrap_or(&empty);
        for person in 0..6 {
            let person = format!("0b1e6a52-7f2f-4f0e-9a53-6a3d1f7c000{person}");
            for day in 1..=28 {
                prop_assert_eq!(active(merged, &person, day), active(&wire, &person, day));
            }
        }
    }

    #[test]
    fn no_json_panics_and_every_record_is_read_or_reported(data in proptest::collection::vec(any_json(), 0..6)) {
        let data = Value::from(data);
        for resource in Resource::ALL {
            let mapped = read(resource, &data);
            let lost = mapped.unreadable.iter().filter(|it| it.lost).count();
            prop_assert_eq!(mapped.records.len() + lost, data.as_array().unwrap().len());
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(raw) = serde_json::from_str::<Vec<&RawValue>>(&text) {
            let _ = records(Resource::Persons, &raw, &Reading { today: date(2026, 11, 22), email_types: &[] });
        }
    }
}
