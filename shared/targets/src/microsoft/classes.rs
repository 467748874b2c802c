//! Education classes: found by the identity that we gave them, or made.

use rules::object::{DeliveredObject, Origin, WantedObject};
use rules::outcome::Outcome;
use serde::Deserialize;
use serde_json::Value;

use super::adapter::Microsoft;
use super::bodies::class_change;
use super::classify::{Area, NOT_SPREAD, unreadable};
use super::client::{Call, Said};
use super::config::RemovedClasses;
use super::listing::{self, is_identity};
use super::mapping::MAKER;
use super::roll::{content_changed, is_certain};
use super::users::{Made, escaped, unidentified};

/// What of a class is looked at.
const LOOKED_AT: &str = "id,displayName,externalId,externalName,externalSourceDetail";

/// A class that is there.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Class {
    id: String,
    #[serde(default)]
    external_id: Option<String>,
    #[serde(default)]
    external_source_detail: Option<String>,
    /// Everything, to be compared with what it should be.
    #[serde(flatten)]
    content: serde_json::Map<String, Value>,
}

impl Class {
    fn is_called(&self, key: &str) -> bool {
        self.external_id.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(key)) && is_identity(&self.id)
    }

    /// Whether we made it; others may have given a class the same identity of the register's.
    fn is_ours(&self) -> bool {
        self.external_source_detail.as_deref() == Some(MAKER)
    }

    fn is(&self, wanted: &Value) -> bool {
        wanted.as_object().into_iter().flatten().all(|(name, value)| self.content.get(name) == Some(value))
    }
}

impl Microsoft {
    pub(super) async fn create_class(&self, wanted: &WantedObject) -> Result<Outcome, Outcome> {
        if let Some(class) = self.find_class(&wanted.key.key).await? {
            return self.take_class(wanted, &class).await;
        }
        let sent = wanted.body.expose();
        match self.client.send(Call::post(Area::Classes, &["education", "classes"], sent.clone())).await? {
            Said::Given(answer) => {
                let made: Made = answer.json().map_err(|_| unidentified())?;
                if !is_identity(&made.id) {
                    return Err(unidentified());
                }
                self.memory.note_class(&wanted.key.key, &made.id);
                self.memory.note_new(&made.id);
                self.bring_members(&made.id, wanted, None).await?;
                Ok(Outcome::Done { remote: Some(made.id), adopted: false })
            }
            Said::Missing => Err(unreadable()),
            // A mail name that no other class has: it may have been made already, and be in no list yet.
            Said::Refused(reply) => match self.class_by_mail_name(wanted).await? {
                Some(class) => self.take_class(wanted, &class).await,
                None => Ok(reply.rejected(sent)),
            },
        }
    }

    pub(super) async fn update_class(
        &self,
        wanted: &WantedObject,
        delivered: &DeliveredObject,
    ) -> Result<Outcome, Outcome> {
        let id = delivered.at_target();
        if !is_certain(delivered) || content_changed(wanted, delivered) {
            self.change_class(id, wanted).await?;
        }
        self.bring_members(id, wanted, Some(delivered)).await?;
        Ok(Outcome::Done { remote: delivered.remote.clone(), adopted: false })
    }

    pub(super) async fn delete_class(&self, delivered: &DeliveredObject) -> Result<Outcome, Outcome> {
        if self.removed_classes == RemovedClasses::Keep {
            return Ok(Outcome::AlreadyDone);
        }
        let (id, ours) = match (&delivered.remote, delivered.origin) {
            (Some(id), Origin::Created | Origin::Adopted) => (id.clone(), delivered.origin == Origin::Created),
            // It may have been made, and nobody was told what it is called.
            _ => match self.find_class(&delivered.key.key).await? {
                Some(class) => (class.id.clone(), class.is_ours()),
                None => return Ok(Outcome::AlreadyDone),
            },
        };
        self.memory.forget_class(&delivered.key.key);
        if self.removed_classes == RemovedClasses::Archive || !ours {
            return self.archive(&id).await;
        }
        Ok(match self.client.send(Call::delete(Area::Classes, &["education", "classes", &id])).await? {
            Said::Given(_) => Outcome::done(),
            Said::Missing if self.memory.is_new(&id) => NOT_SPREAD,
            Said::Missing => Outcome::AlreadyDone,
            Said::Refused(reply) => reply.refusal(&Value::Null),
        })
    }

    /// The identity of the class with our key.
    ///
    /// # Errors
    /// What is in the way.
    pub(super) async fn class_identity(&self, key: &str) -> Result<Option<String>, Outcome> {
        match self.memory.class(key) {
            Some(id) => Ok(Some(id)),
            None => Ok(self.find_class(key).await?.map(|it| it.id)),
        }
    }

    /// What is there has our identity. It may have been archived when it ended.
    async fn take_class(&self, wanted: &WantedObject, class: &Class) -> Result<Outcome, Outcome> {
        self.memory.note_class(&wanted.key.key, &class.id);
        self.bring_back(&class.id).await?;
        if !class.is(&class_change(wanted.body.expose())) {
            self.change_class(&class.id, wanted).await?;
        }
        self.bring_members(&class.id, wanted, None).await?;
        Ok(Outcome::Done { remote: Some(class.id.clone()), adopted: !class.is_ours() })
    }

    async fn change_class(&self, id: &str, wanted: &WantedObject) -> Result<(), Outcome> {
        let body = class_change(wanted.body.expose());
        match self.client.send(Call::patch(Area::Classes, &["education", "classes", id], body.clone())).await? {
            Said::Given(_) => Ok(()),
            Said::Missing if self.memory.is_new(id) => Err(NOT_SPREAD),
            Said::Missing => {
                self.memory.forget_class(&wanted.key.key);
                Err(Outcome::Vanished)
            }
            Said::Refused(reply) => Err(reply.refusal(&body)),
        }
    }

    /// Ours before others', and always the same one.
    async fn find_class(&self, key: &str) -> Result<Option<Class>, Outcome> {
        if let Some(id) = self.memory.class(key) {
            match self.read_class(&id).await? {
                Some(class) => return Ok(Some(class)),
                None if self.memory.is_new(&id) => return Err(NOT_SPREAD),
                None => self.memory.forget_class(key),
            }
        }
        let filter = format!("externalId eq '{}'", escaped(key));
        let call =
            Call::get(Area::Classes, &["education", "classes"]).query("$filter", filter).query("$select", LOOKED_AT);
        let found = listing::whole::<Class>(&self.client, Area::Classes, call).await?.ok_or_else(unreadable)?;
        // Filters may be ignored: the identity is looked at again.
        Ok(found.into_iter().filter(|it| it.is_called(key)).min_by_key(|it| (!it.is_ours(), it.id.clone())))
    }

    async fn read_class(&self, id: &str) -> Result<Option<Class>, Outcome> {
        let call = Call::get(Area::Classes, &["education", "classes", id]).query("$select", LOOKED_AT);
        match self.client.send(call).await? {
            Said::Given(answer) => answer.json().map(Some).map_err(|_| unreadable()),
            Said::Missing => Ok(None),
            Said::Refused(reply) => Err(reply.refusal(&Value::Null)),
        }
    }

    async fn class_by_mail_name(&self, wanted: &WantedObject) -> Result<Option<Class>, Outcome> {
        let name = wanted.body.expose()["mailNickname"].as_str().unwrap_or_default();
        let filter = format!("mailNickname eq '{}'", escaped(name));
        let call = Call::get(Area::Classes, &["groups"]).query("$filter", filter).query("$select", "id");
        let found = listing::whole::<Made>(&self.client, Area::Classes, call).await?.ok_or_else(unreadable)?;
        for group in found.into_iter().filter(|it| is_identity(&it.id)) {
            let class = self.read_class(&group.id).await?;
            if let Some(class) = class.filter(|it| it.is_called(&wanted.key.key)) {
                return Ok(Some(class));
            }
        }
        Ok(None)
    }
}
