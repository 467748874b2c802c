//! Requests to Graph.

use std::sync::Arc;

use jiff::Timestamp;
use outbound::{Answer, CallError, Method, Outbound, OutboundSettings, Request, Secret, Tokens, Url};
use roster::{Chance, Clock, SystemChance};
use rules::outcome::Outcome;
use serde_json::Value;

use super::classify::{Area, Reply, Verdict, verdict};
use super::config::MicrosoftConfig;
use super::link;
use crate::registry::{ConfigProblem, TargetContext};
use crate::scim_protocol::{no_answer, no_key};

/// Graph, and who we are there.
#[derive(Debug)]
pub(super) struct Client {
    outbound: Outbound,
    base: Url,
    /// The same without a slash at its end: references begin with it.
    pub(super) root: String,
    tokens: Tokens,
    clock: Arc<dyn Clock>,
    pub(super) chance: SystemChance,
}

/// A call, before it is made.
#[derive(Debug, Clone)]
pub(super) struct Call {
    area: Area,
    method: Method,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Call {
    pub(super) fn new(area: Area, method: Method, path: &[&str]) -> Self {
        let path = path.iter().map(|it| (*it).to_owned()).collect();
        Self { area, method, path, query: Vec::new(), body: None }
    }

    pub(super) fn get(area: Area, path: &[&str]) -> Self {
        Self::new(area, Method::GET, path)
    }

    pub(super) fn post(area: Area, path: &[&str], body: Value) -> Self {
        Self { body: Some(body), ..Self::new(area, Method::POST, path) }
    }

    pub(super) fn patch(area: Area, path: &[&str], body: Value) -> Self {
        Self { body: Some(body), ..Self::new(area, Method::PATCH, path) }
    }

    pub(super) fn delete(area: Area, path: &[&str]) -> Self {
        Self::new(area, Method::DELETE, path)
    }

    pub(super) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

/// What came of a call, where nothing else was in the way.
#[derive(Debug)]
pub(super) enum Said {
    /// What was asked for, or that it was done.
    Given(Answer),
    /// It is not there, or not yet.
    Missing,
    /// It is not done.
    Refused(Reply),
}

impl Client {
    pub(super) fn new(config: &MicrosoftConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let settings = OutboundSettings {
            allow_plain_http: config.allow_plain_http,
            transport: context.transport.clone(),
            ..OutboundSettings::new(&context.user_agent)
        };
        let wrong = |error: CallError| ConfigProblem::with("base_url", error.to_string());
        let base = config.base()?;
        let outbound = Outbound::for_base(&settings, &base).map_err(wrong)?;
        outbound.check(&base).map_err(wrong)?;
        let outbound = if context.dry_run { outbound.dry_run() } else { outbound };
        let (secrets, clock) = (Arc::clone(&context.secrets), Arc::clone(&context.clock));
        let tokens = Tokens::new(config.credentials()?, outbound.clone(), secrets, Arc::clone(&clock));
        let root = base.as_str().trim_end_matches('/').to_owned();
        Ok(Self { outbound, base, root, tokens, clock, chance: SystemChance })
    }

    /// Makes a call.
    ///
    /// # Errors
    /// What is in the way: a fault, a limit, a right that is missing.
    pub(super) async fn send(&self, call: Call) -> Result<Said, Outcome> {
        let request = self.request(&call)?;
        self.judged(call.area, request).await
    }

    /// The same for a page that an earlier one named.
    ///
    /// # Errors
    /// As [`Client::send`], or the page is elsewhere.
    pub(super) async fn follow(&self, area: Area, part: &str) -> Result<Said, Outcome> {
        let url = link::absolute(&self.base, part).ok_or_else(elsewhere)?;
        self.judged(area, Request::get(url)).await
    }

    /// What of a link is followed.
    ///
    /// # Errors
    /// It leads anywhere but below Graph's address.
    pub(super) fn below(&self, link: &str) -> Result<String, Outcome> {
        link::below(&self.base, link).ok_or_else(elsewhere)
    }

    async fn judged(&self, area: Area, request: Request) -> Result<Said, Outcome> {
        let answer = self.authorised(request).await?;
        let reply = Reply::of(&answer, self.now());
        match verdict(area, &reply) {
            Verdict::Given => Ok(Said::Given(answer)),
            Verdict::Missing => Ok(Said::Missing),
            Verdict::Refused => Ok(Said::Refused(reply)),
            Verdict::Failed(outcome) => Err(outcome),
        }
    }

    /// A token that is refused may have been withdrawn before its time: once more with another one.
    async fn authorised(&self, request: Request) -> Result<Answer, Outcome> {
        let answer = self.carried(request.clone()).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        self.tokens.forget().await;
        self.carried(request).await
    }

    async fn carried(&self, request: Request) -> Result<Answer, Outcome> {
        let token: Secret = self.tokens.bearer().await.map_err(|error| no_key(&error))?;
        // By it Microsoft finds a call again [Best practices for Graph].
        let request = request.header("client-request-id", &uuid(&self.chance)).bearer(token);
        self.outbound.send(request).await.map_err(|error| no_answer(&error))
    }

    fn request(&self, call: &Call) -> Result<Request, Outcome> {
        let mut url = self.base.clone();
        if call.path.iter().any(|it| matches!(it.as_str(), "" | "." | "..")) {
            return Err(unusable());
        }
        url.path_segments_mut().map_err(|()| unusable())?.pop_if_empty().extend(&call.path);
        let request = Request::new(call.method.clone(), url).accept("application/json");
        let request = call.query.iter().fold(request, |it, (name, value)| it.query(name, value));
        Ok(match &call.body {
            Some(body) => request.json(body),
            None => request,
        })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// 32 hexadecimal digits as a UUID has them.
fn uuid(chance: &dyn Chance) -> String {
    let name = chance.name();
    let part = |from: usize, to: usize| name.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

fn unusable() -> Outcome {
    let message = "Microsoft's identity of the object cannot be part of a path".to_owned();
    Outcome::Rejected { code: "microsoft.unusable_identity", message }
}

fn elsewhere() -> Outcome {
    let detail = "a link to the next page leads elsewhere, and is not followed".to_owned();
    Outcome::TargetDown { code: "microsoft.link_refused", detail }
}
