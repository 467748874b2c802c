//! What the portal holds.

use roster::Personal;

use super::portal::{Portal, nobody};
use crate::egil::USERS;
use crate::{InventoryEntry, InventoryPage};

const FIRST: &str = r#"{"totalResults":3,"startIndex":1,"Resources":[
    {"id":"konto-1","userName":"AstLin01","emails":[{"value":"Astrid@skola.example"},{"value":"astlin01"}]},
    {"externalId":"00000000-0000-4000-8000-000000000010","userName":null}]}"#;

fn entry(remote: &str, external: Option<&str>, recognised_by: &[&str]) -> InventoryEntry {
    InventoryEntry {
        remote: remote.into(),
        external: external.map(str::to_owned),
        recognised_by: recognised_by.iter().map(|it| Personal::new((*it).to_owned())).collect(),
    }
}

#[tokio::test]
async fn a_page_tells_accounts_by_what_they_are_recognised_by_and_where_the_next_begins() {
    let portal = Portal::answering(&[(200, "", FIRST)]).await;

    let page = portal.target("").inventory(&USERS, None).await.unwrap();

    let own = "00000000-0000-4000-8000-000000000010";
    let entries = vec![entry("konto-1", None, &["astlin01", "astrid@skola.example"]), entry(own, Some(own), &[])];
    assert_eq!(page, Some(InventoryPage { entries, next: Some("3".into()) }));
    assert_eq!(portal.lines(), ["GET /scim/Users?startIndex=1&count=200"]);
}

#[tokio::test]
async fn the_last_page_says_so() {
    let last = r#"{"totalResults":3,"startIndex":3,"Resources":[{"id":"konto-3"}]}"#;
    let portal = Portal::answering(&[(200, "", last)]).await;

    let page = portal.target("").inventory(&USERS, Some("3")).await.unwrap().unwrap();

    assert_eq!((page.entries.len(), page.next), (1, None));
    assert_eq!(portal.lines(), ["GET /scim/Users?startIndex=3&count=200"]);
}

#[tokio::test]
async fn an_empty_portal_has_one_empty_page() {
    let portal = Portal::answering(&[(200, "", r#"{"totalResults":0,"Resources":[]}"#)]).await;

    assert_eq!(portal.target("").inventory(&USERS, None).await.unwrap(), Some(InventoryPage::default()));
}

#[tokio::test]
async fn a_portal_that_cannot_list_is_not_an_empty_portal() {
    for status in [404, 405, 501] {
        let portal = Portal::answering(&[(status, "", "")]).await;

        assert_eq!(portal.target("").inventory(&USERS, None).await.unwrap(), None, "{status}");
    }
}

#[tokio::test]
async fn a_list_that_fails_or_does_not_move_on_is_an_error() {
    for (page, told) in [
        (None, (200, "", r#"{"totalResults":3,"Resources":[]}"#)),
        (Some("3"), (200, "", FIRST)),
        (Some("1000001"), (200, "", r#"{"totalResults":9999999,"Resources":[{"id":"x"}]}"#)),
        (Some("3"), (404, "", "")),
        (Some("x"), (200, "", FIRST)),
        (None, (200, "", "<html>")),
        (None, (503, "", "")),
    ] {
        let portal = Portal::answering(&[told]).await;

        let error = portal.target("").inventory(&USERS, page).await.unwrap_err();

        assert_eq!(error.code, "egil.inventory_failed", "{page:?} {told:?}");
    }
}

#[tokio::test]
async fn a_portal_that_is_not_there_is_an_error() {
    let error = nobody().await.inventory(&USERS, None).await.unwrap_err();

    assert_eq!(error.code, "outbound.connect");
}

#[tokio::test]
async fn accounts_are_adopted_unless_told_otherwise() {
    let portal = Portal::answering(&[]).await;

    let kinds = ["", "adopt_by_email = false"].map(|more| portal.target(more).adoptable());

    assert_eq!(kinds, [Some(USERS), None]);
}
