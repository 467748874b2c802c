//! A file of a bucket, read range by range.

use std::ops::ControlFlow;

use async_trait::async_trait;
use outbound::{Method, Url};
use sources::file_drop::place::{DropReader, DroppedFile, PlaceError};

use super::fault::Fault;
use super::{Bucket, path};
use crate::signed::patiently;

/// Asked for in one range, in bytes.
const RANGE: u64 = 4 * 1024 * 1024;

/// Handed on at once, in bytes.
const AT_ONCE: usize = 128 * 1024;

/// A file being read. At most one range of it is held.
pub(super) struct Object {
    bucket: Bucket,
    url: Url,
    etag: String,
    size: u64,
    /// Where the next range begins.
    next: u64,
    range: Vec<u8>,
    given: usize,
}

impl Object {
    /// Asks for the first range, so that a file that is not what was listed is found out now.
    pub(super) async fn open(bucket: Bucket, file: &DroppedFile) -> Result<Self, PlaceError> {
        let address = format!("{}{}", bucket.base, path::encoded_key(&format!("{}{}", bucket.prefix, file.name)));
        let url = path::url(&address).map_err(|fault| fault.error)?;
        let (etag, size) = (file.version.clone(), file.size);
        let mut object = Self { bucket, url, etag, size, next: 0, range: Vec::new(), given: 0 };
        object.go_on().await?;
        Ok(object)
    }

    async fn go_on(&mut self) -> Result<(), PlaceError> {
        let length = RANGE.min(self.size.saturating_sub(self.next));
        if length == 0 {
            self.range.clear();
            return Ok(());
        }
        let this: &Self = self;
        let range = patiently(|| this.get(length), |fault| fault.passes).await.map_err(|fault| fault.error)?;
        self.next = self.next.saturating_add(length);
        (self.range, self.given) = (range, 0);
        Ok(())
    }

    /// `GetObject` of as many bytes from where the last range ended, if the file is still the one that was listed.
    async fn get(&self, length: u64) -> Result<Vec<u8>, Fault> {
        let last = self.next.saturating_add(length).saturating_sub(1);
        let range = format!("bytes={}-{last}", self.next);
        let request =
            self.bucket.signed(Method::GET, &self.url, &[("if-match", &self.etag), ("range", &range)]).await?;
        let mut bytes = Vec::new();
        let mut take = |piece: &[u8]| {
            bytes.extend_from_slice(piece);
            ControlFlow::Continue(())
        };
        let answer = self.bucket.client.download(request, length, &mut take).await;
        let answer = answer.map_err(|error| Fault::of_call(&error))?;
        if !answer.is_success() {
            return Err(Fault::of_object(answer.status));
        }
        // A proxy may end a body early as if it were whole.
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(Fault::passing("the bucket broke off")) }
    }
}

#[async_trait]
impl DropReader for Object {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, PlaceError> {
        if self.given >= self.range.len() {
            self.go_on().await?;
        }
        let rest = self.range.get(self.given..).unwrap_or_default();
        let piece = rest.get(..AT_ONCE.min(rest.len())).unwrap_or_default().to_vec();
        self.given = self.given.saturating_add(piece.len());
        Ok((!piece.is_empty()).then_some(piece))
    }
}
