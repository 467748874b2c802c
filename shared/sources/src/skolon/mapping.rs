//! From Skolon's records to the roster's. Pure.
//!
//! Identity is the record's `uuid` when that is a UUID, otherwise derived from Skolon's own number.

mod group;
mod licence;
mod organisation;
mod read;
mod user;

use jiff::civil::Date;
use roster::{Id, Record, RecordKey};
use serde_json::Value;
use serde_json::value::RawValue;

use self::read::{Lost, RecordReader};
use super::config::SkolonConfig;
use super::feed::Feed;
use super::fields::Pointer;
use super::memory::Memory;
use crate::Unreadable;

/// What the mapping needs to know beside the wire.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'c> {
    pub(super) config: &'c SkolonConfig,
    pub(super) known: &'c Memory,
    /// The date in Sweden when the read began: settles the century of ten-digit personal numbers.
    pub(super) today: Date,
}

/// What a record became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mapped {
    /// A record that is there.
    Present(Box<Record>),
    /// A record marked as deleted.
    Deleted(RecordKey),
}

/// What a page became.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct MappedPage {
    pub(crate) records: Vec<Record>,
    pub(crate) deleted: Vec<RecordKey>,
    pub(crate) unreadable: Vec<Unreadable>,
    /// Skolon's own numbers of the records, where they have one.
    pub(super) natives: Vec<(String, Id)>,
}

/// The identity of something that Skolon names by its own number.
pub(super) fn native_identity(feed: Feed, native: &str) -> Id {
    Id::from_source(&format!("skolon/{}", feed.entity()), native)
}

/// Reads the elements of a feed's list.
pub(super) fn records(feed: Feed, list: &[&RawValue], reading: &Reading<'_>) -> MappedPage {
    let mut page = MappedPage::default();
    for raw in list {
        page.add(feed, raw, reading);
    }
    page
}

impl MappedPage {
    fn add(&mut self, feed: Feed, raw: &RawValue, reading: &Reading<'_>) {
        let mut reader = RecordReader::new(feed.kind(), &mut self.unreadable);
        let mapped = match serde_json::from_str::<Value>(raw.get()) {
            Ok(value) if value.is_object() => map(feed, &value, reading, &mut reader, &mut self.natives),
            _ => Err(Lost::record()),
        };
        match mapped {
            Ok(Mapped::Present(record)) => self.records.push(*record),
            Ok(Mapped::Deleted(key)) => self.deleted.push(key),
            Err(lost) => reader.lost(lost),
        }
    }
}

fn map(
    feed: Feed,
    value: &Value,
    reading: &Reading<'_>,
    reader: &mut RecordReader<'_>,
    natives: &mut Vec<(String, Id)>,
) -> Result<Mapped, Lost> {
    let (uuid, native, deleted) = identifying(feed, reading);
    let native = native.find(value).and_then(read::text);
    let id = reader.identity(feed, uuid.find(value), native.as_deref())?;
    if let Some(native) = native {
        natives.push((native, id));
    }
    if reader.flag("isDeleted", deleted.find(value))? {
        return Ok(Mapped::Deleted(RecordKey { kind: feed.kind(), id }));
    }
    let record = match feed {
        Feed::Organization => organisation::principal(id, value, reading, reader),
        Feed::School => organisation::school(id, value, reading, reader),
        Feed::User => user::read(id, value, reading, reader)?,
        Feed::Group => group::read(id, value, reading, reader)?,
        Feed::License => licence::read(id, value, reading, reader)?,
    };
    Ok(Mapped::Present(Box::new(record)))
}

/// Where UUID, native number and deletion mark stand.
fn identifying<'c>(feed: Feed, reading: &Reading<'c>) -> (&'c Pointer, &'c Pointer, &'c Pointer) {
    let fields = &reading.config.fields;
    match feed {
        Feed::Organization => {
            let it = &fields.organization;
            (&it.uuid, &it.id, &it.deleted)
        }
        Feed::School => (&fields.school.uuid, &fields.school.id, &fields.school.deleted),
        Feed::User => (&fields.user.uuid, &fields.user.id, &fields.user.deleted),
        Feed::Group => (&fields.group.uuid, &fields.group.id, &fields.group.deleted),
        Feed::License => (&fields.license.uuid, &fields.license.id, &fields.license.deleted),
    }
}

/// A reference by UUID or native number: the UUID, or what the number is known to be, or what it would derive to.
fn reference(feed: Feed, uuid: Option<&Value>, native: Option<&Value>, reading: &Reading<'_>) -> Option<Id> {
    let by_uuid = uuid.and_then(Value::as_str).and_then(|text| text.parse().ok());
    by_uuid.or_else(|| {
        let native = native.or(uuid).and_then(read::text)?;
        Some(reading.known.find(feed, &native).unwrap_or_else(|| native_identity(feed, &native)))
    })
}

/// References of a list that decides who belongs where; sorted, each once. `None`: the list is not given.
fn references(
    name: &str,
    feed: Feed,
    list: Option<&Value>,
    reading: &Reading<'_>,
    reader: &mut RecordReader<'_>,
) -> Result<Option<Vec<Id>>, Lost> {
    let Some(list) = list else { return Ok(None) };
    let list = list.as_array().ok_or_else(|| Lost::field(name))?;
    let fields = &reading.config.fields.reference;
    let mut ids = Vec::with_capacity(list.len());
    for element in list {
        let (uuid, native) = if element.is_object() {
            (fields.uuid.find(element), fields.id.find(element))
        } else {
            (Some(element), None)
        };
        match reference(feed, uuid, native, reading) {
            Some(id) => ids.push(id),
            None => reader.unreadable(name),
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(Some(ids))
}
