//! Pages of an SS 12000 provider.

use roster::RecordKind;
use serde_json::Value;
use sources::fuzzing::{PageRead, failure, ss12000_deletions as deletions, ss12000_page, ss12000_verdict};
use sources::ss12000::Resource;

use crate::canary::is_silent;
use crate::{head_and_body, now, record, status_line, today};

/// Lists whose order says nothing.
const UNORDERED: [&str; 7] =
    ["emails", "enrolments", "groupMemberships", "assignmentRole", "groups", "teachers", "schoolTypes"];

/// A page of `/organisations`.
pub fn ss12000_organisations(data: &[u8]) {
    page(Resource::Organisations, data);
}

/// A page of `/persons`.
pub fn ss12000_persons(data: &[u8]) {
    page(Resource::Persons, data);
}

/// A page of `/groups`.
pub fn ss12000_groups(data: &[u8]) {
    page(Resource::Groups, data);
}

/// A page of `/duties`.
pub fn ss12000_duties(data: &[u8]) {
    page(Resource::Duties, data);
}

/// A page of `/activities`.
pub fn ss12000_activities(data: &[u8]) {
    page(Resource::Activities, data);
}

fn page(resource: Resource, data: &[u8]) {
    let Some(read) = whole_page(|| ss12000_page(resource, data, today()).map_err(|error| format!("{error:?}"))) else {
        return;
    };
    page_holds(&read, resource.kind(), data.len());
    let other_order = reordered(data, &UNORDERED);
    if let Some([as_given, reversed]) = other_order {
        let records = |body: &str| ss12000_page(resource, body.as_bytes(), today()).map(|it| it.records).ok();
        assert_eq!(records(&as_given), records(&reversed), "the order of a list decides");
    }
}

/// Reads twice, and asserts that both say the same and that an error repeats nothing.
pub(crate) fn whole_page(read: impl Fn() -> Result<PageRead, String>) -> Option<PageRead> {
    let (first, again) = (read(), read());
    assert_eq!(first, again, "a page is read differently the second time");
    if let Err(error) = &first {
        is_silent("an error", error);
    }
    first.ok()
}

/// Asserts what is promised of a page: nothing disappears without a word, and no word repeats what it is about.
pub(crate) fn page_holds(read: &PageRead, kind: RecordKind, bytes: usize) {
    let lost = read.unreadable.iter().filter(|it| it.lost).count();
    assert_eq!(read.elements, read.records.len() + read.deleted.len() + lost, "an element disappeared");
    assert!(read.records.iter().all(|it| it.key().kind == kind) && read.deleted.iter().all(|it| it.kind == kind));
    is_silent("a warning", &read.unreadable);
    assert!(read.unreadable.iter().all(|it| it.kind == kind && it.reason.len() < 300), "a warning is no sentence");
    record::hold(&read.records, bytes);
}

/// The page as it is and with the lists named in the other order, if it is JSON at all.
pub(crate) fn reordered(data: &[u8], lists: &[&str]) -> Option<[String; 2]> {
    let as_given: Value = serde_json::from_slice(data).ok()?;
    let mut reversed = as_given.clone();
    reverse(&mut reversed, lists);
    Some([as_given.to_string(), reversed.to_string()])
}

fn reverse(value: &mut Value, lists: &[&str]) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                reverse(field, lists);
                if let (true, Value::Array(list)) = (lists.contains(&name.as_str()), field) {
                    list.reverse();
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|it| reverse(it, lists)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A page of `/deletedEntities`.
pub fn ss12000_deletions(data: &[u8]) {
    match deletions(data) {
        Ok(None) => {}
        Ok(Some((removed, _))) => {
            assert!(removed.is_sorted_by(|a, b| a < b), "something is removed twice");
            assert!(removed.len() * 32 <= data.len(), "more is removed than was named");
        }
        Err(error) => is_silent("an error", &error),
    }
}

/// An answer to `/subscriptions`, read as a subscription and as a list of them.
pub fn ss12000_subscription(data: &[u8]) {
    const DOORBELL: &str = "https://hub.example/hooks/demo/register/t";
    for subscription in sources::fuzzing::ss12000_subscription(data, DOORBELL, now()).into_iter().flatten() {
        assert!(!subscription.id.trim().is_empty(), "a subscription without an identity");
        assert_eq!(subscription.doorbell, DOORBELL);
        assert!(subscription.expires.is_some(), "a subscription that is never renewed");
    }
}

/// An answer of any status: `500 Retry-After` in the first line, then the body.
pub fn ss12000_error(data: &[u8]) {
    let (head, body) = head_and_body(data);
    let (status, retry_after) = status_line(head);
    let verdict = ss12000_verdict(status, body);
    assert_eq!(verdict == "Given", (200..300).contains(&status), "an outage can disguise itself, a success cannot");
    is_silent("a failure", &failure(status, retry_after, body, now()));
}
