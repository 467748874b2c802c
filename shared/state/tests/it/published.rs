//! What is published, on the embedded store and in memory alike.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use state::Store;
use state::memory::MemoryTable;
use state::published::{Published, PublishedPlace, Shelf, Shelved};

use crate::stage::{at, id, store};

const PLACE: (&str, &str) = ("demo", "reader");

async fn stores() -> [Store; 2] {
    [store().await, Store::over(Arc::new(MemoryTable::default()))]
}

async fn publish(store: &Store, n: u32, content: Option<Value>, second: i64) -> bool {
    store.publish(PLACE, ("Person", &id(n).to_string()), content, at(second)).await.unwrap()
}

fn asked(shelf: Shelf, since: Option<i64>) -> Shelved<'static> {
    Shelved { tenant: PLACE.0, target: PLACE.1, resource: "Person", shelf, since: since.map(at) }
}

/// All pages of at most `most`.
async fn all(store: &Store, asked: Shelved<'_>, most: usize) -> Vec<Published> {
    let (mut found, mut next) = (Vec::new(), Some(PublishedPlace::default()));
    while let Some(place) = next {
        let page = store.published_page(asked, place, most).await.unwrap();
        assert!(page.objects.len() <= most);
        found.extend(page.objects);
        next = page.next;
    }
    found
}

fn ids(published: &[Published]) -> BTreeSet<String> {
    published.iter().map(|it| it.id.clone()).collect()
}

#[tokio::test]
async fn everything_is_on_some_page_once() {
    for store in stores().await {
        for n in 0..40 {
            publish(&store, n, Some(json!(n)), n.into()).await;
        }

        for most in [1, 7, 100] {
            let found = all(&store, asked(Shelf::Present, None), most).await;
            assert_eq!((found.len(), ids(&found).len()), (40, 40), "{most}");
        }
    }
}

#[tokio::test]
async fn what_was_modified_since_is_found_with_the_moment_itself() {
    for store in stores().await {
        for n in 0..40 {
            publish(&store, n, Some(json!(n)), n.into()).await;
        }

        let found = all(&store, asked(Shelf::Present, Some(30)), 3).await;

        assert_eq!(ids(&found), (30..40).map(|n| id(n).to_string()).collect());
    }
}

#[tokio::test]
async fn what_says_the_same_again_is_not_modified() {
    for store in stores().await {
        publish(&store, 1, Some(json!("a")), 0).await;

        let again = publish(&store, 1, Some(json!("a")), 9).await;

        let found = all(&store, asked(Shelf::Present, None), 9).await;
        assert_eq!((again, found[0].modified), (false, at(0)));
    }
}

#[tokio::test]
async fn what_changes_was_created_when_it_came_and_modified_when_it_changed() {
    for store in stores().await {
        publish(&store, 1, Some(json!("a")), 0).await;

        publish(&store, 1, Some(json!("b")), 9).await;

        let found = all(&store, asked(Shelf::Present, None), 9).await;
        assert_eq!((found.len(), found[0].created, found[0].modified), (1, at(0), at(9)));
    }
}

#[tokio::test]
async fn what_changes_by_a_clock_that_is_behind_is_modified_later_all_the_same() {
    for store in stores().await {
        publish(&store, 1, Some(json!("a")), 9).await;

        publish(&store, 1, Some(json!("b")), 0).await;

        let found = all(&store, asked(Shelf::Present, Some(9)), 9).await;
        assert!(found[0].modified > at(9));
    }
}

#[tokio::test]
async fn what_is_gone_leaves_its_name_and_nothing_else() {
    for store in stores().await {
        publish(&store, 1, Some(json!("a")), 0).await;
        publish(&store, 2, None, 1).await;

        publish(&store, 1, None, 5).await;

        let (here, gone) =
            (all(&store, asked(Shelf::Present, None), 9).await, all(&store, asked(Shelf::Gone, None), 9).await);
        assert_eq!((here.len(), ids(&gone)), (0, [id(1).to_string()].into()), "what never was is not gone either");
        assert_eq!((gone[0].content.clone(), gone[0].modified), (None, at(5)));
        let by_id = store.published(PLACE, "Person", [&*id(1).to_string()]).await.unwrap();
        assert_eq!(by_id, []);
    }
}

#[tokio::test]
async fn what_is_published_for_one_is_not_found_by_another() {
    for store in stores().await {
        publish(&store, 1, Some(json!("a")), 0).await;

        let others = [("demo", "other"), ("other", "reader")].map(|(tenant, target)| Shelved {
            tenant,
            target,
            ..asked(Shelf::Present, None)
        });

        for other in others {
            assert_eq!(all(&store, other, 9).await, []);
        }
    }
}
