//! One file per connector; what all of one sort owe is written once, in `kit`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

#[macro_use]
mod kit;

mod broken;
mod dnp;
mod file_drop;
mod google;
mod graph_education;
mod ims_enterprise;
mod manual;
mod microsoft;
mod oneroster;
mod packages;
mod scim;
mod skolon;
mod ss12000;
mod webhook;
