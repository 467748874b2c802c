//! Following pages without believing that they end, and going on from where a page ended.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{ReadRequest, SourceError};

/// More pages than any register has: at a thousand records each, a hundred million.
const MOST_PAGES: u32 = 100_000;

/// How far a list has been read. Small whatever the number of pages: a token that comes back is found by comparing
/// with one marked earlier, the distance between marks doubling (Brent's way of finding a cycle).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Paging {
    /// The token of the next page; `None`: the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<String>,
    #[serde(default)]
    pages: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mark: Option<String>,
}

impl Paging {
    /// Goes on to the page with this token.
    ///
    /// # Errors
    /// `source.pages_endless` when the token has been seen, or there are too many pages.
    pub(crate) fn follow(&self, token: String) -> Result<Self, SourceError> {
        let pages = self.pages.saturating_add(1);
        let seen = self.token.as_ref() == Some(&token) || self.mark.as_ref() == Some(&token);
        if seen || pages >= MOST_PAGES {
            return Err(SourceError::contract("source.pages_endless", format!("after {pages} pages there is no end")));
        }
        let mark = if pages.is_power_of_two() { Some(token.clone()) } else { self.mark.clone() };
        Ok(Self { token: Some(token), pages, mark })
    }
}

/// Where a read goes on from, as its last page wrote it. `None`: this is the first.
///
/// # Errors
/// `source.position_unknown`: another version wrote it.
pub(crate) fn position<T: DeserializeOwned>(request: &ReadRequest) -> Result<Option<T>, SourceError> {
    let unknown = |_| SourceError::full_read_needed("source.position_unknown", "the position cannot be read");
    request.position.as_deref().map(serde_json::from_str).transpose().map_err(unknown)
}

/// A position or cursor as it is handed out.
///
/// # Errors
/// `source.position_unwritable`.
pub(crate) fn written(place: &impl Serialize) -> Result<String, SourceError> {
    let unwritable =
        |error| SourceError::contract("source.position_unwritable", "the position cannot be written").because(error);
    serde_json::to_string(place).map_err(unwritable)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pages_followed(tokens: impl Iterator<Item = u32>) -> (usize, Option<SourceError>) {
        let mut paging = Paging::default();
        for (count, token) in tokens.enumerate() {
            match paging.follow(token.to_string()) {
                Ok(next) => paging = next,
                Err(error) => return (count, Some(error)),
            }
        }
        (usize::MAX, None)
    }

    #[test]
    fn pages_that_differ_are_followed() {
        let (_, error) = pages_followed(1..=5_000);

        assert!(error.is_none());
    }

    #[test]
    fn new_tokens_for_ever_come_to_an_end() {
        let (pages, error) = pages_followed(1..);

        assert_eq!((pages, error.unwrap().code), (99_999, "source.pages_endless"));
    }

    proptest! {
        #[test]
        fn every_cycle_is_found_within_a_few_rounds(lead in 0u32..200, length in 1u32..200) {
            let cycle = (0..lead).chain((lead..lead + length).cycle());

            let (pages, error) = pages_followed(cycle);

            prop_assert!(error.is_some());
            prop_assert!(pages as u32 <= 4 * (lead + length) + 4, "{pages}");
        }
    }
}
