//! A service in process, the target that hands lines over to it, and the lines that wait, as the hub keeps them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use outbound::{FixedSecrets, SecretRef};
use roster::{Clock, Id, Personal, Validity};
use rules::object::{DeliveredObject, Origin};
use rules::plan::{Operation, diff};
use rules::view::{
    ActivityView, EmailView, EmploymentView, EnrolmentView, GroupView, OrganisationView, OrganisationViewKind,
    PersonView, Reference, View,
};
use rules::window::{HandedOver, Line};
use targets::Target;
use targets::files::{Handed, LineAnswer, Turnstile};
use targets::registry::{TargetContext, build};
use tokio::time::Instant;
use world::{DnpOptions, DnpServer, Time};

use crate::kit::Line as Wire;

/// Skolverket's own identities.
pub(super) const UNIT: &str = "fb22448b-b724-5e53-8a2c-d8b339206901";
const TEST: &str = "505c5ee0-7be4-560d-9c27-10ab0d96ac9a";

/// Time that passes as the runtime's does.
#[derive(Debug, Clone, Copy)]
struct Passing(Instant);

impl Passing {
    fn at(self) -> Timestamp {
        let start: Timestamp = "2026-11-27T08:00:00Z".parse().unwrap();
        start.checked_add(SignedDuration::try_from(self.0.elapsed()).unwrap()).unwrap()
    }
}

impl Clock for Passing {
    fn now(&self) -> Timestamp {
        self.at()
    }
}

/// Lets every call through, or three a second.
#[derive(Debug)]
pub(super) struct Door {
    is_open: bool,
    next: Mutex<Instant>,
}

#[async_trait]
impl Turnstile for Door {
    async fn pass(&self) -> Option<Duration> {
        let (mut next, now) = (self.next.lock().unwrap(), Instant::now());
        if !self.is_open && now < *next {
            return Some(*next - now);
        }
        *next = now + Duration::from_millis(334);
        None
    }
}

pub(super) struct Stage {
    pub(super) server: DnpServer,
    pub(super) door: Door,
    target: Arc<dyn Target>,
    delivered: Vec<DeliveredObject>,
    lines: BTreeMap<String, Line>,
    remembered: HandedOver,
}

impl Stage {
    pub(super) fn of(options: impl FnOnce(&mut DnpOptions), more: &str) -> Self {
        let clock = Passing(Instant::now());
        let mut service = DnpOptions::new(Time::told_by(move || clock.at()));
        service.school_units.insert(UNIT.to_owned());
        service.test_activities.insert(TEST.to_owned());
        options(&mut service);
        let server = DnpServer::in_process(service);
        let answering = server.clone();
        let line = Wire::to(move |request| {
            let server = answering.clone();
            async move { server.answer(request).await }
        });
        let context = TargetContext {
            secrets: Arc::new(FixedSecrets::new().with(SecretRef::Env("DNP".into()), "its own transport shows none")),
            clock: Arc::new(clock),
            user_agent: "skolbro-conformance".into(),
            transport: Some(Arc::new(line)),
            places: None,
            dry_run: false,
        };
        let settings = format!(
            "certificate = {{ env = 'DNP' }}\nentity_id = 'https://norrbyholm.example'\nbase_url = '{}'\n\
             token_url = '{}'\nschool_units = {{ '12345678' = '{UNIT}' }}\n\
             test_activities = {{ 'Matematik' = '{TEST}' }}\n{more}",
            server.base_url(),
            server.token_url()
        );
        let target = build("dnp", &settings.parse().unwrap(), &context).unwrap().target;
        let door = Door { is_open: false, next: Mutex::new(Instant::now()) };
        let (delivered, lines, remembered) = (Vec::new(), BTreeMap::new(), HandedOver::default());
        Self { server, door, target, delivered, lines, remembered }
    }

    pub(super) fn usual() -> Self {
        Self::of(|_| {}, "")
    }

    pub(super) fn open_the_door(&mut self) {
        self.door.is_open = true;
    }

    /// Keeps what a view means to the target, as the hub does.
    pub(super) fn keep(&mut self, view: &View) {
        let wanted = self.target.map(view).unwrap();
        let of_it: Vec<DeliveredObject> =
            self.delivered.iter().filter(|it| wanted.iter().any(|wanted| wanted.key == it.key)).cloned().collect();
        for operation in diff(wanted, &of_it).operations {
            self.keep_lines(&operation);
            let (Operation::Create(wanted) | Operation::Update { wanted, .. }) = operation else { continue };
            self.delivered.retain(|it| it.key != wanted.key);
            let fingerprint = wanted.fingerprint();
            self.delivered.push(DeliveredObject {
                fingerprint,
                origin: Origin::Created,
                ..DeliveredObject::begun(&wanted)
            });
        }
    }

    /// Keeps that all of it is gone.
    pub(super) fn keep_gone(&mut self, view: &View) {
        for operation in diff(Vec::new(), &self.delivered_of(view)).operations {
            self.keep_lines(&operation);
        }
    }

    fn delivered_of(&self, view: &View) -> Vec<DeliveredObject> {
        let wanted = self.target.map(view).unwrap();
        self.delivered.iter().filter(|it| wanted.iter().any(|wanted| wanted.key == it.key)).cloned().collect()
    }

    fn keep_lines(&mut self, operation: &Operation) {
        for line in self.target.files().unwrap().lines(operation) {
            self.lines.insert(line.about.clone(), line);
        }
    }

    /// One sitting. Lines that are answered for wait no more.
    pub(super) async fn sit(&mut self) -> Handed {
        let lines: Vec<Line> = self.lines.values().cloned().collect();
        let bulk = self.target.files().unwrap().bulk().unwrap();
        let handed = bulk.hand_over(&lines, std::mem::take(&mut self.remembered), &self.door).await;
        for place in handed.answers.keys() {
            self.lines.remove(&lines[*place].about);
        }
        self.remembered = handed.remembered.clone();
        handed
    }

    /// Sittings a minute apart, until nothing waits. Gives how many it took.
    pub(super) async fn sit_until_nothing_waits(&mut self) -> usize {
        for count in 1..100 {
            self.sit().await;
            if self.lines.is_empty() {
                return count;
            }
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        panic!("{} lines wait for ever", self.lines.len());
    }

    pub(super) fn waiting(&self) -> usize {
        self.lines.len()
    }

    /// How often something was called.
    pub(super) fn calls(&self, what: &str) -> u64 {
        self.server.counters().calls.get(what).copied().unwrap_or_default()
    }
}

/// What was turned down, by code.
pub(super) fn turned_down(handed: &Handed) -> Vec<(&'static str, String, bool)> {
    let told = handed.answers.values().filter_map(|it| match it {
        LineAnswer::TurnedDown(it) => Some((it.code, it.message.clone(), it.is_there)),
        _ => None,
    });
    told.collect()
}

fn id(name: &str) -> Id {
    Id::derived(&[name])
}

pub(super) fn key(name: &str) -> String {
    id(name).to_string()
}

fn reference(name: &str) -> Reference {
    Reference { id: id(name), at_target: id(name).to_string() }
}

fn unit_reference() -> Reference {
    Reference { id: id("Provskolan"), at_target: UNIT.into() }
}

pub(super) fn unit() -> View {
    View::Organisation(OrganisationView {
        id: id("Provskolan"),
        kind: OrganisationViewKind::SchoolUnit,
        name: "Provskolan".into(),
        school_unit_code: Some("12345678".into()),
        school_types: vec!["GR".into()],
        municipality_code: None,
        principal: None,
        school: None,
    })
}

fn person(name: &str) -> PersonView {
    let address = format!("{}@skola.example", name.to_lowercase());
    PersonView {
        id: id(name),
        at_target: None,
        given_name: Personal::new(name.into()),
        family_name: Personal::new("Provsson".into()),
        user_name: Personal::new(address.clone()),
        principal_name: None,
        civic_number: Some(Personal::new("201212129801".into())),
        emails: vec![EmailView { address: Personal::new(address), kind: String::new() }],
        enrolments: Vec::new(),
        employments: Vec::new(),
        licences: Vec::new(),
        login: None,
    }
}

pub(super) fn pupil(name: &str) -> View {
    pupil_of(name, 6)
}

pub(super) fn pupil_of(name: &str, school_year: u8) -> View {
    let place = EnrolmentView {
        school_unit: unit_reference(),
        school_type: Some("GR".into()),
        school_year: Some(school_year),
        education_code: None,
        validity: Validity::ALWAYS,
    };
    View::Person(PersonView { enrolments: vec![place], ..person(name) })
}

pub(super) fn teacher(name: &str) -> View {
    let employment = EmploymentView {
        id: id(&format!("duty of {name}")),
        school_unit: unit_reference(),
        role: "Lärare".into(),
        signature: None,
        validity: Validity::ALWAYS,
    };
    View::Person(PersonView { employments: vec![employment], ..person(name) })
}

pub(super) fn class(name: &str, pupils: &[&str]) -> View {
    View::Group(GroupView {
        id: id(name),
        name: name.into(),
        kind: "Klass".into(),
        school_type: Some("GR".into()),
        validity: Validity::ALWAYS,
        school_unit: unit_reference(),
        pupils: pupils.iter().map(|it| reference(it)).collect(),
        led_by: None,
        teachers: Vec::new(),
    })
}

pub(super) fn maths(group: &str, teacher: &str) -> View {
    View::Activity(ActivityView {
        id: id(&format!("maths of {group}")),
        name: format!("Matematik {group}"),
        validity: Validity::ALWAYS,
        school_unit: unit_reference(),
        groups: vec![reference(group)],
        teachers: vec![reference(&format!("duty of {teacher}"))],
    })
}

/// A class of two, and who teaches it.
pub(super) fn school() -> Vec<View> {
    vec![unit(), maths("6A", "Rut"), class("6A", &["Astrid", "Bo"]), pupil("Astrid"), pupil("Bo"), teacher("Rut")]
}
