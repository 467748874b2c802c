//! The accounts that there are, page by page, with the addresses by which they are recognised.

use roster::Personal;
use serde::Deserialize;

use super::adapter::Google;
use super::calls;
use super::classify::Step;
use super::client::Fault;
use super::reply::Reply;
use crate::{InventoryEntry, InventoryPage};

/// The longest token of a page that is passed on.
const LONGEST_TOKEN: usize = 4_096;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Users {
    /// Left out where there are none.
    #[serde(default)]
    users: Vec<User>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct User {
    id: String,
    primary_email: String,
    aliases: Vec<String>,
    non_editable_aliases: Vec<String>,
}

impl Google {
    /// A page, or what is wrong with the answer, in a sentence.
    pub(super) async fn list_accounts(&self, page: Option<&str>) -> Result<Result<InventoryPage, String>, Fault> {
        let reply = self.client.make(&calls::list_accounts(page)).await?;
        if !reply.is_success() {
            return Err(Fault::Answer(Step::Ask, reply));
        }
        Ok(read(&reply, page))
    }
}

/// A page that was asked for by this token.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub(super) fn read(reply: &Reply, page: Option<&str>) -> Result<InventoryPage, String> {
    let list: Users = reply.json().ok_or("the answer is no list of accounts")?;
    let next = list.next_page_token.filter(|it| !it.is_empty());
    if next.as_ref().is_some_and(|it| it.len() > LONGEST_TOKEN || Some(it.as_str()) == page) {
        return Err("the list does not come to its end".to_owned());
    }
    Ok(InventoryPage { entries: list.users.into_iter().filter_map(entry).collect(), next })
}

fn entry(user: User) -> Option<InventoryEntry> {
    let addresses = std::iter::once(user.primary_email).chain(user.aliases).chain(user.non_editable_aliases);
    let mut recognised_by: Vec<_> = addresses.filter_map(|it| Personal::filled(it.to_lowercase())).collect();
    recognised_by.sort();
    recognised_by.dedup();
    Some(InventoryEntry { remote: user.id, external: None, recognised_by }).filter(|it| !it.remote.is_empty())
}
