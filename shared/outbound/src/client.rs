//! The client that everything outgoing passes through.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Response, Url, redirect};
use tokio::sync::OnceCell;

use crate::address::AddressPolicy;
use crate::answer::Answer;
use crate::certificate::{ClientCertificate, Shown};
use crate::dry_run::{DryRun, WithheldCall};
use crate::error::{CallError, CallErrorKind};
use crate::request::Request;
use crate::resolver::{GuardedResolver, Lookup, SystemLookup};
use crate::transport::Transport;

/// Limits of a client.
#[derive(Debug, Clone)]
pub struct OutboundSettings {
    /// `User-Agent`.
    pub user_agent: String,
    /// How long connecting may take, TLS included.
    pub connect_timeout: Duration,
    /// How long a whole exchange may take, body included.
    pub timeout: Duration,
    /// The largest answer that is read, in bytes after decompression.
    pub max_body: usize,
    /// Whether addresses inside the network may be called without being named.
    pub allow_private: bool,
    /// Whether `http` may be used with hosts other than this machine.
    pub allow_plain_http: bool,
    /// The certificate to show, if the other side wants one. Fetched at the first call, and kept.
    pub certificate: Option<ClientCertificate>,
    /// What carries the requests instead of the internet: a simulation's own.
    pub transport: Option<Arc<dyn Transport>>,
}

impl OutboundSettings {
    /// The usual limits: 5 s to connect, 30 s in all, 64 MiB, public `https` only.
    #[must_use]
    pub fn new(user_agent: impl Into<String>) -> Self {
        Self {
            user_agent: user_agent.into(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            max_body: 64 * 1024 * 1024,
            allow_private: false,
            allow_plain_http: false,
            certificate: None,
            transport: None,
        }
    }
}

/// Takes a body as it arrives; breaks off when it wants no more.
pub type TakeBytes<'t> = dyn FnMut(&[u8]) -> ControlFlow<()> + Send + 't;

/// Where the body of a success goes, and how large it may be; `None`: into the answer.
type Pour<'a, 't> = Option<(u64, &'a mut TakeBytes<'t>)>;

/// An HTTP client within limits. Clones share connections and the dry run's record.
#[derive(Debug, Clone)]
pub struct Outbound {
    carrier: Carrier,
    timeout: Duration,
    policy: Arc<AddressPolicy>,
    max_body: usize,
    dry_run: Option<Arc<DryRun>>,
}

#[derive(Debug, Clone)]
enum Carrier {
    Internet(reqwest::Client),
    Certified(Arc<Certified>),
    Other(Arc<dyn Transport>),
}

/// A client that can be made only when its certificate has been fetched.
#[derive(Debug)]
struct Certified {
    settings: OutboundSettings,
    certificate: ClientCertificate,
    policy: Arc<AddressPolicy>,
    lookup: Arc<dyn Lookup>,
    client: OnceCell<reqwest::Client>,
}

impl Certified {
    async fn client(&self, host: &str) -> Result<&reqwest::Client, CallError> {
        let make = || async {
            let tls = self.certificate.shown(host).await?;
            internet(&self.settings, &self.policy, Arc::clone(&self.lookup), Some(tls))
        };
        self.client.get_or_try_init(make).await
    }
}

impl Outbound {
    /// A client for hosts on the internet.
    ///
    /// # Errors
    /// `outbound.other` when TLS cannot be set up on this machine or the user agent is no header value.
    pub fn new(settings: &OutboundSettings) -> Result<Self, CallError> {
        Self::with_policy(settings, AddressPolicy::default(), Arc::new(SystemLookup))
    }

    /// A client for the host that the configuration names. If `base` names it by address or as `localhost`,
    /// that one host may be inside the network; on this machine it may also use plain `http`.
    ///
    /// # Errors
    /// As [`Outbound::new`].
    pub fn for_base(settings: &OutboundSettings, base: &Url) -> Result<Self, CallError> {
        Self::with_policy(settings, AddressPolicy::default().naming(base), Arc::new(SystemLookup))
    }

    pub(crate) fn with_policy(
        settings: &OutboundSettings,
        policy: AddressPolicy,
        lookup: Arc<dyn Lookup>,
    ) -> Result<Self, CallError> {
        let policy = Arc::new(AddressPolicy {
            allow_private: settings.allow_private,
            allow_plain_http: settings.allow_plain_http,
            ..policy
        });
        let carrier = match (&settings.transport, &settings.certificate) {
            (Some(transport), _) => Carrier::Other(Arc::clone(transport)),
            (None, Some(certificate)) => Carrier::Certified(Arc::new(Certified {
                settings: settings.clone(),
                certificate: certificate.clone(),
                policy: Arc::clone(&policy),
                lookup,
                client: OnceCell::new(),
            })),
            (None, None) => Carrier::Internet(internet(settings, &policy, lookup, None)?),
        };
        Ok(Self { carrier, timeout: settings.timeout, policy, max_body: settings.max_body, dry_run: None })
    }

    /// From now on calls that would change something are withheld: refused with `outbound.dry_run` and recorded.
    #[must_use]
    pub fn dry_run(mut self) -> Self {
        self.dry_run = Some(Arc::default());
        self
    }

    /// The calls that the dry run withheld, in order; the first ten thousand.
    #[must_use]
    pub fn withheld(&self) -> Vec<WithheldCall> {
        self.dry_run.as_deref().map(DryRun::calls).unwrap_or_default()
    }

    /// Sends a request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`CallError`] when there is no whole answer, or the call may not be made.
    pub async fn send(&self, request: Request) -> Result<Answer, CallError> {
        self.exchange(request, None).await
    }

    /// Sends a request and hands the body of a success (2xx) to `take` as it arrives, in pieces of any size, at most
    /// `most` bytes of it; the answer given back has no body then. Any other answer is read as by [`send`](Self::send).
    /// When `take` breaks off, the rest is not read.
    ///
    /// # Errors
    /// As [`send`](Self::send). What was taken before an error is not the whole.
    pub async fn download(&self, request: Request, most: u64, take: &mut TakeBytes<'_>) -> Result<Answer, CallError> {
        self.exchange(request, Some((most, take))).await
    }

    async fn exchange(&self, request: Request, into: Pour<'_, '_>) -> Result<Answer, CallError> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        self.permit(&request, &host)?;
        let timeout = request.timeout;
        let credential = request.credential.as_ref().map(|it| it.secret().clone());
        let request = request.prepare().ok_or_else(|| CallError::new(CallErrorKind::Other, false, &host))?;
        let answer = match &self.carrier {
            Carrier::Internet(client) => self.over_the_internet(client, request, &host, into).await?,
            Carrier::Certified(certified) => {
                self.over_the_internet(certified.client(&host).await?, request, &host, into).await?
            }
            Carrier::Other(transport) => {
                self.carried(&**transport, request, timeout.unwrap_or(self.timeout), &host, into).await?
            }
        };
        Ok(answer.authorised_with(credential))
    }

    /// Whether a URL may be called at all, as far as can be told without resolving its name: for judging settings.
    ///
    /// # Errors
    /// `outbound.credentials_in_url`, `outbound.scheme_refused` or `outbound.address_refused`.
    pub fn check(&self, url: &Url) -> Result<(), CallError> {
        let refused = |kind| Err(CallError::new(kind, false, url.host_str().unwrap_or_default()));
        // They would be sent as a password that no configuration names, and be printed with the URL.
        if !url.username().is_empty() || url.password().is_some() {
            return refused(CallErrorKind::CredentialsInUrl);
        }
        if !self.policy.allows_scheme(url) {
            return refused(CallErrorKind::SchemeRefused);
        }
        if !self.policy.allows_literal(url) {
            return refused(CallErrorKind::AddressRefused);
        }
        Ok(())
    }

    fn permit(&self, request: &Request, host: &str) -> Result<(), CallError> {
        self.check(&request.url)?;
        match &self.dry_run {
            Some(dry_run) if !request.changes_nothing => {
                dry_run.withhold(request);
                Err(CallError::new(CallErrorKind::DryRun, false, host))
            }
            _ => Ok(()),
        }
    }

    async fn over_the_internet(
        &self,
        client: &reqwest::Client,
        request: reqwest::Request,
        host: &str,
        into: Pour<'_, '_>,
    ) -> Result<Answer, CallError> {
        let response = client.execute(request).await.map_err(|error| CallError::from_client(error, host))?;
        match into {
            Some((most, take)) if response.status().is_success() => pour(response, host, most, take).await,
            _ => self.read(response, host).await,
        }
    }

    /// A call that does not go over the internet, within the same limits.
    async fn carried(
        &self,
        transport: &dyn Transport,
        request: reqwest::Request,
        timeout: Duration,
        host: &str,
        into: Pour<'_, '_>,
    ) -> Result<Answer, CallError> {
        let carried = tokio::time::timeout(timeout, transport.carry(request)).await;
        let carried = carried.unwrap_or(Err(CallErrorKind::Timeout));
        let carried = carried.map_err(|kind| CallError::new(kind, kind != CallErrorKind::Connect, host))?;
        let into = into.filter(|_| matches!(carried.status, 200..=299));
        let most = into.as_ref().map_or(self.max_body as u64, |(most, _)| *most);
        if carried.body.len() as u64 > most {
            return Err(CallError::new(CallErrorKind::BodyTooLarge, true, host));
        }
        let Some((_, take)) = into else { return Ok(Answer::new(carried.status, carried.headers, carried.body)) };
        // Whoever takes it breaks off, or has it all.
        let _ = take(&carried.body);
        Ok(Answer::new(carried.status, carried.headers, Vec::new()))
    }

    async fn read(&self, mut response: Response, host: &str) -> Result<Answer, CallError> {
        let too_large = || CallError::new(CallErrorKind::BodyTooLarge, true, host);
        let announced = response.content_length().unwrap_or_default();
        if announced > self.max_body as u64 {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| CallError::from_client(error, host))? {
            if body.len().saturating_add(chunk.len()) > self.max_body {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer::new(response.status().as_u16(), std::mem::take(response.headers_mut()), body))
    }
}

async fn pour(mut response: Response, host: &str, most: u64, take: &mut TakeBytes<'_>) -> Result<Answer, CallError> {
    let mut poured: u64 = 0;
    while let Some(chunk) = response.chunk().await.map_err(|error| CallError::from_client(error, host))? {
        poured = poured.saturating_add(chunk.len() as u64);
        if poured > most {
            return Err(CallError::new(CallErrorKind::BodyTooLarge, true, host));
        }
        if take(&chunk).is_break() {
            break;
        }
    }
    Ok(Answer::new(response.status().as_u16(), std::mem::take(response.headers_mut()), Vec::new()))
}

fn internet(
    settings: &OutboundSettings,
    policy: &Arc<AddressPolicy>,
    lookup: Arc<dyn Lookup>,
    shown: Option<Shown>,
) -> Result<reqwest::Client, CallError> {
    let builder = reqwest::Client::builder();
    let builder = match shown {
        None => builder,
        Some(Shown::ToAnybody(identity)) => builder.identity(identity),
        Some(Shown::ToPinned(tls)) => builder.tls_backend_preconfigured(*tls),
    };
    builder
        .user_agent(&settings.user_agent)
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.timeout)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .pool_idle_timeout(Duration::from_secs(60))
        .dns_resolver(Arc::new(GuardedResolver { policy: Arc::clone(policy), lookup }))
        .build()
        .map_err(|error| CallError::from_client(error, ""))
}
