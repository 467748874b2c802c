//! Accounts, listed page by page.

use super::addresses;
use crate::google::inventory::read;
use crate::google::reply::Reply;

fn page(body: &str) -> Reply {
    Reply { status: 200, retry_after: None, body: body.as_bytes().to_vec() }
}

#[test]
fn an_account_is_recognised_by_its_address_and_its_aliases() {
    let reply = page(
        r#"{"users":[{"id":"1001","primaryEmail":"Astrid@Skola.example","aliases":["a@skola.example"],
        "nonEditableAliases":["astrid@skola.example.test-google-a.com"]},{"primaryEmail":"ingen@skola.example"}],
        "nextPageToken":"mer"}"#,
    );

    let page = read(&reply, None).unwrap();

    assert_eq!((page.entries[0].remote.as_str(), page.next.as_deref()), ("1001", Some("mer")));
    assert_eq!(
        addresses(&page),
        [["a@skola.example", "astrid@skola.example", "astrid@skola.example.test-google-a.com"]]
    );
}

#[test]
fn a_domain_without_accounts_has_an_empty_list() {
    assert_eq!(read(&page("{}"), None).unwrap(), crate::InventoryPage::default());
}

#[test]
fn a_list_that_does_not_move_on_is_a_mistake() {
    assert!(read(&page(r#"{"nextPageToken":"a"}"#), Some("a")).is_err());
    assert!(read(&page(&format!(r#"{{"nextPageToken":"{}"}}"#, "a".repeat(5_000))), None).is_err());
}

#[test]
fn what_is_no_list_is_a_mistake() {
    assert!(read(&page("<html>"), None).is_err());
}
