//! Which addresses may be called: nothing inside the network unless the configuration names it.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

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

/// How far an address is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Public,
    Private,
    /// The cloud's metadata service, which hands out credentials.
    Metadata,
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

    fn allows(&self, host: &str, ip: IpAddr) -> bool {
        match reach(ip) {
            Reach::Public => true,
            Reach::Private => self.allows_private(host),
            Reach::Metadata => false,
        }
    }
}

/// Resolves names with the operating system and leaves out what the policy refuses.
#[derive(Debug)]
pub(crate) struct GuardedResolver(pub(crate) Arc<AddressPolicy>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found.filter(|it| policy.allows(name.as_str(), it.ip())).collect();
            if allowed.is_empty() {
                return Err(AddressRefused.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn is_localhost(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// An IPv4 address in IPv6 clothing is the IPv4 address.
fn canonical(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip else { return ip };
    let embedded = v6.to_ipv4_mapped().or_else(|| translated(v6));
    embedded.map_or(ip, IpAddr::V4)
}

/// The IPv4 address inside a NAT64 (64:ff9b::/96) or 6to4 (2002::/16) address.
fn translated(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let parts = v6.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match parts {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

fn reach(ip: IpAddr) -> Reach {
    match canonical(ip) {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => reach_v6(v6),
    }
}

fn reach_v4(ip: Ipv4Addr) -> Reach {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b); // carrier-grade NAT, RFC 6598
    let reserved = a == 0 || a >= 240 || (a == 192 && b == 0 && c == 0) || (a == 198 && (b == 18 || b == 19));
    if ip == Ipv4Addr::new(169, 254, 169, 254) {
        Reach::Metadata
    } else if ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast() || shared || reserved {
        Reach::Private
    } else {
        Reach::Public
    }
}

fn reach_v6(ip: Ipv6Addr) -> Reach {
    if ip == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254) {
        Reach::Metadata
    } else if ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_unique_local()
        || ip.is_unicast_link_local()
        || ip.is_multicast()
    {
        Reach::Private
    } else {
        Reach::Public
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_inside_the_network_are_private() {
        for ip in [
            "10.0.0.1",
            "172.16.4.4",
            "192.168.1.1",
            "127.0.0.1",
            "0.0.0.0",
            "169.254.1.1",
            "100.64.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fc00::1",
            "fe80::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::1",
        ] {
            assert_eq!(reach(ip.parse().unwrap()), Reach::Private, "{ip}");
        }
    }

    #[test]
    fn addresses_on_the_internet_are_public() {
        for ip in ["192.0.2.1", "100.128.0.1", "172.32.0.1", "2001:db8::1", "::ffff:192.0.2.1"] {
            assert_eq!(reach(ip.parse().unwrap()), Reach::Public, "{ip}");
        }
    }

    #[test]
    fn the_metadata_service_is_refused_even_when_named_and_private_is_allowed() {
        for base in ["http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://[::ffff:169.254.169.254]/"] {
            let policy = AddressPolicy { allow_private: true, ..AddressPolicy::default() }.naming(&url(base));

            assert!(!policy.allows_literal(&url(base)), "{base}");
        }
    }

    #[test]
    fn a_private_address_is_allowed_when_the_configuration_names_it() {
        let policy = AddressPolicy::default().naming(&url("https://10.0.0.5/scim"));

        assert!(policy.allows_literal(&url("https://10.0.0.5/scim/Users")));
        assert!(!policy.allows_literal(&url("https://10.0.0.6/scim/Users")));
    }

    #[test]
    fn decimal_and_octal_spellings_are_addresses_too() {
        for spelling in ["https://2130706433/", "https://0177.0.0.1/", "https://127.1/"] {
            assert!(!AddressPolicy::default().allows_literal(&url(spelling)), "{spelling}");
        }
    }

    #[test]
    fn plain_http_is_for_a_named_loopback_host() {
        let policy = AddressPolicy::default().naming(&url("http://localhost:8080"));

        assert!(policy.allows_scheme(&url("http://localhost:8080/x")));
        assert!(!policy.allows_scheme(&url("http://example.org/x")));
    }

    #[test]
    fn plain_http_to_a_private_address_asks_for_more_than_naming_it() {
        let policy = AddressPolicy::default().naming(&url("http://10.0.0.5/"));

        assert!(!policy.allows_scheme(&url("http://10.0.0.5/")));
    }

    #[test]
    fn other_schemes_are_refused() {
        let policy = AddressPolicy { allow_plain_http: true, ..AddressPolicy::default() };

        assert!(!policy.allows_scheme(&url("ftp://example.org/")));
    }
}
