#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
//! One file per connector; what all of one sort owe is written once, in `kit`.

#[macro_use]
mod kit;

mod broken;
mod skolon;
mod ss12000;
