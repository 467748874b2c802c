//! From the wire to records. Pure; lenient towards the provider, strict towards the hub.
//!
//! The smallest thing that cannot be read is left out, with a warning: a field, a membership, a record; never a
//! page. Two things are never guessed. An end date that cannot be read does not become "for ever": what it belongs
//! to is left out. A list that decides who belongs where (`enrolments`, `groupMemberships`, `assignmentRole`,
//! `groups`, `teachers`) and is no list does not become "nobody": its record is left out, and stays as it was.

mod activity;
mod duty;
mod fields;
mod group;
mod organisation;
mod person;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use roster::{Record, RecordKind};
use serde::Deserialize;
use serde_json::value::RawValue;

use self::fields::{Fields, Lost};
use super::resource::Resource;
use crate::Unreadable;
use crate::lenient::{Field, Object};

/// What the mapping needs to know beside the wire.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'c> {
    /// The date in Sweden when the read began: settles the century of ten-digit personal numbers.
    pub today: Date,
    /// The kinds of e-mail that are the school's, the most important first. All others stay with the source.
    pub email_types: &'c [String],
}

/// What a page became.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapped {
    /// The records.
    pub records: Vec<Record>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// Reads the elements of a list's `data`.
#[must_use]
pub fn records(resource: Resource, data: &[&RawValue], reading: &Reading<'_>) -> Mapped {
    let mut mapped = Mapped { records: Vec::with_capacity(data.len()), unreadable: Vec::new() };
    for raw in data {
        mapped.add(resource, raw, reading);
    }
    mapped
}

impl Mapped {
    fn add(&mut self, resource: Resource, raw: &RawValue, reading: &Reading<'_>) {
        let kind = resource.kind();
        match resource {
            Resource::Organisations => self.record(kind, raw, organisation::read),
            Resource::Persons => self.record(kind, raw, |wire, fields| person::read(wire, fields, reading)),
            Resource::Groups => self.record(kind, raw, group::read),
            Resource::Duties => self.record(kind, raw, duty::read),
            Resource::Activities => self.record(kind, raw, activity::read),
        }
    }

    fn record<'p, W: Deserialize<'p>>(
        &mut self,
        kind: RecordKind,
        raw: &'p RawValue,
        read: impl FnOnce(W, &mut Fields<'_>) -> Result<Record, Lost>,
    ) {
        let mut fields = Fields::new(kind, &mut self.unreadable);
        let record = match serde_json::from_str(raw.get()) {
            Ok(Field::Read(Object(wire))) => read(wire, &mut fields),
            _ => Err(Lost::record()),
        };
        match record {
            Ok(record) => self.records.push(record),
            Err(lost) => fields.lost(lost),
        }
    }
}
