//! Batches: up to fifty calls to one API in one request; each counts as a call of its own.

use super::GoogleServer;
use super::answer::{Refusal, response, told};
use super::call::{Api, Asked};
use super::multipart::{Part, answered, boundary, parts};
use crate::lock;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

impl GoogleServer {
    /// Carries out a batch, whose answer is 200 whatever became of its parts.
    pub(super) fn batch(&self, asked: &Asked<'_>) -> Response {
        *lock(&self.store).counters.calls.entry("POST batch".to_owned()).or_default() += 1;
        let options = self.options();
        let boundary = asked.content_type.and_then(boundary);
        let Some(mut parts) = boundary.and_then(|it| parts(asked.body, &it)) else {
            return self.malformed(asked.api, "is not multipart/mixed with parts of application/http");
        };
        if parts.is_empty() || parts.len() > options.largest_batch {
            return self.malformed(asked.api, &format!("holds no calls, or more than {}", options.largest_batch));
        }
        if options.batches_backwards {
            parts.reverse();
        }
        let mut body = String::new();
        let boundary = format!("batch_{}", lock(&self.store).next());
        for (index, part) in parts.iter().enumerate() {
            let (status, answer) = self.part(asked, part, index == 0);
            body.push_str(&answered(&boundary, part.id.as_deref(), status, answer.as_ref()));
        }
        body.push_str(&format!("--{boundary}--\r\n"));
        let media = format!("multipart/mixed; boundary={boundary}");
        (StatusCode::OK, [(header::CONTENT_TYPE, media)], body).into_response()
    }

    fn malformed(&self, api: Api, why: &str) -> Response {
        lock(&self.store).note(format!("POST batch: {why}"));
        response(Err(Refusal::malformed(api, format!("The batch {why}."))))
    }

    fn part(&self, asked: &Asked<'_>, part: &Part, is_first: bool) -> (u16, Option<serde_json::Value>) {
        if !part.target.starts_with(asked.api.prefix()) {
            lock(&self.store).note("POST batch: a part has no path of this API".to_owned());
            return told(Err(Refusal::no_such_method(asked.api)));
        }
        told(self.carry_out(&Asked {
            api: asked.api,
            method: &part.method,
            target: &part.target,
            authorization: part.header("authorization").or(asked.authorization),
            content_type: part.header("content-type"),
            body: part.body.as_bytes(),
            in_batch: true,
            shares_token: !is_first && part.header("authorization").is_none(),
            // The token that expires at this use does so at its first.
            token_expires: asked.token_expires && is_first,
        }))
    }
}
