//! What is sent, and what is read of what comes back.

use std::time::Duration;

use outbound::fuzzing::answer;
use rules::object::{DeliveredObject, WantedObject};
use rules::plan::Operation;
use rules::view::{GroupView, View};
use serde_json::{Value, json};

use super::bodies::body;
use super::classify::{self, ObjectResult, Status};
use super::config::DnpConfig;
use super::items::{Item, lines, remote};
use super::mapping::Mapping;
use crate::Refusal;
use crate::invented::{activity, group, organisation, personal, pupil, teacher};
use rules::view::{OrganisationViewKind, PersonView};

const TEST: &str = "505c5ee0-7be4-560d-9c27-10ab0d96ac9a";

fn mapping(more: &str) -> Mapping {
    let settings = format!(
        "certificate = {{ env = 'DNP' }}\nschool_units = {{ '12345678' = 'fb22448b-b724-5e53-8a2c-d8b339206901' }}\n\
         test_activities = {{ 'Matematik' = '{TEST}' }}\n{more}"
    );
    Mapping::from(&toml::from_str::<DnpConfig>(&settings).unwrap())
}

fn mapped(view: &View, more: &str) -> Result<Vec<WantedObject>, Refusal> {
    mapping(more).map(view)
}

fn code(view: &View, more: &str) -> Option<&'static str> {
    mapped(view, more).err().map(|it| it.code)
}

fn numbered(person: PersonView) -> PersonView {
    PersonView { civic_number: Some(personal("201212129801")), ..person }
}

fn person(change: impl FnOnce(&mut PersonView)) -> View {
    let mut person = numbered(pupil());
    change(&mut person);
    View::Person(person)
}

/// The bodies that views go out in, by the lines about them.
fn sent(views: &[View]) -> Vec<Value> {
    let objects = views.iter().flat_map(|it| mapped(it, "").unwrap());
    let lines: Vec<_> = objects.flat_map(|it| lines(&Operation::Create(it))).collect();
    let items = lines.iter().map(|it| Item::of(it).unwrap());
    let objects: Vec<String> = items.map(|it| it.object().unwrap().to_string()).collect();
    vec![serde_json::from_slice(&body(objects.iter().map(String::as_str))).unwrap()]
}

#[test]
fn a_pupil_as_sent() {
    insta::assert_json_snapshot!(sent(&[person(|_| {})]));
}

#[test]
fn an_employee_as_sent_with_her_duty() {
    insta::assert_json_snapshot!(sent(&[View::Person(numbered(teacher()))]));
}

#[test]
fn a_class_as_sent() {
    insta::assert_json_snapshot!(sent(&[View::Group(group())]));
}

#[test]
fn what_is_taught_as_sent() {
    insta::assert_json_snapshot!(sent(&[View::Activity(activity())]));
}

#[test]
fn a_deletion_as_sent() {
    let body = body(["\"00000000-0000-4000-8000-000000000010\""].into_iter());

    assert_eq!(String::from_utf8(body).unwrap(), r#"{"data":["00000000-0000-4000-8000-000000000010"]}"#);
}

#[test]
fn a_school_unit_is_known_by_skolverkets_identity_and_not_sent() {
    let unit = View::Organisation(organisation(OrganisationViewKind::SchoolUnit));

    let wanted = mapped(&unit, "").unwrap().remove(0);

    assert_eq!(remote(&wanted).as_deref(), Some("fb22448b-b724-5e53-8a2c-d8b339206901"));
    assert!(lines(&Operation::Create(wanted)).is_empty());
}

#[test]
fn a_school_unit_that_nobody_has_named_is_refused_unless_the_register_names_it() {
    let mut unit = organisation(OrganisationViewKind::SchoolUnit);
    unit.school_unit_code = Some("87654321".into());
    let unit = View::Organisation(unit);

    let by_register = mapped(&unit, "school_unit_ids = 'register'").unwrap().remove(0);

    assert_eq!(code(&unit, ""), Some("dnp.school_unit_unknown"));
    assert_eq!(remote(&by_register), Some(by_register.key.key));
}

#[test]
fn whoever_lacks_what_skolverket_demands_is_refused_by_code() {
    let place = |change: fn(&mut rules::view::EnrolmentView)| person(|it| change(&mut it.enrolments[0]));

    assert_eq!(code(&person(|it| it.civic_number = None), ""), Some("dnp.civic_number_missing"));
    assert_eq!(code(&person(|it| it.given_name = personal(" ")), ""), Some("dnp.name_missing"));
    for name in ["astrid", "a@b@c", "a b@c", "@c", "a@"] {
        assert_eq!(
            code(&person(|it| it.user_name = personal(name)), ""),
            Some("dnp.principal_name_unusable"),
            "{name}"
        );
    }
    assert_eq!(code(&place(|it| it.school_year = None), ""), Some("dnp.school_year_missing"));
    assert_eq!(code(&place(|it| it.school_type = None), ""), Some("dnp.school_type_missing"));
    assert_eq!(code(&place(|it| it.school_type = None), "school_type = 'GR'"), None);
    assert_eq!(code(&place(|it| it.school_type = Some("GY".into())), ""), Some("dnp.education_code_missing"));
    let unreachable = View::Person(PersonView { emails: vec![], ..numbered(teacher()) });
    assert_eq!(code(&unreachable, ""), Some("dnp.email_missing"));
}

#[test]
fn whoever_has_no_national_tests_is_not_sent() {
    let none = |view: &View| mapped(view, "").unwrap().is_empty();

    assert!(none(&person(|it| it.enrolments[0].school_type = Some("FS".into()))));
    assert!(none(&person(|it| it.enrolments[0].school_year = Some(0))));
    assert!(none(&View::Group(GroupView { kind: "Mentor".into(), ..group() })));
    assert!(none(&View::Group(GroupView { school_type: Some("FKLASS".into()), ..group() })));
    assert!(none(&View::Activity(rules::view::ActivityView { name: "7A Slöjd".into(), ..activity() })));
}

#[test]
fn somebody_of_two_roles_is_sent_as_the_settings_say() {
    let both = person(|it| it.employments = teacher().employments);
    let sent = |more: &str| -> Vec<bool> {
        let objects = mapped(&both, more).unwrap();
        objects.iter().map(|it| it.body.expose()["enrolments"].is_array()).collect()
    };

    assert_eq!(code(&both, ""), Some("dnp.two_roles"));
    assert_eq!(sent("two_roles = 'pupil'"), [true]);
    assert_eq!(sent("two_roles = 'staff'"), [false, false]);
}

#[test]
fn the_test_that_an_activitys_name_says_most_of_is_its_parent() {
    let more = "fb22448b-b724-5e53-8a2c-d8b339206902";
    let settings = format!(
        "certificate = {{ env = 'DNP' }}\ntest_activities = {{ 'matematik' = '{TEST}', 'Matematik 7a' = '{more}' }}"
    );
    let mapping = Mapping::from(&toml::from_str::<DnpConfig>(&settings).unwrap());
    let parent = |name: &str| {
        let view = View::Activity(rules::view::ActivityView { name: name.into(), ..activity() });
        let wanted = mapping.map(&view).unwrap();
        wanted.first().map(|it| it.body.expose()["parentActivity"]["id"].as_str().unwrap().to_owned())
    };

    assert_eq!(parent("Matematik, 7A"), Some(more.to_owned()));
    assert_eq!(parent("7A Matematik"), Some(TEST.to_owned()));
    assert_eq!(parent("Matematiken"), None);
}

#[test]
fn a_duty_is_its_persons_also_when_it_is_gone() {
    let duty = mapped(&View::Person(numbered(teacher())), "").unwrap().remove(1);
    let gone = lines(&Operation::Delete(DeliveredObject::begun(&duty))).remove(0);
    let there = lines(&Operation::Create(duty)).remove(0);

    let (gone_item, there_item) = (Item::of(&gone).unwrap(), Item::of(&there).unwrap());

    assert_eq!(gone_item.subject, there_item.subject);
    assert!(gone_item.object().is_none() && gone.about == there.about);
}

fn results(body: &Value) -> Vec<ObjectResult> {
    classify::results(&answer(200, None, body.to_string().as_bytes())).unwrap()
}

#[test]
fn of_what_a_job_says_only_numbers_and_attributes_are_kept() {
    let id = "00000000-0000-4000-8000-000000000010";
    let error = json!({
        "id": "3047", "message": "astrid@skola.example", "attributeName": "eppn", "attributeValue": "astrid@skola.example",
    });
    let personal = json!({"id": "201212129801", "attributeName": "201212129801"});
    let body = json!({"jobId": id, "responses": [
        {"id": id, "response": {"status": "Error", "statusCode": 400, "errors": [error, personal]}},
        {"id": "nobody", "response": {"status": "Success"}},
    ]});

    let codes = vec!["3047 eppn".to_owned()];
    let expected = ObjectResult { id: id.into(), status: Status::Error, status_code: Some(400), codes };
    assert_eq!(results(&body), [expected]);
}

#[test]
fn every_status_has_its_meaning() {
    let status = |status: &str| {
        let response = json!({"id": "00000000-0000-4000-8000-000000000010", "response": {"status": status}});
        results(&json!({"responses": [response]}))[0].status
    };

    assert_eq!(
        ["Success", "Warning", "Error", "TemporaryError", "Pending", "Nytt"].map(status),
        [Status::Success, Status::Warning, Status::Error, Status::Unsettled, Status::Unsettled, Status::Unsettled]
    );
}

#[test]
fn a_job_is_named_by_the_body() {
    let job = |body: &str| classify::job(&answer(202, None, body.as_bytes())).map(|it| it.to_string());

    assert_eq!(job(r#"{"jobId":"505c5ee0-7be4-560d-9c27-10ab0d96ac9a"}"#).as_deref(), Some(TEST));
    assert_eq!(job(r#"{"jobId":"../persons"}"#), None);
}

#[test]
fn whoever_is_told_to_wait_for_nothing_waits_a_second() {
    assert_eq!(classify::pause(&answer(429, None, b""), jiff::Timestamp::UNIX_EPOCH), Duration::from_secs(1));
    assert_eq!(classify::pause(&answer(429, Some(b"3"), b""), jiff::Timestamp::UNIX_EPOCH), Duration::from_secs(3));
}
