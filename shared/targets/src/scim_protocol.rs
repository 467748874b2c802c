//! What all receivers that speak SCIM 2.0 share, those of the EGIL profile too: lists, errors, paths
//! [RFC 7643, RFC 7644].

mod classify;
mod list;
mod path;

pub(crate) use classify::{Codes, Step, judged, no_answer, no_key, no_way};
#[cfg(test)]
pub(crate) use classify::{Reply, outcome};
pub(crate) use list::{PAGE, Unlisted, inventory, read as read_list};
pub(crate) use path::{UnusableIdentity, url};

/// The media type of what is sent [RFC 7644 §8.1].
pub(crate) const MEDIA_TYPE: &str = "application/scim+json";

/// What is taken as an answer.
pub(crate) const ACCEPTED: &str = "application/scim+json, application/json;q=0.9";
