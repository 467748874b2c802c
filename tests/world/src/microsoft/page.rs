//! Lists, page by page.

use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::graph::Graph;
use super::path::query;
use super::render;
use super::schema::Kind;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// As many as a page holds where nobody says.
const USUAL: usize = 100;
/// The most that `$top` may say.
const LARGEST: usize = 999;

/// Where a list is: what was on the page before, and how long this one is.
pub(super) struct Page {
    size: usize,
    after: Option<String>,
}

impl Graph<'_> {
    /// Users, groups or classes.
    pub(super) fn list(&mut self, kind: Kind, call: &Call) -> Outcome {
        let page = self.page(call)?;
        let selected = self.selected(kind, call.parameter("$select"))?;
        let filter = self.filter(kind, call)?;
        let candidates = filter.as_ref().and_then(|filter| self.candidates(kind, filter));
        let (now, lag) = (self.now, self.options.lists_lag);
        let state = &self.store.state;
        let all = |id: &String| candidates.as_ref().is_none_or(|ids| ids.contains(id));
        let whole: Box<dyn Iterator<Item = (&String, Value)>> = match kind {
            Kind::User => {
                let seen = state.users.iter().filter(|(id, user)| all(id) && user.is_seen(now, lag));
                Box::new(seen.map(|(id, user)| (id, render::user(user))))
            }
            Kind::Group => {
                let seen = state.groups.iter().filter(|(id, group)| all(id) && group.is_seen(now, lag));
                Box::new(seen.map(|(id, group)| (id, render::group(group))))
            }
            Kind::Class => {
                let seen = state.classes().filter(|(id, group)| all(id) && group.is_seen(now, lag));
                Box::new(seen.map(|(id, group)| (id, render::class(group))))
            }
        };
        let found = whole.filter(|(_, it)| filter.as_ref().is_none_or(|filter| filter.matches(it)));
        let shown = found.map(|(id, it)| (id.clone(), render::shown(kind, &it, selected.as_deref())));
        Ok(self.paged(call, &page, shown))
    }

    /// The users among these ids.
    pub(super) fn list_links(&mut self, call: &Call, ids: &BTreeSet<String>) -> Outcome {
        let page = self.page(call)?;
        let selected = self.selected(Kind::User, call.parameter("$select"))?;
        let users = ids.iter().filter_map(|id| Some((id, self.seen_user(id)?)));
        let shown = users.map(|(id, user)| {
            let mut shown = render::shown(Kind::User, &render::user(user), selected.as_deref());
            if let Some(fields) = shown.as_object_mut() {
                fields.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
                fields.insert("id".to_owned(), json!(id));
            }
            (id.clone(), shown)
        });
        Ok(self.paged(call, &page, shown))
    }

    /// What is asked for of a list.
    pub(super) fn page(&mut self, call: &Call) -> Result<Page, Refusal> {
        for (name, _) in &call.query {
            if !["$select", "$top", "$filter", "$skiptoken"].contains(&name.as_str()) {
                self.note(&format!("asks with {name}, which this counterpart has not"));
                return Err(Refusal::unsupported_query(format!("Unsupported query parameter: {name}.")));
            }
        }
        let size = match call.parameter("$top").map(str::parse) {
            None => USUAL,
            Some(Ok(size)) if (1..=LARGEST).contains(&size) => size,
            Some(_) => {
                self.note("$top is not from 1 to 999");
                return Err(Refusal::bad("Invalid page size specified. Must be between 1 and 999 inclusive."));
            }
        };
        let after = call.parameter("$skiptoken").map(|token| position(token, call)).transpose()?;
        Ok(Page { size: size.min(self.options.largest_page), after })
    }

    /// A page of a list in order of its keys.
    pub(super) fn paged(&self, call: &Call, page: &Page, all: impl Iterator<Item = (String, Value)>) -> Answer {
        let mut rest = all.skip_while(|(key, _)| page.after.as_ref().is_some_and(|after| key <= after));
        let found: Vec<(String, Value)> = rest.by_ref().take(page.size).collect();
        let last = found.last().map(|(key, _)| key.clone());
        let mut body = json!({"value": found.into_iter().map(|(_, value)| value).collect::<Vec<_>>()});
        if let (Some(last), true, Some(fields)) = (last, rest.next().is_some(), body.as_object_mut()) {
            let kept = kept(call);
            let token = format!("{:016x}{}", mark(call), hexadecimal(&last));
            let query = if kept.is_empty() { String::new() } else { format!("{kept}&") };
            let link = format!("{}/{}?{query}$skiptoken={token}", self.base, call.raw_path);
            fields.insert("@odata.nextLink".to_owned(), json!(link));
        }
        Answer::given(body)
    }
}

/// The query without the place in the list.
fn kept(call: &Call) -> String {
    let is_place = |pair: &&str| query(pair).first().is_some_and(|(name, _)| name == "$skiptoken");
    call.raw_query.split('&').filter(|pair| !pair.is_empty() && !is_place(pair)).collect::<Vec<_>>().join("&")
}

/// What the list is about: a place in another list is none in this one.
fn mark(call: &Call) -> u64 {
    let text = format!("{}?{}", call.raw_path, kept(call));
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn position(token: &str, call: &Call) -> Result<String, Refusal> {
    let place = token.strip_prefix(&format!("{:016x}", mark(call))).and_then(text);
    place.ok_or_else(|| Refusal::new(400, "Directory_ExpiredPageToken", "The specified page token value is invalid."))
}

fn hexadecimal(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn text(hexadecimal: &str) -> Option<String> {
    let two = |at: usize| u8::from_str_radix(hexadecimal.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..hexadecimal.len()).step_by(2).map(two).collect();
    String::from_utf8(bytes?).ok()
}
