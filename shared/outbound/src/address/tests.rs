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
        "::10.0.0.1",
        "::ffff:0:10.0.0.1",
        "64:ff9b:1::1",
        "2001:0:4136:e378::1",
        "fec0::1",
        "ff02::1",
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
    for base in [
        "http://169.254.169.254/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://0251.0376.0251.0376/",
        "http://169.254.43518/",
        "http://169.254.169.254./",
        "http://169.254.170.2/",
        "http://100.100.100.200/",
        "http://168.63.129.16/",
        "http://[fd00:ec2::254]/",
        "http://[fd00:ec2::23]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[::169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:a9fe:a9fe::]/",
    ] {
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
fn whatever_way_an_address_is_spelt_it_is_that_address() {
    for spelling in [
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://%31%32%37.0.0.1/",
        "https://127\u{3002}0\u{3002}0\u{3002}1/",
        "https://\u{ff11}27.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://[0:0:0:0:0:ffff:7f00:1]/",
        "https://user@127.0.0.1/",
        "https://example.org@127.0.0.1/",
    ] {
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

#[test]
fn a_name_for_this_machine_leads_nowhere_else() {
    let policy = AddressPolicy::default().naming(&url("http://hub.localhost:8080"));

    let allowed =
        ["127.0.0.1", "::1", "10.0.0.5", "192.0.2.1"].map(|ip| policy.allows("hub.localhost", ip.parse().unwrap()));

    assert_eq!(allowed, [true, true, false, false]);
}

#[test]
fn a_name_that_only_looks_like_the_named_one_is_another() {
    let policy = AddressPolicy::default().naming(&url("http://localhost:8080"));
    let here = "127.0.0.1".parse().unwrap();

    let allowed = ["localhost.", "localhost.example.org", "notlocalhost"].map(|name| policy.allows(name, here));

    assert_eq!(allowed, [false; 3]);
}
