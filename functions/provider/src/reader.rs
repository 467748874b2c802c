//! Who reads: somebody with a token of the target.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use outbound::issued::IssuedError;
use serde::Deserialize;
use sync::directory::Tenant;
use sync::published::Reading;
use sync::{Hub, doorbell};
use targets::feed::Feed;

use crate::Desk;
use crate::problem::Problem;

/// The parts of the address that say what is read.
#[derive(Debug, Deserialize)]
pub(crate) struct Place {
    tenant: String,
    target: String,
}

/// Somebody who may read at a target.
#[derive(Debug)]
pub(crate) struct Reader {
    hub: Hub,
    tenant: Arc<Tenant>,
    target: String,
}

impl Reader {
    /// Admits whoever has a token, or tells that there is nothing – never which part was wrong.
    pub(crate) async fn admit(desk: &Desk, place: Place, headers: &HeaderMap) -> Result<Self, Problem> {
        let hub = &desk.hub;
        hub.directory.refresh(&hub.store, hub.now()).await?;
        let tenant = hub.directory.tenant(&place.tenant).map_err(|_| Problem::Unknown)?;
        let reader = Self { hub: hub.clone(), tenant, target: place.target };
        let feed = reader.feed().ok_or(Problem::Unknown)?;
        let given = bearer(headers).ok_or(Problem::Unknown)?;
        let (mut is_known, mut is_uncertain) = (false, false);
        for token in doorbell::reader_tokens(hub, feed).await {
            match token {
                Ok(token) => is_known |= token.is(given),
                Err(error) => {
                    is_uncertain = true;
                    let (tenant, target) = reader.names();
                    tracing::error!(code = error.code(), tenant, target, error = %error, "A token cannot be used.");
                }
            }
        }
        if !is_known {
            match feed.is_issued_to_reader(given).await {
                Ok(is_reader) => is_known = is_reader,
                Err(error) => {
                    is_uncertain |= matches!(error, IssuedError::NoKeys(_));
                    let (tenant, target) = reader.names();
                    tracing::warn!(code = error.code(), tenant, target, error = %error, "A token is not believed.");
                }
            }
        }
        match (is_known, is_uncertain) {
            (true, _) if desk.rates.admits(reader.names().0, reader.names().1, hub.now()) => Ok(reader),
            (true, _) => Err(Problem::TooOften),
            (false, true) => Err(Problem::NotNow),
            (false, false) => {
                let (tenant, target) = reader.names();
                tracing::warn!(code = Problem::Unknown.code(), tenant, target, "Somebody came with a wrong token.");
                Err(Problem::Unknown)
            }
        }
    }

    /// The names of tenant and target.
    pub(crate) fn names(&self) -> (&str, &str) {
        (&self.tenant.config.tenant, &self.target)
    }

    pub(crate) fn feed(&self) -> Option<&dyn Feed> {
        self.tenant.targets.get(&self.target)?.target.feed()
    }

    pub(crate) fn reading(&self) -> Result<Reading<'_>, Problem> {
        let (tenant, target) = self.names();
        let feed = self.feed().ok_or(Problem::Unknown)?;
        Ok(Reading { hub: &self.hub, tenant, target, feed })
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750); the scheme's letters may be of any size.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(header: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, header.parse().unwrap())]);
        bearer(&headers).map(str::to_owned)
    }

    #[test]
    fn a_token_is_a_bearers() {
        assert_eq!(given("bearer  abc "), Some("abc".into()));
        assert_eq!([given("Basic abc"), given("abc")], [None, None]);
    }
}
