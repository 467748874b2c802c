//! What the portal holds, page by page. Windermere answers with everything at once, without `startIndex`.

use rules::object::ObjectKind;

use super::client::{Client, Fault};
use crate::scim_protocol::{PAGE, read_list};
use crate::{InventoryPage, TargetError};

/// One page; `None` when the portal cannot list.
pub(super) async fn page(
    client: &Client,
    kind: &ObjectKind,
    page: Option<&str>,
) -> Result<Option<InventoryPage>, TargetError> {
    let start = match page {
        None => 1,
        Some(page) => page.parse().map_err(|_| failed("the position is no number"))?,
    };
    let answer = client.list(kind, start, PAGE).await.map_err(|fault| unanswered(&fault))?;
    match answer.status {
        200..=299 => read_list(&answer, start).map(Some).map_err(|problem| failed(&problem)),
        404 | 405 | 501 if page.is_none() => Ok(None),
        status => Err(failed(&format!("HTTP {status}"))),
    }
}

fn unanswered(fault: &Fault) -> TargetError {
    match fault {
        Fault::Call(error) => TargetError { code: error.code(), detail: error.to_string() },
        Fault::Key(error) => TargetError { code: error.code(), detail: error.to_string() },
        Fault::Federation(error) => TargetError { code: error.code(), detail: error.to_string() },
        Fault::Identity => failed("the base URL cannot be extended"),
    }
}

fn failed(detail: &str) -> TargetError {
    TargetError { code: "egil.inventory_failed", detail: detail.to_owned() }
}
