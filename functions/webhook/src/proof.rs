//! Whether a ring is the source's own, for sources that sign.

use axum::http::HeaderMap;
use outbound::SigningKey;
use sync::{Hub, doorbell};

use crate::problem::Problem;
use crate::route::Ringing;
use crate::signature::{Signed, Unproven};

/// The identity of a ring that is proven to be the source's; `None`: the source cannot sign, its token was its proof.
pub(crate) async fn prove<'r>(
    hub: &Hub,
    ringing: &Ringing,
    headers: &'r HeaderMap,
    body: &[u8],
) -> Result<Option<&'r str>, Problem> {
    if ringing.config.signing_secrets.is_empty() {
        return Ok(None);
    }
    let signed = Signed::of(headers)?;
    let (keys, all) = keys(hub, ringing).await;
    match signed.verify(&keys, body, hub.now()) {
        Ok(()) => Ok(Some(signed.id)),
        // It may be good by the key that could not be had: whoever rang may ring again.
        Err(Unproven::Wrong) if !all => Err(Problem::NotNow),
        Err(unproven) => Err(unproven.into()),
    }
}

/// The keys that can be used now, and whether those are all. One that is missing does not put the others out of use.
async fn keys(hub: &Hub, ringing: &Ringing) -> (Vec<SigningKey>, bool) {
    let (tenant, source) = (&ringing.tenant, &ringing.source);
    let mut keys = Vec::new();
    let secrets = doorbell::signing_keys(hub, &ringing.config).await;
    let all = secrets.len();
    for secret in secrets {
        match secret.map(|it| SigningKey::of(&it)) {
            Ok(Some(key)) => keys.push(key),
            Ok(None) => {
                let code = "doorbell.signing_key_unusable";
                tracing::error!(code, tenant, source, "A signing key is too short, or is no base64.");
            }
            Err(error) => {
                tracing::error!(code = error.code(), tenant, source, error = %error, "A signing key could not be read.");
            }
        }
    }
    let whole = keys.len() == all;
    (keys, whole)
}
