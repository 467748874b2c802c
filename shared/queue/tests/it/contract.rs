//! The claims, written against `&dyn Queue`. They sleep on the runtime's timer: for the in-process queue that
//! time is paused and jumps; over the wire it is real, because a server's time cannot be owned.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use queue::{Depth, Outgoing, Queue, QueueError, Received};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};

/// A queue with dead letters, as a claim needs it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup {
    pub(crate) fifo: bool,
    pub(crate) visibility: Duration,
    pub(crate) max_receive_count: u32,
}

/// A fresh queue and its dead-letter queue.
pub(crate) struct Opened {
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) dead_letters: Arc<dyn Queue>,
}

/// Where queues can be opened.
#[async_trait]
pub(crate) trait Place: Sync {
    async fn open(&self, setup: Setup) -> Opened;
}

/// Hands the names of all claims to a macro that makes tests of them.
macro_rules! claims {
    ($make:ident) => {
        $make! {
            a_message_comes_as_it_was_sent
            more_messages_than_one_batch_all_arrive
            more_bytes_than_one_batch_all_arrive
            sending_and_deleting_nothing_is_fine
            what_is_outside_the_limits_is_refused
            what_a_fifo_queue_cannot_do_is_refused
            a_delayed_message_comes_after_its_delay
            a_message_not_deleted_comes_again_and_is_counted
            a_message_released_at_once_comes_at_once
            a_message_released_later_stays_hidden_until_then
            deleting_again_is_no_error
            releasing_a_deleted_message_is_no_error
            the_receipt_of_an_earlier_reception_deletes_nothing
            a_message_received_too_often_becomes_a_dead_letter
            a_dead_letter_frees_its_group
            a_group_in_flight_is_locked_and_others_are_not
            order_within_a_group_is_kept
            a_released_message_keeps_its_place_in_its_group
            the_same_body_is_taken_once
            the_same_id_is_taken_once_and_different_ids_twice
            a_repeat_is_dropped_even_after_the_first_is_deleted
            depth_counts_visible_in_flight_and_delayed
            a_purge_leaves_nothing
            a_long_poll_ends_empty_after_its_wait
            a_long_poll_ends_when_a_message_is_sent
            a_long_poll_ends_when_a_delayed_message_becomes_visible
            a_long_poll_ends_when_a_message_in_flight_times_out
            a_long_poll_ends_when_another_reader_lets_a_message_time_out
            a_long_poll_ends_when_a_group_is_freed
            eight_consumers_process_a_thousand_messages_once_each
        }
    };
}
pub(crate) use claims;

const STANDARD: Setup = Setup { fifo: false, visibility: Duration::from_secs(30), max_receive_count: 10 };
const FIFO: Setup = Setup { fifo: true, ..STANDARD };
/// Times out soon, with room for a slow server between two calls.
const SHORT: Duration = Duration::from_secs(4);
const SECOND: Duration = Duration::from_secs(1);

fn grouped(bodies: &[&str], group: &str) -> Vec<Outgoing> {
    let message = |body: &&str| Outgoing::new(*body).in_group(group);
    bodies.iter().map(message).collect()
}

fn code<T>(result: Result<T, QueueError>) -> Option<&'static str> {
    result.err().map(|error| error.code())
}

fn bodies(received: &[Received]) -> Vec<&str> {
    received.iter().map(|m| m.body.as_str()).collect()
}

fn receipts(received: &[Received]) -> Vec<String> {
    received.iter().map(|m| m.receipt.clone()).collect()
}

/// The one message that comes within a second.
async fn receive_one(queue: &dyn Queue) -> Received {
    let received = queue.receive(1, SECOND).await.unwrap();
    received.into_iter().next().expect("a message comes")
}

/// Receives until nothing comes for a second.
async fn receive_all(queue: &dyn Queue) -> Vec<Received> {
    let mut all = Vec::new();
    loop {
        let received = queue.receive(10, SECOND).await.unwrap();
        if received.is_empty() {
            return all;
        }
        all.extend(received);
    }
}

/// The answer of a long poll that must end long before its wait of 20 seconds, and how long it took.
async fn polled(queue: &dyn Queue) -> (Vec<Received>, Duration) {
    let started = Instant::now();
    let poll = queue.receive(1, Duration::from_secs(20));
    let received = timeout(Duration::from_secs(15), poll).await;
    let received = received.expect("the poll ends early").unwrap();
    (received, started.elapsed())
}

pub(crate) async fn a_message_comes_as_it_was_sent(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    let body = r#"{"å":"ä ö","n":1,"bag":"🎒"}"#;
    queue.send(grouped(&[body], "t1")).await.unwrap();

    let message = receive_one(&*queue).await;

    assert_eq!(message.body, body);
    assert_eq!(message.group.as_deref(), Some("t1"));
    assert_eq!(message.receive_count, 1);
    assert!(!message.id.is_empty());
}

pub(crate) async fn more_messages_than_one_batch_all_arrive(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    let sent: Vec<String> = (10..35).map(|n| n.to_string()).collect();
    let messages = sent.iter().map(Outgoing::new).collect();
    queue.send(messages).await.unwrap();

    let received = receive_all(&*queue).await;
    queue.delete(receipts(&received)).await.unwrap();

    let mut arrived = bodies(&received);
    arrived.sort_unstable();
    assert_eq!(arrived, sent);
    assert_eq!(queue.depth().await.unwrap(), Depth::default());
}

pub(crate) async fn more_bytes_than_one_batch_all_arrive(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    let body = "x".repeat(600 * 1_024);
    let messages = vec![Outgoing::new(body); 3];
    queue.send(messages).await.unwrap();

    let received = receive_all(&*queue).await;

    let sizes: Vec<usize> = received.iter().map(|m| m.body.len()).collect();
    assert_eq!(sizes, [600 * 1_024; 3]);
}

pub(crate) async fn sending_and_deleting_nothing_is_fine(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;

    queue.send(vec![]).await.unwrap();
    queue.delete(vec![]).await.unwrap();
    queue.release(vec![], SECOND).await.unwrap();

    assert_eq!(queue.depth().await.unwrap(), Depth::default());
}

pub(crate) async fn what_is_outside_the_limits_is_refused(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    let late = Outgoing::new("x").delayed_by(Duration::from_secs(901));
    let good_and_late = vec![Outgoing::new("good"), late];

    let send = code(queue.send(good_and_late).await);
    let receive = code(queue.receive(11, SECOND).await);
    let wait = code(queue.receive(1, Duration::from_secs(21)).await);
    let release = code(queue.release(vec![], Duration::from_secs(43_201)).await);

    assert_eq!(send, Some("queue.delay_too_long"));
    assert_eq!(receive, Some("queue.receive_count"));
    assert_eq!(wait, Some("queue.wait_too_long"));
    assert_eq!(release, Some("queue.release_too_long"));
    assert_eq!(queue.depth().await.unwrap().total(), 0, "nothing was sent");
}

pub(crate) async fn what_a_fifo_queue_cannot_do_is_refused(place: &dyn Place) {
    let Opened { queue, .. } = place.open(FIFO).await;
    let delayed = Outgoing::new("x").in_group("g").delayed_by(SECOND);

    let without_group = code(queue.send(vec![Outgoing::new("x")]).await);
    let with_delay = code(queue.send(vec![delayed]).await);

    assert_eq!(without_group, Some("queue.group_missing"));
    assert_eq!(with_delay, Some("queue.delay_unsupported"));
}

pub(crate) async fn a_delayed_message_comes_after_its_delay(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    let delayed = Outgoing::new("late").delayed_by(SHORT);
    queue.send(vec![delayed, Outgoing::new("soon")]).await.unwrap();

    let before = receive_all(&*queue).await;
    sleep(SHORT).await;
    let after = receive_all(&*queue).await;

    assert_eq!(bodies(&before), ["soon"]);
    assert_eq!(bodies(&after), ["late"]);
}

pub(crate) async fn a_message_not_deleted_comes_again_and_is_counted(place: &dyn Place) {
    let Opened { queue, .. } = place.open(Setup { visibility: SHORT, ..STANDARD }).await;
    queue.send(grouped(&["x"], "t1")).await.unwrap();

    let first = receive_one(&*queue).await;
    let hidden = queue.receive(1, SECOND).await.unwrap();
    sleep(SHORT).await;
    let second = receive_one(&*queue).await;

    assert_eq!(hidden, []);
    assert_eq!(second.id, first.id);
    assert_ne!(second.receipt, first.receipt);
    assert_eq!((first.receive_count, second.receive_count), (1, 2));
}

pub(crate) async fn a_message_released_at_once_comes_at_once(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    queue.send(grouped(&["x"], "t1")).await.unwrap();
    let first = receive_one(&*queue).await;

    let released = vec![first.receipt];
    queue.release(released, Duration::ZERO).await.unwrap();

    assert_eq!(receive_one(&*queue).await.receive_count, 2);
}

pub(crate) async fn a_message_released_later_stays_hidden_until_then(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    queue.send(grouped(&["x"], "t1")).await.unwrap();
    let first = receive_one(&*queue).await;

    queue.release(vec![first.receipt], SHORT).await.unwrap();
    let hidden = queue.receive(1, SECOND).await.unwrap();
    sleep(SHORT).await;

    assert_eq!(hidden, []);
    assert_eq!(receive_one(&*queue).await.id, first.id);
}

pub(crate) async fn deleting_again_is_no_error(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    let messages = [Outgoing::new("deleted"), Outgoing::new("kept")];
    queue.send(messages.to_vec()).await.unwrap();
    let received = receive_all(&*queue).await;
    let of = |body| received.iter().find(|m| m.body == body).unwrap();
    let receipt = vec![of("deleted").receipt.clone()];

    queue.delete(receipt.clone()).await.unwrap();
    queue.delete(receipt).await.unwrap();

    assert_eq!(queue.depth().await.unwrap().in_flight, 1);
}

pub(crate) async fn releasing_a_deleted_message_is_no_error(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    queue.send(grouped(&["x"], "t1")).await.unwrap();
    let receipt = vec![receive_one(&*queue).await.receipt];
    queue.delete(receipt.clone()).await.unwrap();

    queue.release(receipt, Duration::ZERO).await.unwrap();

    assert_eq!(queue.depth().await.unwrap(), Depth::default());
}

pub(crate) async fn the_receipt_of_an_earlier_reception_deletes_nothing(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    queue.send(grouped(&["x"], "t1")).await.unwrap();
    let stale = vec![receive_one(&*queue).await.receipt];
    queue.release(stale.clone(), Duration::ZERO).await.unwrap();
    let latest = vec![receive_one(&*queue).await.receipt];

    queue.delete(stale).await.unwrap();
    let after_stale = queue.depth().await.unwrap().in_flight;
    queue.delete(latest).await.unwrap();
    let after_latest = queue.depth().await.unwrap().in_flight;

    assert_eq!((after_stale, after_latest), (1, 0));
}

/// Receives the one message `times` times, releasing it at once each time.
async fn fail(queue: &dyn Queue, times: u32) {
    for _ in 0..times {
        let receipt = vec![receive_one(queue).await.receipt];
        queue.release(receipt, Duration::ZERO).await.unwrap();
    }
}

pub(crate) async fn a_message_received_too_often_becomes_a_dead_letter(place: &dyn Place) {
    let Opened { queue, dead_letters } = place.open(Setup { max_receive_count: 2, ..STANDARD }).await;
    queue.send(grouped(&["poison"], "t1")).await.unwrap();

    fail(&*queue, 2).await;
    let third = queue.receive(1, SECOND).await.unwrap();

    let dead = receive_one(&*dead_letters).await;
    assert_eq!(third, []);
    assert_eq!(dead.body, "poison");
    assert_eq!(dead.group.as_deref(), Some("t1"));
    assert_eq!(queue.depth().await.unwrap(), Depth::default());
}

pub(crate) async fn a_dead_letter_frees_its_group(place: &dyn Place) {
    let Opened { queue, dead_letters } = place.open(Setup { max_receive_count: 1, ..FIFO }).await;
    queue.send(grouped(&["poison", "good"], "t1")).await.unwrap();

    fail(&*queue, 1).await;

    assert_eq!(receive_one(&*queue).await.body, "good");
    assert_eq!(receive_one(&*dead_letters).await.body, "poison");
}

pub(crate) async fn a_group_in_flight_is_locked_and_others_are_not(place: &dyn Place) {
    let Opened { queue, .. } = place.open(FIFO).await;
    queue.send(grouped(&["a1", "a2"], "a")).await.unwrap();
    let first = receive_one(&*queue).await;
    queue.send(grouped(&["b1"], "b")).await.unwrap();

    let meanwhile = receive_all(&*queue).await;
    queue.delete(vec![first.receipt]).await.unwrap();
    let then = receive_all(&*queue).await;

    assert_eq!(first.body, "a1");
    assert_eq!(bodies(&meanwhile), ["b1"]);
    assert_eq!(bodies(&then), ["a2"]);
}

pub(crate) async fn order_within_a_group_is_kept(place: &dyn Place) {
    let Opened { queue, .. } = place.open(FIFO).await;
    let sent: Vec<String> = (0..25).map(|n| format!("{n}")).collect();
    let texts: Vec<&str> = sent.iter().map(String::as_str).collect();
    queue.send(grouped(&texts, "g")).await.unwrap();

    let mut received = Vec::new();
    while received.len() < sent.len() {
        let some = queue.receive(4, SECOND).await.unwrap();
        assert!(!some.is_empty(), "all 25 come");
        queue.delete(receipts(&some)).await.unwrap();
        received.extend(some);
    }

    assert_eq!(bodies(&received), texts);
}

pub(crate) async fn a_released_message_keeps_its_place_in_its_group(place: &dyn Place) {
    let Opened { queue, .. } = place.open(FIFO).await;
    queue.send(grouped(&["1", "2", "3"], "g")).await.unwrap();
    let first = receive_one(&*queue).await;

    let released = vec![first.receipt];
    queue.release(released, Duration::ZERO).await.unwrap();

    let again = receive_all(&*queue).await;
    assert_eq!(bodies(&again), ["1", "2", "3"]);
}

pub(crate) async fn the_same_body_is_taken_once(place: &dyn Place) {
    let Opened { queue, .. } = place.open(FIFO).await;

    queue.send(grouped(&["x", "x", "y"], "a")).await.unwrap();
    queue.send(grouped(&["x"], "b")).await.unwrap();

    assert_eq!(bodies(&receive_all(&*queue).await), ["x", "y"]);
}

pub(crate) async fn the_same_id_is_taken_once_and_different_ids_twice(place: &dyn Place) {
    let Opened { queue, .. } = place.open(FIFO).await;
    let message = |body: &str, id: &str| {
        let message = Outgoing::new(body).in_group("g");
        message.deduplicated_by(id)
    };

    let messages = vec![message("1", "a"), message("2", "a"), message("1", "b")];
    queue.send(messages).await.unwrap();

    assert_eq!(bodies(&receive_all(&*queue).await), ["1", "1"]);
}

pub(crate) async fn a_repeat_is_dropped_even_after_the_first_is_deleted(place: &dyn Place) {
    let Opened { queue, .. } = place.open(FIFO).await;
    queue.send(grouped(&["x"], "g")).await.unwrap();
    let receipt = vec![receive_one(&*queue).await.receipt];
    queue.delete(receipt).await.unwrap();

    queue.send(grouped(&["x"], "g")).await.unwrap();

    assert_eq!(receive_all(&*queue).await, []);
}

pub(crate) async fn depth_counts_visible_in_flight_and_delayed(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    let mut messages = grouped(&["1", "2", "3"], "g");
    let delayed = Outgoing::new("4").delayed_by(Duration::from_secs(900));
    messages.push(delayed);
    queue.send(messages).await.unwrap();
    receive_one(&*queue).await;

    let depth = queue.depth().await.unwrap();

    let expected = Depth { visible: 2, in_flight: 1, delayed: 1 };
    assert_eq!(depth, expected);
    assert_eq!(depth.total(), 4);
}

pub(crate) async fn a_purge_leaves_nothing(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    let mut messages = grouped(&["1", "2"], "g");
    messages.push(Outgoing::new("3").delayed_by(SECOND));
    queue.send(messages).await.unwrap();
    receive_one(&*queue).await;

    queue.purge().await.unwrap();

    sleep(SECOND).await;
    assert_eq!(receive_all(&*queue).await, []);
    assert_eq!(queue.depth().await.unwrap(), Depth::default());
}

pub(crate) async fn a_long_poll_ends_empty_after_its_wait(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    let started = Instant::now();

    let received = queue.receive(1, 2 * SECOND).await.unwrap();

    assert_eq!(received, []);
    // A server may count in its own ticks.
    assert!(started.elapsed() >= Duration::from_millis(1_900));
}

pub(crate) async fn a_long_poll_ends_when_a_message_is_sent(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    let sender = Arc::clone(&queue);
    let sending = tokio::spawn(async move {
        sleep(SECOND).await;
        sender.send(vec![Outgoing::new("x")]).await.unwrap();
    });

    let (received, took) = polled(&*queue).await;

    sending.await.unwrap();
    assert_eq!(bodies(&received), ["x"]);
    assert!(took >= SECOND);
}

pub(crate) async fn a_long_poll_ends_when_a_delayed_message_becomes_visible(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    let sender = Arc::clone(&queue);
    let sending = tokio::spawn(async move {
        sleep(SECOND).await;
        let delayed = Outgoing::new("x").delayed_by(2 * SECOND);
        sender.send(vec![delayed]).await.unwrap();
    });

    let (received, took) = polled(&*queue).await;

    sending.await.unwrap();
    assert_eq!(bodies(&received), ["x"]);
    assert!(took >= 2 * SECOND);
}

pub(crate) async fn a_long_poll_ends_when_a_message_in_flight_times_out(place: &dyn Place) {
    let Opened { queue, .. } = place.open(Setup { visibility: SHORT, ..STANDARD }).await;
    queue.send(vec![Outgoing::new("x")]).await.unwrap();
    receive_one(&*queue).await;

    let (received, _) = polled(&*queue).await;

    assert_eq!(received[0].receive_count, 2);
}

pub(crate) async fn a_long_poll_ends_when_another_reader_lets_a_message_time_out(place: &dyn Place) {
    let Opened { queue, .. } = place.open(Setup { visibility: SHORT, ..STANDARD }).await;
    let sender = Arc::clone(&queue);
    let sending = tokio::spawn(async move {
        sleep(SECOND).await;
        sender.send(vec![Outgoing::new("x")]).await.unwrap();
    });

    let ((one, _), (other, _)) = tokio::join!(polled(&*queue), polled(&*queue));

    sending.await.unwrap();
    let mut counts = [one[0].receive_count, other[0].receive_count];
    counts.sort_unstable();
    assert_eq!(counts, [1, 2]);
}

pub(crate) async fn a_long_poll_ends_when_a_group_is_freed(place: &dyn Place) {
    let Opened { queue, .. } = place.open(FIFO).await;
    queue.send(grouped(&["1", "2"], "g")).await.unwrap();
    let first = receive_one(&*queue).await;
    let reader = Arc::clone(&queue);
    let deleting = tokio::spawn(async move {
        sleep(SECOND).await;
        reader.delete(vec![first.receipt]).await.unwrap();
    });

    let (received, _) = polled(&*queue).await;

    deleting.await.unwrap();
    assert_eq!(bodies(&received), ["2"]);
}

pub(crate) async fn eight_consumers_process_a_thousand_messages_once_each(place: &dyn Place) {
    let Opened { queue, .. } = place.open(STANDARD).await;
    let sent: Vec<String> = (1_000..2_000).map(|n| n.to_string()).collect();
    let messages: Vec<_> =
        sent.iter().zip(0..).map(|(body, n)| Outgoing::new(body).in_group(format!("t{}", n % 7))).collect();
    let processed: Arc<Mutex<HashMap<String, u32>>> = Arc::default();

    let consumers: Vec<_> = (0..8).map(|_| tokio::spawn(consume(Arc::clone(&queue), Arc::clone(&processed)))).collect();
    queue.send(messages).await.unwrap();
    for consumer in consumers {
        consumer.await.unwrap();
    }

    let processed = processed.lock().await;
    assert_eq!(processed.len(), 1_000);
    assert!(processed.values().all(|times| *times == 1));
    assert_eq!(queue.depth().await.unwrap(), Depth::default());
}

/// Processes and deletes until nothing comes for three seconds.
async fn consume(queue: Arc<dyn Queue>, processed: Arc<Mutex<HashMap<String, u32>>>) {
    loop {
        let received = queue.receive(10, 3 * SECOND).await.unwrap();
        if received.is_empty() {
            return;
        }
        for message in &received {
            let mut processed = processed.lock().await;
            *processed.entry(message.body.clone()).or_default() += 1;
        }
        queue.delete(receipts(&received)).await.unwrap();
    }
}
