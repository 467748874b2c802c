//! What is bent deliberately: the habits of one real provider, which a school of the quirky dialect is served with.
//!
//! Everything else that an answer has against the contract is a mistake.

use crate::contract::Deviation;
use crate::truth::{Dialect, Municipality};
use serde_json::Value;
use uuid::Uuid;

/// A deviation of the records of quirky schools, and why it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bent {
    /// Where in the record, such as `meta/modified`; positions in lists are left out.
    pub field: &'static str,
    /// As the contract says it.
    pub why: &'static str,
    /// The reason.
    pub because: &'static str,
}

/// All that is bent.
pub const BENT: [Bent; 5] = [
    Bent { field: "meta/created", why: "is no date-time", because: "its times have no zone; they are UTC" },
    Bent { field: "meta/modified", why: "is no date-time", because: "its times have no zone; they are UTC" },
    Bent { field: "", why: "lacks calendarEventsRequired", because: "its activities do not say it" },
    Bent { field: "teachers", why: "lacks duty", because: "it names teachers by person" },
    Bent {
        field: "assignmentRole/assignmentRoleType",
        why: "is none of the values there are",
        because: "it has the duty's role here too",
    },
];

/// Why a deviation is no mistake; `None`: it is one.
pub(super) fn excuse(deviation: &Deviation, body: &Value, truth: &Municipality) -> Option<Bent> {
    let (record, field) = in_record(&deviation.at, body);
    let id = body.pointer(record)?["id"].as_str()?.parse().ok()?;
    if dialect(id, truth) != Some(Dialect::Quirky) {
        return None;
    }
    let field = without_positions(field);
    BENT.into_iter().find(|bent| bent.field == field && bent.why == deviation.why)
}

/// Splits a JSON pointer into the record's and the rest. A record is an item of `data`, of a bare array, or all there is.
fn in_record<'a>(at: &'a str, body: &Value) -> (&'a str, &'a str) {
    let segments = match body {
        Value::Array(_) => 1,
        _ if body["data"].is_array() => 2,
        _ => 0,
    };
    let end = at.match_indices('/').nth(segments).map_or(at.len(), |(end, _)| end);
    at.split_at(end)
}

fn without_positions(field: &str) -> String {
    let names = field.split('/').filter(|it| !it.is_empty() && it.parse::<usize>().is_err());
    names.collect::<Vec<_>>().join("/")
}

fn dialect(id: Uuid, truth: &Municipality) -> Option<Dialect> {
    let organisation = truth.organisations.get(&id).map(|it| it.dialect);
    let person = || truth.persons.get(&id).map(|it| it.dialect);
    let group = || truth.groups.get(&id).map(|it| it.dialect);
    let duty = || truth.duties.get(&id).map(|it| it.dialect);
    let activity = || truth.activities.get(&id).map(|it| it.dialect);
    organisation.or_else(person).or_else(group).or_else(duty).or_else(activity)
}
