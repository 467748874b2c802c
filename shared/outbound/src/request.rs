//! A request, before it is sent.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use crate::secret::Secret;

/// A request to be sent. `Debug` shows method, host and path only.
#[derive(Clone)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) credential: Option<Credential>,
    pub(crate) body: Option<RequestBody>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) changes_nothing: bool,
}

/// How the caller proves who it is.
#[derive(Clone)]
pub(crate) enum Credential {
    Bearer(Secret),
    Header(String, Secret),
    Basic(String, Secret),
}

impl Credential {
    pub(crate) const fn secret(&self) -> &Secret {
        match self {
            Self::Bearer(secret) | Self::Header(_, secret) | Self::Basic(_, secret) => secret,
        }
    }
}

/// What is sent along.
#[derive(Clone)]
pub(crate) enum RequestBody {
    Bytes { media_type: String, content: Vec<u8> },
    Form(Vec<(String, String)>),
}

impl Request {
    /// A request with any method.
    pub fn new(method: Method, url: Url) -> Self {
        let changes_nothing = method.is_safe();
        Self { method, url, headers: Vec::new(), credential: None, body: None, timeout: None, changes_nothing }
    }

    /// `GET`.
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// `POST`.
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    /// `PUT`.
    pub fn put(url: Url) -> Self {
        Self::new(Method::PUT, url)
    }

    /// `PATCH`.
    pub fn patch(url: Url) -> Self {
        Self::new(Method::PATCH, url)
    }

    /// `DELETE`.
    pub fn delete(url: Url) -> Self {
        Self::new(Method::DELETE, url)
    }

    /// Adds a pair to the query, percent-encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Adds a header. One that is no valid header makes sending fail with `outbound.other`.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets `Accept`.
    pub fn accept(self, media_type: &str) -> Self {
        self.header("accept", media_type)
    }

    /// Sets `Authorization: Bearer …` (RFC 6750).
    pub fn bearer(mut self, token: Secret) -> Self {
        self.credential = Some(Credential::Bearer(token));
        self
    }

    /// Sets a header of the receiver's own to a key, e.g. `X-API-Key`.
    pub fn api_key(mut self, header: &str, key: Secret) -> Self {
        self.credential = Some(Credential::Header(header.to_owned(), key));
        self
    }

    /// Sets `Authorization: Basic …` (RFC 7617).
    pub fn basic(mut self, user: &str, password: Secret) -> Self {
        self.credential = Some(Credential::Basic(user.to_owned(), password));
        self
    }

    /// Sends JSON as `application/json`.
    pub fn json(self, content: &serde_json::Value) -> Self {
        self.json_as("application/json", content)
    }

    /// Sends JSON under another media type, e.g. `application/scim+json`.
    pub fn json_as(self, media_type: &str, content: &serde_json::Value) -> Self {
        self.bytes(media_type, content.to_string().into_bytes())
    }

    /// Sends bytes.
    pub fn bytes(mut self, media_type: &str, content: Vec<u8>) -> Self {
        let media_type = media_type.to_owned();
        self.body = Some(RequestBody::Bytes { media_type, content });
        self
    }

    /// Sends a form (`application/x-www-form-urlencoded`).
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.body = Some(RequestBody::Form(fields.iter().map(owned).collect()));
        self
    }

    /// Another limit on the whole exchange than the client's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The request as the HTTP client takes it; `None` if one of its headers is no header.
    pub(crate) fn prepare(self) -> Option<reqwest::Request> {
        let mut request = reqwest::Request::new(self.method, self.url);
        *request.timeout_mut() = self.timeout;
        let headers = request.headers_mut();
        for (name, value) in &self.headers {
            headers.append(name.parse::<HeaderName>().ok()?, value.parse().ok()?);
        }
        if let Some(credential) = self.credential {
            let (name, value) = credential.header()?;
            headers.insert(name, value);
        }
        if let Some((media_type, content)) = self.body.map(RequestBody::encoded) {
            headers.insert(CONTENT_TYPE, media_type.parse().ok()?);
            *request.body_mut() = Some(content.into());
        }
        Some(request)
    }

    /// Says that the call only reads although its method is `POST` (a token, a lookup), so that a dry run makes it.
    pub fn changes_nothing(mut self) -> Self {
        self.changes_nothing = true;
        self
    }
}

impl Credential {
    /// Marked as sensitive, so that the client does not print it or compress it together with other text.
    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        let (name, text) = match self {
            Self::Bearer(token) => (AUTHORIZATION, format!("Bearer {}", token.expose())),
            Self::Basic(user, password) => {
                (AUTHORIZATION, format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.expose()))))
            }
            Self::Header(name, key) => (name.parse().ok()?, key.expose().to_owned()),
        };
        let mut value: HeaderValue = text.parse().ok()?;
        value.set_sensitive(true);
        Some((name, value))
    }
}

impl RequestBody {
    /// The media type and the bytes.
    fn encoded(self) -> (String, Vec<u8>) {
        match self {
            Self::Bytes { media_type, content } => (media_type, content),
            Self::Form(fields) => {
                let content = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                ("application/x-www-form-urlencoded".to_owned(), content.into_bytes())
            }
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        write!(f, "Request({} {host}{})", self.method, self.url.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_neither_query_nor_credential_nor_body() {
        let request = Request::post("https://example.org/Users".parse().unwrap())
            .query("name", "Astrid")
            .api_key("X-API-Key", Secret::new("hunter2"))
            .json(&serde_json::json!({"userName": "astrid"}));

        assert_eq!(format!("{request:?}"), "Request(POST example.org/Users)");
    }
}
