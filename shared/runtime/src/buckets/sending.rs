//! Files that are put in a bucket for whoever takes them from there: each with one signed `PutObject`, which is there whole
//! or not at all.

use std::sync::Arc;

use async_trait::async_trait;
use outbound::{FilePlace, Method};
use sources::file_drop::place::PlaceErrorKind as FaultKind;
use targets::files::{NotHere, PlaceError, PlaceErrorKind, SendPlace, SendPlaces};

use super::fault::Fault;
use super::{AwsPlaces, Bucket, path, settings};
use crate::signed::{Call, patiently};

impl SendPlaces for AwsPlaces {
    fn send_place(&self, address: &FilePlace) -> Arc<dyn SendPlace> {
        match address {
            FilePlace::Folder(_) => Arc::new(NotHere),
            FilePlace::Bucket { name, prefix } => match Bucket::new(self.0.clone(), name, prefix) {
                Ok(bucket) => Arc::new(bucket),
                Err(_) => Arc::new(NotHere),
            },
        }
    }
}

#[async_trait]
impl SendPlace for Bucket {
    async fn put(&self, name: &str, content: &[u8]) -> Result<(), PlaceError> {
        let put = || self.put_once(name, content);
        patiently(put, |fault| fault.passes).await.map_err(|fault| refusal(&fault))
    }
}

impl Bucket {
    async fn put_once(&self, name: &str, content: &[u8]) -> Result<(), Fault> {
        let url = path::url(&format!("{}{}", self.base, path::encoded_key(&format!("{}{name}", self.prefix))))?;
        let content = Some(("text/plain; charset=utf-8", content.to_vec()));
        let call = Call { service: "s3", method: Method::PUT, url: &url, headers: &[], content, settings: settings() };
        let answer = self.client.send(self.sign(call).await?).await.map_err(|error| Fault::of_call(&error))?;
        if answer.is_success() { Ok(()) } else { Err(Fault::of_object(answer.status)) }
    }
}

fn refusal(fault: &Fault) -> PlaceError {
    match fault.error.kind {
        FaultKind::Refused => {
            PlaceError { kind: PlaceErrorKind::Refused, detail: "the hub's role may not write in the bucket" }
        }
        _ => PlaceError { kind: PlaceErrorKind::Unreachable, detail: "the bucket takes nothing" },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode};

    use super::*;
    use crate::signed::tests::emulated;

    /// SHA-256 of "first", reckoned by another program.
    const FIRST: &str = "a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e";

    type Asked = Arc<Mutex<Vec<String>>>;

    /// A bucket that gives these answers, and the request lines with the hash that was signed and the body.
    async fn bucket(answers: &[u16]) -> (Bucket, Asked) {
        let (asked, answers) = (Asked::default(), Arc::new(Mutex::new(answers.to_vec())));
        let heard = Arc::clone(&asked);
        let answer = move |request: Request<Body>| async move {
            let (head, body) = request.into_parts();
            let body = to_bytes(body, 1_000).await.unwrap();
            let hash = head.headers["x-amz-content-sha256"].to_str().unwrap();
            assert!(head.headers.contains_key("authorization"));
            let line = format!("{} {} {hash} {}", head.method, head.uri.path(), String::from_utf8_lossy(&body));
            heard.lock().unwrap().push(line);
            StatusCode::from_u16(answers.lock().unwrap().remove(0)).unwrap()
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = emulated(listener.local_addr().unwrap());
        let router = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (Bucket::new(config, "out", "unikum/").unwrap(), asked)
    }

    #[tokio::test]
    async fn a_file_is_put_whole_with_its_hash_signed() {
        let (bucket, asked) = bucket(&[200]).await;

        bucket.put("Åre_20261128_0115.relations", b"first").await.unwrap();

        let line = format!("PUT /out/unikum/%C3%85re_20261128_0115.relations {FIRST} first");
        assert_eq!(*asked.lock().unwrap(), [line]);
    }

    #[tokio::test]
    async fn what_passes_is_asked_again_and_what_lasts_is_said() {
        let (passing, asked) = bucket(&[503, 200]).await;
        let (refusing, _) = bucket(&[403]).await;

        let passed = passing.put("a", b"first").await;
        let refused = refusing.put("a", b"first").await.unwrap_err();

        assert_eq!((passed, asked.lock().unwrap().len()), (Ok(()), 2));
        assert_eq!(refused.kind.code(), "files.place_refused");
    }
}
