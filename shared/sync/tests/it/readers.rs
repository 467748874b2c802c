//! Those who read here, whatever is cut short.

use std::collections::{BTreeMap, BTreeSet};

use rules::news::{Changes, Subscription};
use serde_json::Value;
use state::published::PublishedPlace;
use sync::messages::NewsDue;
use sync::published::{GonePlace, Reading};
use sync::subscribers::{due, tell};
use targets::feed::TellError;
use targets::ss12000_provider::Resource;
use targets::ss12000_provider::question::Question;

use crate::joins::id;
use crate::shelf::SHELF;
use crate::stage::{REGISTER, Stage, TENANT};
use crate::windows::{deliver, known_at, rename};

async fn known(pupils: u8) -> Stage {
    known_at(SHELF, pupils).await
}

async fn delivered(pupils: u8) -> Stage {
    let stage = known(pupils).await;
    deliver(&stage, 4).await;
    stage
}

fn reading(stage: &Stage) -> Reading<'_> {
    Reading { hub: &stage.hub, tenant: TENANT, target: SHELF, feed: stage.lists.shelf() }
}

fn names(objects: &[Value]) -> BTreeSet<String> {
    objects.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

/// Everybody, page by page.
async fn everybody(stage: &Stage) -> BTreeSet<String> {
    let question = Question::read(Resource::Person, &[("limit".into(), "2".into())]).unwrap();
    let (mut found, mut next) = (BTreeSet::new(), Some(PublishedPlace::default()));
    while let Some(place) = next {
        let page = reading(stage).list(Resource::Person, &question, place).await.unwrap();
        assert!(page.objects.len() <= 2);
        found.extend(names(&page.objects));
        next = page.next;
    }
    found
}

async fn gone(stage: &Stage) -> BTreeSet<String> {
    let page = reading(stage).gone(&Resource::ALL, None, GonePlace::default(), 100).await.unwrap();
    assert_eq!(page.next, None);
    page.gone.into_iter().map(|(_, id)| id).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

async fn subscribe(stage: &Stage, name: &str) {
    let resources = BTreeSet::from(["Person".to_owned()]);
    let subscription = Subscription::new(name.into(), name.into(), name.into(), resources, stage.hub.now());
    let make = |it: &mut Option<Subscription>| *it = Some(subscription.clone());
    stage.hub.store.change_subscription(TENANT, SHELF, name, make).await.unwrap();
}

fn news_due() -> NewsDue {
    NewsDue::new(TENANT.to_owned(), SHELF.to_owned())
}

#[tokio::test(start_paused = true)]
async fn whoever_is_delivered_is_found_page_by_page() {
    let stage = delivered(5).await;

    assert_eq!(everybody(&stage).await, set(&["Prov1", "Prov2", "Prov3", "Prov4", "Prov5"]));
}

#[tokio::test(start_paused = true)]
async fn who_goes_is_found_among_what_is_gone_and_nowhere_else() {
    let stage = delivered(2).await;
    stage.lists.change(REGISTER, |all| drop(all.remove(&id(1))));
    stage.read(REGISTER).await;
    deliver(&stage, 4).await;

    assert_eq!((everybody(&stage).await, gone(&stage).await), (set(&["Prov2"]), set(&[&id(1).to_string()])));
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_is_gone_no_more() {
    let stage = delivered(1).await;
    stage.lists.change(REGISTER, |all| drop(all.remove(&id(1))));
    stage.read(REGISTER).await;
    deliver(&stage, 4).await;
    rename(&stage, 1, "Prov1");
    stage.read(REGISTER).await;

    deliver(&stage, 4).await;

    assert_eq!((everybody(&stage).await, gone(&stage).await), (set(&["Prov1"]), set(&[])));
}

#[tokio::test(start_paused = true)]
async fn whoever_reads_pages_while_things_change_has_it_all_in_the_end() {
    let stage = delivered(9).await;
    let began = stage.hub.now();
    let question = Question::read(Resource::Person, &[("limit".into(), "2".into())]).unwrap();
    let (mut found, mut next): (BTreeMap<String, String>, _) = (BTreeMap::new(), Some(PublishedPlace::default()));
    let mut n = 0;
    while let Some(place) = next {
        let page = reading(&stage).list(Resource::Person, &question, place).await.unwrap();
        found.extend(names(&page.objects).into_iter().map(|it| (it[..5].to_owned(), it)));
        next = page.next;
        n = n % 9 + 1;
        rename(&stage, n, &format!("Prov{n} the second"));
        stage.read(REGISTER).await;
        deliver(&stage, 2).await;
    }

    let since = [("meta.modified.after".to_owned(), began.to_string())];
    let question = Question::read(Resource::Person, &since).unwrap();
    let page = reading(&stage).list(Resource::Person, &question, PublishedPlace::default()).await.unwrap();
    found.extend(names(&page.objects).into_iter().map(|it| (it[..5].to_owned(), it)));

    assert_eq!(found.into_values().collect::<BTreeSet<_>>(), everybody(&stage).await);
}

#[tokio::test(start_paused = true)]
async fn what_a_filter_lets_pass_is_found_however_little_it_is() {
    let stage = delivered(7).await;
    let all = Question::read(Resource::Person, &[("limit".into(), "1".into())]).unwrap();
    let none = Question::read(Resource::Person, &[("civicNo".into(), "201201012384".into())]).unwrap();

    let one = reading(&stage).list(Resource::Person, &all, PublishedPlace::default()).await.unwrap();
    let nobody = reading(&stage).list(Resource::Person, &none, PublishedPlace::default()).await.unwrap();

    assert_eq!((one.objects.len(), one.next.is_some()), (1, true));
    assert_eq!((nobody.objects.len(), nobody.next), (0, None));
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_dies_between_any_two_writes_leaves_nobody_unpublished() {
    for writes in 0..14 {
        let stage = known(2).await;
        subscribe(&stage, "a").await;
        stage.table.allow(Some(writes));
        deliver(&stage, 1).await;
        stage.table.allow(None);
        deliver(&stage, 6).await;

        tell(&stage.hub, &news_due()).await.unwrap();

        assert_eq!(everybody(&stage).await, set(&["Prov1", "Prov2"]), "cut after {writes}");
        assert_eq!(stage.lists.shelf().told().len(), 1, "cut after {writes}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_teller_that_dies_between_any_two_writes_leaves_nobody_untold() {
    for writes in 0..8 {
        let stage = delivered(1).await;
        subscribe(&stage, "a").await;
        subscribe(&stage, "b").await;
        stage.table.allow(Some(writes));
        let cut_short = tell(&stage.hub, &news_due()).await;
        stage.table.allow(None);
        stage.jobs_after(600).await;

        tell(&stage.hub, &news_due()).await.unwrap();
        let told: BTreeSet<String> = stage.lists.shelf().told().into_iter().map(|(whom, _)| whom).collect();
        let so_far = stage.lists.shelf().told().len();
        stage.jobs_after(600).await;
        let again = tell(&stage.hub, &news_due()).await.unwrap();

        assert_eq!(told, set(&["a", "b"]), "cut after {writes}: {cut_short:?}");
        assert_eq!((again, stage.lists.shelf().told().len()), (0, so_far), "cut after {writes}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_notice_tells_of_what_came_and_of_what_went() {
    let stage = delivered(2).await;
    subscribe(&stage, "a").await;
    tell(&stage.hub, &news_due()).await.unwrap();
    stage.lists.change(REGISTER, |all| drop(all.remove(&id(1))));
    stage.read(REGISTER).await;
    deliver(&stage, 4).await;

    tell(&stage.hub, &news_due()).await.unwrap();

    let person = || set(&["Person"]);
    let came = Changes { modified: person(), ..Changes::default() };
    let went = Changes { deleted: person(), ..Changes::default() };
    assert_eq!(stage.lists.shelf().told(), [("a".to_owned(), came), ("a".to_owned(), went)]);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_is_away_is_told_later_and_one_that_wants_no_more_is_forgotten() {
    let error = |is_final| TellError { code: "notice.refused", detail: String::new(), is_final };
    let stage = delivered(1).await;
    subscribe(&stage, "a").await;
    stage.lists.shelf().answers(Some(error(false)));
    tell(&stage.hub, &news_due()).await.unwrap();
    stage.jobs_after(60).await;
    stage.lists.shelf().answers(Some(error(true)));
    let (asked, told) = (due(&stage.hub).await.unwrap(), tell(&stage.hub, &news_due()).await.unwrap());

    let left = stage.hub.store.subscriptions(TENANT, SHELF).await.unwrap();

    assert_eq!((asked, told, stage.lists.shelf().told().len(), left.len()), (1, 0, 2, 0));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_to_tell_where_nobody_wants_to_be_told() {
    let stage = delivered(1).await;

    assert_eq!(due(&stage.hub).await.unwrap(), 0);
}

/// The schools that are at the target.
async fn schools(stage: &Stage) -> BTreeSet<String> {
    let page = reading(stage).list(Resource::Organisation, &Question::default(), PublishedPlace::default()).await;
    names(&page.unwrap().objects)
}

/// Approves whatever waits for a person.
async fn approve(stage: &Stage) -> usize {
    let holds = stage.hub.store.holds(TENANT).await.unwrap();
    for hold in &holds {
        sync::holds::approve(&stage.hub, TENANT, &hold.reference()).await.unwrap();
    }
    holds.len()
}

#[tokio::test(start_paused = true)]
async fn a_school_whose_removal_was_approved_stays_as_long_as_its_people_do() {
    let stage = delivered(2).await;
    stage.lists.remove_schools();
    stage.read(REGISTER).await;
    let approved = approve(&stage).await;
    deliver(&stage, 40).await;
    let (people, kept) = (everybody(&stage).await, schools(&stage).await);

    stage.lists.change(REGISTER, |all| all.clear());
    stage.read(REGISTER).await;
    approve(&stage).await;
    deliver(&stage, 40).await;

    assert_eq!((approved, people.len(), kept), (1, 2, set(&["Norrbyskolan"])));
    assert_eq!((everybody(&stage).await, schools(&stage).await), (set(&[]), set(&[])));
}
