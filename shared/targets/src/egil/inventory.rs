//! What the portal holds, page by page. Windermere answers with everything at once, without `startIndex`.

use rules::object::ObjectKind;

use super::client::{Client, Fault};
use crate::scim_protocol::{Unlisted, inventory};
use crate::{InventoryPage, TargetError};

/// One page; `None` when the portal cannot list.
pub(super) async fn page(
    client: &Client,
    kind: &ObjectKind,
    page: Option<&str>,
) -> Result<Option<InventoryPage>, TargetError> {
    let listed = inventory(page, async |start, count| client.list(kind, start, count).await).await;
    listed.map_err(|unlisted| match unlisted {
        Unlisted::Question(fault) => unanswered(&fault),
        Unlisted::Answer(problem) => failed(&problem),
    })
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
