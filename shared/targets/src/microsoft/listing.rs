//! Lists: of accounts, of a team's members, of a group's owners.

use std::collections::BTreeSet;

use outbound::Answer;
use roster::Personal;
use rules::outcome::Outcome;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::classify::{Area, unreadable};
use super::client::{Call, Client, Said};
use crate::{InventoryEntry, InventoryPage};

/// The largest `$top` of lists of people.
pub(super) const PAGE: &str = "999";

/// A list within one class ends sooner than this.
const MOST_PAGES: usize = 100;

/// What of an account is looked at.
pub(super) const ACCOUNT: &str = "id,userPrincipalName,mail,proxyAddresses,employeeId,accountEnabled";

/// One page of a list.
#[derive(Deserialize)]
pub(super) struct Page<T> {
    pub(super) value: Vec<T>,
    #[serde(rename = "@odata.nextLink", default)]
    pub(super) next: Option<String>,
}

/// Reads a page.
///
/// # Errors
/// It is none.
pub(super) fn page<T: DeserializeOwned>(answer: &Answer) -> Result<Page<T>, Outcome> {
    answer.json().map_err(|_| unreadable())
}

/// Everything in a list; `None`: what it belongs to is not there.
///
/// # Errors
/// What is in the way.
pub(super) async fn whole<T: DeserializeOwned>(
    client: &Client,
    area: Area,
    first: Call,
) -> Result<Option<Vec<T>>, Outcome> {
    let (mut found, mut said) = (Vec::new(), client.send(first).await?);
    for _ in 0..MOST_PAGES {
        let answer = match said {
            Said::Given(answer) => answer,
            Said::Missing => return Ok(None),
            Said::Refused(reply) => return Err(reply.refusal(&serde_json::Value::Null)),
        };
        let page: Page<T> = page(&answer)?;
        found.extend(page.value);
        let Some(next) = page.next else { return Ok(Some(found)) };
        said = client.follow(area, &client.below(&next)?).await?;
    }
    let detail = "a list within a class does not end".to_owned();
    Err(Outcome::Retry { after: None, code: "microsoft.list_endless", detail })
}

/// An account, of which we look at as little as we need.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub(super) id: String,
    #[serde(default)]
    user_principal_name: Option<String>,
    #[serde(default)]
    mail: Option<String>,
    #[serde(default)]
    proxy_addresses: Option<Vec<String>>,
    #[serde(default)]
    pub(super) employee_id: Option<String>,
    #[serde(default)]
    pub(super) account_enabled: Option<bool>,
}

impl Account {
    /// Whether its identity is one that may stand in an address.
    pub(super) fn is_usable(&self) -> bool {
        is_identity(&self.id)
    }

    pub(super) fn is_called(&self, name: &str) -> bool {
        self.user_principal_name.as_ref().is_some_and(|it| it.to_lowercase() == name)
    }

    /// Its names and addresses in lower case, each once.
    pub(super) fn marks(&self) -> BTreeSet<String> {
        let addresses = self.proxy_addresses.iter().flatten().filter_map(|it| smtp(it));
        let named = [&self.user_principal_name, &self.mail].into_iter().flatten().map(String::as_str);
        named.chain(addresses).map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty()).collect()
    }
}

/// `smtp:` for an address, `SMTP:` for the first one [`user` resource, `proxyAddresses`].
fn smtp(address: &str) -> Option<&str> {
    let (scheme, address) = address.split_once(':')?;
    scheme.eq_ignore_ascii_case("smtp").then_some(address)
}

/// Letters, digits and hyphens: nothing that could lead anywhere else in an address.
pub(super) fn is_identity(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
}

/// Which accounts there are, a page at a time.
///
/// # Errors
/// What is in the way.
pub(super) async fn accounts(client: &Client, from: Option<&str>) -> Result<InventoryPage, Outcome> {
    let said = match from {
        None => {
            let call = Call::get(Area::Users, &["users"]).query("$select", ACCOUNT).query("$top", PAGE);
            client.send(call).await?
        }
        Some(part) => client.follow(Area::Users, part).await?,
    };
    let answer = match said {
        Said::Given(answer) => answer,
        Said::Missing => return Err(unreadable()),
        Said::Refused(reply) => return Err(reply.rejected(&serde_json::Value::Null)),
    };
    let page: Page<Account> = page(&answer)?;
    let next = page.next.map(|it| client.below(&it)).transpose()?;
    if next.is_some() && next.as_deref() == from {
        let detail = "the list of accounts does not move on".to_owned();
        return Err(Outcome::Retry { after: None, code: "microsoft.list_endless", detail });
    }
    let entries = page.value.into_iter().filter(Account::is_usable).map(entry).collect();
    Ok(InventoryPage { entries, next })
}

fn entry(account: Account) -> InventoryEntry {
    let recognised_by = account.marks().into_iter().filter_map(Personal::filled).collect();
    InventoryEntry { remote: account.id, external: None, recognised_by }
}
