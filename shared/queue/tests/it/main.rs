//! The contract of [`queue::Queue`], claim by claim, for every implementation.
//!
//! Against a server that speaks SQS:
//! `SKOLBRO_SQS_ENDPOINT=http://127.0.0.1:4566 cargo test -p queue --test it -- --include-ignored`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod contract;
mod local;
mod sqs;
