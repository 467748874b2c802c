//! Addresses of users in bodies: `@odata.id`, `members@odata.bind`, `user@odata.bind`.

use super::answer::Refusal;
use super::graph::Graph;
use super::path::segments;
use serde_json::Value;

/// The address that the documentation uses; whoever asks elsewhere may use its own.
const GRAPH: &str = "https://graph.microsoft.com/v1.0";

impl Graph<'_> {
    /// What an address below the version names, such as `["users", "…"]`.
    pub(super) fn address(&mut self, value: &Value) -> Result<Vec<String>, Refusal> {
        let url = value.as_str().unwrap_or_default();
        let path = url.strip_prefix(self.base).or_else(|| url.strip_prefix(GRAPH)).and_then(|it| it.strip_prefix('/'));
        let Some(path) = path else {
            self.note("an address that is not the API's");
            return Err(Refusal::bad("Invalid URL format specified in the request."));
        };
        Ok(segments(path))
    }

    /// The user that an address in one of these collections names, such as `users` or `education/users`.
    pub(super) fn referred(&mut self, value: &Value, collections: &[&str]) -> Result<String, Refusal> {
        let address = self.address(value)?;
        let Some((key, collection)) = address.split_last() else { return Err(Refusal::bad("The address is empty.")) };
        let collection = collection.join("/");
        if !collections.contains(&collection.as_str()) {
            self.note(&format!("an address in {collection}, not in {}", collections.join(" or ")));
            return Err(Refusal::bad("Invalid URL format specified in the request."));
        }
        self.user(key).map(|(id, _)| id)
    }
}
