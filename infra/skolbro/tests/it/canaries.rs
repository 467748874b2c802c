//! Secrets that are easily recognised are given to the program, everything is made to go wrong, and all that it prints
//! and keeps is searched for them; and what it prints, for persons.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use skolbro::demo::{DemoSecrets, tenant_files};
use skolbro::machine::TemporaryFolder;
use world::{World, WorldOptions};

use crate::process::{output, skolbro};

const MARK: &str = "canary";

/// The environment of a hub whose secrets all bear the mark, but for those that the simulated register insists on.
fn environment(world: &World) -> BTreeMap<String, String> {
    let mut variables = DemoSecrets::of(world).variables();
    for name in ["GLEERUPS_KEY", "GLEERUPS_TEST_KEY", "ROUTE_TOKEN", "SIGNING_KEY", "TOKEN_SECRET", "STATIC_TOKEN"] {
        variables.insert(name.to_owned(), format!("{MARK}_{}_and_more_of_it", name.to_lowercase()));
    }
    variables
}

/// What names a person of the register, by what it is: numbers and addresses; names alone also occur in other words.
fn personal(world: &World) -> BTreeMap<String, String> {
    world.register().with_truth(|truth| {
        let persons = truth.persons.values();
        let numbers = persons.clone().filter_map(|it| Some((format!("number of {}", it.id), it.civic_number.clone()?)));
        let addresses = persons.flat_map(|it| it.emails.iter().map(|mail| (mail.value.clone(), mail.value.clone())));
        numbers.chain(addresses).collect()
    })
}

/// Refuses everything, and says back all that it was told: in the shape of a token server's error and of SCIM's.
async fn parrot() -> String {
    let say = |headers: HeaderMap, body: String| async move {
        let told: Vec<&str> = headers.values().filter_map(|it| it.to_str().ok()).collect();
        let told = format!("{} {body}", told.join(" "));
        let code = body.split("client_secret=").nth(1).and_then(|it| it.split('&').next()).unwrap_or("refused");
        let answer = serde_json::json!({ "error": code, "error_description": told, "detail": told });
        (StatusCode::BAD_REQUEST, answer.to_string())
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(say)).await });
    url
}

/// One tenant whose register is good and whose receivers are the parrot; one whose registers are the parrot.
fn files(world: &World, parrot: &str, folder: &Path) -> Vec<PathBuf> {
    let (_, mut good) = tenant_files(world, "").remove(0);
    for url in world.urls().receivers.values() {
        good = good.replace(&format!("\"{url}\""), &format!("\"{parrot}\""));
    }
    let source = |name: &str, more: &str| {
        format!(
            "[[source]]\nname = \"{name}\"\nkind = \"ss12000\"\nbase_url = \"{parrot}\"\n\
             route_token = {{ env = \"ROUTE_TOKEN\" }}\nsigning_secrets = [{{ env = \"SIGNING_KEY\" }}]\n{more}\n"
        )
    };
    let bad = format!(
        "tenant = \"parrot\"\n{}{}{}",
        source(
            "client",
            &format!("token_url = \"{parrot}\"\nclient_id = \"hub\"\nclient_secret = {{ env = \"TOKEN_SECRET\" }}")
        ),
        source("static", "static_token = { env = \"STATIC_TOKEN\" }"),
        source("nowhere", "static_token = { env = \"NO_SUCH_SECRET\" }"),
    );
    [("good", good), ("bad", bad)].into_iter().map(|(name, text)| written(folder, name, &text)).collect()
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let file = folder.join(format!("{name}.toml"));
    std::fs::write(&file, text).unwrap();
    file
}

/// `skolbro up` that logs everything there is into a file.
struct Talkative {
    child: Child,
    url: String,
    log: PathBuf,
    data: PathBuf,
}

impl Talkative {
    fn start(files: &[PathBuf], folder: &Path, environment: &BTreeMap<String, String>) -> Self {
        let (log, data) = (folder.join("log"), folder.join("data"));
        let mut command = skolbro();
        command.arg("up").args(["--listen", "127.0.0.1:0"]).arg("--data").arg(&data);
        command.args(files.iter().flat_map(|file| [Path::new("--config"), file]));
        command
            .envs(environment)
            .env("SKOLBRO_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("ready ").map(str::to_owned);
        let url = url.unwrap_or_else(|| panic!("{}", std::fs::read_to_string(&log).unwrap()));
        Self { child, url, log, data }
    }

    fn says(&self, arguments: &[&str]) -> String {
        let data = self.data.to_str().unwrap();
        let said = output(&[arguments, &["--data", data]].concat());
        String::from_utf8([said.stdout, said.stderr].concat()).unwrap()
    }

    /// Waits until the receivers have refused somebody and every register of the parrot's has failed.
    async fn until_all_has_gone_wrong(&self) -> String {
        let began = Instant::now();
        loop {
            let said = self.says(&["status", "--json"]);
            let status: serde_json::Value = serde_json::from_str(&said).unwrap_or_default();
            let dead = status["tenants"]["demoskolan"]["targets"]["gleerups"]["dead_letters"].as_u64();
            let failing = ["client", "static", "nowhere"]
                .map(|it| status["tenants"]["parrot"]["sources"][it]["trouble"].is_object());
            if dead.is_some_and(|it| it > 0) && failing == [true; 3] {
                return said;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{said}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

impl Drop for Talkative {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Which of the secrets are in what was printed or kept.
fn found(environment: &BTreeMap<String, String>, content: &[u8]) -> Vec<String> {
    let holds = |secret: &str| content.windows(secret.len()).any(|it| it == secret.as_bytes());
    environment.iter().filter(|(_, secret)| holds(secret)).map(|(name, _)| name.clone()).collect()
}

async fn ring(url: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
    world::wire::send("POST", &format!("{url}/hooks/{path}"), headers, "{}").await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_log_the_status_the_arguments_or_the_store_whatever_goes_wrong() {
    let world = World::start(WorldOptions { seed: 61, pupils: 5, ..WorldOptions::default() }).await.unwrap();
    let (folder, environment, parrot) = (TemporaryFolder::new().unwrap(), environment(&world), parrot().await);
    let up = Talkative::start(&files(&world, &parrot, folder.path()), folder.path(), &environment);
    let door = format!("parrot/client/{}", environment["ROUTE_TOKEN"]);
    let forged = [("webhook-id", "1"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,AAAA")];

    let status = up.until_all_has_gone_wrong().await;
    let rung = (ring(&up.url, &door, &[]).await, ring(&up.url, &door, &forged).await);
    let said = [status, up.says(&["status"]), up.says(&["hold", "list"]), up.says(&["sync", "parrot"])].concat();

    assert_eq!(rung, (401, 401));
    assert_eq!(found(&environment, said.as_bytes()), Vec::<String>::new(), "said");
    let log = std::fs::read(&up.log).unwrap();
    assert!(String::from_utf8_lossy(&log).contains("webhook.signature_missing"), "the log is the right one");
    assert_eq!(found(&environment, &log), Vec::<String>::new(), "logged");
    let personal = personal(&world);
    assert_eq!((personal.is_empty(), found(&personal, &log)), (false, Vec::<String>::new()), "logged");
    for file in std::fs::read_dir(&up.data).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(found(&environment, &std::fs::read(&file).unwrap()), Vec::<String>::new(), "{}", file.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_write_nothing_into_the_log() {
    let folder = TemporaryFolder::new().unwrap();
    let up = Talkative::start(&[], folder.path(), &BTreeMap::from([("SKOLBRO_LOG".to_owned(), "info".to_owned())]));

    let status = ring(&up.url, "forged%0Aline/forged%1B[2J/forged", &[("user-agent", "forged")]).await;

    let log = std::fs::read_to_string(&up.log).unwrap();
    assert_eq!((status, log.contains("webhook.no_such_door"), log.contains("forged")), (404, true, false), "{log}");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_control_token_is_no_argument_and_in_no_log_and_only_the_owner_can_read_the_data() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TemporaryFolder::new().unwrap();
    let up = Talkative::start(&[], folder.path(), &BTreeMap::new());
    up.says(&["status"]);
    let control: serde_json::Value =
        serde_json::from_slice(&std::fs::read(up.data.join("control.json")).unwrap()).unwrap();
    let token = BTreeMap::from([("token".to_owned(), control["token"].as_str().unwrap().to_owned())]);

    let arguments = std::fs::read(format!("/proc/{}/cmdline", up.child.id())).unwrap();
    let environment = std::fs::read(format!("/proc/{}/environ", up.child.id())).unwrap();
    let printed = [arguments, environment, std::fs::read(&up.log).unwrap()].concat();

    assert_eq!(found(&token, &printed), Vec::<String>::new());
    let modes = ["", "control.json", "skolbro.db"]
        .map(|name| std::fs::metadata(up.data.join(name)).unwrap().permissions().mode() & 0o777);
    assert_eq!(modes, [0o700, 0o600, 0o600]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_not_the_control_token_is_refused() {
    let folder = TemporaryFolder::new().unwrap();
    let up = Talkative::start(&[], folder.path(), &BTreeMap::new());
    let mut statuses = Vec::new();

    for proof in ["", "Bearer ", "Bearer guessed", "Basic guessed"] {
        for (method, path) in [("GET", "status"), ("POST", "sync/a/full"), ("POST", "holds/a/b/approve")] {
            let url = format!("{}/control/{path}", up.url);
            statuses.push(world::wire::send(method, &url, &[("authorization", proof)], "").await.unwrap().status);
        }
    }

    assert_eq!(statuses, [401; 12]);
}

/// Every place of a file where a secret, or something that is easily taken for a place of one, may be written out.
const WRITTEN_OUT: [&str; 12] = [
    "route_token = \"canary\"",
    "route_token = { env = \"canary is here\" }",
    "route_token = { file = \"canary\" }",
    "signing_secrets = \"canary\"",
    "signing_secrets = [\"canary\"]",
    "signing_secrets = [{ env = \"A\" }, { env = \"canary is here\" }]",
    "client_secret = \"canary\"",
    "client_secret = [\"canary\"]",
    "static_token = \"canary\"",
    "static_token = \"canary",
    "token_url = \"https://hub:canary@register.example\"\nclient_id = \"hub\"\nclient_secret = { env = \"A\" }",
    "poll_seconds = \"canary\"",
];

#[test]
fn a_secret_written_out_anywhere_in_a_file_is_refused_and_not_repeated() {
    let folder = TemporaryFolder::new().unwrap();
    for wrong in WRITTEN_OUT {
        let text = format!(
            "tenant = \"demo\"\n[[source]]\nname = \"register\"\nkind = \"ss12000\"\nbase_url = \"https://register.example\"\n{wrong}\n"
        );
        let file = written(folder.path(), "tenant", &text);

        for command in [vec!["tenant", "check"], vec!["up", "--data", folder.path().to_str().unwrap(), "--config"]] {
            let said = output(&[command.as_slice(), &[file.to_str().unwrap()]].concat());
            let words = String::from_utf8([said.stdout, said.stderr].concat()).unwrap();

            assert!(!said.status.success() && !words.contains(MARK), "{wrong}: {words}");
        }
    }
}
