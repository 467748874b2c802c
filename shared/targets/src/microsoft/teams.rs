//! Class teams: asked for, waited for, archived, and brought back.

use rules::object::{DeliveredObject, WantedObject};
use rules::outcome::Outcome;
use serde::Deserialize;
use serde_json::{Value, json};

use super::adapter::Microsoft;
use super::bodies::team;
use super::classify::{Area, NOT_SPREAD, unreadable};
use super::client::{Call, Said};

/// The team has been asked for, and is not there yet.
const IN_THE_MAKING: Outcome = Outcome::WaitFor { code: "microsoft.team_in_the_making" };

/// A team that is there.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Team {
    #[serde(default)]
    is_archived: Option<bool>,
}

impl Microsoft {
    /// A team has the identity of its class: made twice, it is there once.
    pub(super) async fn create_team(&self, wanted: &WantedObject) -> Result<Outcome, Outcome> {
        let Some(id) = self.class_identity(&wanted.key.key).await? else { return Ok(NOT_SPREAD) };
        if self.team(&id).await?.is_some() {
            self.memory.note_team(&id, true);
            return Ok(Outcome::Done { remote: Some(id), adopted: false });
        }
        if self.memory.is_in_the_making(&id) {
            return Ok(IN_THE_MAKING);
        }
        let body = team(&self.client.root, &id);
        match self.client.send(Call::post(Area::Teams, &["teams"], body)).await? {
            Said::Given(_) => {
                self.memory.note_in_the_making(&id);
                Ok(IN_THE_MAKING)
            }
            // The class, or its owner, has not reached Teams yet [Create team: the group under 15 minutes old].
            Said::Missing => Ok(NOT_SPREAD),
            Said::Refused(reply) if reply.status == 409 => {
                self.memory.note_in_the_making(&id);
                Ok(IN_THE_MAKING)
            }
            Said::Refused(_) if self.memory.is_new(&id) => Ok(NOT_SPREAD),
            Said::Refused(reply) => Ok(reply.refusal(&Value::Null)),
        }
    }

    /// What becomes of a team is decided with its class, whose group it is.
    pub(super) const fn delete_team(_: &DeliveredObject) -> Outcome {
        Outcome::AlreadyDone
    }

    /// The team of a class, if it has one.
    pub(super) async fn team(&self, id: &str) -> Result<Option<Team>, Outcome> {
        match self.client.send(Call::get(Area::Teams, &["teams", id])).await? {
            Said::Given(answer) => answer.json().map(Some).map_err(|_| unreadable()),
            Said::Missing => Ok(None),
            Said::Refused(reply) => Err(reply.refusal(&Value::Null)),
        }
    }

    /// Nobody writes in the team any more. A class without one stays as it is.
    pub(super) async fn archive(&self, id: &str) -> Result<Outcome, Outcome> {
        match self.team(id).await? {
            None if self.memory.is_in_the_making(id) => return Ok(IN_THE_MAKING),
            None => return Ok(Outcome::AlreadyDone),
            Some(team) if team.is_archived == Some(true) => return Ok(Outcome::AlreadyDone),
            Some(_) => {}
        }
        let call =
            Call::post(Area::Teams, &["teams", id, "archive"], json!({ "shouldSetSpoSiteReadOnlyForMembers": true }));
        Ok(match self.client.send(call).await? {
            Said::Given(_) => Outcome::done(),
            Said::Missing => Outcome::AlreadyDone,
            Said::Refused(reply) => reply.refusal(&Value::Null),
        })
    }

    /// A class that comes back has its team again.
    pub(super) async fn bring_back(&self, id: &str) -> Result<(), Outcome> {
        let team = self.team(id).await?;
        self.memory.note_team(id, team.is_some());
        if team.and_then(|it| it.is_archived) != Some(true) {
            return Ok(());
        }
        let call = Call::new(Area::Teams, outbound::Method::POST, &["teams", id, "unarchive"]);
        match self.client.send(call).await? {
            Said::Given(_) | Said::Missing => Ok(()),
            Said::Refused(reply) => Err(reply.refusal(&Value::Null)),
        }
    }
}
