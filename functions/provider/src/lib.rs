//! The provider: SS 12000:2020 for those who read here – lists, single objects, lookups, what is gone, subscriptions, and
//! what readers report. It checks who reads, and serves what has been published for them.
//! This crate must not know: what an object says, how it got here, or how a reader is told of it.

mod body;
mod lists;
mod page_token;
mod problem;
mod reader;
mod reports;
mod subscriptions;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use rules::policy::Rate;
use runtime::rate::{Limits, Rates};
use serde_json::Value;
use sync::Hub;

use crate::problem::Problem;

/// A reader of a large municipality fetches some hundred pages, one after the other.
const LIMITS: Limits =
    Limits { of_a_door: Rate { per_second: 20.0, burst: 100 }, of_a_tenant: Rate { per_second: 50.0, burst: 250 } };

/// What the handlers share.
#[derive(Debug, Clone)]
struct Desk {
    hub: Hub,
    rates: Arc<Rates>,
}

/// Where a receiver's SS 12000 begins; the version is that of the contract's own example.
macro_rules! at {
    ($path:literal) => {
        concat!("/ss12000/{tenant}/{target}/v2.0", $path)
    };
}

/// The routes, all below `/ss12000/{tenant}/{target}/v2.0`.
pub fn router(hub: Hub) -> Router {
    Router::new()
        .route(at!("/deletedEntities"), get(lists::gone))
        .route(at!("/subscriptions"), get(subscriptions::all).post(subscriptions::make))
        .route(
            at!("/subscriptions/{id}"),
            get(subscriptions::one).patch(subscriptions::renew).delete(subscriptions::end),
        )
        // The contract has a slash behind; not everybody who reads it sends one.
        .route(at!("/log"), post(reports::log))
        .route(at!("/log/"), post(reports::log))
        .route(at!("/statistics"), post(reports::statistics))
        .route(at!("/statistics/"), post(reports::statistics))
        .route(at!("/{list}"), get(lists::page))
        .route(at!("/{list}/lookup"), post(lists::lookup))
        .route(at!("/{list}/{id}"), get(lists::one))
        .with_state(Desk { hub, rates: Arc::new(Rates::new(LIMITS)) })
}

/// What is answered: JSON of a status, or why not.
type Answer = Result<(axum::http::StatusCode, Value), Problem>;

fn respond(answer: Answer) -> Response {
    match answer {
        Ok((status, body)) => {
            let headers = [("content-type", "application/json"), ("cache-control", "no-store")];
            (status, headers, body.to_string()).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}
