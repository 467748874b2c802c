//! What is believed of metadata.

use super::*;

fn payload() -> Value {
    let certificate = rcgen::generate_simple_self_signed(vec!["scim.laromedel.example".to_owned()]).unwrap().cert.pem();
    let pins = json!([{ "alg": "sha256", "digest": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" }]);
    json!({
        "version": "1.0.0",
        "cache_ttl": 600,
        "entities": [{
            "entity_id": ENTITY,
            "organization": "Läromedel",
            "issuers": [{ "x509certificate": certificate }],
            "servers": [
                { "base_uri": "https://scim.laromedel.example/egil", "tags": ["egilv1"], "pins": pins },
                { "base_uri": "https://prov.laromedel.example/", "tags": ["egilv1", "prov"], "pins": pins },
            ],
        }],
    })
}

fn read(metadata: &Value, federation: &Federation) -> Result<Metadata, FederationError> {
    Metadata::verified(metadata.to_string().as_bytes(), &[federation.key()], now())
}

fn refused(metadata: &Value, federation: &Federation) -> &'static str {
    read(metadata, federation).unwrap_err().code()
}

#[test]
fn the_server_with_exactly_these_tags_is_found() {
    let federation = Federation::new();
    let metadata = read(&federation.signed(&payload()), &federation).unwrap();

    let base = |wanted: &[&str]| metadata.server(ENTITY, &tags(wanted)).map(|it| it.base.to_string());

    assert_eq!(base(&["egilv1"]).unwrap(), "https://scim.laromedel.example/egil");
    assert_eq!(base(&["prov", "egilv1"]).unwrap(), "https://prov.laromedel.example/");
    assert_eq!(base(&["prov"]).unwrap_err().code(), "federation.server_unknown");
}

#[test]
fn of_two_servers_with_the_same_tags_none_is_chosen() {
    let federation = Federation::new();
    let mut payload = payload();
    payload["entities"][0]["servers"][1]["tags"] = json!(["egilv1"]);

    let metadata = read(&federation.signed(&payload), &federation).unwrap();

    assert_eq!(metadata.server(ENTITY, &tags(&["egilv1"])).unwrap_err().code(), "federation.server_unknown");
}

#[test]
fn an_entity_is_found_by_its_exact_identifier() {
    let federation = Federation::new();
    let metadata = read(&federation.signed(&payload()), &federation).unwrap();

    let found = metadata.server(&format!("{ENTITY}/"), &tags(&["egilv1"]));

    assert_eq!(found.unwrap_err().code(), "federation.entity_unknown");
}

#[test]
fn metadata_signed_by_another_or_altered_are_not_believed() {
    let federation = Federation::new();
    let mut altered = federation.signed(&payload());
    altered["payload"] = encoded(&json!({ "entities": [] })).into();

    assert_eq!(refused(&Federation::new().signed(&payload()), &federation), "federation.not_signed");
    assert_eq!(refused(&altered, &federation), "federation.not_signed");
}

#[test]
fn a_signature_of_another_kind_or_key_or_that_asks_for_more_is_none() {
    let federation = Federation::new();
    for (name, value) in
        [("alg", json!("none")), ("alg", json!("HS256")), ("kid", json!("2025")), ("crit", json!(["b64"]))]
    {
        let mut protected = usual();
        protected[name] = value;

        let metadata = federation.signed_as(&protected, &payload());

        assert_eq!(refused(&metadata, &federation), "federation.not_signed", "{protected}");
    }
}

#[test]
fn a_signature_that_does_not_say_when_and_by_whom_is_none() {
    let federation = Federation::new();
    for name in ["iat", "exp", "iss"] {
        let mut protected = usual();
        protected.as_object_mut().unwrap().remove(name);

        let metadata = federation.signed_as(&protected, &payload());

        assert_eq!(refused(&metadata, &federation), "federation.not_signed", "{name}");
    }
}

#[test]
fn metadata_that_have_expired_or_come_from_the_future_are_not_believed() {
    let federation = Federation::new();
    for (name, second) in [("exp", now().as_second()), ("iat", now().as_second() + 301)] {
        let mut protected = usual();
        protected[name] = second.into();

        let metadata = federation.signed_as(&protected, &payload());

        assert_eq!(refused(&metadata, &federation), "federation.metadata_expired", "{name}");
    }
}

#[test]
fn what_is_no_metadata_is_told() {
    let federation = Federation::new();

    assert_eq!(refused(&json!([]), &federation), "federation.metadata_unreadable");
    assert_eq!(refused(&federation.signed(&json!({ "entities": 1 })), &federation), "federation.metadata_unreadable");
}

#[test]
fn a_server_without_a_pin_or_an_issuer_or_tls_is_not_called() {
    let federation = Federation::new();
    let broken = [
        ("/entities/0/issuers", json!([])),
        ("/entities/0/issuers/0/x509certificate", json!("hej")),
        ("/entities/0/servers/0/pins", json!([])),
        ("/entities/0/servers/0/pins/0/digest", json!("AAAA")),
        ("/entities/0/servers/0/pins/0/alg", json!("md5")),
        ("/entities/0/servers/0/base_uri", json!("hej")),
        ("/entities/0/servers/0/base_uri", json!("http://scim.laromedel.example/egil")),
    ];
    for (place, value) in broken {
        let mut payload = payload();
        *payload.pointer_mut(place).unwrap() = value;

        let metadata = read(&federation.signed(&payload), &federation).unwrap();

        let error = metadata.server(ENTITY, &tags(&["egilv1"])).unwrap_err();
        assert_eq!(error.code(), "federation.metadata_unreadable", "{place}");
    }
}
