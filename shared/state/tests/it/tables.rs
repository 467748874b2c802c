use roster::{Personal, RecordKey, RecordKind, SubjectKey};
use state::involvement::Referent;
use state::reads::PageSaid;
use state::records::KnownRecord;

use crate::stage::{at, id, store};

#[tokio::test]
async fn groups_that_refer_to_a_person_are_found() {
    let store = store().await;
    let person = Referent::Person(id(1));
    let named = |groups: &[u32]| groups.iter().map(|n| (person, SubjectKey::group(id(*n)))).collect();
    store.involve("demo", named(&[50, 51])).await.unwrap();
    store.involve("demo", named(&[51, 52])).await.unwrap();
    store.involve("demo", vec![(Referent::Person(id(2)), SubjectKey::group(id(53)))]).await.unwrap();

    let referrers = store.referrers("demo", person).await.unwrap();

    assert_eq!(referrers, [50, 51, 52].map(|n| SubjectKey::group(id(n))).into());
}

#[tokio::test]
async fn a_duty_is_known_by_whom_it_speaks_about_and_whose_it_is() {
    let store = store().await;
    let duty = RecordKey { kind: RecordKind::Duty, id: id(70) };
    let known =
        KnownRecord { subjects: [SubjectKey::person(id(7))].into(), person: Some(id(7)), ..KnownRecord::default() };
    store.keep_records("demo", "register", vec![(duty, known)]).await.unwrap();

    let persons = store.persons_of_duties("demo", &["register".into()], &[id(70), id(71)].into()).await.unwrap();

    assert_eq!(persons, [(id(70), id(7))].into());
    assert_eq!(store.record_ids("demo", "register", RecordKind::Duty).await.unwrap(), [id(70)].into());
}

#[tokio::test]
async fn what_a_read_has_seen_is_added_up_over_its_pages() {
    let store = store().await;
    for page in 0..3 {
        let seen = RecordKey { kind: RecordKind::Person, id: id(page) };
        store
            .note_page("demo", "register", "read", page, PageSaid { said: vec![seen], ..PageSaid::default() }, at(0))
            .await
            .unwrap();
    }

    assert_eq!(store.said_in("demo", "register", "read").await.unwrap()[&RecordKind::Person].len(), 3);
}

#[tokio::test]
async fn what_a_later_page_of_a_read_takes_back_was_not_said() {
    let store = store().await;
    let [stays, goes] = [id(1), id(2)].map(|id| RecordKey { kind: RecordKind::Person, id });
    let first = PageSaid { said: vec![stays, goes], taken_back: vec![] };
    store.note_page("demo", "register", "read", 0, first, at(0)).await.unwrap();

    let later = PageSaid { said: vec![], taken_back: vec![goes] };
    store.note_page("demo", "register", "read", 1, later, at(0)).await.unwrap();

    let noted = store.said_in("demo", "register", "read").await.unwrap();
    assert_eq!(noted[&RecordKind::Person], [stays.id].into());
}

#[tokio::test]
async fn an_account_is_taken_by_one_of_ours_only() {
    let store = store().await;
    let mark = Personal::new("Elev1@skola.example".to_owned());
    store.note_accounts("demo", "gleerups", vec![(mark, "account-17".to_owned())]).await.unwrap();

    let found = store.recognise("demo", "gleerups", &[Personal::new("elev1@skola.example".into())]).await.unwrap();
    let first = store.take_account("demo", "gleerups", "account-17", SubjectKey::person(id(1))).await.unwrap();
    let again = store.take_account("demo", "gleerups", "account-17", SubjectKey::person(id(1))).await.unwrap();
    let other = store.take_account("demo", "gleerups", "account-17", SubjectKey::person(id(2))).await.unwrap();

    assert_eq!((found.as_deref(), first, again, other), (Some("account-17"), true, true, false));
}

#[tokio::test]
async fn a_tenants_text_counts_its_versions() {
    let store = store().await;

    let stored = [
        store.put_tenant("demo", "a").await.unwrap(),
        store.put_tenant("demo", "a").await.unwrap(),
        store.put_tenant("demo", "b").await.unwrap(),
    ];
    store.tenant_applied("demo", 2).await.unwrap();

    let tenants = store.tenants().await.unwrap();
    assert_eq!((stored, tenants[0].version, tenants[0].applied), ([true, false, true], 2, true));
}
