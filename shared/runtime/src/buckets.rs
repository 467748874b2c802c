//! Files dropped in buckets of Amazon S3, and sent there.
//!
//! Wire facts: Amazon S3's API reference, `ListObjectsV2` and `GetObject`; its developer guide on Signature Version 4
//! (paths are signed as they are sent, and a hash of the body is a header) and on virtual hosting of buckets. That
//! `encoding-type=url` writes a space as `+` is not in the reference; it is what the service does.
//!
//! Files are read in ranges, each of the version that was listed: so a reader that is slow, or asked for little, holds
//! no connection, and a range that broke off is asked for again by itself.

mod fault;
mod landing;
mod list;
mod object;
mod path;
mod sending;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sigv4::http_request::{PayloadChecksumKind, PercentEncodingMode, SigningSettings, UriPathNormalizationMode};
use outbound::{FilePlace, Method, Outbound, Request, Url};
use sources::file_drop::landing::Landing;
use sources::file_drop::place::{
    DropPlace, DropPlaces, DropReader, DroppedFile, Elsewhere, MOST_FILES, PlaceError, PlaceErrorKind,
};

use self::fault::Fault;
use self::list::{ListPage, ListedObject};
use self::object::Object;
use crate::signed::{Call, Unsigned, client, patiently, region};

/// How long one call may take, its body included.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asked for in one list; what S3 gives at most.
const AT_ONCE: usize = 1_000;

/// The largest list, in bytes: a key has at most 1,024, thrice as many where they are encoded.
const LARGEST_LIST: usize = 4 * 1024 * 1024;

/// The most lists that are asked for. Folders count in them as files do, and are not read.
const MOST_LISTS: usize = 100;

/// Drop places in AWS: buckets in the hub's own region, read and written with its own role.
#[derive(Debug, Clone)]
pub struct AwsPlaces(SdkConfig);

impl AwsPlaces {
    /// Buckets, as they are reached with this region, role and endpoint.
    #[must_use]
    pub const fn new(config: SdkConfig) -> Self {
        Self(config)
    }
}

impl DropPlaces for AwsPlaces {
    fn place(&self, address: &FilePlace) -> Option<Arc<dyn DropPlace>> {
        Some(match address {
            FilePlace::Folder(_) => Arc::new(Elsewhere::FOLDER),
            FilePlace::Bucket { name, prefix } => Arc::new(Bucket::new(self.0.clone(), name, prefix).ok()?),
        })
    }

    fn landing(&self, address: &FilePlace) -> Option<Arc<dyn Landing>> {
        match address {
            FilePlace::Folder(_) => None,
            FilePlace::Bucket { name, prefix } => Some(Arc::new(Bucket::new(self.0.clone(), name, prefix).ok()?)),
        }
    }
}

/// What lies in a bucket directly below a prefix.
#[derive(Debug, Clone)]
struct Bucket {
    config: SdkConfig,
    client: Outbound,
    name: String,
    /// The bucket's own address, with `/` at its end.
    base: String,
    prefix: String,
}

impl Bucket {
    /// On AWS a bucket has a host of its own; where AWS is emulated, a path.
    fn new(config: SdkConfig, name: &str, prefix: &str) -> Result<Self, Unsigned> {
        let base = match config.endpoint_url() {
            Some(endpoint) => format!("{}/{name}/", endpoint.trim_end_matches('/')),
            None => format!("https://{name}.s3.{}.amazonaws.com/", region(&config)?),
        };
        let client = client(&config, PATIENCE, LARGEST_LIST).map_err(Unsigned::because)?;
        Ok(Self { config, client, name: name.to_owned(), base, prefix: prefix.to_owned() })
    }

    async fn signed(&self, method: Method, url: &Url, headers: &[(&str, &str)]) -> Result<Request, Fault> {
        self.sign(Call { service: "s3", method, url, headers, content: None, settings: settings() }).await
    }

    async fn sign(&self, call: Call<'_>) -> Result<Request, Fault> {
        let sign = call.sign(&self.config).await;
        sign.map_err(|_| Fault::lasting(PlaceErrorKind::Refused, "the hub has no credentials for AWS"))
    }

    /// `ListObjectsV2`, from where the last one ended.
    async fn page(&self, after: Option<&str>) -> Result<ListPage, PlaceError> {
        let url = self.list_url(after).map_err(|fault| fault.error)?;
        let ask = || async {
            let answer = self
                .client
                .send(self.signed(Method::GET, &url, &[]).await?)
                .await
                .map_err(|error| Fault::of_call(&error))?;
            if answer.is_success() { list::page(&answer.body) } else { Err(Fault::of_list(answer.status)) }
        };
        patiently(ask, |fault| fault.passes).await.map_err(|fault| fault.error)
    }

    fn list_url(&self, after: Option<&str>) -> Result<Url, Fault> {
        let after = after.map(|it| format!("continuation-token={}&", path::encoded_value(it))).unwrap_or_default();
        let prefix = path::encoded_value(&self.prefix);
        let query = format!("{after}delimiter=%2F&encoding-type=url&list-type=2&max-keys={AT_ONCE}&prefix={prefix}");
        path::url(&format!("{}?{query}", self.base))
    }

    /// What is listed, as a file of this place; `None`: it is none.
    fn file(&self, object: ListedObject) -> Option<DroppedFile> {
        let name = object.key.strip_prefix(&self.prefix)?;
        // Empty: what makes an empty folder visible in AWS's console. The others are no paths that a URL could have.
        let is_file = !matches!(name, "" | "." | "..") && !name.contains('/');
        let ListedObject { size, modified, etag, .. } = object;
        is_file.then(|| DroppedFile { name: name.to_owned(), size, modified, version: etag })
    }
}

/// As S3 signs: paths as they are sent, and a hash of the body in a header.
fn settings() -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings
}

#[async_trait]
impl DropPlace for Bucket {
    async fn list(&self) -> Result<Vec<DroppedFile>, PlaceError> {
        let too_many = || PlaceError::new(PlaceErrorKind::TooMany, "there are more files than any register drops");
        let mut files = Vec::new();
        let mut after = None;
        for _ in 0..MOST_LISTS {
            let page = self.page(after.as_deref()).await?;
            files.extend(page.objects.into_iter().filter_map(|object| self.file(object)));
            if files.len() > MOST_FILES {
                return Err(too_many());
            }
            after = page.more;
            if after.is_none() {
                return Ok(files);
            }
        }
        Err(too_many())
    }

    async fn open(&self, file: &DroppedFile) -> Result<Box<dyn DropReader>, PlaceError> {
        Ok(Box::new(Object::open(self.clone(), file).await?))
    }
}
