//! `skolbro source probe`.

use skolbro::machine::TemporaryFolder;
use world::{World, WorldOptions};

use crate::process::skolbro;

async fn probe(source: &str) -> (bool, String, String) {
    let world = World::start(WorldOptions { pupils: 20, ..WorldOptions::default() }).await.unwrap();
    let (urls, credentials) = (world.urls(), world.register().credentials());
    let text = format!(
        "tenant = 'demo'\n[[source]]\nname = 'register'\nkind = 'ss12000'\nbase_url = '{}'\ntoken_url = '{}'\n\
         client_id = '{}'\nclient_secret = {{ env = 'REGISTER_SECRET' }}\n",
        urls.register, urls.register_token, credentials.client_id
    );
    let folder = TemporaryFolder::new().unwrap();
    let file = folder.path().join("tenant.toml");
    std::fs::write(&file, text).unwrap();
    let mut program = skolbro();
    program.args(["source", "probe", file.to_str().unwrap(), source]);
    program.env("REGISTER_SECRET", &credentials.client_secret);
    let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
    let words = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), words(output.stdout), words(output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_can_is_found_out_and_shown() {
    let (good, shown, words) = probe("register").await;

    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap_or_else(|_| panic!("{words}"));
    assert_eq!((good, &shown["changes"], &shown["lists"]["persons"]["finding"]), (true, &"yes".into(), &"yes".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_the_file_does_not_have_is_told() {
    let (good, _, words) = probe("registry").await;

    assert!(!good && words.ends_with("has no source registry.\n"), "{words}");
}
