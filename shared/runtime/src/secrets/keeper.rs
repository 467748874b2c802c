//! One question to Parameter Store or Secrets Manager: a signed `POST` with a JSON body.
//!
//! Not their SDKs: for one operation each they are half of the time to build the workspace and of a function's size.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use outbound::{Answer, Outbound, OutboundSettings, Request, Url};
use serde_json::Value;

/// AWS JSON 1.1: the operation stands in `X-Amz-Target`, everything else in the body.
const MEDIA_TYPE: &str = "application/x-amz-json-1.1";

/// A service that keeps secrets, and its operation that answers with one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keeper {
    service: &'static str,
    operation: &'static str,
}

/// No secret came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nothing is kept under that name.
    NotFound,
    /// Worth asking again in a moment.
    Passing(String),
    /// Everything else: the service's own code, never its message, which may quote what was asked for.
    Other(String),
}

impl Refusal {
    fn of(answer: &Answer) -> Self {
        let body: Value = answer.json().unwrap_or_default();
        // Either `Name` or `namespace#Name`.
        let code = body["__type"].as_str().and_then(|it| it.rsplit('#').next()).unwrap_or("no code");
        let passing = answer.status == 429 || answer.status >= 500 || code.starts_with("Throttling");
        match code {
            "ParameterNotFound" | "ResourceNotFoundException" => Self::NotFound,
            code if passing => Self::Passing(format!("{} {code}", answer.status)),
            code => Self::Other(format!("{} {code}", answer.status)),
        }
    }
}

impl Keeper {
    /// Systems Manager's `GetParameter`.
    pub(super) const PARAMETER_STORE: Self = Self { service: "ssm", operation: "AmazonSSM.GetParameter" };
    /// Secrets Manager's `GetSecretValue`.
    pub(super) const SECRETS_MANAGER: Self =
        Self { service: "secretsmanager", operation: "secretsmanager.GetSecretValue" };

    /// The service's answer. What passes by itself is asked again, twice.
    pub(super) async fn ask(self, config: &SdkConfig, question: &Value) -> Result<Value, Refusal> {
        let (url, client) = self.endpoint(config)?;
        let mut pauses = [Duration::from_millis(100), Duration::from_millis(400)].into_iter();
        loop {
            let refusal = match client.send(self.request(config, &url, question).await?).await {
                Ok(answer) if answer.is_success() => return answer.json().map_err(other),
                Ok(answer) => Refusal::of(&answer),
                Err(error) => Refusal::Passing(error.to_string()),
            };
            match (pauses.next(), &refusal) {
                (Some(pause), Refusal::Passing(_)) => tokio::time::sleep(pause).await,
                _ => return Err(refusal),
            }
        }
    }

    /// The region's public host, which inside a VPC may lead to a private address; or wherever AWS is emulated.
    fn endpoint(self, config: &SdkConfig) -> Result<(Url, Outbound), Refusal> {
        let settings = OutboundSettings {
            connect_timeout: Duration::from_secs(3),
            timeout: Duration::from_secs(5),
            max_body: 256 * 1024,
            allow_private: true,
            allow_plain_http: config.endpoint_url().is_some(),
            ..OutboundSettings::new("skolbro")
        };
        let region = region(config)?;
        let public = format!("https://{}.{region}.amazonaws.com", self.service);
        let url = Url::parse(config.endpoint_url().unwrap_or(&public)).map_err(other)?;
        Ok((url, Outbound::new(&settings).map_err(other)?))
    }

    async fn request(self, config: &SdkConfig, url: &Url, question: &Value) -> Result<Request, Refusal> {
        let provider = config.credentials_provider().ok_or_else(|| other("no credentials"))?;
        let credentials = provider.provide_credentials().await.map_err(|_| other("no credentials"))?;
        self.signed(credentials, region(config)?, url, question, SystemTime::now())
    }

    fn signed(
        self,
        credentials: Credentials,
        region: &str,
        url: &Url,
        question: &Value,
        now: SystemTime,
    ) -> Result<Request, Refusal> {
        let body = question.to_string().into_bytes();
        let identity = credentials.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(self.service)
            .time(now)
            .settings(SigningSettings::default())
            .build()
            .map_err(other)?;
        let headers = [("content-type", MEDIA_TYPE), ("x-amz-target", self.operation)];
        let signable = SignableRequest::new("POST", url.as_str(), headers.into_iter(), SignableBody::Bytes(&body))
            .map_err(other)?;
        let (signature, _) = sign(signable, &parameters.into()).map_err(other)?.into_parts();
        let request = Request::post(url.clone()).bytes(MEDIA_TYPE, body).header("x-amz-target", self.operation);
        Ok(signature.headers().fold(request, |request, (name, value)| request.header(name, value)))
    }
}

fn region(config: &SdkConfig) -> Result<&str, Refusal> {
    config.region().map(AsRef::as_ref).ok_or_else(|| other("no region"))
}

fn other(error: impl std::fmt::Display) -> Refusal {
    Refusal::Other(error.to_string())
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::{HeaderMap, StatusCode};
    use serde_json::json;

    use super::*;

    /// A keeper that says `status` and `body` to whoever signed for it.
    async fn keeper_answering(status: u16, body: &'static str) -> SdkConfig {
        let router = Router::new().fallback(move |headers: HeaderMap| async move {
            let proof = headers.get("authorization").map_or("", |it| it.to_str().unwrap());
            let signed = proof.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
                && proof
                    .contains("/eu-north-1/ssm/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target,");
            let status = if signed { StatusCode::from_u16(status).unwrap() } else { StatusCode::FORBIDDEN };
            (status, body)
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        SdkConfig::builder()
            .region(aws_config::Region::new("eu-north-1"))
            .endpoint_url(format!("http://{address}"))
            .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(credentials()))
            .build()
    }

    fn credentials() -> Credentials {
        Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None, None, "test")
    }

    #[tokio::test]
    async fn a_kept_parameter_is_answered() {
        let config = keeper_answering(200, r#"{"Parameter":{"Value":"hunter2"}}"#).await;

        let answer = Keeper::PARAMETER_STORE.ask(&config, &json!({ "Name": "/skolbro/key" })).await;

        assert_eq!(answer.unwrap().pointer("/Parameter/Value"), Some(&json!("hunter2")));
    }

    #[tokio::test]
    async fn a_name_that_is_not_kept_is_told_from_a_keeper_in_trouble() {
        let nothing = keeper_answering(400, r#"{"__type":"com.amazonaws.ssm#ParameterNotFound","message":"x"}"#).await;
        let trouble = keeper_answering(500, "").await;

        let answers = [&nothing, &trouble].map(|config| Keeper::PARAMETER_STORE.ask(config, &Value::Null));
        let [nothing, trouble] = futures::future::join_all(answers).await.try_into().unwrap();

        assert_eq!((nothing, trouble), (Err(Refusal::NotFound), Err(Refusal::Passing("500 no code".into()))));
    }
}
