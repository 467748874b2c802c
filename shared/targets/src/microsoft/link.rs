//! Links to the next page: followed below Graph's own address only.

use outbound::Url;

/// Longer than any link that Graph gives.
const LONGEST: usize = 8_192;

/// The part of a link below the base address, path and query; `None`: it leads anywhere else.
pub(super) fn below(base: &Url, link: &str) -> Option<String> {
    if link.len() > LONGEST {
        return None;
    }
    let url: Url = link.parse().ok()?;
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if !bare || url.origin() != base.origin() {
        return None;
    }
    let path = url.path().strip_prefix(base.path().trim_end_matches('/'))?.strip_prefix('/')?;
    let part = url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    (!path.is_empty()).then_some(part)
}

/// The address of a part that [`below`] gave; `None`: what was kept is none.
pub(super) fn absolute(base: &Url, part: &str) -> Option<Url> {
    let text = format!("{}/{part}", base.as_str().trim_end_matches('/'));
    below(base, &text)?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        "https://graph.example/v1.0".parse().unwrap()
    }

    #[test]
    fn a_link_below_the_base_is_found_again() {
        let link = "https://graph.example/v1.0/users?$skiptoken=a%2Bb";

        let part = below(&base(), link).unwrap();

        assert_eq!(absolute(&base(), &part).unwrap().as_str(), link);
    }

    #[test]
    fn a_link_anywhere_else_is_not_followed() {
        let endless = format!("https://graph.example/v1.0/users?$skiptoken={}", "x".repeat(10_000));
        for link in [
            "https://evil.example/v1.0/users",
            "http://graph.example/v1.0/users",
            "https://graph.example:8443/v1.0/users",
            "https://hub:secret@graph.example/v1.0/users",
            "https://graph.example/beta/users",
            "https://graph.example/v1.0/../beta/users",
            "https://graph.example/v1.0/%2e%2e/beta/users",
            "https://graph.example/v1.0evil/users",
            "https://graph.example/v1.0/",
            "/v1.0/users",
            "",
            &endless,
        ] {
            assert_eq!(below(&base(), link), None, "{link}");
        }
    }
}
