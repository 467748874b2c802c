//! Promises to schools: adoption, what is foreign, tenants, what is refused.

use skolbro::demo::tenant_files;
use sync::messages::Reason;
use world::WorldOptions;
use world::register::Vendor;

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn accounts_from_before_are_taken_over_and_not_duplicated() {
    let stage = Stage::loaded(21).await;

    let adopted = stage.world.receiver("gleerups").unwrap().counters().adopted;

    assert!(adopted > 0, "the world has accounts to adopt");
    assert_eq!(stage.breaches(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_made_by_hand_stays_as_it_is() {
    let stage = Stage::loaded(22).await;
    let receiver = stage.world.receiver("gleerups").unwrap();
    let made = receiver.portal_makes_group("Schackklubben", &[]);

    stage.world.play_school_day().await;
    stage.settled().await;

    assert!(receiver.state().find(world::receiver::ResourceType::StudentGroups, &made).is_some());
    assert_eq!(stage.breaches(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_taken_away_and_added_again_gets_what_it_missed() {
    let stage = Stage::loaded(23).await;
    let (tenant, text) = tenant_files(&stage.world, "http://127.0.0.1:1").remove(0);
    let (kept, _) = text.split_at(text.rfind("\n[[target]]").unwrap());
    stage.machine.put_tenant(&tenant, kept).await.unwrap();
    stage.world.play_school_day().await;
    stage.quiet().await;

    stage.machine.put_tenant(&tenant, &text).await.unwrap();

    stage.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_one_tenant_reaches_another() {
    let stage = Stage::loaded(24).await;

    let tenants: Vec<_> = stage.machine.hub.directory.tenants().iter().map(|it| it.config.tenant.clone()).collect();

    assert_eq!(tenants, ["demoskolan", "skolonkommun"]);
    assert_eq!(skolbro::demo::differences(&stage.world), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_wants_to_know_is_told_what_became_of_reads() {
    let stage = Stage::with(WorldOptions { seed: 26, pupils: 60, ..WorldOptions::default() }).await;
    let (tenant, text) = tenant_files(&stage.world, &stage.url).remove(0);
    let kind = "kind = \"ss12000\"";
    stage.machine.put_tenant(&tenant, &text.replace(kind, &format!("{kind}\nreport_back = true"))).await.unwrap();
    stage.settled().await;
    stage.world.play_school_day().await;
    stage.settled().await;

    let told = stage.world.register().counters();

    assert!(told.statistics > 0, "{told:?}");
    assert_eq!(stage.breaches(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_that_falls_away_takes_nothing_from_anybody() {
    let options = WorldOptions { seed: 25, pupils: 60, register: Vendor::Ist.options(), ..WorldOptions::default() };
    let stage = Stage::with(options).await;
    let (tenant, text) = tenant_files(&stage.world, &stage.url).remove(0);
    let url = stage.world.urls().register;
    let server = url.strip_suffix("/SE00100/v2.0").unwrap();
    let vendors = format!("profile = \"ist\"\ncustomer = \"SE00100\"\nbase_url = \"{server}\"");
    let text = text.replace(&format!("base_url = \"{url}\""), &vendors);
    assert!(text.contains("profile"), "{text}");
    stage.machine.put_tenant(&tenant, &text).await.unwrap();
    stage.settled().await;

    // Only the scopes for entities are left.
    stage.world.register().set_options(|it| it.granted = Some(Default::default()));
    stage.ring(&tenant, "register", Reason::FullRead).await;
    stage.settled().await;

    assert_eq!(stage.breaches(), Vec::<String>::new());
}
