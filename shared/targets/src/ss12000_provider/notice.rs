//! Notices: that there is something to look at, never what.

use std::time::Duration;

use outbound::{Outbound, OutboundSettings, Request, Url};
use rules::news::Changes;
use serde_json::{Value, json};

use super::config::Ss12000ProviderConfig;
use crate::feed::TellError;
use crate::registry::{ConfigProblem, TargetContext};

/// How long a reader may take to answer a notice, as in Skolverket's reference implementation.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest answer that is read.
const LONGEST_ANSWER: usize = 64 * 1024;

/// The longest address that a reader may give.
const LONGEST_ADDRESS: usize = 1_000;

/// The addresses that may be told, each with its own client: one may be of this machine without the others.
#[derive(Debug)]
pub(super) struct Addresses(Vec<(Url, Outbound)>);

impl Addresses {
    pub(super) fn of(config: &Ss12000ProviderConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let settings = OutboundSettings {
            timeout: PATIENCE,
            max_body: LONGEST_ANSWER,
            allow_plain_http: config.allow_plain_http,
            transport: context.transport.clone(),
            ..OutboundSettings::new(context.user_agent.clone())
        };
        let client = |url: Url| {
            let client = Outbound::for_base(&settings, &url)
                .and_then(|client| client.check(&url).map(|()| client))
                .map_err(|error| ConfigProblem::with("notify", error.to_string()))?;
            Ok((url, client))
        };
        config.addresses()?.into_iter().map(client).collect::<Result<_, ConfigProblem>>().map(Self)
    }

    /// The address as a URL with the client that reaches it. `None`: it is not below any that may be told.
    pub(super) fn find(&self, address: &str) -> Option<(Url, &Outbound)> {
        let url: Url = address.parse().ok().filter(|_| address.len() <= LONGEST_ADDRESS)?;
        let is_below = |base: &Url| {
            let same_place = (base.scheme(), base.host_str(), base.port_or_known_default())
                == (url.scheme(), url.host_str(), url.port_or_known_default());
            let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
            same_place && plain && url.path().starts_with(base.path())
        };
        let (_, client) = self.0.iter().find(|(base, _)| is_below(base))?;
        Some((url, client))
    }

    pub(super) async fn tell(&self, address: &str, changes: &Changes) -> Result<(), TellError> {
        let Some((url, client)) = self.find(address) else {
            let detail = "the address is none that may be told any more".to_owned();
            return Err(TellError { code: "notice.address_not_allowed", detail, is_final: true });
        };
        let answer = client.send(Request::post(url).json(&notice(changes))).await.map_err(|error| TellError {
            code: "notice.unreachable",
            detail: error.to_string(),
            is_final: false,
        })?;
        match answer.status {
            200..=299 => Ok(()),
            410 => Err(TellError { code: "notice.gone", detail: "HTTP 410".to_owned(), is_final: true }),
            status => Err(TellError { code: "notice.refused", detail: format!("HTTP {status}"), is_final: false }),
        }
    }
}

/// The contract spells it `modifiedEntites`.
fn notice(changes: &Changes) -> Value {
    json!({"modifiedEntites": changes.modified, "deletedEntities": !changes.deleted.is_empty()})
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_notice_is_spelled_as_the_contract_has_it() {
        let changes = Changes { modified: BTreeSet::from(["Group".into(), "Person".into()]), deleted: BTreeSet::new() };

        assert_eq!(notice(&changes).to_string(), r#"{"deletedEntities":false,"modifiedEntites":["Group","Person"]}"#);
    }
}
