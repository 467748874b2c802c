use rules::delivery::{Settlement, Standing, Trouble};

use crate::stage::{at, id, key, name, organisation, provenance, store};

#[tokio::test]
async fn a_subject_reads_back_as_it_was_written() {
    let store = store().await;

    let (written, ()) = store.change("demo", key(1), |it| name(it, 1, "Storskolan", 0)).await.unwrap();

    assert_eq!(store.subject("demo", key(1)).await.unwrap(), written);
}

#[tokio::test]
async fn what_is_unchanged_is_not_written() {
    let store = store().await;
    store.change("demo", key(1), |it| name(it, 1, "Storskolan", 0)).await.unwrap();
    let before = store.meter().total().write_tenths;

    store.change("demo", key(1), |it| it.set_fact(provenance(1), Some(organisation(1, "Storskolan")))).await.unwrap();

    assert_eq!(store.meter().total().write_tenths, before);
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_kept() {
    let store = store().await;
    let changes = (0..8u32).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            let fact = organisation(1, &n.to_string());
            store
                .change("demo", key(1), |it| it.set_fact((format!("source-{n}"), provenance(1).1), Some(fact.clone())))
                .await
        })
    });

    for change in changes.collect::<Vec<_>>() {
        change.await.unwrap().unwrap();
    }

    assert_eq!(store.subject("demo", key(1)).await.unwrap().facts.len(), 8);
}

async fn due(store: &state::Store, until: jiff::Timestamp) -> usize {
    let mut count = 0;
    for shard in 0..store.shards() {
        count += store.due_subjects(shard, until, 10).await.unwrap().len();
    }
    count
}

#[tokio::test]
async fn what_is_due_is_found_when_its_time_has_come() {
    let store = store().await;
    store.change("demo", key(1), |it| name(it, 1, "Storskolan", 0)).await.unwrap();

    let early = due(&store, at(59)).await;
    let later = due(&store, at(61)).await;

    assert_eq!((early, later), (0, 1));
}

#[tokio::test]
async fn a_large_subject_is_split_and_put_together_again() {
    let store = store().await;
    let long = "Å".repeat(300_000);

    store.change("demo", key(1), |it| name(it, 1, &long, 0)).await.unwrap();
    store.change("demo", key(1), |it| name(it, 1, &format!("{long}!"), 1)).await.unwrap();

    let read = store.subject("demo", key(1)).await.unwrap();
    assert_eq!(read.facts[&provenance(1)], organisation(1, &format!("{long}!")));
}

#[tokio::test]
async fn a_dead_letter_is_listed_with_its_subject_and_leaves_the_list_with_a_new_change() {
    let store = store().await;
    store.change("demo", key(1), |it| name(it, 1, "Storskolan", 0)).await.unwrap();
    let trouble = Trouble { code: "egil.rejected".into(), message: "no".into(), at: at(1) };
    let die = |it: &mut state::Subject| {
        it.deliveries.get_mut("gleerups").unwrap().settle(1, vec![], Settlement::Dead(trouble.clone()), at(1));
    };

    store.change("demo", key(1), die).await.unwrap();
    let listed = store.undeliverable("demo", "gleerups").await.unwrap();
    store.change("demo", key(1), |it| name(it, 1, "Lillskolan", 2)).await.unwrap();

    assert_eq!(listed.iter().map(|it| (it.subject, it.code.as_str())).collect::<Vec<_>>(), [(key(1), "egil.rejected")]);
    assert_eq!(store.undeliverable("demo", "gleerups").await.unwrap(), []);
}

#[tokio::test]
async fn what_nobody_needs_any_more_is_forgotten() {
    let store = store().await;
    store.change("demo", key(1), |it| name(it, 1, "Storskolan", 0)).await.unwrap();

    let forget = |it: &mut state::Subject| {
        it.set_fact(provenance(1), None);
        let done = Settlement::Done { standing: Standing::Unwanted("rules.removed".into()), next_turn: None };
        it.deliveries.get_mut("gleerups").unwrap().settle(1, vec![], done, at(1));
    };
    store.change("demo", key(1), forget).await.unwrap();

    assert!(!store.subject("demo", key(1)).await.unwrap().is_stored());
    assert_eq!(store.subject_ids("demo", roster::SubjectKind::Organisation).await.unwrap(), []);
}

#[tokio::test]
async fn a_tenant_lists_its_own_subjects_only() {
    let store = store().await;
    store.change("demo", key(1), |it| name(it, 1, "Storskolan", 0)).await.unwrap();
    store.change("other", key(2), |it| name(it, 2, "Lillskolan", 0)).await.unwrap();

    let listed = store.subject_ids("demo", roster::SubjectKind::Organisation).await.unwrap();

    assert_eq!(listed, [roster::SubjectKey::organisation(id(1))]);
}
