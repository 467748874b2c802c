use proptest::prelude::*;

use super::*;
use crate::object::{Body, ObjectKind, Origin};

fn key(kind: &'static str, key: &str) -> ObjectKey {
    ObjectKey { kind: ObjectKind::new(kind), key: key.to_owned() }
}

fn wanted(object: ObjectKey, content: &str, needs: Vec<ObjectKey>) -> WantedObject {
    WantedObject { needs, ..WantedObject::new(object, Body::new(content.into())) }
}

fn delivered(of: &WantedObject) -> DeliveredObject {
    DeliveredObject {
        key: of.key.clone(),
        fingerprint: of.fingerprint(),
        origin: Origin::Created,
        remote: None,
        needs: of.needs.clone(),
        ties: of.ties.clone(),
        leaving: false,
    }
}

fn user_and_employment() -> (WantedObject, WantedObject) {
    let user = wanted(key("Users", "u"), "user", vec![]);
    let employment = wanted(key("Employments", "e"), "employment", vec![user.key.clone()]);
    (user, employment)
}

#[test]
fn what_is_needed_is_created_first() {
    let (user, employment) = user_and_employment();

    let plan = diff(vec![employment.clone(), user.clone()], &[]);

    assert_eq!(plan.operations, [Operation::Create(user), Operation::Create(employment)]);
}

#[test]
fn what_is_needed_is_deleted_last() {
    let (user, employment) = user_and_employment();

    let plan = diff(vec![], &[delivered(&user), delivered(&employment)]);

    assert_eq!(plan.operations, [Operation::Delete(delivered(&employment)), Operation::Delete(delivered(&user))]);
}

#[test]
fn equal_content_is_no_operation() {
    let (user, _) = user_and_employment();

    assert!(diff(vec![user.clone()], &[delivered(&user)]).is_empty());
}

#[test]
fn a_circle_of_needs_stops_nothing() {
    let (a, b) = (key("A", "1"), key("B", "1"));
    let circle = vec![wanted(a.clone(), "", vec![b.clone()]), wanted(b, "", vec![a])];

    assert_eq!(diff(circle, &[]).operations.len(), 2);
}

fn objects() -> impl Strategy<Value = Vec<WantedObject>> {
    proptest::collection::vec((0u8..8, 0u8..3, proptest::collection::vec(0u8..8, 0..3)), 0..12).prop_map(|all| {
        let unique: BTreeMap<u8, (u8, Vec<u8>)> = all.into_iter().map(|(k, c, n)| (k, (c, n))).collect();
        unique
            .into_iter()
            .map(|(k, (content, needs))| {
                // Needs point downwards only, as in every real mapping: no circles.
                let needs = needs.into_iter().filter(|n| *n < k).map(|n| key("X", &n.to_string())).collect();
                wanted(key("X", &k.to_string()), &content.to_string(), needs)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn carrying_out_the_plan_gives_what_is_wanted(before in objects(), after in objects()) {
        let mut at_target: BTreeMap<ObjectKey, String> =
            before.iter().map(|it| (it.key.clone(), it.body.fingerprint())).collect();
        let old: Vec<_> = before.iter().map(delivered).collect();

        for operation in diff(after.clone(), &old).operations {
            match operation {
                Operation::Create(it) => prop_assert!(at_target.insert(it.key, it.body.fingerprint()).is_none()),
                Operation::Update { wanted, .. } => {
                    prop_assert!(at_target.insert(wanted.key, wanted.body.fingerprint()).is_some());
                }
                Operation::Delete(it) => prop_assert!(at_target.remove(&it.key).is_some()),
            }
        }

        let expected: BTreeMap<_, _> = after.into_iter().map(|it| (it.key, it.body.fingerprint())).collect();
        prop_assert_eq!(at_target, expected);
    }

    #[test]
    fn no_object_is_made_before_what_it_needs(after in objects()) {
        let present: BTreeSet<ObjectKey> = after.iter().map(|it| it.key.clone()).collect();
        let mut made = BTreeSet::new();

        for operation in diff(after, &[]).operations {
            if let Operation::Create(it) = operation {
                prop_assert!(it.needs.iter().all(|need| made.contains(need) || !present.contains(need)));
                made.insert(it.key);
            }
        }
    }

    #[test]
    fn nothing_is_taken_away_while_something_there_needs_it(before in objects(), after in objects()) {
        let old: Vec<_> = before.iter().map(delivered).collect();
        let plan = diff(after, &old);
        let mut there: Vec<DeliveredObject> = plan.deletions().cloned().collect();

        for gone in plan.deletions() {
            there.retain(|it| it.key != gone.key);
            prop_assert!(there.iter().all(|it| !it.needs.contains(&gone.key)), "{:?} is still needed", gone.key);
        }
    }

    #[test]
    fn what_is_as_wanted_needs_no_plan(all in objects()) {
        let as_wanted: Vec<_> = all.iter().map(delivered).collect();

        prop_assert!(diff(all, &as_wanted).is_empty());
    }

    #[test]
    fn nothing_is_touched_that_is_neither_wanted_nor_ours(before in objects(), after in objects()) {
        let ours: BTreeSet<ObjectKey> = before.iter().chain(&after).map(|it| it.key.clone()).collect();
        let old: Vec<_> = before.iter().map(delivered).collect();

        prop_assert!(diff(after, &old).operations.iter().all(|it| ours.contains(it.key())));
    }

    #[test]
    fn each_object_is_touched_at_most_once_and_taken_away_last(before in objects(), after in objects()) {
        let old: Vec<_> = before.iter().chain(&before).map(delivered).collect();
        let twice: Vec<_> = after.iter().chain(&after).cloned().collect();

        let operations = diff(twice, &old).operations;

        let keys: BTreeSet<&ObjectKey> = operations.iter().map(Operation::key).collect();
        prop_assert_eq!(keys.len(), operations.len());
        prop_assert!(operations.is_sorted_by_key(|it| matches!(it, Operation::Delete(_))));
    }

    #[test]
    fn the_order_in_which_objects_are_wanted_changes_only_the_order_of_the_plan(
        (given, shuffled) in objects().prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
        before in objects(),
    ) {
        let old: Vec<_> = before.iter().map(delivered).collect();
        let by_key = |wanted| {
            let operations = diff(wanted, &old).operations.into_iter();
            operations.map(|it| (it.key().clone(), it)).collect::<BTreeMap<_, _>>()
        };

        prop_assert_eq!(by_key(given), by_key(shuffled));
    }
}
