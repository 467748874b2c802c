//! Files that are sent to a bucket: each with one `PUT` to an address that lets its sender put that file and no other,
//! below a folder where no source looks. When all are there they are copied to where they are read.
//!
//! Wire facts: Amazon S3's API reference, `PutObject` (it keeps nothing whose `x-amz-checksum-sha256` is another),
//! `HeadObject` (tells the checksum when `x-amz-checksum-mode` is `ENABLED`; needs `s3:ListBucket` to tell 404 from 403),
//! `CopyObject` (keeps the checksum; may answer 200 with an error in its body; onto itself only with `REPLACE`), and its
//! guide on presigned addresses. Not tried against AWS.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sigv4::http_request::SignatureLocation;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use outbound::{Answer, Method, Url};
use sources::file_drop::landing::{Consignment, Elsewhere, Landing, LandingError, Missing, Part, SentFile};

use super::fault::Fault;
use super::{Bucket, path, settings};
use crate::signed::{Call, patiently};

/// Below the prefix, what is on its way. A rule of the bucket may take away what is old there.
const ON_ITS_WAY: &str = ".on-its-way/";

/// How long an address may be used.
const USABLE_FOR: Duration = Duration::from_secs(3_600);

const CHECKSUM: &str = "x-amz-checksum-sha256";

#[async_trait]
impl Landing for Bucket {
    async fn missing(&self, sent: &Consignment, _: Timestamp) -> Result<Vec<Missing>, LandingError> {
        let mut missing = Vec::new();
        for (place, file) in sent.files().iter().enumerate() {
            let coming = self.coming(sent, place);
            if self.holds(&self.kept(file), file).await? || self.holds(&coming, file).await? {
                continue;
            }
            let part = Part { file: place, offset: 0, length: file.size };
            missing.push(Missing { part, to: Some(self.address(&coming, file).await?) });
        }
        Ok(missing)
    }

    /// Parts go to the bucket itself.
    async fn keep(&self, _: &str, _: Part, _: Vec<u8>) -> Result<(), LandingError> {
        Err(LandingError::NoSuchPart)
    }

    async fn finish(&self, sent: &Consignment) -> Result<usize, LandingError> {
        let mut copies: Vec<(String, String)> = Vec::new();
        for place in sent.in_order() {
            let Some(file) = sent.files().get(place) else { continue };
            let (coming, kept) = (self.coming(sent, place), self.kept(file));
            if self.holds(&coming, file).await? {
                copies.push((coming, kept));
            } else if !self.holds(&kept, file).await? {
                return Err(LandingError::Incomplete);
            } else if file.marks && !copies.is_empty() {
                // It says that the others are whole, and must be as new as they are.
                copies.push((kept.clone(), kept));
            }
        }
        for (from, to) in &copies {
            self.copy(from, to).await?;
        }
        for (from, _) in copies.iter().filter(|(from, to)| from != to) {
            self.ask(Method::DELETE, from, &[]).await?;
        }
        Ok(copies.len())
    }
}

impl Bucket {
    fn coming(&self, sent: &Consignment, place: usize) -> String {
        format!("{}{ON_ITS_WAY}{}/{place}", self.prefix, sent.id())
    }

    fn kept(&self, file: &SentFile) -> String {
        format!("{}{}", self.prefix, file.name)
    }

    /// Whether a key holds a file, byte for byte.
    async fn holds(&self, key: &str, file: &SentFile) -> Result<bool, LandingError> {
        let answer = self.ask(Method::HEAD, key, &[("x-amz-checksum-mode", "ENABLED")]).await?;
        match answer.status {
            200 => Ok(answer.header(CHECKSUM) == Some(STANDARD.encode(file.sha256).as_str())),
            404 => Ok(false),
            status => Err(refused(status)),
        }
    }

    async fn copy(&self, from: &str, to: &str) -> Result<(), LandingError> {
        let source = format!("/{}/{}", self.name, path::encoded_key(from));
        let headers = [("x-amz-copy-source", source.as_str()), ("x-amz-metadata-directive", "REPLACE")];
        let answer = self.ask(Method::PUT, to, &headers).await?;
        let done = answer.is_success() && String::from_utf8_lossy(&answer.body).contains("<CopyObjectResult");
        if done { Ok(()) } else { Err(refused(answer.status)) }
    }

    async fn ask(&self, method: Method, key: &str, headers: &[(&str, &str)]) -> Result<Answer, LandingError> {
        let url = self.url(key).map_err(|fault| unreachable(&fault))?;
        let ask = || async {
            let request = self.signed(method.clone(), &url, headers).await?;
            let answer = self.client.send(request).await.map_err(|error| Fault::of_call(&error))?;
            if answer.status >= 500 { Err(Fault::of_object(answer.status)) } else { Ok(answer) }
        };
        patiently(ask, |fault| fault.passes).await.map_err(|fault| unreachable(&fault))
    }

    /// An address at which one file, and nothing else, may be put under a key.
    async fn address(&self, key: &str, file: &SentFile) -> Result<Elsewhere, LandingError> {
        let url = self.url(key).map_err(|fault| unreachable(&fault))?;
        let checksum = STANDARD.encode(file.sha256);
        let mut settings = settings();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(USABLE_FOR);
        let headers = [(CHECKSUM, checksum.as_str())];
        let call = Call { service: "s3", method: Method::PUT, url: &url, headers: &headers, content: None, settings };
        let url = call.address(&self.config).await.map_err(|error| {
            tracing::warn!(code = LandingError::Unreachable.code(), error = %error, "An address cannot be signed.");
            LandingError::Unreachable
        })?;
        Ok(Elsewhere { url: url.into(), headers: BTreeMap::from([(CHECKSUM.to_owned(), checksum)]) })
    }

    fn url(&self, key: &str) -> Result<Url, Fault> {
        path::url(&format!("{}{}", self.base, path::encoded_key(key)))
    }
}

fn unreachable(fault: &Fault) -> LandingError {
    tracing::warn!(code = LandingError::Unreachable.code(), detail = fault.error.detail, "A bucket takes nothing.");
    LandingError::Unreachable
}

fn refused(status: u16) -> LandingError {
    unreachable(&Fault::of_object(status))
}

#[cfg(test)]
mod tests;
