//! Links that an answer gives: followed below Graph's own address only, and never for ever.

use outbound::Url;

use crate::SourceError;

/// Longer than any link Graph gives: its tokens have been seen to be a few thousand characters.
const LONGEST: usize = 8_192;

/// The part of an absolute link below the base address: path and query.
///
/// # Errors
/// `graph_education.link_refused` when it leads anywhere else.
pub(super) fn below(base: &Url, link: &str) -> Result<String, SourceError> {
    if link.len() > LONGEST {
        return Err(refused("it is too long"));
    }
    let url: Url = link.parse().map_err(|_| refused("it is no absolute address"))?;
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err(refused("it holds more than an address"));
    }
    if url.origin() != base.origin() {
        return Err(refused("it leads to another host"));
    }
    let path = url.path().strip_prefix(base.path().trim_end_matches('/')).and_then(|it| it.strip_prefix('/'));
    let path = path.filter(|it| !it.is_empty()).ok_or_else(|| refused("it leads out of the configured path"))?;
    Ok(url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

/// The address of a part that [`below`] gave.
///
/// # Errors
/// `graph_education.link_refused`: what was stored is none.
pub(super) fn absolute(base: &Url, part: &str) -> Result<Url, SourceError> {
    let text = format!("{}/{part}", base.as_str().trim_end_matches('/'));
    below(base, &text)?;
    text.parse().map_err(|_| refused("it is no address"))
}

fn refused(why: &str) -> SourceError {
    SourceError::contract("graph_education.link_refused", format!("a link is not followed: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        "https://graph.example/v1.0".parse().unwrap()
    }

    #[test]
    fn a_link_below_the_base_is_kept_without_it_and_found_again() {
        let link = "https://graph.example/v1.0/education/users/delta?$skiptoken=a%2Bb";

        let part = below(&base(), link).unwrap();

        assert_eq!(part, "education/users/delta?$skiptoken=a%2Bb");
        assert_eq!(absolute(&base(), &part).unwrap().as_str(), link);
    }

    #[test]
    fn a_link_anywhere_else_is_refused() {
        for link in [
            "https://evil.example/v1.0/education/users/delta",
            "http://graph.example/v1.0/education/users/delta",
            "https://graph.example:8443/v1.0/education/users/delta",
            "https://hub:secret@graph.example/v1.0/education/users/delta",
            "https://graph.example.evil.example/v1.0/education/users",
            "https://graph.example/beta/education/users/delta",
            "https://graph.example/v1.0/../beta/education/users",
            "https://graph.example/v1.0/%2e%2e/beta/education/users",
            "https://graph.example/v1.0evil/education/users",
            "https://graph.example/v1.0/",
            "https://graph.example/v1.0",
            "/v1.0/education/users/delta",
            "",
        ] {
            assert_eq!(below(&base(), link).unwrap_err().code, "graph_education.link_refused", "{link}");
        }
    }

    #[test]
    fn a_link_without_an_end_is_refused() {
        let link = format!("https://graph.example/v1.0/education/users?$skiptoken={}", "x".repeat(10_000_000));

        assert!(below(&base(), &link).is_err());
    }
}
