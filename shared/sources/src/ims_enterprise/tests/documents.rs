use proptest::prelude::*;

use super::*;

const GROUP: &str = "{AB27E5C1-27B6-4D70-9371-BDA50628C296}";
const PLACED: &str = "<timeframe><begin>2026-08-17</begin><end>2027-06-10</end></timeframe><extension>\
    <activity><subjectcode>SV</subjectcode><cancelled>false</cancelled><begin>2026-08-17</begin><end>2026-12-18</end></activity>\
    <placement><schoolyear>7</schoolyear><schoolunitcode>990004</schoolunitcode><officialprogramcode>GRGRS</officialprogramcode>\
    <integratedschooltype>None</integratedschooltype><begin>2026-08-17</begin><end>9999-12-31</end></placement></extension>";

#[test]
fn a_school_with_unit_codes_is_a_school_with_its_units_below() {
    let extension = "<timeframe><begin>2011-01-01</begin></timeframe><extension><governedby>Municipal</governedby>\
        <municipalitycode>184</municipalitycode><schooltype>GR</schooltype><schooltype>FK</schooltype>\
        <organizernumber>2120000142</organizernumber></extension>";
    let answers = "<extension><responsibility><schoolunitcode>990004</schoolunitcode><schoolunitname>Provskolan F-6\
        </schoolunitname><begin>2020-01-01</begin><end>9999-12-31</end></responsibility></extension>";
    let snapshot = snapshot(
        &(person(TEACHER, "Staff", "")
            + &group(UNIT, "Unit", "Provskolan", extension)
            + &membership(UNIT, &member(TEACHER, "Person", "Principal", answers))),
    );

    let organisations: Vec<Value> = all(&snapshot)[..2].iter().map(stored).collect();

    insta::assert_json_snapshot!(organisations, @r#"
    [
      {
        "id": "318bdaf8-2628-4c64-b73b-840a214ee1fb",
        "k": "s",
        "m": "0184",
        "n": "Provskolan",
        "on": "2120000142",
        "t": [
          "FKLASS",
          "GR"
        ],
        "v": {
          "s": "2011-01-01"
        }
      },
      {
        "c": "00990004",
        "id": "f3a05071-45d7-5682-8bb9-bf940d778040",
        "k": "u",
        "m": "0184",
        "n": "Provskolan F-6",
        "on": "2120000142",
        "p": "318bdaf8-2628-4c64-b73b-840a214ee1fb",
        "t": [
          "FKLASS",
          "GR"
        ],
        "v": {
          "s": "2011-01-01"
        }
      }
    ]
    "#);
}

#[test]
fn a_pupil_has_a_place_where_the_class_says() {
    let more = "<userid useridtype='PID'>191212121212</userid><emailhome>alva@post.example</emailhome>\
        <emailworkschool> alva@elev.example </emailworkschool><emailworkschool2>alva2@elev.example</emailworkschool2>\
        <extension><privacy level='3'>true</privacy><status>Normal</status></extension>";
    let snapshot = snapshot(
        &(person(PUPIL, "Student", more)
            + &school()
            + &of_school()
            + &membership(CLASS, &member(PUPIL, "Person", "Student", PLACED))),
    );

    insta::assert_json_snapshot!(record(&snapshot, RecordKind::Person, PUPIL), @r#"
    {
      "cn": {
        "k": "p",
        "ok": true,
        "v": "191212121212"
      },
      "em": [
        {
          "a": "alva@elev.example",
          "k": "Skola elev"
        },
        {
          "a": "alva2@elev.example",
          "k": "Skola elev"
        }
      ],
      "en": [
        {
          "c": "GRGRS",
          "t": "GR",
          "u": "f3a05071-45d7-5682-8bb9-bf940d778040",
          "v": {
            "e": "2027-06-10",
            "s": "2026-08-17"
          },
          "y": 7
        }
      ],
      "fn": "Provsson",
      "gn": "Alva",
      "id": "17084b40-08f5-4bcd-a739-c0d08c176bad",
      "sm": "f"
    }
    "#);
    assert_eq!(warnings(&snapshot), Vec::<String>::new());
}

#[test]
fn a_teacher_has_a_duty_at_the_school_and_is_listed_in_the_group() {
    let teaches = "<timeframe><begin>2026-08-17</begin></timeframe><extension><activity><cancelled>false</cancelled>\
        <begin>2026-08-17</begin><end>2027-06-10</end></activity></extension>";
    let mentors = "<extension><mentor><begin>2026-10-01</begin><end>2026-12-18</end></mentor></extension>";
    let snapshot = snapshot(
        &(person(TEACHER, "Staff", "<emailworkschool>alva@skola.example</emailworkschool>")
            + &school()
            + &of_school()
            + &membership(CLASS, &member(TEACHER, "Person", "Instructor", teaches))
            + &membership(CLASS, &member(TEACHER, "Person", "Mentor", mentors))),
    );

    insta::assert_json_snapshot!(record(&snapshot, RecordKind::Person, TEACHER), @r#"
    {
      "du": [
        {
          "id": "0bf393fc-7a7f-5b5d-9376-489ed72436c7",
          "o": "318bdaf8-2628-4c64-b73b-840a214ee1fb",
          "p": "9f6b75f5-c5b4-44bf-adfe-b2ce99460e96",
          "r": "Lärare",
          "v": {
            "e": "2027-06-10",
            "s": "2026-08-17"
          }
        }
      ],
      "em": [
        {
          "a": "alva@skola.example",
          "k": "Skola personal"
        }
      ],
      "fn": "Provsson",
      "gn": "Alva",
      "id": "9f6b75f5-c5b4-44bf-adfe-b2ce99460e96"
    }
    "#);
    insta::assert_json_snapshot!(record(&snapshot, RecordKind::Group, CLASS), @r#"
    {
      "id": "3bdf3acd-2b31-4c09-9edf-093c97e73738",
      "k": "Klass",
      "m": [
        {
          "p": "9f6b75f5-c5b4-44bf-adfe-b2ce99460e96",
          "r": "t",
          "v": {
            "e": "2027-06-10",
            "s": "2026-08-17"
          }
        }
      ],
      "n": "7A",
      "o": "318bdaf8-2628-4c64-b73b-840a214ee1fb",
      "t": "GR",
      "v": {}
    }
    "#);
}

#[test]
fn a_role_in_words_or_in_numbers_is_the_same() {
    let told = |role: &str| {
        let snapshot = snapshot(
            &(person(PUPIL, "Student", "")
                + &school()
                + &of_school()
                + &membership(CLASS, &member(PUPIL, "1", role, ""))),
        );
        all(&snapshot).iter().map(stored).collect::<Vec<_>>()
    };

    for (number, word) in [("01", "Student"), ("02", "Instructor"), ("06", "Mentor"), ("08", "TeachingAssistant")] {
        assert_eq!(told(number), told(word), "{word}");
    }
    assert_eq!(told("Learner"), told("Child"));
}

#[test]
fn every_kind_of_group_keeps_its_kind_and_finds_its_school() {
    let kinds = ["Class", "EducationGroup", "ScheduleGroup", "ExamGroup", "OtherGroup", "Department", "Klubb"];
    let inside: String = group(UNIT, "Unit", "Provskolan", "")
        + &kinds.map(|kind| group(kind, kind, kind, "")).concat()
        + &membership(UNIT, &kinds[..5].iter().map(|id| member(id, "Group", id, "")).collect::<String>())
        + &membership("Class", &kinds[5..].iter().map(|id| member(id, "Group", id, "")).collect::<String>());

    let snapshot = snapshot(&inside);

    let school = record(&snapshot, RecordKind::Organisation, UNIT)["id"].clone();
    let told = kinds.map(|id| {
        let group = record(&snapshot, RecordKind::Group, id);
        assert_eq!(group["o"], school, "{id}");
        group["k"].as_str().unwrap().to_owned()
    });
    assert_eq!(told, ["Klass", "Undervisning", "Schema", "Provgrupp", "Övrigt", "Avdelning", "Klubb"]);
    assert_eq!(warnings(&snapshot), ["ims_enterprise.group_type_unknown"]);
}

#[test]
fn what_a_school_calls_its_groups_can_be_told() {
    let rules = Rules { group_types: [("Kurs".to_owned(), GroupKind::Teaching)].into(), ..Rules::default() };
    let mut open = Intake::new(rules, date(2026, 11, 25)).open(1_000_000, None);
    let inside = group(UNIT, "Unit", "Provskolan", "")
        + &group(GROUP, "Kurs", "Sv1", "")
        + &membership(UNIT, &member(GROUP, "Group", "Member", ""));
    open.feed(document(&inside).as_bytes()).unwrap();

    let snapshot = open.close().unwrap().finish();

    assert_eq!(record(&snapshot, RecordKind::Group, GROUP)["k"], "Undervisning");
}

#[test]
fn nobodys_personal_number_is_the_name_of_a_group() {
    let inside = group(UNIT, "Unit", "Provskolan", "")
        + &group("m", "MentorGroup", "191212121212", "")
        + &group("c", "ContactGroup", "191212121212", "")
        + &group("o", "OtherGroup", "191212121212", "")
        + &membership(UNIT, &["m", "c", "o"].map(|id| member(id, "Group", "OtherGroup", "")).concat());

    let snapshot = snapshot(&inside);

    let told: Vec<Value> = all(&snapshot).iter().map(stored).collect();
    assert!(!format!("{told:?} {:?}", snapshot.page(0, 1).unreadable).contains("1212"), "{told:?}");
    assert_eq!((told.len(), warnings(&snapshot)), (3, vec!["ims_enterprise.name_is_number".to_owned()]));
}

#[test]
fn guardians_are_not_read_but_whoever_works_at_the_school_is_one_too() {
    let inside = person("guardian", "Contact", "")
        + &person(TEACHER, "Contact", "")
        + &school()
        + &of_school()
        + &membership(CLASS, &member(TEACHER, "Person", "Instructor", ""));

    let snapshot = snapshot(&inside);

    assert_eq!(record(&snapshot, RecordKind::Person, "guardian"), Value::Null);
    assert_eq!(record(&snapshot, RecordKind::Person, TEACHER)["du"][0]["r"], "Lärare");
}

#[test]
fn a_person_in_several_school_types_has_the_places_of_all_and_the_strictest_marking() {
    let leisure = document(
        &(person(PUPIL, "Child", "<extension><privacy level='1'>true</privacy></extension>")
            + &group(UNIT, "Unit", "Provskolan", "")
            + &group("d", "Department", "Fritids", "")
            + &membership(UNIT, &member("d", "Group", "Department", ""))
            + &membership("d", &member(PUPIL, "Person", "Child", ""))),
    )
    .replace("<schooltype>GR<", "<schooltype>F<");
    let compulsory = document(
        &(person(PUPIL, "Student", "<extension><privacy>false</privacy></extension>")
            + &school()
            + &of_school()
            + &membership(CLASS, &member(PUPIL, "Person", "Student", ""))),
    );

    let person = record(&taken(&[&leisure, &compulsory]).unwrap(), RecordKind::Person, PUPIL);

    let types: Vec<&str> = person["en"].as_array().unwrap().iter().map(|it| it["t"].as_str().unwrap()).collect();
    assert_eq!((types, &person["sm"]), (vec!["FTH", "GR"], &Value::from("s")));
}

#[test]
fn adult_pupils_without_classes_have_places_from_their_teaching_groups_and_others_do_not() {
    let taught = |kind: &str| {
        let inside = person(PUPIL, "Student", "")
            + &group(UNIT, "Unit", "Provskolan", "")
            + &group("other", "Unit", "Annan skola", "")
            + &group(CLASS, kind, "7A", "")
            + &group(GROUP, "EducationGroup", "Modersmål", "")
            + &of_school()
            + &membership("other", &member(GROUP, "Group", "EducationGroup", ""))
            + &membership(CLASS, &member(PUPIL, "Person", "Student", ""))
            + &membership(GROUP, &member(PUPIL, "Person", "Student", ""));
        record(&snapshot(&inside), RecordKind::Person, PUPIL)["en"].as_array().map_or(0, Vec::len)
    };

    assert_eq!([taught("Class"), taught("EducationGroup"), taught("OtherGroup")], [1, 2, 1]);
}

#[test]
fn who_has_left_or_is_only_proposed_or_cancelled_is_not_there() {
    let gone = member(PUPIL, "Person", "Student", "").replace("<role ", "<role recstatus='3' ");
    let inactive = member(PUPIL, "Person", "Student", "").replace("Active", "0");
    let cancelled = "<extension><activity><cancelled>true</cancelled><begin>2026-08-17</begin><end>2027-06-10</end></activity></extension>";
    let cancelled = member(PUPIL, "Person", "Student", cancelled);
    let proposed =
        "<extension><proposedunitplacement><isdefaultschool>true</isdefaultschool></proposedunitplacement></extension>";
    let proposed = member(PUPIL, "Person", "Student", proposed);

    for member in [gone, inactive, cancelled, proposed] {
        let snapshot =
            snapshot(&(person(PUPIL, "Student", "") + &school() + &of_school() + &membership(CLASS, &member)));

        let (person, class) =
            (record(&snapshot, RecordKind::Person, PUPIL), record(&snapshot, RecordKind::Group, CLASS));
        assert_eq!((person.get("en"), class.get("m")), (None, None), "{member}");
    }
}

#[test]
fn records_marked_as_deleted_are_not_there() {
    let inside = (person(PUPIL, "Student", "") + &school())
        .replace("<person>", "<person recstatus='3'>")
        .replace("<group>", "<group recstatus='3'>");

    assert!(all(&snapshot(&inside)).is_empty());
}

#[test]
fn a_complete_list_replaces_what_the_same_document_said_before() {
    let list = |id: &str| membership(CLASS, &member(id, "Person", "Student", ""));
    let complete = |id: &str| list(id).replace("<membership>", "<membership complete='true'>");
    let people = || ["a", "b", "c"].map(|id| person(id, "Student", "")).concat() + &school() + &of_school();
    let members = |lists: &str| {
        let class = record(&snapshot(&(people() + lists)), RecordKind::Group, CLASS);
        class["m"].as_array().map_or(0, Vec::len)
    };

    assert_eq!(members(&(list("a") + &list("b") + &list("a"))), 2);
    assert_eq!(members(&(list("a") + &list("b") + &complete("c"))), 1);
    assert_eq!(members(&(complete("a") + &list("b"))), 2);
}

#[test]
fn a_complete_list_of_one_school_type_leaves_the_others_alone() {
    let one = |id: &str| {
        document(
            &(person(id, "Student", "")
                + &school()
                + &of_school()
                + &membership(CLASS, &member(id, "Person", "Student", ""))
                    .replace("<membership>", "<membership complete='1'>")),
        )
    };

    let class = record(&taken(&[&one("a"), &one("b")]).unwrap(), RecordKind::Group, CLASS);

    assert_eq!(class["m"].as_array().unwrap().len(), 2);
}

#[test]
fn names_are_read_from_the_whole_when_there_are_no_parts() {
    let named = |name: &str| {
        let inside = format!("<person>{}<name><fn>{name}</fn></name></person>", sourcedid(PUPIL));
        let snapshot = snapshot(&inside);
        let person = record(&snapshot, RecordKind::Person, PUPIL);
        (person["gn"].clone(), person["fn"].clone(), warnings(&snapshot).len())
    };

    assert_eq!(named("Larsson Persson, Nils"), ("Nils".into(), "Larsson Persson".into(), 0));
    assert_eq!(named("Nils"), ("".into(), "".into(), 1));
}

#[test]
fn native_names_that_are_no_uuids_are_derived_and_old_ones_are_not_used() {
    let inside = "<person><sourcedid sourcedidtype='Old'><source>a</source><id>1</id></sourcedid>\
        <sourcedid sourcedidtype='New'><source>a</source><id>2</id></sourcedid><name><fn>B, A</fn></name></person>";

    let ids: Vec<Id> = all(&snapshot(inside)).iter().map(|it| it.key().id).collect();

    assert_eq!(ids, [Id::derived(&["ims-enterprise/person", "2"])]);
}

proptest! {
    #[test]
    fn the_order_of_members_and_groups_decides_nothing(
        order in Just(vec![0usize, 1, 2, 3, 4]).prop_shuffle(), size in 1usize..50,
    ) {
        let people = [PUPIL, TEACHER, "a", "b"].map(|id| person(id, "Student", "")).concat();
        let lists = [
            of_school(),
            membership(CLASS, &member(PUPIL, "Person", "Student", PLACED)),
            membership(CLASS, &member(TEACHER, "Person", "Instructor", "")),
            membership(CLASS, &member("a", "Person", "Student", PLACED)),
            membership(CLASS, &member("b", "Person", "Student", "")),
        ];
        let shuffled: String = order.iter().map(|it| lists[*it].as_str()).collect();

        let records = |lists: &str| all(&snapshot(&(people.clone() + &school() + lists)));

        prop_assert_eq!(records(&lists.concat()), records(&shuffled));
        let snapshot = snapshot(&(people.clone() + &school() + &shuffled));
        let paged: Vec<Record> = (0..100).flat_map(|number| snapshot.page(number, size).records).collect();
        prop_assert_eq!(all(&snapshot), paged);
    }
}
