//! Pages of Graph's education objects, answers to batches, and links.

use roster::RecordKind;
use sources::fuzzing::{graph_education_batch as batch, graph_education_link as link, graph_education_page};

use crate::canary::is_silent;
use crate::ss12000::{page_holds, whole_page};

/// A page of schools.
pub fn graph_education_schools(data: &[u8]) {
    page(RecordKind::Organisation, data);
}

/// A page of users.
pub fn graph_education_users(data: &[u8]) {
    page(RecordKind::Person, data);
}

/// A page of classes.
pub fn graph_education_classes(data: &[u8]) {
    page(RecordKind::Group, data);
}

fn page(kind: RecordKind, data: &[u8]) {
    let read = whole_page(|| graph_education_page(kind, data).map_err(|error| format!("{error:?}")));
    if let Some(read) = read {
        page_holds(&read, kind, data.len());
    }
}

/// The answer to a batch of two requests.
pub fn graph_education_batch(data: &[u8]) {
    match batch(data, 2) {
        Ok(statuses) => assert_eq!(statuses.len(), 2, "a request is left unanswered"),
        Err(error) => is_silent("an error", &error),
    }
}

/// A link: followed below the configured address, or not at all.
pub fn graph_education_link(data: &[u8]) {
    let Ok(base) = "https://graph.example/v1.0".parse() else { return };
    match link(&base, &String::from_utf8_lossy(data)) {
        Ok(url) => {
            assert_eq!((url.scheme(), url.host_str(), url.port()), ("https", Some("graph.example"), None));
            assert!(url.path().starts_with("/v1.0/") && url.username().is_empty() && url.password().is_none());
        }
        Err(error) => is_silent("an error", &error),
    }
}
