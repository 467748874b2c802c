//! The table in memory answers what the embedded store answers, whatever is asked in whatever order; and so does a table
//! seen through a sheet of glass.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use state::dynamodb::Dynamodb;
use state::memory::MemoryTable;
use state::overlay::Overlay;
use state::table::{BatchWrite, Key, Write};
use state::{Expect, Item, StateError, Table, schema};

use crate::stage::{at, embedded};

/// The most that is asked of one table.
const LONGEST: usize = 60;

/// Something asked of a table.
#[derive(Debug, Clone)]
enum Ask {
    Get(u8),
    GetBatch(Vec<u8>),
    Put(Box<Item>, Expect),
    Delete(u8, u64),
    WriteBatch(Vec<BatchWrite>),
    Transact(Vec<Write>),
    Partition(&'static str),
    Due(i64, usize),
    Listing,
}

/// Six items: two partitions, of three each.
fn place(n: u8) -> Key {
    (format!("T#demo#P#{}", n % 2), format!("{}#{}", if n < 4 { "SUBJECT" } else { "OTHER" }, n / 2))
}

fn item() -> impl Strategy<Value = Item> {
    let due = proptest::option::of((0..2i64, 0..4i64));
    (0..6u8, 1..4u64, due, proptest::option::of(0..3u8), any::<bool>()).prop_map(
        |(n, revision, due, listed, expires)| {
            let (pk, sk) = place(n);
            Item {
                revision,
                body: format!("{{\"n\":{n}}}"),
                due: due.map(|(shard, second)| (format!("DUE#{shard}"), at(second))),
                listing: listed.map(|sort| ("LIST".to_owned(), format!("{sort}"))),
                expires: expires.then(|| at(0)),
                write: format!("{n}-{revision}"),
                pk,
                sk,
                parts: 0,
            }
        },
    )
}

fn expect() -> impl Strategy<Value = Expect> {
    prop_oneof![Just(Expect::Absent), Just(Expect::Anything), (1..4u64).prop_map(Expect::Revision)]
}

/// Writes of different items.
fn different<W: Clone + std::fmt::Debug>(
    write: impl Strategy<Value = W>,
    key: impl Fn(&W) -> Key + Clone,
) -> impl Strategy<Value = Vec<W>> {
    vec(write, 1..5).prop_map(move |mut writes| {
        let mut seen = std::collections::BTreeSet::new();
        writes.retain(|it| seen.insert(key(it)));
        writes
    })
}

fn ask() -> impl Strategy<Value = Ask> {
    let batched = prop_oneof![item().prop_map(BatchWrite::Put), (0..6u8).prop_map(|n| BatchWrite::Delete(place(n)))];
    let in_transaction = prop_oneof![
        (item(), expect()).prop_map(|(item, expect)| Write::Put(item, expect)),
        (0..6u8).prop_map(|n| Write::Delete(place(n)))
    ];
    prop_oneof![
        (0..6u8).prop_map(Ask::Get),
        btree_set(0..6u8, 1..5).prop_map(|it| Ask::GetBatch(it.into_iter().collect())),
        (item(), expect()).prop_map(|(item, expect)| Ask::Put(Box::new(item), expect)),
        (0..6u8, 1..4u64).prop_map(|(n, revision)| Ask::Delete(n, revision)),
        different(batched, BatchWrite::key).prop_map(Ask::WriteBatch),
        different(in_transaction, Write::key).prop_map(Ask::Transact),
        prop_oneof![Just(""), Just("SUB"), Just("OTHER#")].prop_map(Ask::Partition),
        (0..5i64, 1..4usize).prop_map(|(second, limit)| Ask::Due(second, limit)),
        Just(Ask::Listing),
    ]
}

/// What a table answers, and what there is in it afterwards.
async fn answer(table: &dyn Table, ask: &Ask, token: usize) -> String {
    let told = |answer: Result<Vec<Item>, StateError>| answer.map(|it| it.into_iter().map(whole).collect::<Vec<_>>());
    match ask.clone() {
        Ask::Get(n) => format!("{:?}", table.get(place(n)).await.map(|it| it.map(whole))),
        Ask::GetBatch(several) => {
            let mut found = told(table.get_batch(several.into_iter().map(place).collect()).await).unwrap();
            found.sort();
            format!("{found:?}")
        }
        Ask::Put(item, expect) => format!("{:?}", table.put(*item, expect).await),
        Ask::Delete(n, revision) => format!("{:?}", table.delete(place(n), revision).await),
        Ask::WriteBatch(writes) => format!("{:?}", table.write_batch(writes).await),
        Ask::Transact(writes) => format!("{:?}", table.transact(writes, token.to_string()).await),
        Ask::Partition(prefix) => format!("{:?}", told(table.partition("T#demo#P#1", prefix).await)),
        Ask::Due(second, limit) => format!("{:?}", table.due("DUE#1".to_owned(), at(second), limit).await),
        Ask::Listing => format!("{:?}", table.listing("LIST", None, None).await),
    }
}

fn whole(item: Item) -> String {
    let Item { pk, sk, revision, body, due, listing, expires, write, parts } = item;
    format!("{:?}", (pk, sk, revision, body, due, listing, expires, write, parts))
}

#[test]
fn the_table_in_memory_answers_what_the_embedded_store_answers() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let client = runtime.block_on(async { Client::from_conf(embedded().await) });
    let number = std::sync::atomic::AtomicUsize::new(0);

    proptest!(ProptestConfig::with_cases(48), |(asks in vec(ask(), 1..LONGEST))| {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let (name, first_token) = (format!("skolbro-{number}"), number * LONGEST);
        let differences = runtime.block_on(async {
            schema::create(&client, &name).await.unwrap();
            let (embedded, memory) = (Dynamodb::new(client.clone(), &name), MemoryTable::default());
            for (n, ask) in asks.iter().enumerate() {
                // Once only, in all of the store's tables: a token that was used for something else is refused.
                let token = first_token + n;
                let answers = (answer(&embedded, ask, token).await, answer(&memory, ask, token).await);
                if answers.0 != answers.1 {
                    return Some((ask.clone(), answers));
                }
            }
            None
        });
        prop_assert!(differences.is_none(), "{differences:?}");
    });
}

#[test]
fn a_table_seen_through_glass_answers_as_the_table_would_and_is_not_written() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();

    proptest!(ProptestConfig::with_cases(256), |(first in vec(ask(), 0..LONGEST), then in vec(ask(), 1..LONGEST))| {
        let differences = runtime.block_on(async {
            let (beneath, twin) = (Arc::new(MemoryTable::default()), MemoryTable::default());
            for (n, ask) in first.iter().enumerate() {
                assert_eq!(answer(&*beneath, ask, n).await, answer(&twin, ask, n).await);
            }
            let before = everything(&*beneath).await;
            let glass = Overlay::over(Arc::clone(&beneath) as _);
            // What is due is found only of what has been looked at.
            for (n, ask) in then.iter().enumerate().filter(|(_, ask)| !matches!(ask, Ask::Due(..))) {
                let token = LONGEST + n;
                let answers = (answer(&glass, ask, token).await, answer(&twin, ask, token).await);
                if answers.0 != answers.1 {
                    return Some((ask.clone(), answers));
                }
            }
            assert_eq!(everything(&*beneath).await, before);
            None
        });
        prop_assert!(differences.is_none(), "{differences:?}");
    });
}

async fn everything(table: &dyn Table) -> Vec<String> {
    let mut all = Vec::new();
    for partition in ["T#demo#P#0", "T#demo#P#1"] {
        all.extend(table.partition(partition, "").await.unwrap().into_iter().map(whole));
    }
    all
}
