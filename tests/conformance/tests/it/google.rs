//! `google` against a domain that enforces what Google enforces.

mod accounts;
mod courses;
mod faults;
mod groups;
mod stage;
