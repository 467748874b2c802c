//! Calls to AWS that are signed here, for services of which one or two operations are used.
//!
//! Not their SDKs: for an operation or two they are half of the time to build the workspace and of a function's size.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningInstructions, SigningSettings, sign};
use aws_sigv4::sign::v4;
use outbound::{CallError, Method, Outbound, OutboundSettings, Request, Url};

/// How long is waited before what passes by itself is asked again.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

/// A call could not be signed: no region, no credentials, or no such header.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unsigned(String);

impl Unsigned {
    pub(crate) fn because(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// A call, before it is signed.
#[derive(Debug)]
pub(crate) struct Call<'c> {
    /// The service's name in signatures, e.g. `ssm`.
    pub(crate) service: &'static str,
    pub(crate) method: Method,
    /// Percent-encoded as the service expects it.
    pub(crate) url: &'c Url,
    /// Signed and sent; not the media type.
    pub(crate) headers: &'c [(&'c str, &'c str)],
    /// A media type and what is of it.
    pub(crate) content: Option<(&'static str, Vec<u8>)>,
    pub(crate) settings: SigningSettings,
}

impl Call<'_> {
    /// The request, signed with what the hub may do in its region.
    pub(crate) async fn sign(self, config: &SdkConfig) -> Result<Request, Unsigned> {
        let signatures = self.signatures(credentials(config).await?, region(config)?, SystemTime::now())?;
        let mut request = Request::new(self.method, self.url.clone());
        if let Some((media_type, content)) = self.content {
            request = request.bytes(media_type, content);
        }
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        Ok(signatures.iter().fold(request, |request, (name, value)| request.header(name, value)))
    }

    /// An address that lets whoever has it make this one call, with any body; signed in the query.
    pub(crate) async fn address(self, config: &SdkConfig) -> Result<Url, Unsigned> {
        self.presigned(credentials(config).await?, region(config)?, SystemTime::now())
    }

    fn presigned(&self, credentials: Credentials, region: &str, now: SystemTime) -> Result<Url, Unsigned> {
        let body = SignableBody::UnsignedPayload;
        let signature = self.signature(credentials, region, now, body, self.headers.iter().copied())?;
        let mut url = self.url.clone();
        let parameters = signature.params().iter().map(|(name, value)| (*name, &**value));
        url.query_pairs_mut().extend_pairs(parameters);
        Ok(url)
    }

    /// The headers of AWS's Signature Version 4.
    fn signatures(
        &self,
        credentials: Credentials,
        region: &str,
        now: SystemTime,
    ) -> Result<Vec<(String, String)>, Unsigned> {
        let media_type = self.content.as_ref().map(|(media_type, _)| ("content-type", *media_type));
        let body = SignableBody::Bytes(self.content.as_ref().map_or(&[], |(_, content)| content));
        let headers = media_type.into_iter().chain(self.headers.iter().copied());
        let signature = self.signature(credentials, region, now, body, headers)?;
        Ok(signature.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    fn signature<'h>(
        &'h self,
        credentials: Credentials,
        region: &str,
        now: SystemTime,
        body: SignableBody<'h>,
        headers: impl Iterator<Item = (&'h str, &'h str)>,
    ) -> Result<SigningInstructions, Unsigned> {
        let identity = credentials.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(self.service)
            .time(now)
            .settings(self.settings.clone())
            .build()
            .map_err(Unsigned::because)?;
        let signable = SignableRequest::new(self.method.as_str(), self.url.as_str(), headers, body);
        let signed = sign(signable.map_err(Unsigned::because)?, &parameters.into()).map_err(Unsigned::because)?;
        Ok(signed.into_parts().0)
    }
}

async fn credentials(config: &SdkConfig) -> Result<Credentials, Unsigned> {
    let provider = config.credentials_provider().ok_or_else(|| Unsigned::because("no credentials"))?;
    provider.provide_credentials().await.map_err(|_| Unsigned::because("no credentials"))
}

/// A client for AWS: the public hosts, which inside a VPC may lead to private addresses, or wherever AWS is emulated.
pub(crate) fn client(config: &SdkConfig, timeout: Duration, max_body: usize) -> Result<Outbound, CallError> {
    Outbound::new(&OutboundSettings {
        connect_timeout: Duration::from_secs(3),
        timeout,
        max_body,
        allow_private: true,
        allow_plain_http: config.endpoint_url().is_some(),
        ..OutboundSettings::new("skolbro")
    })
}

/// The hub's region.
pub(crate) fn region(config: &SdkConfig) -> Result<&str, Unsigned> {
    config.region().map(AsRef::as_ref).ok_or_else(|| Unsigned::because("no region"))
}

/// Asks, and asks twice again for as long as what is wrong passes by itself.
pub(crate) async fn patiently<T, E, A: Future<Output = Result<T, E>>>(
    ask: impl Fn() -> A,
    passes: impl Fn(&E) -> bool,
) -> Result<T, E> {
    let mut pauses = PAUSES.into_iter();
    loop {
        match (ask().await, pauses.next()) {
            (Err(error), Some(pause)) if passes(&error) => tokio::time::sleep(pause).await,
            (answered, _) => return answered,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use aws_config::Region;
    use aws_credential_types::provider::SharedCredentialsProvider;

    use super::*;

    /// AWS as a test plays it.
    pub(crate) fn emulated(address: std::net::SocketAddr) -> SdkConfig {
        let credentials =
            Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None, None, "test");
        SdkConfig::builder()
            .region(Region::new("eu-north-1"))
            .endpoint_url(format!("http://{address}"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build()
    }

    /// A call of the examples in S3's API reference ("Authenticating Requests: Using the Authorization Header"), which
    /// are signed on 2013-05-24 with the example's credentials. Gives the signature.
    fn signature(url: &str, headers: &[(&str, &str)]) -> String {
        let credentials =
            Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None, None, "test");
        let url = Url::parse(url).unwrap();
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = aws_sigv4::http_request::PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = aws_sigv4::http_request::PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = aws_sigv4::http_request::UriPathNormalizationMode::Disabled;
        let call = Call { service: "s3", method: Method::GET, url: &url, headers, content: None, settings };
        let signed =
            call.signatures(credentials, "us-east-1", SystemTime::UNIX_EPOCH + Duration::from_secs(1_369_353_600));
        let proof = signed.unwrap().into_iter().find(|(name, _)| name == "authorization").unwrap().1;
        proof.rsplit_once("Signature=").unwrap().1.to_owned()
    }

    #[test]
    fn an_address_is_signed_as_in_s3s_own_example() {
        let credentials =
            Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", None, None, "test");
        let url = Url::parse("https://examplebucket.s3.amazonaws.com/test.txt").unwrap();
        let mut settings = SigningSettings::default();
        settings.signature_location = aws_sigv4::http_request::SignatureLocation::QueryParams;
        settings.expires_in = Some(Duration::from_secs(86_400));
        settings.percent_encoding_mode = aws_sigv4::http_request::PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = aws_sigv4::http_request::UriPathNormalizationMode::Disabled;
        let call = Call { service: "s3", method: Method::GET, url: &url, headers: &[], content: None, settings };

        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_369_353_600);
        let address = call.presigned(credentials, "us-east-1", at).unwrap();

        // S3's API reference, "Authenticating Requests: Using Query Parameters".
        let signature = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
        assert!(address.as_str().ends_with(&format!("X-Amz-Signature={signature}")), "{address}");
    }

    #[test]
    fn calls_are_signed_as_in_s3s_own_examples() {
        let object = signature("https://examplebucket.s3.amazonaws.com/test.txt", &[("range", "bytes=0-9")]);
        let list = signature("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J", &[]);

        assert_eq!(object, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
        assert_eq!(list, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }
}
