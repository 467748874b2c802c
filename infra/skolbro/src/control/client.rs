//! The command line's side.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Address;

/// The hub could not be asked, or would not.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No hub runs on that data folder.
    #[error("No hub is running on {0}. Start it with `skolbro up`, or name its folder with --data.")]
    NotRunning(String),
    /// The hub refused.
    #[error("The hub answered {status}: {words}")]
    Refused {
        /// The status.
        status: u16,
        /// Its words.
        words: String,
    },
    /// The answer is not what this version expects.
    #[error("The hub's answer cannot be read; is it another version?")]
    Unreadable,
}

/// A running hub, as the command line sees it.
#[derive(Debug)]
pub struct Client {
    address: Address,
    http: reqwest::Client,
    data: String,
}

impl Client {
    /// The hub that runs on a data folder.
    ///
    /// # Errors
    /// [`ControlError::NotRunning`].
    pub fn of(data: &Path) -> Result<Self, ControlError> {
        let shown = data.display().to_string();
        let not_running = || ControlError::NotRunning(shown.clone());
        let address = Address::of(data).map_err(|_| not_running())?;
        let http = reqwest::Client::builder().no_proxy().build().map_err(|_| not_running())?;
        Ok(Self { address, http, data: shown })
    }

    /// Asks.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ControlError> {
        self.send(self.http.get(self.url(path))).await
    }

    /// Tells.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn post<T: DeserializeOwned>(&self, path: &str) -> Result<T, ControlError> {
        self.send(self.http.post(self.url(path))).await
    }

    /// Tells, with more than fits in the path.
    ///
    /// # Errors
    /// [`ControlError`].
    pub async fn post_with<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ControlError> {
        self.send(self.http.post(self.url(path)).json(body)).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}/control/{path}", self.address.url)
    }

    async fn send<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, ControlError> {
        let sent = request.bearer_auth(&self.address.token).send().await;
        let answer = sent.map_err(|_| ControlError::NotRunning(self.data.clone()))?;
        let status = answer.status();
        if !status.is_success() {
            let words = answer.text().await.unwrap_or_default();
            return Err(ControlError::Refused { status: status.as_u16(), words });
        }
        answer.json().await.map_err(|_| ControlError::Unreadable)
    }
}
