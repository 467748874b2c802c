//! The running hub's side.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use outbound::Secret;
use roster::validity::start_of_day;
use sync::connectors::read_tenant;
use sync::messages::Reason;
use sync::preview::{Proposal, preview};
use sync::{Hub, SyncError, holds, notify, resend, status};

use super::Question;
use crate::machine::put_tenant;

/// Routes below `/control`.
pub(crate) fn router(hub: Hub, token: &str) -> Router {
    Router::new()
        .route("/control/status", get(show_status))
        .route("/control/sync/{tenant}/{extent}", post(read_now))
        .route("/control/ring/{tenant}/{source}", post(ring))
        .route("/control/tenant/{tenant}", get(show_tenant).post(store_tenant))
        .route("/control/holds/{tenant}/{id}/{decision}", post(decide))
        .route("/control/preview/{tenant}", post(show_preview))
        .route("/control/resend/{tenant}/{target}", post(send_again))
        .with_state(hub)
        .layer(from_fn_with_state(Secret::new(token), admit))
}

async fn admit(State(expected): State<Secret>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let method = request.method().clone();
    if !given.and_then(|it| it.strip_prefix("Bearer ")).is_some_and(|it| expected.is(it)) {
        tracing::warn!(code = "control.refused", %method, "Somebody without the token asked the hub.");
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    // Paths below /control name tenants and holds, and hold nothing secret.
    tracing::info!(code = "control.told", %method, path = request.uri().path(), "The command line spoke to the hub.");
    let mut answer = next.run(request).await;
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

fn failed(error: &SyncError) -> Response {
    let status = match error {
        SyncError::NotConfigured(_) => StatusCode::NOT_FOUND,
        SyncError::HoldChanged => StatusCode::CONFLICT,
        SyncError::Proposal(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, error.to_string()).into_response()
}

async fn show_status(State(hub): State<Hub>) -> Response {
    match status::status(&hub).await {
        Ok(status) => Json(status).into_response(),
        Err(error) => failed(&error),
    }
}

async fn read_now(State(hub): State<Hub>, Path((tenant, extent)): Path<(String, String)>) -> Response {
    let reason = if extent == "full" { Reason::FullRead } else { Reason::Doorbell };
    match read_all(&hub, &tenant, &reason).await {
        Ok(sources) => Json(sources).into_response(),
        Err(error) => failed(&error),
    }
}

async fn read_all(hub: &Hub, tenant: &str, reason: &Reason) -> Result<Vec<String>, SyncError> {
    let sources: Vec<String> = hub.directory.tenant(tenant)?.sources.keys().cloned().collect();
    for source in &sources {
        notify::notify(hub, tenant, source, reason.clone()).await?;
    }
    Ok(sources)
}

async fn ring(State(hub): State<Hub>, Path((tenant, source)): Path<(String, String)>) -> Response {
    match notify::notify(&hub, &tenant, &source, Reason::Doorbell).await {
        Ok(()) => Json(()).into_response(),
        Err(error) => failed(&error),
    }
}

/// The text of a tenant's file, which holds no secrets.
async fn show_tenant(State(hub): State<Hub>, Path(tenant): Path<String>) -> Response {
    match hub.store.tenants().await.map_err(SyncError::from) {
        Ok(tenants) => match tenants.into_iter().find(|it| it.tenant == tenant) {
            Some(known) => Json(known.text).into_response(),
            None => failed(&SyncError::NotConfigured(format!("tenant {tenant}"))),
        },
        Err(error) => failed(&error),
    }
}

/// Whether it is another one than before. One that cannot be used is not stored: the one that works goes on.
async fn store_tenant(State(hub): State<Hub>, Path(tenant): Path<String>, Json(text): Json<String>) -> Response {
    match read_tenant(&text, hub.directory.factory()) {
        Ok(config) if config.tenant == tenant => {}
        Ok(config) => {
            return (StatusCode::UNPROCESSABLE_ENTITY, format!("The file is that of {}.", config.tenant))
                .into_response();
        }
        Err(problems) => {
            let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
            return (StatusCode::UNPROCESSABLE_ENTITY, words.join("\n")).into_response();
        }
    }
    match put_tenant(&hub, &tenant, &text).await {
        Ok(changed) => Json(changed).into_response(),
        Err(error) => failed(&error),
    }
}

async fn show_preview(State(hub): State<Hub>, Path(tenant): Path<String>, Json(question): Json<Question>) -> Response {
    let at = question.as_of.map(start_of_day);
    let proposal = Proposal { file: question.file, target: question.target, at };
    match preview(&hub, &tenant, &proposal).await {
        Ok(shown) => Json(serde_json::json!({ "hash": shown.hash(), "preview": shown })).into_response(),
        Err(error) => failed(&error),
    }
}

async fn send_again(State(hub): State<Hub>, Path((tenant, target)): Path<(String, String)>) -> Response {
    match resend::resend(&hub, &tenant, &target).await {
        Ok(count) => Json(count).into_response(),
        Err(error) => failed(&error),
    }
}

async fn decide(State(hub): State<Hub>, Path((tenant, id, decision)): Path<(String, String, String)>) -> Response {
    let decided = match decision.as_str() {
        "approve" => holds::approve(&hub, &tenant, &id).await,
        "reject" => holds::reject(&hub, &tenant, &id).await,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match decided {
        Ok(Some(hold)) => Json(hold.records.len()).into_response(),
        Ok(None) => (StatusCode::NOT_FOUND, "There is no such hold.").into_response(),
        Err(error) => failed(&error),
    }
}
