//! Readers who show a token that another's authorisation server has issued.
//!
//! Known from Skolverket's pages on sign-in and its reference implementation: `organization_id` says whose token it is,
//! `requested_access` what for, each with a `type` and the addresses it is good for.

use std::sync::Arc;

use outbound::OutboundSettings;
use outbound::issued::{IssuedError, Issuer};
use serde_json::Value;

use super::config::JwtConfig;
use crate::registry::{ConfigProblem, TargetContext};

/// Which tokens let their bearer read.
#[derive(Debug)]
pub(super) struct Passport {
    issuer: Issuer,
    organization_id: String,
    access_type: String,
    location: String,
}

impl Passport {
    pub(super) fn of(
        config: JwtConfig,
        allow_plain_http: bool,
        context: &TargetContext,
    ) -> Result<Self, ConfigProblem> {
        let settings = OutboundSettings {
            allow_plain_http,
            transport: context.transport.clone(),
            ..OutboundSettings::new(context.user_agent.clone())
        };
        let issuer = Issuer::new(config.issuer()?, &settings, Arc::clone(&context.clock))
            .map_err(|error| ConfigProblem::with("jwt.jwks_url", error.to_string()))?;
        let (organization_id, access_type) = (config.organization_id, config.access_type);
        Ok(Self { issuer, organization_id, access_type, location: config.location })
    }

    /// Whether a token of that server lets its bearer read here.
    pub(super) async fn admits(&self, token: &str) -> Result<bool, IssuedError> {
        let claims = self.issuer.claims(token).await?;
        Ok(self.is_of_the_reader(&claims))
    }

    fn is_of_the_reader(&self, claims: &Value) -> bool {
        let access = claims["requested_access"].as_array().map(Vec::as_slice).unwrap_or_default();
        let of_the_type = access.iter().filter(|it| it["type"].as_str() == Some(&self.access_type));
        let mut locations = of_the_type.filter_map(|it| it["locations"].as_array()).flatten().filter_map(Value::as_str);
        claims["organization_id"].as_str() == Some(&self.organization_id) && locations.any(|it| self.is_below(it))
    }

    /// Whether this API is at an address, or below it: whole parts of the path count.
    fn is_below(&self, address: &str) -> bool {
        let address = address.trim_end_matches('/');
        let has_host = address.split_once("://").is_some_and(|(_, rest)| !rest.is_empty());
        let rest = self.location.strip_prefix(address);
        has_host && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use outbound::FixedSecrets;
    use roster::SystemClock;
    use serde_json::json;

    use super::*;

    const API: &str = "https://hub.example/ss12000/demo/skolverket/v2.0";

    fn passport() -> Passport {
        let config = format!(
            "jwks_url = 'https://auth.example/jwks.json'\nissuer = 'https://auth.example'\naudience = 'nutid'\n\
             organization_id = 'SE2021004185'\nlocation = '{API}'"
        );
        let context = TargetContext {
            transport: None,
            secrets: Arc::new(FixedSecrets::new()),
            clock: Arc::new(SystemClock),
            user_agent: "skolbro-test".into(),
            places: None,
            dry_run: false,
        };
        Passport::of(toml::from_str(&config).unwrap(), false, &context).unwrap()
    }

    fn claims(organisation: &str, kind: &str, location: &str) -> Value {
        json!({"organization_id": organisation, "requested_access": [{"type": kind, "locations": [location]}]})
    }

    #[test]
    fn a_token_of_the_organisation_for_this_api_admits() {
        for location in [API, "https://hub.example", "https://hub.example/ss12000/demo/", &format!("{API}/")] {
            assert!(passport().is_of_the_reader(&claims("SE2021004185", "ss12000-api", location)), "{location}");
        }
    }

    #[test]
    fn a_token_of_somebody_else_or_for_something_else_does_not() {
        for (organisation, kind, location) in [
            ("SE2120000142", "ss12000-api", API),
            ("SE2021004185", "provisioning-api", API),
            ("SE2021004185", "ss12000-api", "https://other.example/ss12000/demo/skolverket/v2.0"),
            ("SE2021004185", "ss12000-api", "https://hub.example/ss12000/dem"),
            ("SE2021004185", "ss12000-api", "https://hub.exam"),
            ("SE2021004185", "ss12000-api", "https://"),
            ("SE2021004185", "ss12000-api", ""),
        ] {
            assert!(
                !passport().is_of_the_reader(&claims(organisation, kind, location)),
                "{organisation} {kind} {location}"
            );
        }
        assert!(!passport().is_of_the_reader(&json!({"organization_id": "SE2021004185"})));
    }
}
