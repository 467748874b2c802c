//! How far an address is away.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far an address is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Public,
    Private,
    /// A cloud's metadata service, which hands out credentials. Never called, whatever the configuration says.
    Metadata,
}

/// AWS, Google, Azure and others; AWS's for containers and for pods; Alibaba; Azure's host agent, which has a public
/// address; Oracle.
const METADATA_V4: [Ipv4Addr; 6] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
];

/// How far an address is away, in whatever clothing it comes.
pub(super) fn reach(ip: IpAddr) -> Reach {
    match canonical(ip) {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => reach_v6(v6),
    }
}

/// An IPv4 address in IPv6 clothing is the IPv4 address.
pub(super) fn canonical(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip else { return ip };
    embedded(v6).map_or(ip, IpAddr::V4)
}

/// The IPv4 address inside an IPv4-mapped (::ffff:0:0/96), IPv4-translated (::ffff:0:0:0/96), IPv4-compatible (::/96,
/// but for `::` and `::1`), NAT64 (64:ff9b::/96) or 6to4 (2002::/16) address.
fn embedded(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match v6.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => of(high, low),
        _ => None,
    }
}

fn reach_v4(ip: Ipv4Addr) -> Reach {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b); // carrier-grade NAT, RFC 6598
    let reserved = a == 0 || a >= 240 || (a == 192 && b == 0 && c == 0) || (a == 198 && (b == 18 || b == 19));
    if METADATA_V4.contains(&ip) {
        Reach::Metadata
    } else if ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_multicast() || shared || reserved {
        Reach::Private
    } else {
        Reach::Public
    }
}

/// Public is what is global unicast (2000::/3), but for Teredo (2001::/32), which tunnels to anywhere. Everything else
/// – unique local, link-local, site-local, multicast, local translation – is inside, known by name here or not.
fn reach_v6(ip: Ipv6Addr) -> Reach {
    match ip.segments() {
        [0xfd00, 0xec2, ..] => Reach::Metadata, // AWS
        [0x2001, 0, ..] => Reach::Private,
        [first, ..] if first & 0xe000 == 0x2000 => Reach::Public,
        _ => Reach::Private,
    }
}
