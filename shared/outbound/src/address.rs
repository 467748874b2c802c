//! Which addresses may be called: nothing inside the network unless the configuration names it.

mod reach;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::net::IpAddr;

use reqwest::Url;

use reach::{Reach, canonical, reach};

/// The host resolves to nothing that may be called.
#[derive(Debug, thiserror::Error)]
#[error("the host is inside the network, and the configuration does not name it")]
pub(crate) struct AddressRefused;

/// The rule for one client.
#[derive(Debug, Clone, Default)]
pub(crate) struct AddressPolicy {
    /// Every private address may be called.
    pub(crate) allow_private: bool,
    /// `http` may be used with any host.
    pub(crate) allow_plain_http: bool,
    /// Hosts inside the network that the configuration names: addresses, and `localhost`.
    pub(crate) named: BTreeSet<String>,
}

impl AddressPolicy {
    /// The host of `base` counts as named if it is an address or `localhost`. A name that merely resolves
    /// to somewhere inside does not: whoever owns the name could change that.
    pub(crate) fn naming(mut self, base: &Url) -> Self {
        if let Some(host) = base.host_str()
            && (literal(host).is_some() || is_localhost(host))
        {
            self.named.insert(host.to_owned());
        }
        self
    }

    /// Whether the scheme may be used with the URL's host.
    pub(crate) fn allows_scheme(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let loopback = is_localhost(host) || literal(host).is_some_and(|ip| canonical(ip).is_loopback());
        match url.scheme() {
            "https" => true,
            "http" => self.allow_plain_http || (loopback && self.allows_private(host)),
            _ => false,
        }
    }

    /// Whether a host given as an address may be called; `true` for a name, which is judged once it is resolved.
    pub(crate) fn allows_literal(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        literal(host).is_none_or(|ip| self.allows(host, ip))
    }

    fn allows_private(&self, host: &str) -> bool {
        self.allow_private || self.named.contains(host)
    }

    /// Whether a host that was resolved to an address may be called there.
    pub(crate) fn allows(&self, host: &str, ip: IpAddr) -> bool {
        match reach(ip) {
            Reach::Metadata => false,
            // Plain HTTP is allowed to this machine: whoever answers for names must not lead it anywhere else.
            _ if is_localhost(host) => canonical(ip).is_loopback() && self.allows_private(host),
            Reach::Private => self.allows_private(host),
            Reach::Public => true,
        }
    }
}

fn is_localhost(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}
