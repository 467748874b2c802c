use outbound::FixedSecrets;
use roster::SystemClock;
use rules::policy::{Carries, DeliverUsers, Rate, UserNameChoice};

use super::*;

fn context() -> TargetContext {
    TargetContext {
        transport: None,
        secrets: Arc::new(FixedSecrets::new()),
        clock: Arc::new(SystemClock),
        user_agent: "skolbro-test".into(),
        places: None,
        dry_run: false,
    }
}

fn build_from(settings: &str) -> Result<BuiltTarget, ConfigProblem> {
    build("gleerups", &settings.parse().unwrap(), &context())
}

fn with(more: &str) -> Result<BuiltTarget, ConfigProblem> {
    build_from(&format!("base_url = \"https://portal.example/scim\"\napi_key = {{ env = \"KEY\" }}\n{more}"))
}

fn problem(more: &str) -> ConfigProblem {
    with(more).unwrap_err()
}

#[test]
fn every_kind_has_known_keys() {
    assert!(KINDS.iter().all(|kind| known_keys(kind).is_some_and(|keys| !keys.is_empty())));
}

#[test]
fn an_unknown_kind_is_refused_by_name_of_the_known() {
    let problem = build("gleerup", &toml::Table::new(), &context()).unwrap_err();

    assert_eq!(
        problem.to_string(),
        "kind: unknown kind; known are dnp, egil, gleerups, google, microsoft, oneroster-csv, school-data-sync, scim, ss12000-provider, unikum, webhook"
    );
}

#[test]
fn the_least_settings_give_the_usual_policy() {
    let built = with("").unwrap();

    assert_eq!((built.policy, built.environment), (TargetPolicy::default(), Environment::Production));
}

#[test]
fn what_the_rules_read_is_in_the_policy() {
    let built = with(
        "deliver_users = \"licensed_only\"\nuser_name = [\"email\"]\nsso_idp = \"skolon\"\n\
         requests_per_second = 12.5\nenvironment = \"test\"",
    )
    .unwrap();

    let wanted = TargetPolicy {
        carries: Carries::EVERYTHING,
        deliver_users: DeliverUsers::LicensedOnly,
        user_name: vec![UserNameChoice::Email],
        civic_numbers: false,
        temporary_numbers: false,
        sso_idp: Some("skolon".into()),
        rate: Some(Rate { per_second: 12.5, burst: 13 }),
    };
    assert_eq!((built.policy, built.environment), (wanted, Environment::Test));
}

#[test]
fn an_unknown_key_is_named() {
    assert_eq!(problem("api_kee = 1").key.as_deref(), Some("api_kee"));
}

#[test]
fn a_missing_key_is_named() {
    let problem = build_from("base_url = \"https://portal.example\"").unwrap_err();

    assert_eq!(problem.key.as_deref(), Some("api_key"));
}

#[test]
fn a_value_of_the_wrong_type_is_named_by_its_key() {
    assert_eq!(problem("put_to_collection = \"yes\"").key.as_deref(), Some("put_to_collection"));
}

#[test]
fn a_key_in_plain_text_is_refused_and_not_repeated() {
    let problem = build_from("base_url = \"https://portal.example\"\napi_key = \"hunter2\"").unwrap_err();

    assert_eq!(problem.key.as_deref(), Some("api_key"));
    assert!(problem.message.starts_with("secrets are given only by reference"), "{problem}");
    assert!(!problem.to_string().contains("hunter2"), "{problem}");
}

#[test]
fn values_that_cannot_work_are_refused_by_key() {
    for (more, key) in [
        ("user_name = []", "user_name"),
        ("user_name = [\"nick\"]", "user_name[0]"),
        ("requests_per_second = 0", "requests_per_second"),
        ("requests_per_second = -1.0", "requests_per_second"),
        ("requests_per_second = 5\nburst = 0", "burst"),
        ("burst = 5", "burst"),
        ("civic_number = true", "civic_number"),
        ("protected = \"deliver\"", "protected"),
        ("media_type = \"text/plain\"", "media_type"),
        ("sso_idp = \" \"", "sso_idp"),
    ] {
        assert_eq!(problem(more).key.as_deref(), Some(key), "{more}");
    }
}

#[test]
fn base_urls_that_cannot_work_are_refused() {
    for url in [
        "portal.example",
        "mailto:a@portal.example",
        "http://portal.example/scim",
        "https://user:word@portal.example/",
        "https://portal.example/scim?tenant=1",
        "https://portal.example/scim#users",
        "https://169.254.169.254/",
    ] {
        let settings = format!("base_url = \"{url}\"\napi_key = {{ env = \"KEY\" }}");

        let problem = build_from(&settings).unwrap_err();

        assert_eq!(problem.key.as_deref(), Some("base_url"), "{url}");
    }
}

#[test]
fn plain_http_is_accepted_when_allowed_or_on_this_machine() {
    for settings in [
        "base_url = \"http://portal.example/scim\"\nallow_plain_http = true\napi_key = { env = \"KEY\" }",
        "base_url = \"http://localhost:9000/gleerups\"\napi_key = { env = \"KEY\" }",
    ] {
        assert!(build_from(settings).is_ok(), "{settings}");
    }
}

const FEDERATION: &str = "[federation]\nmetadata_url = \"https://fed.example/md.jws\"\nentity_id = \"https://laromedel.example\"\n\
     certificate = { env = \"CERTIFICATE\" }\n";

/// The point of RFC 7515's example A.3.
const KEY: &str = "keys = [{ kid = \"2026\", x = \"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\", \
     y = \"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\" }]\n";

#[test]
fn a_federation_takes_the_place_of_address_and_key() {
    let alone = build_from(&format!("{FEDERATION}{KEY}"));
    let beside = with(&format!("{FEDERATION}{KEY}"));

    assert!(alone.is_ok());
    assert_eq!(beside.unwrap_err().key.as_deref(), Some("federation"));
}

#[test]
fn a_federation_needs_keys_that_can_verify_and_tags_as_they_are_written() {
    let key = |more: &str| build_from(&format!("{FEDERATION}{more}")).unwrap_err().key;

    assert_eq!(key("keys = []").as_deref(), Some("federation.keys"));
    assert_eq!(key(&KEY.replace("f83OJ3D2", "f83O")).as_deref(), Some("federation.keys"));
    assert_eq!(key(&format!("{KEY}tags = [\"EGILv1\"]")).as_deref(), Some("federation.tags"));
    assert_eq!(key(&format!("{KEY}tags = []")).as_deref(), Some("federation.tags"));
}

#[test]
fn whose_licences_they_are_is_told_of_all_but_gleerups() {
    let settings = "base_url = \"https://portal.example\"\napi_key = { env = \"KEY\" }\nlicence_assignments = true";
    let build = |kind| build(kind, &settings.parse().unwrap(), &context()).map(drop).map_err(|problem| problem.key);

    assert_eq!(build("gleerups"), Ok(()));
    assert_eq!(build("egil"), Err(Some("supplier".to_owned())));
}
