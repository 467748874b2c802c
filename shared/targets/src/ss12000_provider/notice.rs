//! Notices: that there is something to look at, never what.

use std::time::Duration;

use outbound::{Answer, CallError, Outbound, OutboundSettings, Request, TokenError, Tokens, Url};
use rules::news::Changes;
use serde_json::{Value, json};

use super::config::Ss12000ProviderConfig;
use crate::feed::TellError;
use crate::registry::{ConfigProblem, TargetContext};
use crate::transaction::tokens;

/// How long a reader may take to answer a notice, as in Skolverket's reference implementation.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest answer that is read.
const LONGEST_ANSWER: usize = 64 * 1024;

/// The longest address that a reader may give.
const LONGEST_ADDRESS: usize = 1_000;

/// The addresses that may be told, each with its own client: one may be of this machine without the others.
#[derive(Debug)]
pub(super) struct Addresses {
    clients: Vec<(Url, Outbound)>,
    /// What notices are sent with.
    tokens: Option<Tokens>,
}

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
        let clients = config.addresses()?.into_iter().map(client).collect::<Result<_, ConfigProblem>>()?;
        let tokens = config
            .notice_token
            .as_ref()
            .map(|it| tokens(it.transaction()?, "notice_token.url", &settings, context))
            .transpose()?;
        Ok(Self { clients, tokens })
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
        let (_, client) = self.clients.iter().find(|(base, _)| is_below(base))?;
        Some((url, client))
    }

    pub(super) async fn tell(&self, address: &str, changes: &Changes) -> Result<(), TellError> {
        let Some((url, client)) = self.find(address) else {
            let detail = "the address is none that may be told any more".to_owned();
            return Err(TellError { code: "notice.address_not_allowed", detail, is_final: true });
        };
        let answer = self.post(client, url, &notice(changes)).await?;
        match answer.status {
            200..=299 => Ok(()),
            410 => Err(TellError { code: "notice.gone", detail: "HTTP 410".to_owned(), is_final: true }),
            status => Err(TellError { code: "notice.refused", detail: format!("HTTP {status}"), is_final: false }),
        }
    }

    /// Posts a notice; once more with a new token, if the one that was kept is not taken.
    async fn post(&self, client: &Outbound, url: Url, notice: &Value) -> Result<Answer, TellError> {
        let request = Request::post(url).json(notice);
        let passing = |code, detail| TellError { code, detail, is_final: false };
        let unreachable = |error: CallError| passing("notice.unreachable", error.to_string());
        let Some(tokens) = &self.tokens else { return client.send(request).await.map_err(unreachable) };
        let no_token = |error: TokenError| passing(error.code(), error.to_string());
        let first = request.clone().bearer(tokens.bearer().await.map_err(no_token)?);
        let answer = client.send(first).await.map_err(unreachable)?;
        if answer.status != 401 {
            return Ok(answer);
        }
        tokens.forget().await;
        client.send(request.bearer(tokens.bearer().await.map_err(no_token)?)).await.map_err(unreachable)
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
