//! Calls, within what everybody behind one address may make, and within a time.

use std::sync::Arc;
use std::time::Duration;

use outbound::{Answer, CallError, Outbound, OutboundSettings, Request, Tokens, Url};
use roster::Clock;
use rules::policy::Rate;
use tokio::time::{Instant, sleep_until};

use super::classify::{pause, words};
use super::config::DnpConfig;
use crate::files::{HandingTrouble, SharedLimit, Turnstile};
use crate::registry::{ConfigProblem, TargetContext};
use crate::transaction::tokens;

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// The largest answer that is read: 500 objects, each with some messages.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;

/// Three calls a second, and two more after a pause: five in no second that anybody may count.
const RATE: Rate = Rate { per_second: 3.0, burst: 2 };

/// The API.
#[derive(Debug)]
pub(super) struct Client {
    outbound: Outbound,
    base: Url,
    tokens: Tokens,
    pub(super) clock: Arc<dyn Clock>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Stop {
    /// The time is over; nothing is wrong.
    OutOfTime,
    /// Something is.
    Trouble(HandingTrouble),
}

pub(super) fn trouble(code: &'static str, detail: impl Into<String>) -> Stop {
    Stop::Trouble(HandingTrouble { code, detail: detail.into() })
}

impl Client {
    pub(super) fn new(config: &DnpConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let settings = OutboundSettings {
            timeout: PATIENCE,
            max_body: LARGEST_ANSWER,
            allow_plain_http: config.allow_plain_http,
            transport: context.transport.clone(),
            ..OutboundSettings::new(context.user_agent.clone())
        };
        let base = config.base()?;
        let wrong = |error: CallError| ConfigProblem::with("base_url", error.to_string());
        let outbound = Outbound::for_base(&settings, &base).map_err(wrong)?;
        outbound.check(&base).map_err(wrong)?;
        let outbound = if context.dry_run { outbound.dry_run() } else { outbound };
        let tokens = tokens(config.transaction()?, "token_url", &settings, context)?;
        Ok(Self { outbound, base, tokens, clock: Arc::clone(&context.clock) })
    }

    /// Five calls a second for each address that calls come from: all tenants of a hub share it.
    pub(super) fn limit(&self) -> SharedLimit {
        SharedLimit { name: format!("dnp {}", self.base.host_str().unwrap_or_default()), rate: RATE }
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{path}", self.base.path().trim_end_matches('/')));
        url
    }
}

/// Whoever makes calls until a time.
#[derive(Debug)]
pub(super) struct Caller<'c> {
    pub(super) client: &'c Client,
    pub(super) turnstile: &'c dyn Turnstile,
    /// No call begins after it.
    pub(super) until: Instant,
}

impl Caller<'_> {
    /// An answer below 500 that is neither a redirection nor about who we are or how often we come.
    pub(super) async fn call(&self, path: &str, make: impl Fn(Url) -> Request) -> Result<Answer, Stop> {
        let (url, mut is_new) = (self.client.url(path), false);
        loop {
            self.turn().await?;
            let token = self.client.tokens.bearer().await;
            let token = token.map_err(|error| trouble(error.code(), error.to_string()))?;
            let request = make(url.clone()).accept("application/json").bearer(token);
            let answer = self.client.outbound.send(request).await;
            let answer = answer.map_err(|error| trouble(error.code(), error.to_string()))?;
            match answer.status {
                401 | 403 if !is_new => {
                    self.client.tokens.forget().await;
                    is_new = true;
                }
                401 | 403 => return Err(trouble("dnp.refused", words(&answer))),
                429 => self.rest(pause(&answer, self.client.clock.now())).await?,
                300..=399 => return Err(trouble("dnp.redirected", words(&answer))),
                500.. => return Err(trouble("dnp.unavailable", words(&answer))),
                _ => return Ok(answer),
            }
        }
    }

    async fn turn(&self) -> Result<(), Stop> {
        loop {
            if Instant::now() >= self.until {
                return Err(Stop::OutOfTime);
            }
            match self.turnstile.pass().await {
                None => return Ok(()),
                Some(pause) => self.rest(pause).await?,
            }
        }
    }

    /// Waits, if there is time.
    pub(super) async fn rest(&self, pause: Duration) -> Result<(), Stop> {
        let end = Instant::now() + pause;
        if end >= self.until {
            return Err(Stop::OutOfTime);
        }
        sleep_until(end).await;
        Ok(())
    }
}
