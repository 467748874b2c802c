//! Previews: what is shown is what is then done, and showing it does nothing.

use skolbro::demo::tenant_files;
use sync::preview::{Change, Delivered, Preview, Proposal, Why, preview};

use crate::stage::Stage;

const TENANT: &str = "demoskolan";

fn file_with(stage: &Stage, more: &str) -> Proposal {
    let files = tenant_files(&stage.world, &stage.url);
    let (_, file) = files.into_iter().find(|(tenant, _)| tenant == TENANT).unwrap();
    Proposal { file: Some(format!("{file}{more}")), ..Proposal::default() }
}

async fn shown(stage: &Stage, proposal: &Proposal) -> Preview {
    preview(&stage.machine.hub, TENANT, proposal).await.unwrap()
}

async fn delivered(stage: &Stage) -> Delivered {
    Delivered::of(&stage.machine.hub.store, TENANT, None).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_preview_shows_of_another_file_is_what_that_file_then_does() {
    let stage = Stage::loaded(61).await;
    // Of the test environment, which is the last target in the file.
    let proposal = file_with(&stage, "user_name = [\"email\"]\n");
    let (calls, before) = (stage.calls(), delivered(&stage).await);

    let shown = shown(&stage, &proposal).await;
    let after_the_preview = (stage.calls(), delivered(&stage).await);
    stage.machine.put_tenant(TENANT, proposal.file.as_deref().unwrap()).await.unwrap();
    // That the file is another is noticed within half a minute.
    stage
        .until("somebody is told to be refused", |status| {
            status.tenants[TENANT].targets["gleerups-test"].refused.values().sum::<u64>() > 1
        })
        .await;
    stage.quiet().await;

    assert_eq!(after_the_preview, (calls, before.clone()));
    assert_eq!(shown, Preview::between(TENANT, &before, &delivered(&stage).await));
    assert!(!shown.steps.is_empty());
    assert!(shown.steps.iter().all(|it| it.target == "gleerups-test" && it.change == Change::Updated), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_of_rules_that_want_nobody_shows_what_would_be_held() {
    let stage = Stage::loaded(62).await;

    let shown = shown(&stage, &file_with(&stage, "deliver_users = \"licensed_only\"\n")).await;

    let removed = shown.steps.iter().filter(|it| it.kind.as_str() == "Users" && it.change == Change::Removed).count();
    let held = shown.left.iter().filter(|it| it.why == Why::Held).count();
    assert!(removed <= 20 && held > removed, "{removed} removed, {held} held");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_of_what_is_there_already_shows_nothing() {
    let stage = Stage::loaded(63).await;

    let shown = shown(&stage, &Proposal::default()).await;

    assert_eq!(shown.steps, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_used_is_not_previewed() {
    let stage = Stage::asleep(64).await;

    let refused = preview(&stage.machine.hub, TENANT, &file_with(&stage, "user_nmae = []\n")).await.unwrap_err();

    assert_eq!(refused.code(), "preview.file_unusable");
    assert!(refused.to_string().contains("user_nmae"), "{refused}");
}
