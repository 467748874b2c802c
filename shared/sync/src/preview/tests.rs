use roster::Id;
use rules::object::Ties;

use super::*;

const USERS: ObjectKind = ObjectKind::new("Users");

fn astrid() -> SubjectKey {
    SubjectKey::person(Id::derived(&["astrid"]))
}

fn object(fingerprint: &str, origin: Origin) -> DeliveredObject {
    let key = ObjectKey { kind: USERS, key: "astrid".to_owned() };
    let fingerprint = fingerprint.to_owned();
    DeliveredObject { key, fingerprint, origin, remote: None, needs: Vec::new(), ties: Ties::new(), leaving: false }
}

fn with(objects: Vec<DeliveredObject>) -> Delivered {
    let mut subject = Subject::unknown("demo".to_owned(), astrid());
    subject.deliveries.insert("gleerups".to_owned(), Delivery { objects, ..Delivery::default() });
    let mut all = Delivered::default();
    all.add(&subject, None);
    all
}

fn what_became(before: Vec<DeliveredObject>, after: Vec<DeliveredObject>) -> Vec<Change> {
    with(after).since(&with(before)).into_iter().map(|step| step.change).collect()
}

#[test]
fn what_comes_changes_and_goes_is_a_step_each() {
    let (made, taken_over) = (object("a", Origin::Created), object("a", Origin::Adopted));

    assert_eq!(what_became(vec![], vec![made.clone()]), [Change::Created]);
    assert_eq!(what_became(vec![], vec![taken_over]), [Change::Adopted]);
    assert_eq!(what_became(vec![made.clone()], vec![object("b", Origin::Created)]), [Change::Updated]);
    assert_eq!(what_became(vec![made], vec![]), [Change::Removed]);
}

#[test]
fn what_is_as_it_was_is_no_step() {
    let same = || vec![object("a", Origin::Created)];

    assert_eq!(what_became(same(), same()), []);
}

#[test]
fn what_the_target_may_not_have_is_made() {
    assert_eq!(what_became(vec![object("", Origin::Uncertain)], vec![object("a", Origin::Created)]), [Change::Created]);
}

#[test]
fn a_preview_with_other_content_has_another_hash() {
    let preview = |fingerprint| Preview {
        tenant: "demo".to_owned(),
        steps: with(vec![object(fingerprint, Origin::Created)]).since(&Delivered::default()),
        left: Vec::new(),
    };

    assert_eq!(preview("a").hash(), preview("a").hash());
    assert_ne!(preview("a").hash(), preview("b").hash());
}
