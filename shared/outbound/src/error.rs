//! What can go wrong with a call, before there is an answer.

use std::error::Error;
use std::fmt;
use std::io;

use crate::address::AddressRefused;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallErrorKind {
    /// The address is inside the network and the configuration does not name it.
    AddressRefused,
    /// Plain `http`, or no HTTP at all, where `https` is demanded.
    SchemeRefused,
    /// The URL holds a user name or a password.
    CredentialsInUrl,
    /// A call that would change something, on a dry run.
    DryRun,
    /// The other side's certificate or handshake is wrong.
    Tls,
    /// No connection: unknown host, refused, unreachable, or not in time.
    Connect,
    /// Connected, but no whole answer in time.
    Timeout,
    /// The connection broke.
    Reset,
    /// The answer is larger than the limit.
    BodyTooLarge,
    /// The certificate that is to be shown cannot be had, or is none.
    CertificateUnusable,
    /// Anything else, such as a header that is no header.
    Other,
}

impl CallErrorKind {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::AddressRefused => "outbound.address_refused",
            Self::SchemeRefused => "outbound.scheme_refused",
            Self::CredentialsInUrl => "outbound.credentials_in_url",
            Self::DryRun => "outbound.dry_run",
            Self::Tls => "outbound.tls",
            Self::Connect => "outbound.connect",
            Self::Timeout => "outbound.timeout",
            Self::Reset => "outbound.reset",
            Self::BodyTooLarge => "outbound.body_too_large",
            Self::CertificateUnusable => "outbound.certificate_unusable",
            Self::Other => "outbound.other",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::AddressRefused => "the address is inside the network, and the configuration does not name it",
            Self::SchemeRefused => "https is demanded",
            Self::CredentialsInUrl => "a URL holds no user name and no password",
            Self::DryRun => "nothing is changed on a dry run",
            Self::Tls => "the TLS handshake failed",
            Self::Connect => "no connection",
            Self::Timeout => "no answer in time",
            Self::Reset => "the connection broke",
            Self::BodyTooLarge => "the answer is too large",
            Self::CertificateUnusable => {
                "the certificate to be shown cannot be had, or is no certificate and key in PEM"
            }
            Self::Other => "the call could not be made",
        }
    }
}

/// A call that got no answer. Names the host; never a path, a query, a body or a secret.
#[derive(Debug)]
pub struct CallError {
    kind: CallErrorKind,
    sent: bool,
    host: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl CallError {
    /// An error without a cause of its own.
    pub(crate) fn new(kind: CallErrorKind, sent: bool, host: &str) -> Self {
        Self { kind, sent, host: host.to_owned(), source: None }
    }

    /// The same with its cause.
    pub(crate) fn because(self, cause: impl Error + Send + Sync + 'static) -> Self {
        Self { source: Some(cause.into()), ..self }
    }

    /// What the HTTP client reports, sorted.
    pub(crate) fn from_client(error: reqwest::Error, host: &str) -> Self {
        let (kind, sent) = sort(&error);
        Self { source: Some(error.without_url().into()), ..Self::new(kind, sent, host) }
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> CallErrorKind {
        self.kind
    }

    /// A stable code, e.g. `outbound.timeout`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// Whether the request may have reached the other side, so that what it asked for may have happened.
    #[must_use]
    pub const fn was_sent(&self) -> bool {
        self.sent
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.code(), self.kind.words(), self.host)
    }
}

impl Error for CallError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|it| it as &(dyn Error + 'static))
    }
}

fn sort(error: &reqwest::Error) -> (CallErrorKind, bool) {
    if caused_by::<AddressRefused>(error) {
        (CallErrorKind::AddressRefused, false)
    } else if error.is_connect() && caused_by::<rustls::Error>(error) {
        (CallErrorKind::Tls, false)
    } else if error.is_connect() {
        (CallErrorKind::Connect, false)
    } else if error.is_builder() {
        (CallErrorKind::Other, false)
    } else if error.is_timeout() {
        (CallErrorKind::Timeout, true)
    } else if error.is_request() || error.is_body() {
        (CallErrorKind::Reset, true)
    } else {
        (CallErrorKind::Other, true)
    }
}

/// Whether an error of type `T` is among the causes. An [`io::Error`] leaves what it wraps out of its own
/// chain of sources, so it is opened.
fn caused_by<T: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref).map(|it| it as &(dyn Error + 'static));
    error.is::<T>() || inner.is_some_and(caused_by::<T>) || error.source().is_some_and(caused_by::<T>)
}
