//! What a document may have wrong inside.

use super::*;

fn with_class(members: &str) -> Snapshot {
    snapshot(&(person(PUPIL, "Student", "") + &school() + &of_school() + &membership(CLASS, members)))
}

#[test]
fn an_end_that_is_no_date_is_never_for_ever() {
    let never = |end: &str| format!("<timeframe><begin>2026-08-17</begin><end>{end}</end></timeframe>");
    for end in ["2026-02-30", "snart", "20261231", "2026-12-31x"] {
        let of_member = with_class(&member(PUPIL, "Person", "Student", &never(end)));
        let of_group =
            snapshot(&(group(UNIT, "Unit", "S", "") + &group(CLASS, "Class", "7A", &never(end)) + &of_school()));

        assert_eq!(record(&of_member, RecordKind::Group, CLASS).get("m"), None, "{end}");
        assert_eq!(record(&of_member, RecordKind::Person, PUPIL).get("en"), None, "{end}");
        assert_eq!(warnings(&of_member), ["ims_enterprise.end_date_unreadable"], "{end}");
        assert_eq!(record(&of_group, RecordKind::Group, CLASS), Value::Null, "{end}");
        assert!(warnings(&of_group).contains(&"!ims_enterprise.end_date_unreadable".to_owned()), "{end}");
    }
}

#[test]
fn the_same_sourcedid_twice_is_told_and_the_first_is_used() {
    let second = person(PUPIL, "Student", "").replace("Alva", "Bo");
    let snapshot = snapshot(&(person(PUPIL, "Student", "") + &second + &school() + &school() + &of_school()));

    assert_eq!(record(&snapshot, RecordKind::Person, PUPIL)["gn"], "Alva");
    assert_eq!(warnings(&snapshot), ["ims_enterprise.duplicate"; 3]);
}

#[test]
fn members_that_nobody_tells_of_are_named_and_told() {
    let snapshot =
        with_class(&(member("nobody", "Person", "Student", "") + &member("nothing", "Group", "OtherGroup", "")));

    assert_eq!(record(&snapshot, RecordKind::Group, CLASS)["m"].as_array().unwrap().len(), 1);
    assert_eq!(warnings(&snapshot), ["ims_enterprise.dangling"; 2]);
    assert_eq!(snapshot.complete().len(), 3);
}

#[test]
fn a_group_without_a_school_is_lost_and_not_gone() {
    let snapshot = snapshot(&group(CLASS, "Class", "7A", ""));

    let lost = &snapshot.page(0, 1).unreadable[0];
    assert_eq!((lost.code.as_str(), lost.lost), ("ims_enterprise.group_without_school", true));
    assert_eq!(lost.id.as_deref(), Some("3bdf3acd-2b31-4c09-9edf-093c97e73738"));
}

#[test]
fn groups_in_a_circle_end() {
    let circle = membership("a", &member("b", "Group", "Class", ""))
        + &membership("b", &member("a", "Group", "Class", ""))
        + &membership("a", &member("a", "Group", "Class", ""));
    let snapshot = snapshot(&(group("a", "Class", "A", "") + &group("b", "Class", "B", "") + &circle));

    assert_eq!(warnings(&snapshot), ["!ims_enterprise.group_without_school"; 2]);
}

#[test]
fn organisations_in_a_circle_end() {
    let circle =
        membership("a", &member("b", "Group", "Unit", "")) + &membership("b", &member("a", "Group", "Unit", ""));
    let snapshot = snapshot(&(group("a", "Area", "A", "") + &group("b", "Area", "B", "") + &circle));

    assert_eq!(all(&snapshot).len(), 2);
}

#[test]
fn what_cannot_be_identified_keeps_its_kind_from_being_complete() {
    let nameless = "<person><name><fn>B, A</fn></name></person>";
    let of_nothing = "<membership><member/></membership>";
    let too_long = person(&"9".repeat(300), "Student", "");

    let complete = [nameless, of_nothing, &too_long, "<group/>"].map(|inside| snapshot(inside).complete());

    use RecordKind::{Group, Organisation, Person};
    assert_eq!(
        complete,
        [vec![Organisation, Group], vec![Organisation, Person], vec![Organisation, Group], vec![Person]]
    );
}

#[test]
fn an_unknown_role_gives_nothing() {
    let snapshot = with_class(&member(PUPIL, "Person", "Headmaster", ""));

    assert_eq!(record(&snapshot, RecordKind::Group, CLASS).get("m"), None);
    assert_eq!(warnings(&snapshot), ["ims_enterprise.role_unknown"]);
}

#[test]
fn privacy_that_cannot_be_read_protects_and_none_says_nothing() {
    let marking = |privacy: &str| {
        let inside = person(PUPIL, "Student", &format!("<extension>{privacy}</extension>"));
        record(&snapshot(&inside), RecordKind::Person, PUPIL)["sm"].clone()
    };

    let told = ["<privacy>ja</privacy>", "<privacy/>", "<privacy level='9'>true</privacy>"].map(marking);
    assert!(told.iter().all(|it| it.get("o").is_some()), "{told:?}");
    assert_eq!(
        ["<privacy>true</privacy>", "<privacy>false</privacy>", ""].map(marking),
        [Value::from("s"), Value::from("n"), Value::Null]
    );
}

#[test]
fn a_personal_number_that_does_not_check_is_kept() {
    let snapshot = snapshot(&person(PUPIL, "Student", "<userid useridtype='pid'>197201018549</userid>"));

    assert_eq!(record(&snapshot, RecordKind::Person, PUPIL)["cn"]["ok"], false);
    assert_eq!(warnings(&snapshot), ["roster.civic_number_check_digit"]);
}

#[test]
fn a_code_that_two_schools_name_is_one_unit() {
    let place = "<extension><placement><schoolunitcode>990004</schoolunitcode><begin>2026-08-17</begin><end>2027-06-10</end></placement></extension>";
    let schools = ["a", "b"].map(|it| group(it, "Unit", it, "") + &group(&format!("{it}7"), "Class", "7A", ""));
    let inside = person(PUPIL, "Student", "")
        + &schools.concat()
        + &["a", "b"].map(|it| membership(it, &member(&format!("{it}7"), "Group", "Class", ""))).concat()
        + &["a7", "b7"].map(|it| membership(it, &member(PUPIL, "Person", "Student", place))).concat();

    let snapshot = snapshot(&inside);

    assert_eq!(warnings(&snapshot), ["ims_enterprise.unit_code_twice"]);
    assert_eq!(all(&snapshot).iter().filter(|it| stored(it)["c"] == "00990004").count(), 1);
}

#[test]
fn there_are_not_more_warnings_than_anybody_reads() {
    let members: String = (0..5_000).map(|it| member(&format!("x{it}"), "Person", "Student", "")).collect();

    assert_eq!(with_class(&members).page(0, 1).unreadable.len(), 1_000);
}

#[test]
fn nothing_said_of_what_is_wrong_names_anybody() {
    let long = person("191212121212", "Student", "<userid useridtype='PID'>191212121219</userid>");
    let snapshot = snapshot(&(long + &membership("191212121212", &member("191212121212", "Person", "Rektor", ""))));

    let said = format!("{:?} {snapshot:?}", snapshot.page(0, 1).unreadable);

    assert!(!said.contains("1212") && !said.contains("Alva"), "{said}");
}

#[test]
fn a_document_that_does_not_hold_everything_is_refused() {
    let delta = document("").replace("CompleteOrganization", "DeltaOrganization");

    assert_eq!(taken(&[&delta]).unwrap_err(), Refusal::NotComplete);
}
