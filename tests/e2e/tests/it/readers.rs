//! Those who come and read: a second hub whose register is the first one, and whoever asks by hand.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use outbound::{Answer, Method, Outbound, OutboundSettings, Request, Secret, Url};
use roster::Id;
use serde_json::{Value, json};
use world::{Answered, Contract, WorldOptions};

use crate::stage::Stage;

/// The longest a test waits, for two hubs one after the other. Reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(240);

const TOKEN: &str = "a-readers-token-of-the-test";

/// A tenant that only publishes what the register has; and one that has it as its register, and receivers.
async fn set(seed: u64) -> Stage {
    let options = WorldOptions { seed, pupils: 40, ..WorldOptions::default() };
    let mut stage = Stage::configured(options, &[("READER_TOKEN", TOKEN)], |text| text).await;
    let hub = stage.url.clone();
    let files = skolbro::demo::tenant_files(&stage.world, &hub);
    let (_, text) = files.into_iter().find(|(name, _)| name == "demoskolan").unwrap();
    let (source, targets) = text.split_once("\n[[target]]").unwrap();
    let reader = format!(
        "\n[[target]]\nname = 'reader'\nkind = 'ss12000-provider'\ntokens = [{{ env = 'READER_TOKEN' }}]\n\
         notify = ['{hub}/hooks/']\ncivic_numbers = true\n"
    );
    let second = format!(
        "tenant = 'lasaren'\npublic_url = '{hub}'\n[[source]]\nname = 'provider'\nkind = 'ss12000'\n\
         base_url = '{hub}/ss12000/demoskolan/reader/v2.0'\nstatic_token = {{ env = 'READER_TOKEN' }}\n\
         poll_seconds = 3600\nroute_token = {{ env = 'ROUTE_TOKEN' }}\n\n[[target]]{targets}"
    );
    stage.machine.put_tenant("demoskolan", &format!("{source}{reader}")).await.unwrap();
    stage.machine.put_tenant("lasaren", &second).await.unwrap();
    stage.machine.start().await.unwrap();
    stage
}

/// Waits until the receivers of the second hub are as the register has it. It polls once an hour: only a notice makes it
/// read before.
async fn agreed(stage: &Stage) {
    let began = Instant::now();
    loop {
        let found = skolbro::demo::differences(&stage.world);
        if found.is_empty() {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{found:#?}\n{:#?}", stage.status().await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

struct Caller {
    client: Outbound,
    base: String,
}

impl Caller {
    fn of(stage: &Stage) -> Self {
        let base = format!("{}/ss12000/demoskolan/reader/v2.0", stage.url);
        let settings = OutboundSettings::new("e2e");
        Self { client: Outbound::for_base(&settings, &base.parse().unwrap()).unwrap(), base }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let url: Url = format!("{}{path}", self.base).parse().unwrap();
        let request = Request::new(method, url).bearer(Secret::new(TOKEN));
        let request = body.iter().fold(request, |request, body| request.json(body));
        let answer: Answer = self.client.send(request).await.unwrap();
        (answer.status, answer.json().unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.ask(Method::GET, path, None).await
    }

    async fn code(&self, method: Method, path: &str, body: Option<Value>) -> (u16, String) {
        let (status, body) = self.ask(method, path, body).await;
        (status, body["code"].as_str().unwrap_or_default().to_owned())
    }
}

fn ids(objects: &Value) -> Vec<String> {
    objects.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_reads_another_hub_has_what_the_register_has() {
    let stage = set(81).await;
    agreed(&stage).await;

    stage.world.play_school_day().await;
    agreed(&stage).await;

    assert_eq!(stage.breaches(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_served_is_as_the_contract_has_it() {
    let stage = set(82).await;
    agreed(&stage).await;
    let caller = Caller::of(&stage);
    let Some(contract) = Contract::official().unwrap() else { return };

    let lists =
        ["/organisations", "/persons", "/duties", "/groups", "/activities", "/deletedEntities", "/subscriptions"];
    for path in lists {
        let (status, body) = caller.get(path).await;
        let answered = Answered { method: "GET", path, status, body: &body };
        assert_eq!((status, contract.of_answer(&answered)), (200, Vec::new()), "{path}");
        assert!(path.starts_with("/deleted") || !body["data"].as_array().unwrap().is_empty(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_single_objects_and_lookups_agree() {
    let stage = set(83).await;
    agreed(&stage).await;
    let caller = Caller::of(&stage);

    let (_, all) = caller.get("/groups").await;
    let (mut paged, mut path) = (Vec::new(), "/groups?limit=3".to_owned());
    loop {
        let (_, page) = caller.get(&path).await;
        paged.extend(page["data"].as_array().unwrap().clone());
        let Some(token) = page["pageToken"].as_str() else { break };
        path = format!("/groups?limit=3&pageToken={token}");
    }
    let some: Vec<String> = ids(&all["data"]).into_iter().take(2).collect();
    let (_, found) = caller.ask(Method::POST, "/groups/lookup", Some(json!({"ids": some}))).await;
    let (_, one) = caller.get(&format!("/groups/{}", some[0])).await;

    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    assert_eq!(sorted(ids(&Value::Array(paged))), sorted(ids(&all["data"])));
    assert_eq!((sorted(ids(&found)), one["id"].as_str()), (sorted(some.clone()), Some(&*some[0])));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_answered_is_refused_by_a_code() {
    let mut stage = Stage::asleep(84).await;
    let reader = "tenant = 'demoskolan'\n[[target]]\nname = 'reader'\nkind = 'ss12000-provider'\n\
                  tokens = [{ env = 'ROUTE_TOKEN' }]\nnotify = ['https://reader.example/hooks/']\n";
    stage.machine.put_tenant("demoskolan", reader).await.unwrap();
    stage.machine.start().await.unwrap();
    let wrong = Caller::of(&stage);
    assert_eq!(wrong.code(Method::GET, "/persons", None).await, (401, "provider.unknown".into()));

    let stage = set(85).await;
    let caller = Caller::of(&stage);
    let nobody = Id::derived(&["nobody"]);
    let wish = |target: &str| Some(json!({"name": "a", "target": target, "resourceTypes": [{"resource": "Person"}]}));
    for (method, path, body, answer) in [
        (Method::GET, "/placements".to_owned(), None, (404, "provider.no_such_list")),
        (Method::GET, format!("/persons/{nobody}"), None, (404, "provider.not_found")),
        (Method::GET, "/persons/Astrid".to_owned(), None, (400, "provider.parameter_unreadable")),
        (Method::GET, "/persons?expand=duties".to_owned(), None, (400, "provider.parameter_not_offered")),
        (Method::GET, "/persons?pageToken=abc".to_owned(), None, (400, "provider.parameter_unreadable")),
        (Method::GET, "/deletedEntities?before=a".to_owned(), None, (400, "provider.parameter_not_offered")),
        (
            Method::POST,
            "/persons/lookup".to_owned(),
            Some(json!({"ids": ["a"]})),
            (400, "provider.parameter_unreadable"),
        ),
        (Method::POST, "/persons/lookup".to_owned(), Some(json!(1)), (400, "provider.parameter_unreadable")),
        (
            Method::POST,
            "/subscriptions".to_owned(),
            wish("https://evil.example/"),
            (400, "provider.address_not_allowed"),
        ),
        (Method::POST, "/subscriptions".to_owned(), Some(json!({"name": "a"})), (400, "provider.body_unreadable")),
        (Method::DELETE, format!("/subscriptions/{nobody}"), None, (404, "provider.not_found")),
        (Method::POST, "/log/".to_owned(), Some(json!({"message": "a"})), (400, "provider.body_unreadable")),
    ] {
        assert_eq!(caller.code(method, &path, body).await, (answer.0, answer.1.to_owned()), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_is_renewed_and_ended() {
    let stage = set(86).await;
    agreed(&stage).await;
    let caller = Caller::of(&stage);

    // The second hub has subscribed by itself.
    let (_, all) = caller.get("/subscriptions").await;
    let id = all["data"][0]["id"].as_str().unwrap().to_owned();
    let (renewed, _) = caller.ask(Method::PATCH, &format!("/subscriptions/{id}"), None).await;
    let (ended, _) = caller.ask(Method::DELETE, &format!("/subscriptions/{id}"), None).await;
    let (_, left) = caller.get("/subscriptions").await;

    assert_eq!((renewed, ended, left["data"].as_array().unwrap().len()), (200, 204, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reader_reports_is_shown() {
    let stage = set(87).await;
    let caller = Caller::of(&stage);

    let log = json!({"message": "Astrid saknas", "severityLevel": "Error", "resourceType": "Person"});
    let statistics = json!({"resourceType": "Person", "newCount": 1, "updatedCount": 0, "deletedCount": 0});
    let (logged, _) = caller.ask(Method::POST, "/log/", Some(log)).await;
    let (counted, _) = caller.ask(Method::POST, "/statistics", Some(statistics)).await;

    let reported = stage.tenant("demoskolan").await.targets["reader"].readers.as_ref().unwrap().reported_errors;
    assert_eq!((logged, counted, reported), (201, 201, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_floods_the_hub_is_asked_to_come_less_often() {
    let stage = set(88).await;
    let caller = Arc::new(Caller::of(&stage));

    let asked = (0..200).map(|_| {
        let caller = Arc::clone(&caller);
        tokio::spawn(async move { caller.code(Method::GET, "/subscriptions", None).await })
    });
    let mut answers = Vec::new();
    for answer in asked.collect::<Vec<_>>() {
        answers.push(answer.await.unwrap());
    }

    let refused = answers.iter().filter(|it| **it == (429, "provider.too_often".to_owned())).count();
    let admitted = answers.iter().filter(|(status, _)| *status == 200).count();
    assert!(admitted >= 100 && refused > 0 && admitted + refused == 200, "{admitted} admitted, {refused} refused");
}

/// An authorisation server on this machine, which publishes one key and signs with it.
struct Authority {
    key: EcdsaKeyPair,
    url: String,
}

impl Authority {
    async fn start() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let (x, y) = key.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let keys = json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "1", "x": x, "y": y}]}).to_string();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new().route("/jwks.json", axum::routing::get(move || async move { keys }));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { key, url }
    }

    fn token(&self, organisation: &str, location: &str, expires: i64) -> String {
        let access = json!([{"type": "ss12000-api", "locations": [location]}]);
        let claims = json!({"iss": self.url, "aud": "nutid", "exp": expires, "organization_id": organisation,
            "requested_access": access});
        let encoded = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encoded(json!({"alg": "ES256", "kid": "1"})), encoded(claims));
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_with_a_token_of_the_authority_for_this_api_is_served_and_nobody_else() {
    let (stage, authority) = (Stage::asleep(89).await, Authority::start().await);
    let api = format!("{}/ss12000/demoskolan/reader/v2.0", stage.url);
    let tenant = format!(
        "tenant = 'demoskolan'\n[[target]]\nname = 'reader'\nkind = 'ss12000-provider'\n[target.jwt]\n\
         jwks_url = '{0}/jwks.json'\nissuer = '{0}'\naudience = 'nutid'\norganization_id = 'SE2021004185'\n\
         location = '{api}'\n",
        authority.url
    );
    stage.machine.put_tenant("demoskolan", &tenant).await.unwrap();
    let client = Outbound::for_base(&OutboundSettings::new("e2e"), &api.parse().unwrap()).unwrap();
    let now = stage.machine.hub.now().as_second();
    let ask = async |token: String| {
        let request = Request::get(format!("{api}/persons").parse().unwrap()).bearer(Secret::new(token));
        client.send(request).await.unwrap().status
    };

    let statuses = [
        ask(authority.token("SE2021004185", &api, now + 600)).await,
        ask(authority.token("SE2021004185", &api, now - 600)).await,
        ask(authority.token("SE2120000142", &api, now + 600)).await,
        ask(authority.token("SE2021004185", "https://other.example", now + 600)).await,
        ask(TOKEN.to_owned()).await,
    ];

    assert_eq!(statuses, [200, 401, 401, 401, 401]);
}
