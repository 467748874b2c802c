//! A place that another hub could reach, and this one cannot.

use async_trait::async_trait;

use super::{DropPlace, DropReader, DroppedFile, PlaceError, PlaceErrorKind};

/// A place that this hub cannot reach. Settings that name it are no mistake; reading it is.
#[derive(Debug, Clone, Copy)]
pub struct Elsewhere(&'static str);

impl Elsewhere {
    /// A bucket, for a hub outside AWS.
    pub const BUCKET: Self = Self("only a hub in AWS reads buckets; name a folder of this machine");
    /// A folder, for a function in AWS.
    pub const FOLDER: Self = Self("a hub in AWS has no folders; name a bucket");

    const fn refusal(self) -> PlaceError {
        PlaceError::new(PlaceErrorKind::NotAvailableHere, self.0)
    }
}

#[async_trait]
impl DropPlace for Elsewhere {
    async fn list(&self) -> Result<Vec<DroppedFile>, PlaceError> {
        Err(self.refusal())
    }

    async fn open(&self, _: &DroppedFile) -> Result<Box<dyn DropReader>, PlaceError> {
        Err(self.refusal())
    }
}
