use roster::RecordKind;
use rules::delivery::{REMOVAL_HELD, Settlement, Trouble};
use rules::guard::HoldReason;
use state::Store;
use state::holds::Hold;

use crate::stage::{at, key, name, store};

/// A hold at a target, for which two are noted, of whom one waits.
async fn held() -> Store {
    let store = store().await;
    for n in [1, 2] {
        store.change("demo", key(n), |it| name(it, n, "Storskolan", 0)).await.unwrap();
        store.hold_subject("demo", "hold", key(n)).await.unwrap();
    }
    let trouble = Trouble { code: REMOVAL_HELD.to_owned(), message: "rules.removed".into(), at: at(1) };
    let wait = |it: &mut state::Subject| {
        let later = Settlement::Later { at: at(60), failure: false, trouble: trouble.clone() };
        it.deliveries.get_mut("gleerups").unwrap().settle(1, vec![], later, at(1));
    };
    store.change("demo", key(2), wait).await.unwrap();
    let hold = Hold {
        id: "hold".into(),
        source: String::new(),
        target: Some("gleerups".into()),
        kind: RecordKind::Organisation,
        reason: HoldReason::TooManyRemovals,
        at: at(1),
        before: 2,
        records: vec![],
    };
    store.put_hold("demo", &hold).await.unwrap();
    store
}

#[tokio::test]
async fn a_hold_shows_who_waits_and_nobody_who_was_decided_otherwise() {
    let store = held().await;

    let holds = store.holds("demo").await.unwrap();

    assert_eq!(holds.into_iter().flat_map(|it| it.records).collect::<Vec<_>>(), [key(2).record()]);
}

#[tokio::test]
async fn a_hold_ends_with_the_last_who_waits() {
    let store = held().await;
    store.release_subjects("demo", "hold", [key(2)]).await.unwrap();

    store.release_strays("demo", "gleerups", "hold").await.unwrap();

    assert!(!store.is_held("demo", "hold").await.unwrap());
}
