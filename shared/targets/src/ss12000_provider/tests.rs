//! What readers find, object by object.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use outbound::{CallErrorKind, Carried, FixedSecrets, SecretRef, Transport};
use roster::{Id, Personal, SystemClock, Validity};
use rules::news::Changes;
use rules::view::{
    ActivityView, EmailView, EmploymentView, EnrolmentView, GroupView, OrganisationView, OrganisationViewKind,
    PersonView, Reference, View,
};
use serde_json::Value;

use super::mapping::map;
use super::notice::Addresses;
use crate::registry::TargetContext;

fn id(name: &str) -> Id {
    Id::derived(&[name])
}

fn reference(name: &str) -> Reference {
    Reference { id: id(name), at_target: id(name).to_string() }
}

fn term() -> Validity {
    Validity::new(Some("2026-08-17".parse().unwrap()), Some("2026-12-18".parse().unwrap()))
}

fn unit() -> View {
    View::Organisation(OrganisationView {
        id: id("Provskolan F-6"),
        kind: OrganisationViewKind::SchoolUnit,
        name: "Provskolan F-6".into(),
        school_unit_code: Some("12345678".into()),
        school_types: vec!["FKLASS".into(), "GR".into()],
        municipality_code: Some("2480".into()),
        principal: Some(reference("Norrbyholm")),
        school: Some(reference("Provskolan")),
    })
}

fn person() -> PersonView {
    PersonView {
        id: id("Astrid"),
        at_target: None,
        given_name: Personal::new("Astrid".into()),
        family_name: Personal::new("Provsson".into()),
        user_name: Personal::new(String::new()),
        principal_name: Some(Personal::new("astrid@skola.example".into())),
        civic_number: Some(Personal::new("201201012384".into())),
        emails: vec![
            EmailView { address: Personal::new("astrid@skola.example".into()), kind: "Skola elev".into() },
            EmailView { address: Personal::new("a@home.example".into()), kind: "Hem".into() },
        ],
        enrolments: vec![EnrolmentView {
            school_unit: reference("Provskolan F-6"),
            school_type: Some("GR".into()),
            school_year: Some(4),
            education_code: None,
            validity: term(),
        }],
        employments: vec![EmploymentView {
            id: id("duty"),
            school_unit: reference("Provskolan F-6"),
            role: "Vaktmästare".into(),
            signature: Some(Personal::new("APR".into())),
            validity: Validity::ALWAYS,
        }],
        licences: Vec::new(),
        login: None,
    }
}

fn class() -> View {
    let led_by = ActivityView {
        id: id("leaders"),
        name: "4A".into(),
        validity: term(),
        school_unit: reference("Provskolan F-6"),
        groups: vec![reference("4A")],
        teachers: vec![reference("duty")],
    };
    View::Group(GroupView {
        id: id("4A"),
        name: "4A".into(),
        kind: "Klass".into(),
        school_type: Some("GR".into()),
        validity: term(),
        school_unit: reference("Provskolan F-6"),
        pupils: vec![reference("Astrid"), reference("Bo")],
        led_by: Some(led_by),
        teachers: Vec::new(),
    })
}

fn published(view: &View) -> Vec<(String, Value)> {
    let objects = map(view).unwrap();
    objects.into_iter().map(|it| (it.key.kind.to_string(), it.body.expose().clone())).collect()
}

#[test]
fn a_school_unit_is_below_its_school() {
    insta::assert_json_snapshot!(published(&unit()));
}

#[test]
fn a_person_is_one_object_and_each_employment_another() {
    insta::assert_json_snapshot!(published(&View::Person(person())));
}

#[test]
fn a_class_has_its_pupils_and_its_mentors_an_activity() {
    insta::assert_json_snapshot!(published(&class()));
}

#[test]
fn a_place_without_a_school_type_is_refused() {
    let mut person = person();
    person.enrolments[0].school_type = None;

    assert_eq!(map(&View::Person(person)).unwrap_err().code, "ss12000_provider.school_type_missing");
}

#[test]
fn a_kind_that_the_standard_does_not_know_is_another_kind() {
    let View::Group(group) = class() else { unreachable!() };

    let published = published(&View::Group(GroupView { kind: "Kör".into(), led_by: None, ..group }));

    assert_eq!(published[0].1["groupType"], "Övrigt");
}

fn addresses(notify: &str) -> Addresses {
    let config = format!("tokens = [{{ env = 'TOKEN' }}]\nnotify = ['{notify}']");
    let context = TargetContext {
        transport: None,
        secrets: Arc::new(FixedSecrets::new()),
        clock: Arc::new(SystemClock),
        user_agent: "skolbro-test".into(),
        places: None,
        dry_run: false,
    };
    Addresses::of(&toml::from_str(&config).unwrap(), &context).unwrap()
}

#[test]
fn only_what_is_below_an_address_of_the_settings_is_told() {
    let addresses = addresses("https://reader.example/hooks/");
    let told = |address: &str| addresses.find(address).is_some();

    assert!(told("https://reader.example/hooks/a?b=1") && told("https://reader.example:443/hooks/a"));
    for other in [
        "https://reader.example/other",
        "https://reader.example/hooks/../other",
        "https://reader.example/hooks/%2e%2e/other",
        "https://reader.example:8443/hooks/a",
        "http://reader.example/hooks/a",
        "https://reader.example.evil.example/hooks/a",
        "https://reader.example@evil.example/hooks/a",
        "https://a:b@reader.example/hooks/a",
        "/hooks/a",
    ] {
        assert!(!told(other), "{other}");
    }
}

/// An authorisation server that gives `token-1`, `token-2` …, and a reader that does not take the first.
#[derive(Debug, Default)]
struct Outside(Mutex<Vec<String>>);

#[async_trait]
impl Transport for Outside {
    async fn carry(&self, request: reqwest::Request) -> Result<Carried, CallErrorKind> {
        let mut seen = self.0.lock().unwrap();
        let bearer = request.headers().get("authorization").map(|it| it.to_str().unwrap().to_owned());
        seen.push(format!("{} {}", request.url().path(), bearer.clone().unwrap_or_default()).trim().to_owned());
        let given = seen.iter().filter(|it| it.starts_with("/transaction")).count();
        let (status, body) = match request.url().path() {
            "/transaction" => (200, format!(r#"{{"access_token":{{"value":"token-{given}","expires_in":600}}}}"#)),
            _ if bearer.as_deref() == Some("Bearer token-1") => (401, String::new()),
            _ => (204, String::new()),
        };
        Ok(Carried { status, headers: Default::default(), body: body.into_bytes() })
    }
}

#[tokio::test]
async fn a_notice_goes_with_a_token_that_is_made_anew_when_it_is_not_taken() {
    let outside = Arc::new(Outside::default());
    let config = "tokens = [{ env = 'TOKEN' }]\nnotify = ['https://reader.example/hooks/']\n\
                  [notice_token]\nurl = 'https://auth.example/transaction'\ncertificate = { env = 'CERTIFICATE' }\n\
                  location = 'https://reader.example/'\nentity_id = 'https://kommun.example'\n";
    let certificate = SecretRef::Env("CERTIFICATE".into());
    let context = TargetContext {
        transport: Some(outside.clone()),
        secrets: Arc::new(FixedSecrets::new().with(certificate, "its own transport shows none")),
        clock: Arc::new(SystemClock),
        user_agent: "skolbro-test".into(),
        places: None,
        dry_run: false,
    };
    let addresses = Addresses::of(&toml::from_str(config).unwrap(), &context).unwrap();

    let twice = [
        addresses.tell("https://reader.example/hooks/a", &Changes::default()).await,
        addresses.tell("https://reader.example/hooks/a", &Changes::default()).await,
    ];

    assert_eq!(twice, [Ok(()), Ok(())]);
    assert_eq!(
        *outside.0.lock().unwrap(),
        [
            "/transaction",
            "/hooks/a Bearer token-1",
            "/transaction",
            "/hooks/a Bearer token-2",
            "/hooks/a Bearer token-2"
        ]
    );
}
