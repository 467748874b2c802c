//! One file per connector; what all of one sort owe is written once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod graph_education;
mod ss12000;
