//! What only the in-process queue promises. The common contract is tested in `tests/it`.

mod model;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use roster::clock::ManualClock;

use super::*;

fn clock() -> ManualClock {
    ManualClock::at(Timestamp::UNIX_EPOCH)
}

fn standard(clock: &ManualClock) -> LocalQueue {
    LocalQueue::new(LocalQueueSettings::standard("jobs"), Arc::new(clock.clone()))
}

async fn bodies(queue: &LocalQueue) -> Vec<String> {
    let received = queue.receive(10, Duration::ZERO).await.unwrap();
    received.into_iter().map(|message| message.body).collect()
}

fn numbered(group: &str, count: usize) -> Vec<Outgoing> {
    (0..count).map(|n| Outgoing::new(format!("{group}{n}")).in_group(group)).collect()
}

#[tokio::test]
async fn a_full_queue_refuses_the_whole_call_and_says_so() {
    let settings = LocalQueueSettings { capacity: 3, ..LocalQueueSettings::standard("jobs") };
    let queue = LocalQueue::new(settings, Arc::new(clock()));
    queue.send(numbered("a", 2)).await.unwrap();

    let error = queue.send(numbered("b", 2)).await.unwrap_err();

    assert_eq!(error.code(), "queue.full");
    assert_eq!(error.to_string(), "queue jobs is full: 3 messages");
    assert_eq!(queue.depth().await.unwrap().visible, 2);
}

#[tokio::test]
async fn a_message_is_visible_at_the_very_moment_its_delay_has_passed() {
    let clock = clock();
    let queue = standard(&clock);
    let delayed = Outgoing::new("x").delayed_by(Duration::from_millis(1_500));
    queue.send(vec![delayed]).await.unwrap();

    clock.advance_millis(1_499);
    let too_early = bodies(&queue).await;
    clock.advance_millis(1);
    let in_time = bodies(&queue).await;

    assert_eq!((too_early, in_time), (vec![], vec!["x".to_owned()]));
}

#[tokio::test]
async fn a_quiet_group_does_not_wait_behind_a_noisy_one() {
    let queue = standard(&clock());
    queue.send(numbered("noisy", 100)).await.unwrap();
    queue.send(numbered("quiet", 1)).await.unwrap();

    let first = bodies(&queue).await;

    assert!(first.contains(&"quiet0".to_owned()));
}

#[tokio::test]
async fn a_message_released_at_once_goes_behind_those_waiting() {
    let queue = standard(&clock());
    queue.send(vec![Outgoing::new("first"), Outgoing::new("second")]).await.unwrap();
    let first = queue.receive(1, Duration::ZERO).await.unwrap().remove(0);

    queue.release(vec![first.receipt], Duration::ZERO).await.unwrap();

    assert_eq!(bodies(&queue).await, ["second", "first"]);
}

#[tokio::test]
async fn a_timed_out_receipt_still_deletes_on_a_standard_queue_and_not_on_a_fifo_queue() {
    let mut left = Vec::new();
    for settings in [LocalQueueSettings::standard("jobs"), LocalQueueSettings::fifo("notices")] {
        let clock = clock();
        let queue = LocalQueue::new(settings, Arc::new(clock.clone()));
        queue.send(numbered("a", 1)).await.unwrap();
        let received = queue.receive(1, Duration::ZERO).await.unwrap().remove(0);
        clock.advance_seconds(30);
        queue.delete(vec![received.receipt]).await.unwrap();
        left.push(queue.depth().await.unwrap().total());
    }

    assert_eq!(left, [0, 1]);
}

#[tokio::test]
async fn the_deduplication_window_counts_from_the_first_sending() {
    let clock = clock();
    let queue = LocalQueue::new(LocalQueueSettings::fifo("n"), Arc::new(clock.clone()));
    queue.send(numbered("a", 1)).await.unwrap();

    clock.advance_millis(299_999);
    queue.send(numbered("a", 1)).await.unwrap();
    let within = queue.depth().await.unwrap().total();
    clock.advance_millis(1);
    queue.send(numbered("a", 1)).await.unwrap();
    let after = queue.depth().await.unwrap().total();

    assert_eq!((within, after), (1, 2));
}

#[tokio::test]
async fn what_is_remembered_for_deduplication_is_bounded_by_the_capacity() {
    let settings = LocalQueueSettings { capacity: 10, ..LocalQueueSettings::fifo("n") };
    let queue = LocalQueue::new(settings, Arc::new(clock()));
    for message in numbered("a", 50) {
        queue.send(vec![message]).await.unwrap();
        queue.purge().await.unwrap();
    }

    queue.send(numbered("a", 1)).await.unwrap();

    assert_eq!(queue.depth().await.unwrap().total(), 1);
}

#[tokio::test]
async fn a_dead_letter_keeps_its_id_group_and_receive_count() {
    let clock = clock();
    let dead_letters = Arc::new(standard(&clock));
    let settings = LocalQueueSettings {
        max_receive_count: Some(1),
        dead_letters: Some(Arc::clone(&dead_letters)),
        ..LocalQueueSettings::standard("jobs")
    };
    let queue = LocalQueue::new(settings, Arc::new(clock.clone()));
    queue.send(numbered("t1", 1)).await.unwrap();
    let received = queue.receive(1, Duration::ZERO).await.unwrap().remove(0);
    clock.advance_seconds(30);
    queue.receive(1, Duration::ZERO).await.unwrap();

    let dead = dead_letters.receive(1, Duration::ZERO).await.unwrap();

    let expected = Received { receipt: dead[0].receipt.clone(), receive_count: 2, ..received };
    assert_eq!(dead, [expected]);
}

#[tokio::test]
async fn a_full_dead_letter_queue_still_takes_dead_letters() {
    let clock = clock();
    let full = LocalQueueSettings { capacity: 0, ..LocalQueueSettings::standard("dead") };
    let dead_letters = Arc::new(LocalQueue::new(full, Arc::new(clock.clone())));
    let settings = LocalQueueSettings {
        max_receive_count: Some(1),
        dead_letters: Some(Arc::clone(&dead_letters)),
        ..LocalQueueSettings::standard("jobs")
    };
    let queue = LocalQueue::new(settings, Arc::new(clock.clone()));
    queue.send(numbered("a", 5)).await.unwrap();
    bodies(&queue).await;
    clock.advance_seconds(30);

    bodies(&queue).await;

    assert_eq!(dead_letters.depth().await.unwrap().visible, 5);
}

#[tokio::test(start_paused = true)]
async fn every_waiting_reader_gets_a_message_sent_in_one_call() {
    let queue = Arc::new(standard(&clock()));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let queue = Arc::clone(&queue);
            tokio::spawn(async move { queue.receive(1, Duration::from_secs(20)).await.unwrap() })
        })
        .collect();
    tokio::task::yield_now().await;
    let started = Instant::now();

    queue.send(numbered("a", 4)).await.unwrap();

    let mut received = 0;
    for reader in readers {
        received += reader.await.unwrap().len();
    }
    assert_eq!((received, started.elapsed()), (4, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_stops_waiting_does_not_take_the_wake_up_with_it() {
    let queue = Arc::new(standard(&clock()));
    let patient = {
        let queue = Arc::clone(&queue);
        tokio::spawn(async move { queue.receive(1, Duration::from_secs(20)).await.unwrap() })
    };
    {
        let mut impatient = pin!(queue.receive(1, Duration::from_secs(20)));
        assert!(futures::poll!(impatient.as_mut()).is_pending());
        tokio::task::yield_now().await;
        queue.send(numbered("a", 1)).await.unwrap();
    }
    let started = Instant::now();

    let received = patient.await.unwrap();

    assert_eq!((received.len(), started.elapsed()), (1, Duration::ZERO));
}
