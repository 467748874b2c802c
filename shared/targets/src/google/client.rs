//! Calls to Google: tokens, batches, and one more try with a new token where one was refused.

use std::sync::Arc;

use jiff::Timestamp;
use outbound::{CallError, Method, Outbound, OutboundSettings, Request, ServiceAccount, TokenError, Tokens, Url};
use roster::Clock;

use super::batch::{self, Part};
use super::calls::{Call, Service};
use super::classify::Step;
use super::config::GoogleConfig;
use super::reply::Reply;
use crate::registry::{ConfigProblem, TargetContext};

/// Both APIs, as one service account.
#[derive(Debug)]
pub(super) struct Client {
    directory: Api,
    classroom: Api,
    tokens: Tokens,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct Api {
    outbound: Outbound,
    root: Url,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// The call failed.
    Call(CallError),
    /// No token could be had.
    Token(TokenError),
    /// An identity cannot be part of a path.
    Identity,
    /// What had to be known first, or a batch as a whole, was refused.
    Answer(Step, Reply),
}

impl Client {
    pub(super) fn new(config: &GoogleConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let settings = OutboundSettings {
            allow_plain_http: config.allow_plain_http,
            transport: context.transport.clone(),
            ..OutboundSettings::new(&context.user_agent)
        };
        let api = |key: &str, root: Url| {
            let wrong = |error: CallError| ConfigProblem::with(key, error.to_string());
            let outbound = Outbound::for_base(&settings, &root).map_err(wrong)?;
            outbound.check(&root).map_err(wrong)?;
            Ok(Api { outbound: if context.dry_run { outbound.dry_run() } else { outbound }, root })
        };
        let login = match config.token_url()? {
            Some(url) => api("token_url", url)?.outbound,
            // What a key file names is no configuration: it leads to the internet, or nowhere.
            None => Outbound::new(&OutboundSettings { allow_plain_http: false, ..settings.clone() })
                .map_err(|error| ConfigProblem::with("token_url", error.to_string()))?,
        };
        let account = ServiceAccount {
            key: config.service_account.clone(),
            subject: config.admin.clone(),
            scopes: config.scopes(),
            token_url: config.token_url.clone(),
        };
        let (secrets, clock) = (Arc::clone(&context.secrets), Arc::clone(&context.clock));
        Ok(Self {
            directory: api("directory_url", config.directory()?)?,
            classroom: api("classroom_url", config.classroom()?)?,
            tokens: Tokens::of_service_account(account, login, secrets, Arc::clone(&clock)),
            clock,
        })
    }

    /// The time by which pauses are judged.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes one call.
    pub(super) async fn make(&self, call: &Call) -> Result<Reply, Fault> {
        let api = self.api(call.service);
        let request = Request::new(call.method.clone(), Api::address(&api.root, call)?).accept("application/json");
        let request = match &call.body {
            Some(body) => request.json(body),
            None => request,
        };
        let send = || self.send(api, request.clone());
        let reply = send().await?;
        // A token may be called in before its time.
        if reply.status == 401 { send().await } else { Ok(reply) }
    }

    /// Makes calls of one API in one, at most [`batch::MOST`]; one alone is made by itself. `None`: what became of that
    /// call is not known.
    pub(super) async fn make_together(&self, calls: &[Call]) -> Result<Vec<Option<Reply>>, Fault> {
        let [first, ..] = calls else { return Ok(Vec::new()) };
        if let [only] = calls {
            return Ok(vec![Some(self.make(only).await?)]);
        }
        let api = self.api(first.service);
        let parts: Vec<Part> = calls.iter().map(|call| api.part(call)).collect::<Result<_, _>>()?;
        let replies = self.batch(api, &parts).await?;
        if replies.iter().flatten().any(|reply| reply.status == 401) {
            self.tokens.forget().await;
            return self.batch(api, &parts).await;
        }
        Ok(replies)
    }

    async fn batch(&self, api: &Api, parts: &[Part]) -> Result<Vec<Option<Reply>>, Fault> {
        let (media_type, content) = batch::written(parts);
        let url = below(&api.root, ["batch"])?;
        let request = Request::new(Method::POST, url).accept("multipart/mixed").bytes(&media_type, content);
        let (mut answer, mut media_type) = self.exchange(api, request.clone()).await?;
        if answer.status == 401 {
            (answer, media_type) = self.exchange(api, request).await?;
        }
        if !answer.is_success() {
            return Err(Fault::Answer(Step::Ask, answer));
        }
        Ok(batch::read(media_type.as_deref(), &answer.body, parts.len()))
    }

    async fn send(&self, api: &Api, request: Request) -> Result<Reply, Fault> {
        self.exchange(api, request).await.map(|it| it.0)
    }

    /// The answer, and its media type.
    async fn exchange(&self, api: &Api, request: Request) -> Result<(Reply, Option<String>), Fault> {
        let token = self.tokens.bearer().await.map_err(Fault::Token)?;
        let answer = api.outbound.send(request.bearer(token)).await.map_err(Fault::Call)?;
        if answer.status == 401 {
            self.tokens.forget().await;
        }
        let media_type = answer.header("content-type").map(str::to_owned);
        Ok((Reply::of(answer, self.now()), media_type))
    }

    const fn api(&self, service: Service) -> &Api {
        match service {
            Service::Directory => &self.directory,
            Service::Classroom => &self.classroom,
        }
    }
}

impl Api {
    fn address(root: &Url, call: &Call) -> Result<Url, Fault> {
        let mut url = below(root, call.path.iter().map(String::as_str))?;
        for (name, value) in &call.query {
            url.query_pairs_mut().append_pair(name, value);
        }
        Ok(url)
    }

    /// Parts have the paths of the API itself, wherever its root is.
    fn part(&self, call: &Call) -> Result<Part, Fault> {
        let mut itself = self.root.clone();
        itself.set_path("");
        let url = Self::address(&itself, call)?;
        let query = url.query().map(|it| format!("?{it}")).unwrap_or_default();
        let path = format!("{}{query}", url.path());
        Ok(Part { method: call.method.to_string(), path, body: call.body.clone() })
    }
}

/// A path below the root, percent-encoded. Empty and dotted segments would name something else.
fn below<'s>(root: &Url, segments: impl IntoIterator<Item = &'s str>) -> Result<Url, Fault> {
    let segments: Vec<&str> = segments.into_iter().collect();
    if segments.iter().any(|it| matches!(*it, "" | "." | "..")) {
        return Err(Fault::Identity);
    }
    let mut url = root.clone();
    url.path_segments_mut().map_err(|()| Fault::Identity)?.pop_if_empty().extend(segments);
    Ok(url)
}
