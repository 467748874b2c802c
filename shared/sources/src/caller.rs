//! Calls to one source: its base address, its token, patience with passing faults.

use std::sync::Arc;
use std::time::Duration;

use outbound::{
    Answer, ClientCertificate, ClientCredentials, Credentials, Outbound, OutboundSettings, Request, SecretRef, Tokens,
    Url,
};
use roster::Clock;

use crate::registry::SourceContext;
use crate::{ConfigProblem, SourceError, SourceErrorKind, failure};

/// Between the three tries of a `GET`.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// Makes the calls of one source.
#[derive(Debug)]
pub(crate) struct Caller {
    base: Url,
    outbound: Outbound,
    tokens: Option<Tokens>,
    clock: Arc<dyn Clock>,
    pauses: [Duration; 2],
}

/// How the hub is let in.
#[derive(Debug, Default)]
pub(crate) struct Access {
    /// What a token comes from; `None`: there is none.
    pub(crate) credentials: Option<Credentials>,
    /// Where the certificate is kept that is shown, to the token server too.
    pub(crate) certificate: Option<SecretRef>,
    pub(crate) allow_plain_http: bool,
}

impl Caller {
    /// `base` has been checked to be an address that paths can be added to.
    pub(crate) fn new(
        base: Url,
        credentials: Option<Credentials>,
        allow_plain_http: bool,
        context: &SourceContext,
    ) -> Result<Self, ConfigProblem> {
        Self::with_access(base, Access { credentials, allow_plain_http, ..Access::default() }, context)
    }

    /// The same, with everything that may be needed to be let in.
    pub(crate) fn with_access(base: Url, access: Access, context: &SourceContext) -> Result<Self, ConfigProblem> {
        let Access { credentials, certificate, allow_plain_http } = access;
        let mut settings = OutboundSettings::new(&context.user_agent);
        settings.allow_plain_http = allow_plain_http;
        settings.certificate =
            certificate.map(|reference| ClientCertificate::new(reference, Arc::clone(&context.secrets)));
        settings.transport.clone_from(&context.transport);
        let outbound = outbound_to(&settings, &base)?;
        let tokens = credentials.map(|it| tokens(it, &settings, &outbound, context)).transpose()?;
        Ok(Self { base, outbound, tokens, clock: Arc::clone(&context.clock), pauses: PAUSES })
    }

    /// The same without pauses between tries.
    #[cfg(test)]
    pub(crate) const fn impatient(mut self) -> Self {
        self.pauses = [Duration::ZERO; 2];
        self
    }

    /// The address that all others are below.
    pub(crate) const fn base(&self) -> &Url {
        &self.base
    }

    /// The address of a path below the base, given in segments.
    pub(crate) fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// The present instant.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// `GET`, with up to three tries while the fault is a passing one. An answer of any other status is an answer.
    ///
    /// # Errors
    /// The last try's fault, or whatever [`send`](Self::send) reports.
    pub(crate) async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Answer, SourceError> {
        self.get_at(self.url(path), query).await
    }

    /// The same at an address.
    pub(crate) async fn get_at(&self, url: Url, query: &[(&str, &str)]) -> Result<Answer, SourceError> {
        let request = query
            .iter()
            .fold(Request::get(url).accept("application/json"), |request, (name, value)| request.query(name, value));
        self.patiently(request).await
    }

    /// Any request that changes nothing, with up to three tries as [`get`](Self::get).
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub(crate) async fn patiently(&self, request: Request) -> Result<Answer, SourceError> {
        for pause in self.pauses {
            match self.settled(request.clone()).await {
                Err(error) if error.kind == SourceErrorKind::Passing => {
                    tracing::debug!(code = error.code, detail = error.detail, "trying again");
                }
                settled => return settled,
            }
            tokio::time::sleep(pause).await;
        }
        self.settled(request).await
    }

    async fn settled(&self, request: Request) -> Result<Answer, SourceError> {
        let answer = self.send(request).await?;
        if failure::passes(answer.status) { Err(self.failure(&answer)) } else { Ok(answer) }
    }

    /// One call with the token; once more with a new one if the source no longer accepts it.
    ///
    /// # Errors
    /// No answer, no token, or a new token that is not accepted either.
    pub(crate) async fn send(&self, request: Request) -> Result<Answer, SourceError> {
        let mut answer = self.authorised(request.clone()).await?;
        if let Some(tokens) = self.tokens.as_ref().filter(|_| answer.status == 401) {
            tokens.forget().await;
            answer = self.authorised(request).await?;
        }
        if answer.status == 401 { Err(self.failure(&answer)) } else { Ok(answer) }
    }

    async fn authorised(&self, request: Request) -> Result<Answer, SourceError> {
        let request = match &self.tokens {
            Some(tokens) => request.bearer(tokens.bearer().await?),
            None => request,
        };
        Ok(self.outbound.send(request).await?)
    }

    /// The failure that an answer is.
    pub(crate) fn failure(&self, answer: &Answer) -> SourceError {
        failure::of_answer(answer, self.now())
    }
}

fn outbound_to(settings: &OutboundSettings, base: &Url) -> Result<Outbound, ConfigProblem> {
    Outbound::for_base(settings, base)
        .map_err(|error| ConfigProblem::of_the_whole(format!("no client can be made: {}", error.code())))
}

fn tokens(
    credentials: Credentials,
    settings: &OutboundSettings,
    outbound: &Outbound,
    context: &SourceContext,
) -> Result<Tokens, ConfigProblem> {
    let outbound = match &credentials {
        Credentials::Client(ClientCredentials { token_url, .. }) => {
            let url = crate::configuration::address("token_url", token_url)?;
            outbound_to(settings, &url)?
        }
        Credentials::Static(_) => outbound.clone(),
    };
    Ok(Tokens::new(credentials, outbound, Arc::clone(&context.secrets), Arc::clone(&context.clock)))
}
