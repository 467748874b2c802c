//! What is posted.

use jiff::Timestamp;
use rules::object::{DeliveredObject, Origin, WantedObject};
use rules::plan::Operation;
use rules::view::View;

use super::config::Payload;
use super::event::Event;
use crate::egil::Mapping;
use crate::invented::pupil;

fn user() -> WantedObject {
    Mapping { omit_reference_urls: true, ..Mapping::default() }.map(&View::Person(pupil())).unwrap().remove(0)
}

fn delivered() -> DeliveredObject {
    DeliveredObject { origin: Origin::Created, fingerprint: user().fingerprint(), ..DeliveredObject::begun(&user()) }
}

fn event(operation: &Operation, change: u64, payload: Payload) -> Event {
    let now: Timestamp = "2026-11-27T08:00:00.5Z".parse().unwrap();
    Event::of(operation, change, payload, now)
}

fn body(operation: &Operation, payload: Payload) -> serde_json::Value {
    serde_json::from_slice(&event(operation, 1, payload).body).unwrap()
}

#[test]
fn a_full_event_holds_the_object() {
    insta::assert_json_snapshot!(body(&Operation::Create(user()), Payload::Full));
}

#[test]
fn a_thin_event_holds_nobodys_data() {
    insta::assert_json_snapshot!(body(&Operation::Create(user()), Payload::Thin));
}

#[test]
fn of_what_is_gone_only_the_identity_is_told() {
    insta::assert_json_snapshot!(body(&Operation::Delete(delivered()), Payload::Full));
}

#[test]
fn an_event_is_known_by_what_it_brings_and_not_by_when_it_is_tried() {
    let update = Operation::Update { wanted: user(), delivered: delivered() };
    let in_doubt = Operation::Update { wanted: user(), delivered: DeliveredObject::begun(&user()) };

    let id = |operation: &Operation, change| event(operation, change, Payload::Full).id;

    assert_eq!(id(&update, 4), id(&in_doubt, 4));
    assert_ne!(id(&update, 4), id(&update, 5));
    assert_ne!(id(&update, 4), id(&Operation::Create(user()), 4));
    assert!(id(&update, 4).bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_'), "{}", id(&update, 4));
}
