//! Operations → events. Pure.
//!
//! Wire facts: the Standard Webhooks specification 1.0.0 – a body of `type`, `timestamp` and `data`; `type` in
//! `[a-zA-Z0-9_.]`; an identity without a full stop, the same for each try.

use jiff::Timestamp;
use rules::object::ObjectKey;
use rules::plan::Operation;
use serde_json::{Value, json};

use super::config::Payload;
use crate::egil;

/// What is posted.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// The same however often it is tried.
    pub(super) id: String,
    pub(super) body: Vec<u8>,
}

impl Event {
    /// The event of an operation. `change` is the subject's change that it brings: once what it undoes has been undone
    /// again, that is another event, though it says the same.
    pub(super) fn of(operation: &Operation, change: u64, payload: Payload, now: Timestamp) -> Self {
        let (verb, content, was) = match operation {
            Operation::Create(wanted) => ("created", Some(wanted), ""),
            Operation::Update { wanted, .. } => ("updated", Some(wanted), ""),
            Operation::Delete(delivered) => ("deleted", None, delivered.fingerprint.as_str()),
        };
        let key = operation.key();
        let fingerprint = content.map_or_else(|| was.to_owned(), rules::object::WantedObject::fingerprint);
        let said = format!("{}\0{}\0{verb}\0{fingerprint}\0{change}", key.kind, key.key);
        let mut data = json!({ "id": key.key });
        if let (Payload::Full, Some(wanted)) = (payload, content) {
            data["resource"] = wanted.body.expose().clone();
        }
        let body: Value =
            json!({ "type": format!("{}.{verb}", noun(key)), "timestamp": now.to_string(), "data": data });
        Self { id: format!("evt_{}", roster::fingerprint(said.as_bytes())), body: body.to_string().into_bytes() }
    }
}

/// What an event calls a kind of object.
fn noun(key: &ObjectKey) -> &'static str {
    let nouns = [
        (egil::ORGANISATIONS, "organisation"),
        (egil::SCHOOL_UNIT_GROUPS, "school_unit_group"),
        (egil::SCHOOL_UNITS, "school_unit"),
        (egil::USERS, "user"),
        (egil::EMPLOYMENTS, "employment"),
        (egil::STUDENT_GROUPS, "student_group"),
        (egil::ACTIVITIES, "activity"),
        (egil::LICENCE_ASSIGNMENTS, "licence_assignment"),
    ];
    nouns.iter().find(|(kind, _)| *kind == key.kind).map_or("object", |(_, noun)| noun)
}
