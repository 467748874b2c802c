//! What changes what is there.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rules::object::{DeliveredObject, Origin, Ties, WantedObject};
use rules::plan::diff;
use rules::view::View;
use serde_json::{Value, json};

use super::object;
use crate::invented::{group, pupil};
use crate::scim::change::{Change, Manner};
use crate::scim::kinds::MEMBERS;

const USUAL: Manner = Manner { at_once: 2, leave_by_value: false };

/// A group with these members.
fn class(members: &[&str]) -> WantedObject {
    let members = members.iter().map(|it| (*it).to_owned()).collect();
    WantedObject { ties: Ties::from([(MEMBERS.to_owned(), members)]), ..object("", View::Group(group())) }
}

fn delivered(of: &WantedObject) -> DeliveredObject {
    DeliveredObject { fingerprint: of.fingerprint(), origin: Origin::Created, ..DeliveredObject::begun(of) }
}

fn patches(change: &Change<'_>, manner: Manner) -> Vec<Value> {
    let (first, more) = change.patches(manner);
    std::iter::once(first).chain(more).collect()
}

/// What the operations are about.
fn told(patches: &[Value]) -> Vec<Vec<String>> {
    let line = |it: &Value| format!("{} {} {}", it["op"].as_str().unwrap(), it["path"].as_str().unwrap(), it["value"]);
    let about_members = |it: &&Value| it["path"].as_str().is_some_and(|path| path.starts_with(MEMBERS));
    let of = |patch: &Value| patch["Operations"].as_array().unwrap().iter().filter(about_members).map(line).collect();
    patches.iter().map(of).collect()
}

#[test]
fn an_account_is_changed_attribute_by_attribute() {
    let wanted = object("", View::Person(pupil()));

    let patches = patches(&Change::of(&wanted, None), USUAL);

    insta::assert_json_snapshot!(patches);
}

#[test]
fn only_who_joins_and_who_leaves_is_named() {
    let (before, now) = (delivered(&class(&["a", "b"])), class(&["b", "c"]));

    let patches = patches(&Change::of(&now, Some(&before)), USUAL);

    assert_eq!(told(&patches), [["remove members[value eq \"a\"] null", "add members [{\"value\":\"c\"}]"]]);
}

#[test]
fn whom_a_try_named_that_never_told_how_it_ended_is_let_go_of_when_not_wanted_any_more() {
    let tried = DeliveredObject::begun(&class(&["a", "b"]));
    let plan = diff(vec![class(&["b", "c"])], &[tried]);
    let made = plan.creations().next().unwrap();

    let patches = patches(&Change::of(made, None), USUAL);

    let lines = [["remove members[value eq \"a\"] null"], ["add members [{\"value\":\"b\"},{\"value\":\"c\"}]"]];
    assert_eq!(told(&patches), lines);
}

#[test]
fn some_receivers_are_told_by_value_who_leaves() {
    let (before, now) = (delivered(&class(&["a", "b"])), class(&[]));

    let patches = patches(&Change::of(&now, Some(&before)), Manner { leave_by_value: true, ..USUAL });

    assert_eq!(told(&patches), [["remove members [{\"value\":\"a\"},{\"value\":\"b\"}]"]]);
}

#[test]
fn not_more_members_than_agreed_are_named_at_once() {
    let patches = patches(&Change::of(&class(&["a", "b", "c"]), None), USUAL);

    assert_eq!(
        told(&patches),
        [
            vec!["add members [{\"value\":\"a\"},{\"value\":\"b\"}]".to_owned()],
            vec!["add members [{\"value\":\"c\"}]".to_owned()],
        ]
    );
}

#[test]
fn when_it_is_not_known_how_the_last_change_ended_everybody_is_named_again() {
    let (now, mut before) = (class(&["a", "b"]), delivered(&class(&["a", "c"])));
    before.doubt(&now);

    let change = Change::of(&now, Some(&before));

    assert_eq!((change.join, change.leave), (vec![&"a".to_owned(), &"b".to_owned()], vec![&"c".to_owned()]));
}

#[test]
fn written_anew_an_account_keeps_what_others_wrote() {
    let wanted = object("", View::Person(pupil()));
    let present = json!({
        "id": "77", "meta": { "version": "W/1" }, "schemas": ["a", "b"], "phoneNumbers": [{ "value": "0910-000 00" }],
        "displayName": "Somebody else",
    });

    let anew = Change::of(&wanted, None).applied_to(&present);

    assert_eq!([&anew["id"], &anew["meta"], &anew["schemas"]], [&json!("77"), &Value::Null, &json!(["a", "b"])]);
    assert_eq!([&anew["phoneNumbers"], &anew["displayName"]], [&present["phoneNumbers"], &json!("Astrid Lindgård")]);
}

fn names() -> impl Strategy<Value = BTreeSet<String>> {
    proptest::collection::btree_set("[a-f]", 0..6)
}

proptest! {
    /// However it was before, and whoever was put there by hand: afterwards it is who is wanted, and they.
    #[test]
    fn whoever_was_put_there_by_hand_stays(before in names(), now in names(), by_hand in names(), doubt in any::<bool>()) {
        let list = |of: &BTreeSet<String>| class(&of.iter().map(String::as_str).collect::<Vec<_>>());
        let (wanted, mut known) = (list(&now), delivered(&list(&before)));
        if doubt {
            known.doubt(&wanted);
        }
        let by_hand: BTreeSet<String> = by_hand.difference(&before).cloned().collect();
        let there: BTreeSet<&String> = before.union(&by_hand).collect();
        let present = json!({ "members": there.iter().map(|it| json!({ "value": it })).collect::<Vec<_>>() });

        let anew = Change::of(&wanted, Some(&known)).applied_to(&present);

        let members = anew["members"].as_array().unwrap();
        let found: BTreeSet<String> = members.iter().map(|it| it["value"].as_str().unwrap().to_owned()).collect();
        prop_assert_eq!(members.len(), found.len());
        prop_assert_eq!(found, now.union(&by_hand).cloned().collect::<BTreeSet<_>>());
    }
}
