//! Pages that a source loses or gives twice. Neither can be told from the outside: what is left out of a read of
//! everything looks as though it were gone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use outbound::Carried;
use reqwest::Url;
use roster::Clock;
use serde_json::Value;

use crate::clock::SimulatedClock;
use crate::effects::Effects;
use crate::trace::note;

/// The keys under which a page has its records, whatever the source.
const LISTS: [&str; 6] = ["data", "organizations", "schools", "users", "groups", "licenses"];

/// Where a page names the next one, and a request the page it wants.
const NEXT: [&str; 2] = ["pageToken", "cursor"];

/// Begins the token that leads to the same page again.
const AGAIN: &str = "again-";

/// Records that were left out of what a source told.
#[derive(Debug, Clone)]
pub(crate) struct LeftOut {
    pub(crate) at: Timestamp,
    pub(crate) tenant: usize,
    /// The persons whose own records they were.
    pub(crate) themselves: BTreeSet<String>,
    /// The persons whom they were about: whose duties, whose licences.
    pub(crate) about: BTreeSet<String>,
}

/// The pages of a run. Clones share them.
#[derive(Clone)]
pub(crate) struct Pages {
    clock: SimulatedClock,
    effects: Effects,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    left_out: Vec<LeftOut>,
    again: BTreeMap<String, Carried>,
}

impl Pages {
    pub(crate) fn new(clock: SimulatedClock, effects: Effects) -> Self {
        Self { clock, effects, seen: Arc::default() }
    }

    fn seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Everything that was ever left out.
    pub(crate) fn left_out(&self) -> Vec<LeftOut> {
        self.seen(|it| it.left_out.clone())
    }

    /// The page that a token stands for which was given instead of the source's own.
    pub(crate) fn given_again(&self, url: &Url) -> Option<Carried> {
        let token = url.query_pairs().find(|(name, value)| NEXT.contains(&&**name) && value.starts_with(AGAIN))?.1;
        self.seen(|it| it.again.get(&place(url, &token)).map(copy))
    }

    /// What becomes of a page on its way: of those that are followed by others, some are lost and some come twice.
    pub(crate) fn on_the_way(&self, tenant: usize, url: &Url, mut answer: Carried) -> Carried {
        if answer.status != 200 {
            return answer;
        }
        let Ok(mut page) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
        let Some((key, token)) = next(&page) else { return answer };
        if self.effects.strikes(|it| it.page_left_out) {
            let left_out = self.leave_out(tenant, url, &mut page);
            note!(self.effects.trace, "{}: a page is left out", url.path());
            self.seen(|it| it.left_out.push(left_out));
        } else if self.effects.strikes(|it| it.page_repeated) {
            let again = format!("{AGAIN}{token}");
            note!(self.effects.trace, "{}: a page comes twice", url.path());
            self.seen(|it| it.again.insert(place(url, &again), copy(&answer)));
            page[key] = again.into();
        } else {
            return answer;
        }
        answer.headers.remove(reqwest::header::CONTENT_LENGTH);
        answer.body = page.to_string().into_bytes();
        answer
    }

    fn leave_out(&self, tenant: usize, url: &Url, page: &mut Value) -> LeftOut {
        let lists = LISTS.iter().filter_map(|key| Some(page.get_mut(*key)?.as_array_mut()?.drain(..).collect()));
        let records: Vec<Value> = lists.flat_map(|it: Vec<Value>| it).collect();
        let are_persons = url.path().ends_with("/persons") || url.path().ends_with("/user");
        let identity = |it: &Value| Some(it["uuid"].as_str().or_else(|| it["id"].as_str())?.to_owned());
        let users = |it: &Value| it["users"].as_array().cloned().unwrap_or_default();
        let about = |it: &Value| users(it).into_iter().chain([it["person"].clone()]).collect::<Vec<_>>();
        LeftOut {
            at: self.clock.now(),
            tenant,
            themselves: records.iter().filter(|_| are_persons).filter_map(identity).collect(),
            about: records.iter().flat_map(about).filter_map(|it| identity(&it)).collect(),
        }
    }
}

fn copy(page: &Carried) -> Carried {
    Carried { status: page.status, headers: page.headers.clone(), body: page.body.clone() }
}

/// Where a token is valid: tokens may look alike in different lists.
fn place(url: &Url, token: &str) -> String {
    format!("{}{} {token}", url.host_str().unwrap_or_default(), url.path())
}

fn next(page: &Value) -> Option<(&'static str, String)> {
    NEXT.iter().find_map(|key| Some((*key, page.get(*key)?.as_str()?.to_owned())))
}
