//! Sending to a bucket, at a small S3 that keeps what is put as S3 does: not what has another checksum.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use outbound::FilePlace;
use percent_encoding::percent_decode_str;
use sources::file_drop::FileDropConfig;
use sources::file_drop::landing::{Announced, Intake};
use sources::file_drop::place::{DropPlace, DropPlaces};

use super::*;
use crate::signed::tests::emulated;

/// SHA-256 of "first" and of "second", reckoned by another program.
const FIRST: &str = "a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e";
const SECOND: &str = "16367aacb67a4a017c8da8ab95682ccb390863780f7114dda0a0e0c55644c7c4";

#[derive(Debug, Clone, Default)]
struct S3(Arc<Mutex<Inside>>);

#[derive(Debug, Default)]
struct Inside {
    /// By key: the content and its checksum.
    objects: BTreeMap<String, (Vec<u8>, String)>,
    asked: Vec<String>,
    fails_at: Option<String>,
}

impl S3 {
    async fn landing(&self) -> Bucket {
        let router = Router::new().fallback(answer).with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = emulated(listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Bucket::new(config, "drop", "norrby/").unwrap()
    }

    fn keys(&self) -> Vec<String> {
        self.0.lock().unwrap().objects.keys().cloned().collect()
    }

    fn content(&self, key: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap().objects.get(key).map(|it| it.0.clone())
    }

    fn fails_at(&self, what: Option<&str>) {
        self.0.lock().unwrap().fails_at = what.map(str::to_owned);
    }
}

async fn answer(State(s3): State<S3>, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, 1_000_000).await.unwrap().to_vec();
    let mut inside = s3.0.lock().unwrap();
    let path = head.uri.path().strip_prefix("/drop/").unwrap();
    let key = percent_decode_str(path).decode_utf8().unwrap().into_owned();
    let asked = format!("{} {key}", head.method);
    inside.asked.push(asked.clone());
    if inside.fails_at.as_ref().is_some_and(|it| asked.starts_with(it)) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let header = |name: &str| head.headers.get(name).map(|it| it.to_str().unwrap().to_owned());
    match head.method.as_str() {
        "HEAD" => match inside.objects.get(&key) {
            Some((_, checksum)) => [(CHECKSUM, checksum.clone())].into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        "DELETE" => {
            inside.objects.remove(&key);
            StatusCode::NO_CONTENT.into_response()
        }
        "PUT" => match header("x-amz-copy-source") {
            Some(from) => {
                let from = percent_decode_str(from.strip_prefix("/drop/").unwrap()).decode_utf8().unwrap().into_owned();
                let object = inside.objects[&from].clone();
                inside.objects.insert(key, object);
                "<?xml version=\"1.0\"?><CopyObjectResult/>".into_response()
            }
            None => put(&mut inside, key, bytes, &head.headers, head.uri.query().unwrap_or_default()),
        },
        other => panic!("{other}"),
    }
}

fn put(inside: &mut Inside, key: String, bytes: Vec<u8>, headers: &HeaderMap, query: &str) -> Response {
    let signed = ["X-Amz-Signature=", "X-Amz-Expires=3600", "X-Amz-SignedHeaders=host%3Bx-amz-checksum-sha256"];
    assert!(signed.iter().all(|it| query.contains(it)), "{query}");
    let checksum = match bytes.as_slice() {
        b"first" => FIRST,
        b"second" => SECOND,
        _ => "",
    };
    let announced = headers[CHECKSUM].to_str().unwrap().to_owned();
    if announced != STANDARD.encode(digest(checksum)) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    inside.objects.insert(key, (bytes, announced));
    StatusCode::OK.into_response()
}

fn digest(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

#[derive(Debug)]
struct Places(Bucket);

impl DropPlaces for Places {
    fn place(&self, _: &FilePlace) -> Option<Arc<dyn DropPlace>> {
        Some(Arc::new(self.0.clone()))
    }

    fn landing(&self, _: &FilePlace) -> Option<Arc<dyn Landing>> {
        Some(Arc::new(self.0.clone()))
    }
}

fn sent(bucket: &Bucket, files: &[(&str, &str)]) -> Consignment {
    let table = "bucket = 'drop'\nprefix = 'norrby/'\nformat = 'csv'\nmarker = 'done.txt'\n\
                 drop_key = { env = 'KEY' }\n[[table]]\nfile = '*.csv'\n\
                 person = { id = 'Id', given_name = 'First', family_name = 'Last' }";
    let config = FileDropConfig::of(&table.parse().unwrap()).unwrap();
    let intake = Intake::of(&config, &Places(bucket.clone())).unwrap().unwrap();
    let announced = files.iter().map(|(name, content)| Announced {
        name: (*name).to_owned(),
        size: content.len() as u64,
        sha256: if *content == "first" { FIRST } else { SECOND }.to_owned(),
    });
    intake.announced(&announced.collect::<Vec<_>>()).unwrap()
}

/// Puts what is missing where the hub says; the statuses.
async fn put_missing(bucket: &Bucket, sent: &Consignment, contents: &[&str]) -> Vec<u16> {
    let mut statuses = Vec::new();
    for missing in bucket.missing(sent, Timestamp::UNIX_EPOCH).await.unwrap() {
        let to = missing.to.unwrap();
        let mut request = outbound::Request::put(Url::parse(&to.url).unwrap())
            .bytes("application/octet-stream", contents[missing.part.file].as_bytes().to_vec());
        for (name, value) in &to.headers {
            request = request.header(name, value);
        }
        statuses.push(bucket.client.send(request).await.unwrap().status);
    }
    statuses
}

#[tokio::test]
async fn files_that_are_sent_are_where_they_are_read_and_nothing_is_left_on_its_way() {
    let s3 = S3::default();
    let bucket = s3.landing().await;
    let sent = sent(&bucket, &[("done.txt", "first"), ("Elever å.csv", "second")]);

    let put = put_missing(&bucket, &sent, &["first", "second"]).await;
    let new = bucket.finish(&sent).await;

    assert_eq!((put, new), (vec![200, 200], Ok(2)));
    assert_eq!(s3.keys(), ["norrby/Elever å.csv", "norrby/done.txt"]);
}

#[tokio::test]
async fn until_all_are_there_none_is_where_it_is_read() {
    let s3 = S3::default();
    let bucket = s3.landing().await;
    let one = sent(&bucket, &[("a.csv", "first")]);
    let both = sent(&bucket, &[("a.csv", "first"), ("b.csv", "second")]);
    put_missing(&bucket, &one, &["first"]).await;

    let finished = bucket.finish(&both).await;

    assert_eq!((finished, s3.content("norrby/a.csv")), (Err(LandingError::Incomplete), None));
}

#[tokio::test]
async fn what_is_there_already_is_not_missing() {
    let s3 = S3::default();
    let bucket = s3.landing().await;
    let sent = sent(&bucket, &[("a.csv", "first")]);
    put_missing(&bucket, &sent, &["first"]).await;
    let on_its_way = bucket.missing(&sent, Timestamp::UNIX_EPOCH).await.unwrap();
    bucket.finish(&sent).await.unwrap();

    let there = bucket.missing(&sent, Timestamp::UNIX_EPOCH).await.unwrap();

    assert_eq!((on_its_way, there, bucket.finish(&sent).await), (vec![], vec![], Ok(0)));
}

#[tokio::test]
async fn what_is_not_what_was_announced_is_not_kept() {
    let s3 = S3::default();
    let bucket = s3.landing().await;
    let sent = sent(&bucket, &[("a.csv", "first")]);

    let put = put_missing(&bucket, &sent, &["f1rst"]).await;

    assert_eq!((put, bucket.finish(&sent).await), (vec![400], Err(LandingError::Incomplete)));
}

#[tokio::test]
async fn what_broke_off_while_it_was_finished_is_finished_when_that_is_asked_for_again() {
    let s3 = S3::default();
    let bucket = s3.landing().await;
    let sent = sent(&bucket, &[("a.csv", "first"), ("b.csv", "second")]);
    put_missing(&bucket, &sent, &["first", "second"]).await;
    s3.fails_at(Some("PUT norrby/b.csv"));
    let broken_off = bucket.finish(&sent).await;
    s3.fails_at(None);

    let finished = bucket.finish(&sent).await;

    assert_eq!((broken_off, finished), (Err(LandingError::Unreachable), Ok(2)));
    assert_eq!(s3.keys(), ["norrby/a.csv", "norrby/b.csv"]);
}

#[tokio::test]
async fn a_marker_is_put_anew_with_what_it_marks() {
    let s3 = S3::default();
    let bucket = s3.landing().await;
    let first = sent(&bucket, &[("a.csv", "first"), ("done.txt", "first")]);
    put_missing(&bucket, &first, &["first", "first"]).await;
    bucket.finish(&first).await.unwrap();
    let second = sent(&bucket, &[("a.csv", "second"), ("done.txt", "first")]);
    put_missing(&bucket, &second, &["second", "first"]).await;
    s3.0.lock().unwrap().asked.clear();

    bucket.finish(&second).await.unwrap();

    let puts: Vec<String> = s3.0.lock().unwrap().asked.iter().filter(|it| it.starts_with("PUT")).cloned().collect();
    assert_eq!(puts, ["PUT norrby/a.csv", "PUT norrby/done.txt"]);
}

#[tokio::test]
async fn an_address_that_may_be_used_is_not_shown() {
    let s3 = S3::default();
    let bucket = s3.landing().await;

    let missing = bucket.missing(&sent(&bucket, &[("a.csv", "first")]), Timestamp::UNIX_EPOCH).await.unwrap();

    assert!(!format!("{missing:?}").contains("Signature"), "{missing:?}");
}
