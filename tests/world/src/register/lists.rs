//! Lists: filtering, paging by opaque tokens, look-up by id, and what was deleted.

use super::RegisterServer;
use super::filter::{Filter, Parameters, parse};
use super::render::{Listed, Renderer};
use crate::lock;
use crate::truth::{Municipality, Resource};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use uuid::Uuid;

/// Pages to come, by the number in their token. Tokens look like counters, as one real provider's do.
#[derive(Default)]
pub(super) struct Cursors(Vec<Cursor>);

#[derive(Clone)]
struct Cursor {
    resource: Resource,
    filter: Filter,
    after: Uuid,
}

impl Cursors {
    fn keep(&mut self, cursor: Cursor) -> String {
        self.0.push(cursor);
        self.0.len().to_string()
    }

    fn find(&self, token: &str) -> Option<Cursor> {
        let number: usize = token.parse().ok()?;
        self.0.get(number.checked_sub(1)?).cloned()
    }
}

struct Page {
    data: Vec<Value>,
    last: Option<Uuid>,
}

impl RegisterServer {
    /// One page. A page token may be combined with `limit` only.
    pub(super) fn list(&self, resource: Resource, parameters: &Parameters) -> Result<Value, String> {
        let options = self.options();
        let value_of = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, v)| v);
        let limit: usize = value_of("limit").map_or(Ok(options.largest_page), |v| parse("limit", v))?;
        if limit == 0 {
            return Err("limit must be at least 1".to_owned());
        }
        let (filter, after) = match value_of("pageToken") {
            Some(token) => self.next_page(resource, parameters, token)?,
            None => (Filter::parse(parameters, options.incremental)?, None),
        };
        if options.archiving {
            return Ok(json!({"data": [], "pageToken": null}));
        }
        let mut page = self.with_truth(|truth| page(truth, resource, &filter, after, limit.min(options.largest_page)));
        page.data = self.shaped(resource, page.data);
        let next = page.last.map(|after| lock(&self.cursors).keep(Cursor { resource, filter, after }));
        Ok(json!({"data": page.data, "pageToken": next}))
    }

    fn next_page(
        &self,
        resource: Resource,
        parameters: &Parameters,
        token: &str,
    ) -> Result<(Filter, Option<Uuid>), String> {
        if parameters.iter().any(|(name, _)| !matches!(name.as_str(), "limit" | "pageToken")) {
            return Err("pageToken may be combined with limit only".to_owned());
        }
        let cursor = lock(&self.cursors).find(token).filter(|cursor| cursor.resource == resource);
        let cursor = cursor.ok_or("pageToken is not known")?;
        Ok((cursor.filter, Some(cursor.after)))
    }

    pub(super) fn find(&self, resource: Resource, id: Uuid) -> Option<Value> {
        let found = self.with_truth(|truth| by_ids(truth, resource, &[id].into_iter().collect()));
        self.shaped(resource, found).into_iter().next()
    }

    /// Records as the vendor has them.
    fn shaped(&self, resource: Resource, records: Vec<Value>) -> Vec<Value> {
        let options = self.options();
        self.with_truth(|truth| records.into_iter().filter_map(|it| options.shaped(truth, resource, it)).collect())
    }

    /// `POST /{resource}/lookup`: a bare array.
    pub(super) fn look_up(&self, resource: Resource, body: &Value) -> Result<Value, String> {
        let texts = |key: &str| -> Vec<String> {
            let items = body[key].as_array().map(Vec::as_slice).unwrap_or_default();
            items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let ids: Result<BTreeSet<Uuid>, String> = texts("ids").iter().map(|id| parse("ids", id)).collect();
        let mut ids = ids?;
        let civic: BTreeSet<String> = texts("civicNos").into_iter().collect();
        let codes: BTreeSet<String> = texts("schoolUnitCodes").into_iter().collect();
        let found = self.with_truth(|truth| {
            if resource == Resource::Person {
                let named =
                    truth.persons.values().filter(|p| p.civic_number.as_ref().is_some_and(|n| civic.contains(n)));
                ids.extend(named.map(|p| p.id));
            }
            if resource == Resource::Organisation {
                let named = truth
                    .organisations
                    .values()
                    .filter(|o| o.school_unit_code.as_ref().is_some_and(|c| codes.contains(c)));
                ids.extend(named.map(|o| o.id));
            }
            by_ids(truth, resource, &ids)
        });
        Ok(Value::Array(self.shaped(resource, found)))
    }

    /// `GET /deletedEntities`.
    pub(super) fn deleted(&self, parameters: &Parameters) -> Result<Value, String> {
        let mut after = Timestamp::MIN;
        let mut wanted = BTreeSet::new();
        for (name, value) in parameters {
            match name.as_str() {
                "after" => after = parse(name, value)?,
                "entities" => drop(wanted.insert(value.clone())),
                "limit" => {}
                other => return Err(format!("{other} is not supported")),
            }
        }
        let mut data: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
        self.with_truth(|truth| {
            for gone in truth.tombstones.iter().filter(|gone| gone.at > after) {
                if wanted.is_empty() || wanted.contains(gone.resource.name()) {
                    data.entry(gone.resource.deleted_key()).or_default().push(gone.id);
                }
            }
        });
        Ok(json!({"data": data, "pageToken": null}))
    }
}

fn page(truth: &Municipality, resource: Resource, filter: &Filter, after: Option<Uuid>, limit: usize) -> Page {
    let renderer = Renderer { truth, names: filter.names };
    match resource {
        Resource::Organisation => page_of(&truth.organisations, &renderer, filter, after, limit),
        Resource::Person => page_of(&truth.persons, &renderer, filter, after, limit),
        Resource::Group => page_of(&truth.groups, &renderer, filter, after, limit),
        Resource::Duty => page_of(&truth.duties, &renderer, filter, after, limit),
        Resource::Activity => page_of(&truth.activities, &renderer, filter, after, limit),
    }
}

fn page_of<T: Listed>(
    all: &BTreeMap<Uuid, T>,
    renderer: &Renderer<'_>,
    filter: &Filter,
    after: Option<Uuid>,
    limit: usize,
) -> Page {
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    let mut matching =
        all.range((start, Bound::Unbounded)).filter(|(_, record)| record.is_admitted(filter, renderer.truth));
    let found: Vec<_> = matching.by_ref().take(limit).collect();
    let more = matching.next().is_some();
    Page {
        last: found.last().filter(|_| more).map(|(id, _)| **id),
        data: found.into_iter().map(|(_, record)| record.render(renderer)).collect(),
    }
}

fn by_ids(truth: &Municipality, resource: Resource, ids: &BTreeSet<Uuid>) -> Vec<Value> {
    let renderer = Renderer { truth, names: false };
    match resource {
        Resource::Organisation => some_of(&truth.organisations, &renderer, ids),
        Resource::Person => some_of(&truth.persons, &renderer, ids),
        Resource::Group => some_of(&truth.groups, &renderer, ids),
        Resource::Duty => some_of(&truth.duties, &renderer, ids),
        Resource::Activity => some_of(&truth.activities, &renderer, ids),
    }
}

fn some_of<T: Listed>(all: &BTreeMap<Uuid, T>, renderer: &Renderer<'_>, ids: &BTreeSet<Uuid>) -> Vec<Value> {
    ids.iter().filter_map(|id| all.get(id)).map(|record| record.render(renderer)).collect()
}
