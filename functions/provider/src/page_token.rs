//! Page tokens: what was asked for, and where it goes on. Opaque to readers; whatever comes back is checked as if it were
//! asked for the first time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use targets::ss12000_provider::question::Unanswerable;

/// The longest token that is looked at.
const LONGEST: usize = 8 * 1024;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PageToken<P> {
    /// Of which list.
    #[serde(rename = "l")]
    pub(crate) list: String,
    /// What was asked for.
    #[serde(rename = "q")]
    pub(crate) parameters: Vec<(String, String)>,
    /// Where it goes on.
    #[serde(rename = "p")]
    pub(crate) place: P,
}

impl<P: Serialize + DeserializeOwned> PageToken<P> {
    pub(crate) fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// # Errors
    /// [`Unanswerable`]: it is none that was given here, or of another list.
    pub(crate) fn read(text: &str, list: &str) -> Result<Self, Unanswerable> {
        let unreadable = || Unanswerable::value("pageToken", "this is none that was given for this list");
        let bytes = URL_SAFE_NO_PAD.decode(Some(text).filter(|it| it.len() <= LONGEST).ok_or_else(unreadable)?);
        let token: Self = serde_json::from_slice(&bytes.map_err(|_| unreadable())?).map_err(|_| unreadable())?;
        Some(token).filter(|it| it.list == list).ok_or_else(unreadable)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_says_what_was_asked_for() {
        let token =
            PageToken { list: "groups".into(), parameters: vec![("groupType".into(), "Klass".into())], place: 7 };

        assert_eq!(PageToken::read(&token.write(), "groups"), Ok(token));
    }

    #[test]
    fn a_token_of_another_list_is_none() {
        let token = PageToken { list: "groups".into(), parameters: Vec::new(), place: 7 };

        assert!(PageToken::<u8>::read(&token.write(), "persons").is_err());
    }

    proptest! {
        #[test]
        fn whatever_comes_back_is_a_token_or_none(text in "\\PC{0,80}") {
            let _ = PageToken::<u8>::read(&text, "persons");
        }
    }
}
