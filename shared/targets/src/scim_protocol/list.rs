//! Lists of what a receiver holds, page by page [RFC 7644 §3.4.2].

use outbound::Answer;
use roster::Personal;
use serde::Deserialize;

use crate::{InventoryEntry, InventoryPage};

/// Objects asked for at once.
pub(crate) const PAGE: usize = 200;

/// Where a list is given up as endless.
const MOST: usize = 1_000_000;

/// A SCIM list (RFC 7644 §3.4.2). Windermere answers with everything at once, without `startIndex`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    total_results: usize,
    start_index: Option<usize>,
    #[serde(rename = "Resources", default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    id: Option<String>,
    external_id: Option<String>,
    user_name: Option<String>,
    emails: Option<Vec<Email>>,
}

#[derive(Deserialize)]
struct Email {
    value: Option<String>,
}

/// A page of an inventory, with how it is asked for: from where, from 1, and how many. `None`: the receiver cannot list.
///
/// # Errors
/// What failed: the question, or – in a sentence – the answer.
pub(crate) async fn inventory<F>(
    page: Option<&str>,
    ask: impl AsyncFnOnce(usize, usize) -> Result<Answer, F>,
) -> Result<Option<InventoryPage>, Unlisted<F>> {
    let start = match page {
        None => 1,
        Some(page) => page.parse().map_err(|_| Unlisted::Answer("the position is no number".to_owned()))?,
    };
    let answer = ask(start, PAGE).await.map_err(Unlisted::Question)?;
    match answer.status {
        200..=299 => read(&answer, start).map(Some).map_err(Unlisted::Answer),
        404 | 405 | 501 if page.is_none() => Ok(None),
        status => Err(Unlisted::Answer(format!("HTTP {status}"))),
    }
}

/// Why a page of an inventory could not be had.
#[derive(Debug)]
pub(crate) enum Unlisted<F> {
    /// It could not be asked for.
    Question(F),
    /// The answer is of no use, in a sentence.
    Answer(String),
}

/// A page that was asked for from `start`, from 1.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub(crate) fn read(answer: &Answer, start: usize) -> Result<InventoryPage, String> {
    let list: List = answer.json().map_err(|error| error.to_string())?;
    let next = next(&list, start)?;
    let entries = list.resources.into_iter().filter_map(entry).collect();
    Ok(InventoryPage { entries, next: next.map(|it| it.to_string()) })
}

/// Where the next page begins. A list that does not move on would be read for ever, so it is an error.
fn next(list: &List, start: usize) -> Result<Option<usize>, String> {
    let next = start.saturating_add(list.resources.len());
    if list.start_index.is_some_and(|it| it != start && !list.resources.is_empty()) {
        return Err("the list begins somewhere else than was asked for".to_owned());
    }
    if next > list.total_results {
        return Ok(None);
    }
    if list.resources.is_empty() || next > MOST {
        return Err("the list does not come to its end".to_owned());
    }
    Ok(Some(next))
}

/// In the profile the identity is the external identity, which older receivers leave to be concluded.
fn entry(resource: Resource) -> Option<InventoryEntry> {
    let remote = resource.id.or_else(|| resource.external_id.clone()).filter(|it| !it.is_empty())?;
    let emails = resource.emails.unwrap_or_default().into_iter().filter_map(|it| it.value);
    let mut recognised_by: Vec<_> =
        resource.user_name.into_iter().chain(emails).filter_map(|it| Personal::filled(it.to_lowercase())).collect();
    recognised_by.sort();
    recognised_by.dedup();
    Some(InventoryEntry { remote, external: resource.external_id, recognised_by })
}
