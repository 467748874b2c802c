//! Addresses of resources.

use outbound::Url;

/// An identity that cannot be part of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnusableIdentity;

/// A path below the base, percent-encoded. Empty and dotted segments would name another resource.
pub(crate) fn url(mut base: Url, kind: &str, id: Option<&str>) -> Result<Url, UnusableIdentity> {
    if id.is_some_and(|id| matches!(id, "" | "." | "..")) {
        return Err(UnusableIdentity);
    }
    let mut segments = base.path_segments_mut().map_err(|()| UnusableIdentity)?;
    segments.pop_if_empty().push(kind).extend(id);
    drop(segments);
    Ok(base)
}
