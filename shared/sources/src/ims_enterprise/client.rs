//! Requests for documents, whose answers are read as they arrive.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use outbound::{ClientCertificate, Outbound, OutboundSettings, Request, SecretRef, Secrets, Url};
use roster::Clock;

use super::classify::{Asked, given};
use super::config::ImsEnterpriseConfig;
use super::refusal::Refusal;
use super::school_type::SchoolType;
use crate::caller::outbound_to;
use crate::registry::SourceContext;
use crate::{ConfigProblem, SourceError, SourceErrorKind};

/// Between the three tries of a question that got no answer.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// The vendor's services.
#[derive(Debug)]
pub(super) struct Client {
    outbound: Outbound,
    base: Url,
    path: String,
    key: Option<(String, SecretRef)>,
    secrets: Arc<dyn Secrets>,
    clock: Arc<dyn Clock>,
    most_bytes: u64,
    pauses: [Duration; 2],
}

/// A question for a document.
pub(super) struct Question<'q> {
    pub(super) service: &'q str,
    /// `None`: the whole municipality's.
    pub(super) school_type: Option<SchoolType>,
    pub(super) query: Vec<(&'static str, &'q str)>,
    pub(super) asked: Asked,
}

impl Client {
    pub(super) fn new(config: &ImsEnterpriseConfig, context: &SourceContext) -> Result<Self, ConfigProblem> {
        let base = config.base()?;
        let mut settings = OutboundSettings::new(&context.user_agent);
        settings.allow_plain_http = config.allow_plain_http;
        settings.timeout = config.timeout();
        let certificate = config.client_certificate.clone();
        settings.certificate = certificate.map(|it| ClientCertificate::new(it, Arc::clone(&context.secrets)));
        settings.transport.clone_from(&context.transport);
        let outbound = outbound_to(&settings, &base)?;
        Ok(Self {
            outbound,
            base,
            path: config.path.clone(),
            key: config.key()?,
            secrets: Arc::clone(&context.secrets),
            clock: Arc::clone(&context.clock),
            most_bytes: config.most_bytes(),
            pauses: PAUSES,
        })
    }

    #[cfg(test)]
    pub(super) const fn impatient(mut self) -> Self {
        self.pauses = [Duration::ZERO; 2];
        self
    }

    /// Hands a document to `feed` as it arrives. It is asked for up to three times while nothing of it has arrived.
    ///
    /// # Errors
    /// [`SourceError`]; what was fed is not the whole then.
    pub(super) async fn document(
        &self,
        question: &Question<'_>,
        feed: &mut (dyn FnMut(&[u8]) -> Result<(), Refusal> + Send),
    ) -> Result<(), SourceError> {
        let request = self.request(question).await?;
        let mut pauses = self.pauses.into_iter();
        loop {
            let (mut begun, mut refused) = (false, None);
            let mut take = |bytes: &[u8]| {
                begun = true;
                match feed(bytes) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(refusal) => {
                        refused = Some(refusal);
                        ControlFlow::Break(())
                    }
                }
            };
            let answer = self.outbound.download(request.clone(), self.most_bytes, &mut take).await;
            let outcome = answer.map_err(SourceError::from).and_then(|it| given(&it, question.asked, self.clock.now()));
            match (outcome, refused) {
                (_, Some(refusal)) => return Err(refusal.into()),
                (Err(error), _) if error.kind == SourceErrorKind::Passing && !begun => match pauses.next() {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => return Err(error),
                },
                (outcome, None) => return outcome,
            }
        }
    }

    async fn request(&self, question: &Question<'_>) -> Result<Request, SourceError> {
        let school_type = question.school_type.map(SchoolType::code).unwrap_or_default();
        let path = self.path.replace("{service}", question.service).replace("{school_type}", school_type);
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path.split('/').filter(|it| !it.is_empty()));
        }
        let request = Request::get(url).accept("application/xml, text/xml");
        let request = question.query.iter().fold(request, |request, (name, value)| request.query(name, value));
        match &self.key {
            Some((header, reference)) => Ok(request.api_key(header, self.secret(reference).await?)),
            None => Ok(request),
        }
    }

    async fn secret(&self, reference: &SecretRef) -> Result<outbound::Secret, SourceError> {
        self.secrets.resolve(reference).await.map_err(|error| {
            let kind = if error.is_passing() { SourceErrorKind::Passing } else { SourceErrorKind::Configuration };
            SourceError::new(kind, error.code(), "no licence key").because(error)
        })
    }
}
