//! Mutations of a corpus: bytes flipped, taken away, repeated, put in, and halves of two files put together.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// What parsers stumble over.
const WORDS: [&str; 30] = [
    "null",
    "true",
    "{}",
    "[]",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\"\"",
    ",",
    ":",
    "\\",
    "-1",
    "0",
    "1e999",
    "0.5",
    "9223372036854775808",
    "\\ud800",
    "\\u0000",
    "\u{0}",
    "9999-12-31",
    "0000-01-01",
    "2026-02-30",
    " ",
    "\n",
    "é",
    fuzz::CANARY,
    fuzz::CANARY_NUMBER,
    "6b0e1d1c-0c43-4b0a-9c39-0f3c5f6d2a11",
];

/// How many mutations of each corpus are tried.
const CASES: u32 = 400;

#[derive(Debug, Clone)]
enum Mutation {
    Flip(Index, u8),
    Remove(Index, usize),
    Repeat(Index, usize),
    Insert(Index, &'static str),
    Append(Index, Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        (any::<Index>(), 1u8..).prop_map(|(at, with)| Mutation::Flip(at, with)),
        (any::<Index>(), 1usize..24).prop_map(|(at, length)| Mutation::Remove(at, length)),
        (any::<Index>(), 1usize..200).prop_map(|(at, length)| Mutation::Repeat(at, length)),
        (any::<Index>(), proptest::sample::select(&WORDS[..])).prop_map(|(at, word)| Mutation::Insert(at, word)),
        (any::<Index>(), any::<Index>()).prop_map(|(at, of)| Mutation::Append(at, of)),
    ]
}

/// Runs an entry over its corpus as it is, and over mutations of it.
pub(crate) fn holds(name: &str, entry: fuzz::Entry) {
    let corpus = crate::corpus::of(name);
    corpus.iter().for_each(|file| entry(file));
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]));
    let scripts = (any::<Index>(), proptest::collection::vec(mutation(), 1..6));
    let tried = runner.run(&scripts, |(file, script)| {
        let mut data = file.get(&corpus).clone();
        for mutation in &script {
            apply(&mut data, mutation, &corpus);
        }
        entry(&data);
        Ok(())
    });
    assert!(tried.is_ok(), "{}", tried.unwrap_err());
}

fn apply(data: &mut Vec<u8>, mutation: &Mutation, corpus: &[Vec<u8>]) {
    let place = |at: &Index| at.index(data.len() + 1);
    match mutation {
        Mutation::Flip(at, with) => {
            let at = place(at);
            data.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= with);
        }
        Mutation::Remove(at, length) => {
            let at = place(at);
            data.drain(at..(at + length).min(data.len()));
        }
        Mutation::Repeat(at, length) => {
            let at = place(at);
            let part = data[at..(at + length).min(data.len())].to_vec();
            data.splice(at..at, part);
        }
        Mutation::Insert(at, word) => {
            let at = place(at);
            data.splice(at..at, word.bytes());
        }
        Mutation::Append(at, of) => {
            data.truncate(place(at));
            let other = of.get(corpus);
            data.extend_from_slice(&other[at.index(other.len() + 1)..]);
        }
    }
}
