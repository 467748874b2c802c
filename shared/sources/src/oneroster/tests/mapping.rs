//! What each object becomes.

use jiff::civil::date;
use roster::{MembershipRole, OrganisationType, Person, Validity};

use super::*;
use crate::oneroster::mapping::{self, Fields, Reading};
use crate::oneroster::wire;
use crate::{
    Unreadable,
    lenient::{Field, Object},
};

fn conventions(text: &str) -> Conventions {
    configuration::read(&text.parse().unwrap()).unwrap()
}

fn wire<'a, W: wire::Wire<'a>>(json: &'a str) -> W {
    match serde_json::from_str(json).unwrap() {
        Field::Read(Object(wire)) => wire,
        _ => panic!("no object"),
    }
}

fn user_with(json: Value, conventions: &Conventions) -> (Person, Vec<Unreadable>) {
    let (text, mut notes) = (json.to_string(), Vec::new());
    let reading = Reading { conventions, today: date(2026, 11, 22) };
    let mut fields = Fields::new(RecordKind::Person, &mut notes);
    let user = mapping::user(wire(&text), &mut fields, &reading).unwrap();
    let above = [mapping::identity(RecordKind::Organisation, "d")].into();
    let person = mapping::person(user, &above, &reading, &mut fields);
    (person, notes)
}

fn user(json: Value) -> (Person, Vec<Unreadable>) {
    user_with(json, &Conventions::default())
}

fn codes_of(notes: &[Unreadable]) -> Vec<&str> {
    notes.iter().map(|it| it.code.as_str()).collect()
}

fn pupil() -> Value {
    json!({
        "sourcedId": "p", "status": "active", "enabledUser": "true", "username": "astrid@elev.example",
        "userIds": [{"type": "Personnummer", "identifier": "19121212-1212"}, {"type": "eppn", "identifier": "aspr@skola.example"}],
        "givenName": "Astrid", "familyName": "Provsson", "email": "astrid.provsson@elev.example", "grades": ["07"],
        "role": "student", "orgs": [{"sourcedId": "s", "href": "x", "type": "org"}]
    })
}

#[test]
fn a_pupil_of_the_first_edition() {
    let (person, notes) = user(pupil());

    assert_eq!(notes, []);
    insta::assert_json_snapshot!(person, @r#"
    {
      "id": "ea151eb8-5792-510f-8588-2bc2302f61b9",
      "gn": "Astrid",
      "fn": "Provsson",
      "pn": [
        "aspr@skola.example",
        "astrid@elev.example"
      ],
      "em": [
        {
          "a": "astrid.provsson@elev.example",
          "k": "Skola elev"
        }
      ],
      "cn": {
        "v": "191212121212",
        "k": "p",
        "ok": true
      },
      "en": [
        {
          "u": "3381f4ae-3ccb-519f-8fc7-920523043482",
          "y": 7,
          "v": {}
        }
      ],
      "xi": [
        {
          "c": "Personnummer",
          "v": "19121212-1212"
        },
        {
          "c": "eppn",
          "v": "aspr@skola.example"
        }
      ]
    }
    "#);
}

#[test]
fn a_teacher_of_the_second_edition_with_roles_at_two_schools() {
    let (person, found) = user(json!({
        "sourcedId": "t", "enabledUser": true, "username": "bo", "givenName": "Bo", "familyName": "Provsson",
        "email": "bo@skola.example", "primaryOrg": {"sourcedId": "s"},
        "roles": [
            {"roleType": "primary", "role": "teacher", "org": {"sourcedId": "s"}, "beginDate": "2026-08-10", "endDate": "2027-06-12"},
            {"roleType": "secondary", "role": "principal", "org": {"sourcedId": "s2"}},
            {"roleType": "secondary", "role": "systemAdministrator", "org": {"sourcedId": "d"}},
        ],
        "userProfiles": [{"profileId": "1", "vendorId": "google", "credentials": [{"type": "x", "username": "bo@g.example", "password": "hemligt"}]}]
    }));

    let roles: Vec<_> = person.duties.iter().map(|it| (it.role.as_str(), it.validity)).collect();
    let year = Validity::new(Some(date(2026, 8, 10)), Some(date(2027, 6, 11)));
    assert!(
        roles.contains(&("Lärare", year)) && roles.contains(&("Rektor", Validity::ALWAYS)) && roles.len() == 2,
        "{roles:?}"
    );
    assert_eq!(
        (person.emails[0].kind.as_str(), codes_of(&found)),
        ("Skola personal", vec!["oneroster.role_not_at_school"])
    );
    assert_eq!(person.login_identity, None);
}

#[test]
fn the_profile_that_signs_in_is_named_by_a_convention() {
    let profiles = json!([
        {"vendorId": "google", "credentials": [{"username": "bo@g.example", "password": "hemligt"}]},
        {"profileType": "entra", "credentials": [{"username": "bo@m.example"}]},
    ]);
    let mut it = pupil();
    it["userProfiles"] = profiles;

    let (person, _) = user_with(it, &conventions("login_profile = 'entra'"));

    assert_eq!(person.login_identity.unwrap().expose(), "bo@m.example");
}

#[test]
fn the_order_of_lists_changes_nothing() {
    let roles = [
        json!({"role": "teacher", "org": {"sourcedId": "s"}, "endDate": "2026-01-01"}),
        json!({"role": "teacher", "org": {"sourcedId": "s"}, "beginDate": "2026-08-10"}),
        json!({"role": "aide", "org": {"sourcedId": "s2"}}),
    ];
    let with = |order: [usize; 3]| {
        let mut it = pupil();
        it["roles"] = order.map(|place| roles[place].clone()).to_vec().into();
        let ids = it["userIds"].as_array_mut().unwrap();
        if order[0] == 2 {
            ids.reverse();
        }
        user(it).0
    };

    assert_eq!(with([0, 1, 2]), with([2, 1, 0]));
    let ids: std::collections::BTreeSet<_> = with([0, 1, 2]).duties.into_iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), 3, "periods apart are duties apart");
}

#[test]
fn a_duty_is_the_same_one_on_every_read() {
    let teacher = || {
        user(json!({"sourcedId": "t", "givenName": "Bo", "familyName": "P", "role": "teacher", "orgs": [{"sourcedId": "s"}]})).0
    };

    assert_eq!(teacher().duties[0].id.to_string(), "f7d0d525-d1b8-5efa-8e81-7854eed935d8");
}

#[test]
fn whose_access_is_curtailed_has_no_role_unless_the_convention_says_otherwise() {
    for flag in [json!("false"), json!(false), json!({"a": 1})] {
        let mut it = pupil();
        it["enabledUser"] = flag;

        let withheld = user(it.clone()).0;
        let delivered = user_with(it, &conventions("disabled_users = 'deliver'")).0;

        assert_eq!((withheld.enrolments.len(), delivered.enrolments.len()), (0, 1));
    }
}

#[test]
fn an_end_that_cannot_be_read_costs_the_role() {
    for end in [json!("2026-02-30"), json!("soon"), json!(7), json!({})] {
        let mut it = pupil();
        it["roles"] = json!([{"role": "student", "org": {"sourcedId": "s"}, "endDate": end}]);

        let (person, found) = user(it);

        assert_eq!((person.enrolments.len(), codes_of(&found).contains(&"oneroster.end_date_unreadable")), (0, true));
    }
}

#[test]
fn roles_that_are_no_list_do_not_become_none() {
    let mut it = pupil();
    it["roles"] = json!("student");
    let text = it.to_string();
    let (conventions, mut notes) = (Conventions::default(), Vec::new());
    let reading = Reading { conventions: &conventions, today: date(2026, 11, 22) };

    let lost = mapping::user(wire(&text), &mut Fields::new(RecordKind::Person, &mut notes), &reading);

    assert_eq!(lost.unwrap_err().code, "oneroster.record_unreadable");
}

#[test]
fn what_is_not_known_is_left_out_with_a_warning() {
    let mut it = pupil();
    it["role"] = json!("janitor");
    it["grades"] = json!(["11", {"a": 1}]);
    it["status"] = json!("perhaps");
    it["userIds"] = json!("none");
    it["givenName"] = json!(["Astrid"]);

    let (person, found) = user(it);

    assert_eq!((person.enrolments.len(), person.duties.len()), (0, 0));
    let mut found = codes_of(&found);
    found.sort_unstable();
    insta::assert_snapshot!(found.join("\n"), @"
    oneroster.field_unreadable
    oneroster.field_unreadable
    oneroster.field_unreadable
    oneroster.grade_unknown
    oneroster.role_unknown
    oneroster.status_unknown
    ");
}

#[test]
fn nothing_that_is_said_of_a_record_repeats_it() {
    let mut it = pupil();
    it["userIds"][0]["identifier"] = json!("19121212121x");
    it["roles"] = json!([{"role": "Astrid", "org": {"sourcedId": "s"}}]);
    it["sourcedId"] = json!("191212121212");

    let (_, found) = user(it);

    assert!(
        !found.is_empty() && !format!("{found:?}").contains("Astrid") && !format!("{found:?}").contains("1912"),
        "{found:?}"
    );
}

#[test]
fn a_school_type_that_only_a_convention_knows_is_that_of_the_pupils_there() {
    let (person, _) = user_with(pupil(), &conventions("schools = { s = { school_types = ['GR'] } }"));

    assert_eq!(person.enrolments[0].school_type.as_deref(), Some("GR"));
}

#[test]
fn a_field_of_ten_megabytes_is_read_and_an_identifier_of_that_length_is_not() {
    let long = "x".repeat(10 << 20);
    let mut it = pupil();
    it["email"] = json!(long.clone());
    assert_eq!(user(it.clone()).0.emails[0].address.expose().len(), 10 << 20);

    it["sourcedId"] = json!(long);
    let (text, conventions, mut notes) = (it.to_string(), Conventions::default(), Vec::new());
    let reading = Reading { conventions: &conventions, today: date(2026, 11, 22) };
    let lost = mapping::user(wire(&text), &mut Fields::new(RecordKind::Person, &mut notes), &reading);

    assert_eq!(lost.unwrap_err().code, "oneroster.record_unreadable");
}

fn org(json: Value, conventions: &Conventions) -> (mapping::Org, Vec<Unreadable>) {
    let (text, mut notes) = (json.to_string(), Vec::new());
    let reading = Reading { conventions, today: date(2026, 11, 22) };
    let org = mapping::org(wire(&text), &mut Fields::new(RecordKind::Organisation, &mut notes), &reading).unwrap();
    (org, notes)
}

#[test]
fn a_school_with_a_school_unit_code_is_a_unit_and_one_without_is_above_its_units() {
    let kind = |json: Value| org(json, &Conventions::default()).0.organisation.kind;

    let kinds = [
        json!({"sourcedId": "a", "type": "district", "name": "K"}),
        json!({"sourcedId": "b", "type": "school", "name": "S", "identifier": "00990001"}),
        json!({"sourcedId": "c", "type": "school", "name": "S", "identifier": "NBH001"}),
        json!({"sourcedId": "d", "type": "department", "name": "S", "identifier": "00990001"}),
    ]
    .map(kind);

    use OrganisationType::{Other, Principal, School, SchoolUnit};
    assert_eq!(kinds, [Principal, SchoolUnit, School, Other("department".into())]);
}

#[test]
fn what_the_provider_cannot_say_of_a_school_the_conventions_do() {
    let known = conventions("schools = { c = { code = '00990002', school_types = ['GR', 'FKLASS'] } }");

    let (org, _) = org(json!({"sourcedId": "c", "type": "school", "name": "S"}), &known);

    assert_eq!(org.organisation.school_unit_code.as_deref(), Some("00990002"));
    assert_eq!(org.organisation.school_types, ["FKLASS", "GR"]);
}

#[test]
fn an_organisation_is_not_its_own_parent() {
    let (org, found) = org(
        json!({"sourcedId": "c", "type": "school", "name": "S", "parent": {"sourcedId": "c"}}),
        &Conventions::default(),
    );

    assert_eq!((org.organisation.parent, codes_of(&found)), (None, vec!["oneroster.organisation_cycle"]));
}

#[test]
fn enrollments_are_pupils_and_teachers_and_end_the_day_before() {
    let (conventions, mut notes) = (Conventions::default(), Vec::new());
    let reading = Reading { conventions: &conventions, today: date(2026, 11, 22) };
    let mut read = |role: &str| {
        let mut it = enrollment("1", "p", role);
        it["endDate"] = json!("2026-12-19T00:00:00.000Z");
        let text = it.to_string();
        let group = key(RecordKind::Group, "c").id;
        let enrollment =
            mapping::enrollment(wire(&text), &mut Fields::of(RecordKind::Group, group, &mut notes), &reading);
        mapping::membership(&enrollment.unwrap()).map(|it| (it.role, it.validity.end))
    };

    let members = ["student", "teacher", "administrator", "proctor", "visitor"].map(&mut read);

    let end = Some(date(2026, 12, 18));
    assert_eq!(members, [Some((MembershipRole::Pupil, end)), Some((MembershipRole::Teacher, end)), None, None, None]);
    assert_eq!(codes_of(&notes), ["oneroster.role_unknown"]);
}

#[test]
fn an_end_is_the_last_day_where_the_convention_says_so() {
    let inclusive = conventions("end_dates = 'inclusive'");
    let (text, mut notes) = (term().to_string(), Vec::new());
    let mut read = |conventions: &Conventions| {
        let reading = Reading { conventions, today: date(2026, 11, 22) };
        mapping::session(&wire(&text), &mut Fields::new(RecordKind::Group, &mut notes), &reading).unwrap().2.end
    };

    assert_eq!([read(&inclusive), read(&Conventions::default())], [Some(date(2026, 12, 19)), Some(date(2026, 12, 18))]);
}

#[test]
fn a_class_lasts_from_the_first_of_its_terms_to_the_last() {
    let text = json!({
        "sourcedId": "c", "title": "MA 7A", "classType": "scheduled", "grades": ["GR7", "GR8"],
        "school": {"sourcedId": "s"}, "terms": [{"sourcedId": "ht"}, {"sourcedId": "vt"}]
    })
    .to_string();
    let (conventions, mut notes) = (Conventions::default(), Vec::new());
    let reading = Reading { conventions: &conventions, today: date(2026, 11, 22) };
    let mut fields = Fields::new(RecordKind::Group, &mut notes);
    let autumn = mapping::session_identity("ht");
    let class = mapping::class(wire(&text), &mut fields, &reading).unwrap();
    let when = |term| {
        let (first, last) = if term == autumn {
            (date(2026, 8, 17), date(2026, 12, 18))
        } else {
            (date(2027, 1, 11), date(2027, 6, 11))
        };
        Some(Validity::new(Some(first), Some(last)))
    };

    let group = mapping::group(class, when, vec![], &mut fields).unwrap();

    assert_eq!(group.validity, Validity::new(Some(date(2026, 8, 17)), Some(date(2027, 6, 11))));
    assert_eq!((group.kind.as_str(), group.school_type.as_deref()), ("Undervisning", Some("GR")));
}
