//! A reader as a target.

use async_trait::async_trait;
use outbound::SecretRef;
use outbound::issued::IssuedError;
use roster::{SubjectKey, SubjectKind};
use rules::news::Changes;
use rules::object::{ObjectKey, WantedObject};
use rules::outcome::Outcome;
use rules::plan::Operation;
use rules::view::View;
use serde_json::{Value, json};

use super::config::Ss12000ProviderConfig;
use super::kinds::Resource;
use super::mapping;
use super::notice::Addresses;
use super::passport::Passport;
use crate::feed::{Feed, Shown, TellError};
use crate::registry::{ConfigProblem, TargetContext};
use crate::{Occasion, Refusal, Target};

/// A receiver that reads here.
#[derive(Debug)]
pub(super) struct Reader {
    tokens: Vec<SecretRef>,
    passport: Option<Passport>,
    addresses: Addresses,
}

impl Reader {
    pub(super) fn new(config: Ss12000ProviderConfig, context: &TargetContext) -> Result<Self, ConfigProblem> {
        let addresses = Addresses::of(&config, context)?;
        let passport = config.jwt.map(|it| Passport::of(it, config.allow_plain_http, context)).transpose()?;
        Ok(Self { tokens: config.tokens, passport, addresses })
    }
}

#[async_trait]
impl Target for Reader {
    fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        mapping::map(view)
    }

    fn reference_of(&self, subject: &SubjectKey) -> ObjectKey {
        let resource = match subject.kind {
            SubjectKind::Person => Resource::Person,
            SubjectKind::Organisation => Resource::Organisation,
            SubjectKind::Group => Resource::Group,
            SubjectKind::Activity => Resource::Activity,
        };
        mapping::key(resource, subject.id)
    }

    /// What is published needs nobody's answer.
    async fn apply(&self, _: &Operation, _: Occasion<'_>) -> Outcome {
        Outcome::done()
    }

    fn feed(&self) -> Option<&dyn Feed> {
        Some(self)
    }
}

#[async_trait]
impl Feed for Reader {
    fn keys(&self) -> &[SecretRef] {
        &self.tokens
    }

    async fn is_issued_to_reader(&self, token: &str) -> Result<bool, IssuedError> {
        match &self.passport {
            Some(passport) => passport.admits(token).await,
            None => Ok(false),
        }
    }

    fn may_tell(&self, address: &str) -> bool {
        self.addresses.find(address).is_some()
    }

    async fn tell(&self, address: &str, changes: &Changes) -> Result<(), TellError> {
        self.addresses.tell(address, changes).await
    }

    fn shown(&self, object: &Shown<'_>) -> Value {
        let mut shown = object.content.clone();
        if let Value::Object(fields) = &mut shown {
            let meta = json!({"created": object.created, "modified": object.modified});
            fields.insert("meta".to_owned(), meta);
        }
        shown
    }
}
