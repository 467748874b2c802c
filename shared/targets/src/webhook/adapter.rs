//! The receiver as a target.

use async_trait::async_trait;
use outbound::Answer;
use roster::SubjectKey;
use rules::object::{ObjectKey, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;

use super::codes::{CODES, GONE, KEY_UNUSABLE};
use super::config::{Payload, WebhookConfig};
use super::event::Event;
use super::sender::{Fault, Sender};
use crate::egil::{self, Mapping};
use crate::registry::{ConfigProblem, TargetContext};
use crate::scim_protocol::{self, Step, judged};
use crate::{Occasion, Refusal, Target};

/// A receiver that takes events.
#[derive(Debug)]
pub(super) struct Webhook {
    mapping: Mapping,
    payload: Payload,
    sender: Sender,
}

impl Webhook {
    pub(super) fn new(config: WebhookConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let mapping = Mapping {
            omit_reference_urls: true,
            licence_assignments: config.licence_assignments,
            supplier: config.supplier.clone().unwrap_or_default(),
            ..Mapping::default()
        };
        Ok(Self { mapping, payload: config.payload, sender: Sender::new(&config, context)? })
    }

    /// What any answer means: there is one call, so whatever the endpoint says of itself holds for all events.
    fn judge(&self, answer: &Answer, sent: Option<&WantedObject>) -> Outcome {
        let down = |code| Outcome::TargetDown { code, detail: format!("HTTP {}", answer.status) };
        match answer.status {
            410 => down(GONE),
            404 | 405 | 501 => down(CODES.no_such_endpoint),
            _ => judged(&CODES, Step::Create, answer, sent.map(|it| it.body.expose()), self.sender.now()),
        }
    }
}

fn no_answer(fault: &Fault) -> Outcome {
    match fault {
        Fault::Call(error) => scim_protocol::no_answer(error),
        Fault::Secret(error) => Outcome::TargetDown { code: error.code(), detail: error.to_string() },
        Fault::Key => {
            let detail = "a signing key has fewer than 24 bytes, or is no base64".to_owned();
            Outcome::TargetDown { code: KEY_UNUSABLE, detail }
        }
    }
}

#[async_trait]
impl Target for Webhook {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        self.mapping.map(view)
    }

    fn reference_of(&self, subject: &SubjectKey) -> ObjectKey {
        egil::reference_of(subject)
    }

    async fn apply(&self, operation: &Operation, occasion: Occasion<'_>) -> Outcome {
        let event = Event::of(operation, occasion.change, self.payload, self.sender.now());
        let sent = match operation {
            Operation::Create(wanted) | Operation::Update { wanted, .. } => Some(wanted),
            Operation::Delete(_) => None,
        };
        match self.sender.post(event).await {
            Ok(answer) => self.judge(&answer, sent),
            Err(fault) => no_answer(&fault),
        }
    }
}
