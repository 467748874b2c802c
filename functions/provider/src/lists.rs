//! Lists, single objects, lookups, and what is gone.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use roster::Id;
use serde::Deserialize;
use serde_json::{Value, json};
use state::published::PublishedPlace;
use sync::published::{GonePlace, TooMuch};
use targets::ss12000_provider::Resource;
use targets::ss12000_provider::question::{PAGE, Question, Unanswerable};

use crate::page_token::PageToken;
use crate::problem::Problem;
use crate::reader::{Place, Reader};
use crate::{Answer, Desk, body, respond};

/// Parameters, in their order; one that is a list comes several times.
type Parameters = Query<Vec<(String, String)>>;

/// The most identities of one lookup.
const MOST_IDS: usize = 1_000;

/// Which list of whom.
#[derive(Debug, Deserialize)]
pub(crate) struct ListPlace {
    #[serde(flatten)]
    of: Place,
    list: String,
}

/// Which object of whom.
#[derive(Debug, Deserialize)]
pub(crate) struct ObjectPlace {
    #[serde(flatten)]
    of: Place,
    list: String,
    id: String,
}

fn resource(list: &str) -> Result<Resource, Problem> {
    Resource::of_list(list).ok_or(Problem::NoSuchList)
}

/// `GET /{list}`.
pub(crate) async fn page(
    State(desk): State<Desk>,
    Path(place): Path<ListPlace>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Response {
    respond(page_of(&desk, place, parameters.0, &headers).await)
}

async fn page_of(desk: &Desk, place: ListPlace, parameters: Vec<(String, String)>, headers: &HeaderMap) -> Answer {
    let reader = Reader::admit(desk, place.of, headers).await?;
    let resource = resource(&place.list)?;
    let asked = Asked::<PublishedPlace>::of(resource.list(), parameters)?;
    let mut question = Question::read(resource, &asked.parameters)?;
    question.limit = asked.limit;
    let page = reader.reading()?.list(resource, &question, asked.place.clone()).await?;
    Ok((StatusCode::OK, json!({"data": page.objects, "pageToken": page.next.map(|next| asked.going_on(next))})))
}

/// `GET /{list}/{id}`.
pub(crate) async fn one(
    State(desk): State<Desk>,
    Path(place): Path<ObjectPlace>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Response {
    respond(one_of(&desk, place, &parameters.0, &headers).await)
}

async fn one_of(desk: &Desk, place: ObjectPlace, parameters: &[(String, String)], headers: &HeaderMap) -> Answer {
    let reader = Reader::admit(desk, place.of, headers).await?;
    let resource = resource(&place.list)?;
    no_filters(parameters)?;
    let id: Id = place.id.parse().map_err(|_| Unanswerable::value("id", "a UUID is needed"))?;
    let mut found = reader.reading()?.by_ids(resource, &BTreeSet::from([id.to_string()])).await?;
    found.pop().map(|it| (StatusCode::OK, it)).ok_or(Problem::NotFound)
}

/// `POST /{list}/lookup`.
pub(crate) async fn lookup(
    State(desk): State<Desk>,
    Path(place): Path<ListPlace>,
    parameters: Parameters,
    headers: HeaderMap,
    request: Request,
) -> Response {
    respond(looked_up(&desk, place, &parameters.0, &headers, request).await)
}

async fn looked_up(
    desk: &Desk,
    place: ListPlace,
    parameters: &[(String, String)],
    headers: &HeaderMap,
    request: Request,
) -> Answer {
    let reader = Reader::admit(desk, place.of, headers).await?;
    let resource = resource(&place.list)?;
    no_filters(parameters)?;
    let (ids, questions) = Question::lookup(resource, &body::read::<Value>(request.into_body()).await?)?;
    if ids.len() > MOST_IDS {
        return Err(Unanswerable::value("ids", "at most a thousand at once").into());
    }
    let unreadable = |_| Unanswerable::value("ids", "UUIDs are needed");
    let ids: BTreeSet<String> =
        ids.iter().map(|it| it.parse::<Id>().map(|id| id.to_string())).collect::<Result<_, _>>().map_err(unreadable)?;
    let reading = reader.reading()?;
    let mut found = reading.by_ids(resource, &ids).await?;
    for question in questions {
        let more = reading.all(resource, &question).await?.map_err(|TooMuch| Problem::TooMuch)?;
        // One that is found in two ways is given once.
        let new = more.into_iter().filter(|it| !found.contains(it)).collect::<Vec<_>>();
        found.extend(new);
    }
    Ok((StatusCode::OK, Value::Array(found)))
}

/// `GET /deletedEntities`.
pub(crate) async fn gone(
    State(desk): State<Desk>,
    Path(place): Path<Place>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Response {
    respond(gone_of(&desk, place, parameters.0, &headers).await)
}

async fn gone_of(desk: &Desk, place: Place, parameters: Vec<(String, String)>, headers: &HeaderMap) -> Answer {
    let reader = Reader::admit(desk, place, headers).await?;
    let asked = Asked::<GonePlace>::of("deletedEntities", parameters)?;
    let (mut since, mut resources): (Option<Timestamp>, Vec<Resource>) = (None, Vec::new());
    for (name, value) in &asked.parameters {
        match name.as_str() {
            "after" => {
                since =
                    Question::read(Resource::Person, &[("meta.modified.after".into(), value.clone())])?.modified_since()
            }
            // What is never served is never gone.
            "entities" => resources.extend(Resource::ALL.into_iter().filter(|it| it.name() == value)),
            _ => no_filters(&[(name.clone(), value.clone())])?,
        }
    }
    if !asked.parameters.iter().any(|(name, _)| name == "entities") {
        resources.extend(Resource::ALL);
    }
    let page = reader.reading()?.gone(&resources, since, asked.place.clone(), asked.limit.unwrap_or(PAGE)).await?;
    let mut data: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (resource, id) in &page.gone {
        for list in resource.lists_of_gone() {
            data.entry(list).or_default().push(id);
        }
    }
    Ok((StatusCode::OK, json!({"data": data, "pageToken": page.next.map(|next| asked.going_on(next))})))
}

/// No parameter is offered but one that says what is so anyhow.
fn no_filters(parameters: &[(String, String)]) -> Result<(), Unanswerable> {
    let is_so = |(name, value): &&(String, String)| name == "expandReferenceNames" && value == "false";
    parameters.iter().find(|it| !is_so(it)).map_or(Ok(()), |(name, _)| Err(Unanswerable::not_offered(name)))
}

/// What is asked for, now or on the first page.
struct Asked<P> {
    list: &'static str,
    parameters: Vec<(String, String)>,
    place: P,
    limit: Option<usize>,
}

impl<P: Default + serde::Serialize + serde::de::DeserializeOwned> Asked<P> {
    /// A page token stands for what was asked for first; only the limit may be another one.
    fn of(list: &'static str, parameters: Vec<(String, String)>) -> Result<Self, Unanswerable> {
        let (limits, rest): (Vec<_>, Vec<_>) = parameters.into_iter().partition(|(name, _)| name == "limit");
        let limit = Question::read(Resource::Person, &limits)?.limit;
        let (mut tokens, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(name, _)| name == "pageToken");
        match (tokens.pop(), tokens.is_empty() && rest.is_empty()) {
            (None, _) => Ok(Self { list, parameters: rest, place: P::default(), limit }),
            (Some((_, text)), true) => {
                let token = PageToken::read(&text, list)?;
                Ok(Self { list, parameters: token.parameters, place: token.place, limit })
            }
            (Some(_), false) => Err(Unanswerable::value("pageToken", "only limit goes with it")),
        }
    }

    fn going_on(&self, place: P) -> String {
        PageToken { list: self.list.to_owned(), parameters: self.parameters.clone(), place }.write()
    }
}
