//! The token server (GNAP): who asks, for what.

use super::DnpOptions;
use super::answer::Answer;
use super::state::Store;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Gives a token, if the organiser is known and asks for this API.
pub(super) fn give(store: &mut Store, options: &DnpOptions, location: &str, body: &[u8]) -> Answer {
    let Ok(asked) = serde_json::from_slice::<Value>(body) else {
        return Answer::new(400, json!({"error": "invalid_request"}));
    };
    let wanted = &asked["access_token"][0];
    let access = &wanted["access"][0];
    if access["type"] != "provisioning-api" || access["locations"] != json!([location]) {
        store.note("a token was asked for something else than this API");
        return Answer::new(400, json!({"error": "invalid_request"}));
    }
    if wanted["flags"] != json!(["bearer"]) {
        store.note("a token was asked for that is no bearer token");
    }
    let key = &asked["client"]["key"];
    let by_name = options.entity_id.as_deref().is_some_and(|it| key.as_str() == Some(it));
    let by_certificate = options.certificate.as_deref().is_some_and(|it| key["cert#S256"].as_str() == Some(it));
    let is_known = by_name || (by_certificate && key["proof"] == "mtls");
    if !is_known {
        return Answer::new(401, json!({"error": "invalid_client"}));
    }
    let token = format!("dnp.{}", store.new_id());
    let until = options.time.now().saturating_add(SignedDuration::from_secs(options.token_life));
    store.tokens.insert(token.clone(), until.unwrap_or(jiff::Timestamp::MAX));
    store.counters.tokens += 1;
    Answer::new(200, json!({"access_token": {"value": token, "expires_in": options.token_life}}))
}
