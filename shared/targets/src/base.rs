//! The address that a receiver's paths are added to, as settings say it.

use outbound::Url;

use crate::registry::ConfigProblem;

/// `base_url` as a URL.
///
/// # Errors
/// [`ConfigProblem`] when it is none that paths can be added to, or holds a credential.
pub(crate) fn base(base_url: &str) -> Result<Url, ConfigProblem> {
    base_of("base_url", base_url)
}

/// The same, given under another key.
///
/// # Errors
/// [`ConfigProblem`].
pub(crate) fn base_of(key: &str, address: &str) -> Result<Url, ConfigProblem> {
    let wrong = |message| ConfigProblem::with(key, message);
    let url: Url = address.parse().map_err(|_| wrong("no URL"))?;
    if !url.has_host() || !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("a URL beginning with https:// is needed"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("no user name or password here; secrets are given by reference"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("no query and no fragment: paths are added to it"));
    }
    Ok(url)
}
