//! The harness of cargo-fuzz: one binary for all entries, since linking one for each takes longer than running them.
//! The variable `ENTRY` says which; `.ci/fuzz` runs them one after the other.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static ENTRY: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let wanted = std::env::var("ENTRY").unwrap_or_default();
    let found = fuzz::ENTRIES.iter().find(|(name, _)| *name == wanted);
    assert!(found.is_some(), "ENTRY must be one of those in tests/fuzz/src/lib.rs");
    found.map_or(|_| (), |(_, entry)| *entry)
});

fuzz_target!(|data: &[u8]| ENTRY(data));
