//! A small S3 on the loopback: lists and gives what it is told to hold, to whoever signed for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;

use super::super::Bucket;
use crate::signed::tests::emulated;

/// What an empty body hashes to.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What it does to the calls to come, one each.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mood {
    /// `503 SlowDown`.
    SlowDown,
    /// The body ends after so many bytes, though more were announced.
    Cut(usize),
    /// The body ends after so many bytes, as if these were all.
    Short(usize),
    /// Any other status.
    Status(u16),
}

#[derive(Debug, Default)]
struct Inside {
    objects: BTreeMap<String, Vec<u8>>,
    moods: Vec<Mood>,
    asked: Vec<String>,
    at_once: usize,
}

/// The counterpart. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct Counterpart(Arc<Mutex<Inside>>);

impl Counterpart {
    pub(super) fn holding(objects: &[(&str, &[u8])]) -> Self {
        let it = Self::default();
        it.0.lock().unwrap().at_once = 1_000;
        objects.iter().for_each(|(key, bytes)| it.put(key, bytes));
        it
    }

    pub(super) fn put(&self, key: &str, bytes: &[u8]) {
        self.0.lock().unwrap().objects.insert(key.to_owned(), bytes.to_vec());
    }

    pub(super) fn remove(&self, key: &str) {
        self.0.lock().unwrap().objects.remove(key);
    }

    /// How many objects one list has.
    pub(super) fn lists_at_once(&self, objects: usize) {
        self.0.lock().unwrap().at_once = objects;
    }

    pub(super) fn will(&self, moods: &[Mood]) {
        self.0.lock().unwrap().moods = moods.to_vec();
    }

    /// What it was asked, in order: the request line with what decides about the answer.
    pub(super) fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.clone()
    }

    /// What lies in the bucket `drop` below a prefix, as the hub sees it.
    pub(super) async fn bucket(&self, prefix: &str) -> Bucket {
        let router = Router::new().fallback(answer).with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = emulated(listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Bucket::new(config, "drop", prefix).unwrap()
    }
}

async fn answer(State(counterpart): State<Counterpart>, request: Request<Body>) -> Response {
    let mut inside = counterpart.0.lock().unwrap();
    let (target, headers) = (request.uri().to_string(), request.headers());
    let shown =
        ["if-match", "range"].map(|it| headers.get(it).map(|value| format!(" {it}: {}", value.to_str().unwrap())));
    inside.asked.push(format!("{} {target}{}", request.method(), shown.into_iter().flatten().collect::<String>()));
    if !is_signed(headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mood = (!inside.moods.is_empty()).then(|| inside.moods.remove(0));
    match mood {
        Some(Mood::SlowDown) => {
            return (StatusCode::SERVICE_UNAVAILABLE, "<Error><Code>SlowDown</Code></Error>").into_response();
        }
        Some(Mood::Status(status)) => return StatusCode::from_u16(status).unwrap().into_response(),
        _ => {}
    }
    match target.strip_prefix("/drop/").unwrap() {
        query if query.starts_with('?') => listed(&inside, query).into_response(),
        key => given(&inside, &percent_decode_str(key).decode_utf8().unwrap(), headers, mood),
    }
}

fn is_signed(headers: &HeaderMap) -> bool {
    let header = |name: &str| headers.get(name).map_or("", |it| it.to_str().unwrap());
    let signed = if headers.contains_key("range") { "host;if-match;range" } else { "host" };
    let proof =
        format!("/eu-north-1/s3/aws4_request, SignedHeaders={signed};x-amz-content-sha256;x-amz-date, Signature=");
    header("authorization").starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
        && header("authorization").contains(&proof)
        && header("x-amz-content-sha256") == EMPTY
}

fn version(bytes: &[u8]) -> String {
    format!("\"{}-{}\"", bytes.len(), bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>())
}

/// Keys of the query's prefix in order, from where the token says, with folders below it rolled up.
fn listed(inside: &Inside, query: &str) -> String {
    let value = |name: &str| {
        let found = query[1..].split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        percent_decode_str(found.unwrap_or_default()).decode_utf8().unwrap().into_owned()
    };
    let (prefix, after) = (value("prefix"), value("continuation-token"));
    let below = inside.objects.iter().filter(|(key, _)| key.starts_with(&prefix) && **key > after);
    let (mut entries, mut last, mut more) = (Vec::new(), String::new(), String::new());
    for (key, bytes) in below {
        if entries.len() == inside.at_once {
            more = format!("<NextContinuationToken>{last}</NextContinuationToken>");
            break;
        }
        let folder = key[prefix.len()..].split_once('/').map(|(folder, _)| format!("{prefix}{folder}/"));
        let entry = match folder {
            Some(folder) if folder != *key => format!("<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>"),
            _ => format!(
                "<Contents><Key>{}</Key><LastModified>2026-11-22T02:00:00.000Z</LastModified><ETag>{}</ETag>\
                 <Size>{}</Size></Contents>",
                super::super::path::encoded_key(key).replace("%20", "+"),
                version(bytes).replace('"', "&quot;"),
                bytes.len()
            ),
        };
        if entries.last() != Some(&entry) {
            entries.push(entry);
        }
        last.clone_from(key);
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><EncodingType>url</EncodingType>\
         <IsTruncated>{}</IsTruncated>{more}{}</ListBucketResult>",
        !more.is_empty(),
        entries.concat()
    )
}

fn given(inside: &Inside, key: &str, headers: &HeaderMap, mood: Option<Mood>) -> Response {
    let Some(bytes) = inside.objects.get(key) else { return StatusCode::NOT_FOUND.into_response() };
    if headers["if-match"] != version(bytes).as_str() {
        return StatusCode::PRECONDITION_FAILED.into_response();
    }
    let (first, last) = headers["range"].to_str().unwrap().strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    let range = bytes[first.parse().unwrap()..=last.parse().unwrap()].to_vec();
    let partial = StatusCode::PARTIAL_CONTENT;
    match mood {
        Some(Mood::Short(at)) => (partial, range[..at].to_vec()).into_response(),
        Some(Mood::Cut(at)) => {
            let pieces = [Ok(range[..at].to_vec()), Err("the connection is gone")];
            let body = Body::from_stream(futures::stream::iter(pieces));
            (partial, [("content-length", range.len().to_string())], body).into_response()
        }
        _ => (partial, range).into_response(),
    }
}
