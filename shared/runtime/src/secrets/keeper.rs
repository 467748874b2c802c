//! One question to Parameter Store or Secrets Manager: a signed `POST` with a JSON body.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sigv4::http_request::SigningSettings;
use outbound::{Answer, Method, Outbound, Url};
use serde_json::Value;

use crate::signed::{Call, client, patiently, region};

/// AWS JSON 1.1: the operation stands in `X-Amz-Target`, everything else in the body.
const MEDIA_TYPE: &str = "application/x-amz-json-1.1";

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The largest answer, in bytes.
const LARGEST: usize = 256 * 1024;

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

    /// The service's answer. What passes by itself is asked again.
    pub(super) async fn ask(self, config: &SdkConfig, question: &Value) -> Result<Value, Refusal> {
        let public = format!("https://{}.{}.amazonaws.com", self.service, region(config).map_err(other)?);
        let url = Url::parse(config.endpoint_url().unwrap_or(&public)).map_err(other)?;
        let client = client(config, PATIENCE, LARGEST).map_err(other)?;
        let ask = || self.ask_once(config, &client, &url, question);
        patiently(ask, |refusal| matches!(refusal, Refusal::Passing(_))).await
    }

    async fn ask_once(
        self,
        config: &SdkConfig,
        client: &Outbound,
        url: &Url,
        question: &Value,
    ) -> Result<Value, Refusal> {
        let call = Call {
            service: self.service,
            method: Method::POST,
            url,
            headers: &[("x-amz-target", self.operation)],
            content: Some((MEDIA_TYPE, question.to_string().into_bytes())),
            settings: SigningSettings::default(),
        };
        match client.send(call.sign(config).await.map_err(other)?).await {
            Ok(answer) if answer.is_success() => answer.json().map_err(other),
            Ok(answer) => Err(Refusal::of(&answer)),
            Err(error) => Err(Refusal::Passing(error.to_string())),
        }
    }
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
    use crate::signed::tests::emulated;

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
        emulated(address)
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
