//! Subscriptions: who is told that there is something to look at.

use std::collections::BTreeSet;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use roster::Id;
use rules::news::Subscription;
use serde::Deserialize;
use serde_json::{Value, json};
use sync::subscribers::MOST;
use targets::ss12000_provider::Resource;
use targets::ss12000_provider::question::Unanswerable;

use crate::problem::Problem;
use crate::reader::{Place, Reader};
use crate::{Answer, Desk, body, respond};

/// The longest name, in bytes.
const LONGEST_NAME: usize = 200;

/// Which subscription of whom.
#[derive(Debug, Deserialize)]
pub(crate) struct SubscriptionPlace {
    #[serde(flatten)]
    of: Place,
    id: String,
}

/// What a reader wants to be told (`CreateSubscription`).
#[derive(Deserialize)]
struct Wish {
    name: String,
    target: String,
    #[serde(rename = "resourceTypes")]
    resource_types: Vec<ResourceType>,
}

#[derive(Deserialize)]
struct ResourceType {
    resource: String,
}

/// `GET /subscriptions`.
pub(crate) async fn all(State(desk): State<Desk>, Path(place): Path<Place>, headers: HeaderMap) -> Response {
    respond(list(&desk, place, &headers).await)
}

async fn list(desk: &Desk, place: Place, headers: &HeaderMap) -> Answer {
    let reader = Reader::admit(desk, place, headers).await?;
    let (tenant, target) = reader.names();
    let all = desk.hub.store.subscriptions(tenant, target).await?;
    // There are so few that they are on one page.
    let data: Vec<Value> = all.iter().filter(|it| !it.is_over(desk.hub.now())).map(shown).collect();
    Ok((StatusCode::OK, json!({"data": data, "pageToken": null})))
}

/// `POST /subscriptions`.
pub(crate) async fn make(
    State(desk): State<Desk>,
    Path(place): Path<Place>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    respond(made(&desk, place, &headers, request).await)
}

async fn made(desk: &Desk, place: Place, headers: &HeaderMap, request: Request) -> Answer {
    let reader = Reader::admit(desk, place, headers).await?;
    let wish: Wish = body::read(request.into_body()).await?;
    if wish.name.len() > LONGEST_NAME {
        return Err(Unanswerable::value("name", "at most 200 bytes").into());
    }
    if !reader.feed().is_some_and(|feed| feed.may_tell(&wish.target)) {
        return Err(Problem::NotTold);
    }
    // What is never served never changes.
    let is_served = |name: &String| Resource::ALL.iter().any(|it| it.name() == name);
    let resources: BTreeSet<String> = wish.resource_types.into_iter().map(|it| it.resource).filter(is_served).collect();
    let (tenant, target) = reader.names();
    let others = desk.hub.store.subscriptions(tenant, target).await?;
    if others.iter().filter(|it| !it.is_over(desk.hub.now())).count() >= MOST {
        return Err(Problem::TooManySubscriptions);
    }
    let id = Id::derived(&["subscription", &desk.hub.chance.name()]).to_string();
    let subscription = Subscription::new(id.clone(), wish.name, wish.target, resources, desk.hub.now());
    desk.hub.store.change_subscription(tenant, target, &id, |it| *it = Some(subscription.clone())).await?;
    tracing::info!(code = "provider.subscribed", tenant, target, "A reader wants to be told.");
    Ok((StatusCode::CREATED, shown(&subscription)))
}

/// `GET /subscriptions/{id}`.
pub(crate) async fn one(
    State(desk): State<Desk>,
    Path(place): Path<SubscriptionPlace>,
    headers: HeaderMap,
) -> Response {
    respond(changed(&desk, place, &headers, |_| {}).await)
}

/// `PATCH /subscriptions/{id}`: it goes on for as long again.
pub(crate) async fn renew(
    State(desk): State<Desk>,
    Path(place): Path<SubscriptionPlace>,
    headers: HeaderMap,
) -> Response {
    let now = desk.hub.now();
    respond(changed(&desk, place, &headers, |it| it.renew(now)).await)
}

async fn changed(
    desk: &Desk,
    place: SubscriptionPlace,
    headers: &HeaderMap,
    change: impl Fn(&mut Subscription),
) -> Answer {
    let reader = Reader::admit(desk, place.of, headers).await?;
    let id = identity(&place.id)?;
    let (tenant, target) = reader.names();
    let now = desk.hub.now();
    let change = |it: &mut Option<Subscription>| it.iter_mut().filter(|it| !it.is_over(now)).for_each(&change);
    let after = desk.hub.store.change_subscription(tenant, target, &id, change).await?;
    let after = after.filter(|it| !it.is_over(now)).ok_or(Problem::NotFound)?;
    Ok((StatusCode::OK, shown(&after)))
}

/// `DELETE /subscriptions/{id}`.
pub(crate) async fn end(
    State(desk): State<Desk>,
    Path(place): Path<SubscriptionPlace>,
    headers: HeaderMap,
) -> Response {
    match ended(&desk, place, &headers).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn ended(desk: &Desk, place: SubscriptionPlace, headers: &HeaderMap) -> Result<(), Problem> {
    let reader = Reader::admit(desk, place.of, headers).await?;
    let id = identity(&place.id)?;
    let (tenant, target) = reader.names();
    let mut was = false;
    let end = |it: &mut Option<Subscription>| was = it.take().is_some();
    desk.hub.store.change_subscription(tenant, target, &id, end).await?;
    was.then_some(()).ok_or(Problem::NotFound)
}

fn identity(text: &str) -> Result<String, Unanswerable> {
    text.parse::<Id>().map(|it| it.to_string()).map_err(|_| Unanswerable::value("id", "a UUID is needed"))
}

fn shown(subscription: &Subscription) -> Value {
    let resources: Vec<Value> = subscription.resources.iter().map(|it| json!({"resource": it})).collect();
    json!({
        "id": subscription.id,
        "name": subscription.name,
        "target": subscription.target,
        "resourceTypes": resources,
        "expires": subscription.expires,
    })
}
