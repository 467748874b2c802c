//! What is printed of a hub at work.

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_printed_of_a_hub_at_work_holds_a_secret() {
    let stage = Stage::loaded(62).await;
    let secrets = skolbro::demo::DemoSecrets::of(&stage.world);

    let printed = format!("{:?} {:?} {:?}", stage.machine, stage.machine.hub.directory.tenants(), secrets);

    let held: Vec<String> = secrets.variables().into_values().filter(|it| printed.contains(it.as_str())).collect();
    assert_eq!(held, Vec::<String>::new());
}
