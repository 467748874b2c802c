use state::faults::Fault;

use crate::stage::{faulty, key, name, once};

#[tokio::test]
async fn an_answer_lost_after_commit_is_not_a_conflict() {
    let store = faulty(once("PutItem", Fault::AnswerLost)).await;

    let (written, ()) = store.change("demo", key(1), |it| name(it, 1, "Storskolan", 0)).await.unwrap();

    assert_eq!(store.subject("demo", key(1)).await.unwrap(), written);
}

#[tokio::test]
async fn a_transaction_conflict_is_decided_again() {
    let store = faulty(once("PutItem", Fault::TransactionConflict)).await;

    store.change("demo", key(1), |it| name(it, 1, "Storskolan", 0)).await.unwrap();

    assert!(store.subject("demo", key(1)).await.unwrap().is_stored());
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let store = faulty(once("PutItem", Fault::Throttled)).await;

    store.change("demo", key(1), |it| name(it, 1, "Storskolan", 0)).await.unwrap();

    assert!(store.subject("demo", key(1)).await.unwrap().is_stored());
}

#[tokio::test]
async fn a_stale_read_does_not_undo_what_came_between() {
    // The third read – after two changes – answers as the first did.
    let reads = std::sync::atomic::AtomicU32::new(0);
    let store = faulty(std::sync::Arc::new(move |operation| {
        let stale = operation == "GetItem" && reads.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 2;
        if stale { Fault::StaleRead } else { Fault::None }
    }))
    .await;
    store.change("demo", key(1), |it| name(it, 1, "first", 0)).await.unwrap();
    store.change("demo", key(1), |it| name(it, 1, "second", 1)).await.unwrap();

    store.change("demo", key(1), |it| name(it, 1, "third", 2)).await.unwrap();

    assert_eq!(store.subject("demo", key(1)).await.unwrap().deliveries["gleerups"].wanted, 3);
}
