//! Single resources and lists.

use super::answer::{Answer, Outcome, Refusal};
use super::filter::search;
use super::index::Field;
use super::provider::{Call, Provider};
use super::render::select;
use super::schema::MEMBERS;
use super::{ScimKind, ScimResource};
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Provider<'_> {
    /// A resource, once it is known by its id.
    pub(super) fn found(&self, kind: ScimKind, id: &str) -> Result<&ScimResource, Refusal> {
        let resource = self.store.get(kind, id).filter(|it| it.is_seen(self.now, self.options.reads_lag));
        resource.ok_or_else(Refusal::not_found)
    }

    pub(super) fn read(&self, kind: ScimKind, id: &str, call: &Call<'_>) -> Outcome {
        let resource = self.found(kind, id)?;
        let mut answer = self.about(200, kind, resource);
        if self.options.etags && call.if_none_match.as_deref().is_some_and(|tags| names(tags, resource)) {
            return Ok(Answer { status: 304, body: None, ..answer });
        }
        if let Some(body) = &mut answer.body {
            select(body, call);
        }
        Ok(answer)
    }

    /// A page: `startIndex` counts from 1.
    pub(super) fn list(&self, kind: ScimKind, call: &Call<'_>) -> Outcome {
        let start = number(call, "startIndex")?.unwrap_or(1).max(1);
        let count = number(call, "count")?.unwrap_or(self.options.largest_page).min(self.options.largest_page);
        let found: Vec<&ScimResource> = match call.parameter("filter") {
            Some(filter) => self.matching(kind, &search(kind, self.options, filter)?),
            None => self.store.state.all(kind).values().collect(),
        };
        let seen: Vec<&ScimResource> =
            found.into_iter().filter(|it| it.is_seen(self.now, self.options.lists_lag)).collect();
        let page = seen.iter().skip(start - 1).take(count);
        let resources: Vec<Value> = page.map(|it| self.listed(kind, it, call)).collect();
        Ok(Answer::given(json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": seen.len(),
            "startIndex": start,
            "itemsPerPage": resources.len(),
            "Resources": resources,
        })))
    }

    fn listed(&self, kind: ScimKind, resource: &ScimResource, call: &Call<'_>) -> Value {
        let mut body = self.rendered(kind, resource);
        select(&mut body, call);
        if let (Some(fields), false) = (body.as_object_mut(), self.options.lists_show_members) {
            fields.remove(MEMBERS);
        }
        body
    }

    fn matching(&self, kind: ScimKind, terms: &[(Field, String)]) -> Vec<&ScimResource> {
        let sets = terms.iter().map(|(field, value)| self.store.index.holders(kind, *field, value));
        let ids: BTreeSet<String> = sets.reduce(|some, others| &some & &others).unwrap_or_default();
        ids.iter().filter_map(|id| self.store.get(kind, id)).collect()
    }
}

/// A parameter that is a whole number; what is negative counts as nothing.
fn number(call: &Call<'_>, name: &str) -> Result<Option<usize>, Refusal> {
    let Some(text) = call.parameter(name) else { return Ok(None) };
    let number: i64 = text.parse().map_err(|_| Refusal::bad("invalidValue", format!("{name} is no number")))?;
    Ok(Some(usize::try_from(number).unwrap_or_default()))
}

/// Whether a list of entity tags names this version. They are weak: the mark in front makes no difference.
pub(super) fn names(tags: &str, resource: &ScimResource) -> bool {
    let own = resource.etag();
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    tags.split(',').any(|tag| tag.trim() == "*" || bare(tag) == bare(&own))
}
