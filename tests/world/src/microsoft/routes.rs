//! The wire: who asks, in what form, and what is counted.

use super::answer::{Answer, Identity, Refusal};
use super::call::Call;
use super::graph::Graph;
use super::login::refused;
use super::server::MicrosoftServer;
use crate::listener::Line;
use crate::lock;
use crate::moods::suffer;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Form, Path, Request, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;

const WHOLE_BODY: usize = usize::MAX;

/// The API; and the login, another system, which does not share its moods.
pub(super) fn router(server: MicrosoftServer) -> Router {
    Router::new()
        .fallback(serve)
        .layer(from_fn_with_state(server.moods().clone(), suffer))
        .layer(from_fn_with_state(server.clone(), observe))
        .route("/{tenant}/oauth2/v2.0/token", post(token))
        .with_state(server)
}

async fn token(
    State(server): State<MicrosoftServer>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let options = server.options();
    if tenant != options.tenant {
        return refused("invalid_request", 90_002);
    }
    let own = server.base_url().trim_end_matches("/v1.0").to_owned();
    let hosts = ["https://graph.microsoft.com".to_owned(), format!("https://{}", options.graph_host), own];
    server.login.token(&headers, &form, &hosts.map(|host| format!("{host}/.default"))).await
}

/// Counts calls and answers, those of the moods among them.
async fn observe(State(server): State<MicrosoftServer>, request: Request, next: Next) -> Response {
    let line = request.extensions().get::<ConnectInfo<Line>>().map(|it| it.0.clone());
    let path = request.uri().path();
    let what =
        Call::new(request.method().as_str(), path.strip_prefix("/v1.0").unwrap_or(path), Vec::new(), None).what();
    *lock(&server.store).counters.calls.entry(what).or_default() += 1;
    let answer = next.run(request).await;
    if !line.is_some_and(|line| line.is_cut()) {
        *lock(&server.store).counters.answers.entry(answer.status().as_u16()).or_default() += 1;
    }
    answer
}

async fn serve(State(server): State<MicrosoftServer>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    // All of it, also where it is too large: an answer before the end would be lost with the connection.
    let body = to_bytes(body, WHOLE_BODY).await.unwrap_or_default();
    server.serve(&head, &body).into_response()
}

impl MicrosoftServer {
    fn serve(&self, head: &Parts, body: &[u8]) -> Answer {
        let (options, base) = (self.options(), self.base_url());
        let headers: Vec<(String, String)> = head
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let mut store = lock(&self.store);
        let own = store.next_request();
        let client = headers.iter().find(|(name, _)| name == "client-request-id").map(|(_, value)| value.clone());
        let identity = Identity { at: options.time.now(), client: client.unwrap_or_else(|| own.clone()), own };
        let mut answer = match self.understood(head, headers, body, options.largest_body) {
            Err(refusal) => refusal.into_answer(&identity),
            Ok(call) => {
                let metadata = (*self.metadata).as_ref();
                let now = identity.at;
                let what = call.what();
                Graph { options: &options, base: &base, metadata, now, identity: &identity, what, store: &mut store }
                    .answer(&call)
            }
        };
        answer.headers.extend([("request-id", identity.own), ("client-request-id", identity.client)]);
        answer
    }

    fn understood(
        &self,
        head: &Parts,
        headers: Vec<(String, String)>,
        body: &[u8],
        largest: usize,
    ) -> Result<Call, Refusal> {
        if !self.login.admits(&head.headers, &head.extensions) {
            let why = "Access token has expired or is not yet valid.";
            return Err(Refusal::new(401, "InvalidAuthenticationToken", why));
        }
        let url = head.uri.path_and_query().map(|it| it.as_str()).and_then(|it| it.strip_prefix("/v1.0/"));
        let url = url.ok_or_else(|| Refusal::bad_request("Invalid version."))?;
        if body.len() > largest {
            return Err(Refusal::new(413, "RequestEntityTooLarge", "The request is too large."));
        }
        let body: Option<Value> = match body {
            [] => None,
            body => {
                let json = serde_json::from_slice(body);
                Some(json.map_err(|_| Refusal::bad_request("Unable to read JSON request payload."))?)
            }
        };
        Ok(Call::new(head.method.as_str(), url, headers, body))
    }
}
