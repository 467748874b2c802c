//! Members and owners of the group that a class is.

use std::collections::BTreeSet;

use rules::outcome::Outcome;
use serde::Deserialize;
use serde_json::Value;

use super::{Goal, MEMBER_MISSING, about_one, worst};
use crate::microsoft::adapter::Microsoft;
use crate::microsoft::bodies::{BATCH, BOUND_AT_ONCE, Part, batch, bound};
use crate::microsoft::classify::{Area, NOT_SPREAD, Reply, forbidden, parts, unreadable};
use crate::microsoft::client::{Call, Said};
use crate::microsoft::listing;
use crate::microsoft::roll::{Change, Role};

#[derive(Deserialize)]
struct Reference {
    id: String,
}

impl Microsoft {
    pub(super) async fn bring_group(&self, id: &str, goal: &Goal) -> Result<(), Outcome> {
        let mut change = match goal.is_certain {
            true => Change::between(&goal.ours, &goal.wanted),
            false => Change::anew(&goal.ours, &goal.wanted),
        };
        if change.loses_owners() {
            change = change.keeping_an_owner(&self.owners(id).await?);
        }
        let joining: Vec<String> = change.join.iter().map(|(id, _)| id.clone()).collect();
        let mut left = Vec::new();
        for some in joining.chunks(BOUND_AT_ONCE) {
            left.extend(self.bind(id, some).await?);
        }
        // What stands in one batch is carried out in any order: nobody goes before those are there who take over.
        left.extend(self.each(id, self.comings(id, &change)).await?);
        left.extend(self.each(id, goings(id, &change)).await?);
        worst(left)
    }

    /// Who becomes a teacher.
    fn comings(&self, id: &str, change: &Change) -> Vec<Part> {
        let teachers = change.join.iter().chain(&change.turn).filter(|it| it.1 == Role::Owner);
        teachers.map(|(user, _)| Part::teacher(&self.client.root, id, user)).collect()
    }

    /// Twenty at once, all or nobody; where somebody is there already, or unknown, one by one.
    async fn bind(&self, id: &str, some: &[String]) -> Result<Vec<Outcome>, Outcome> {
        let body = bound(&self.client.root, some);
        match self.client.send(Call::patch(Area::Classes, &["groups", id], body)).await? {
            Said::Given(_) => return Ok(Vec::new()),
            Said::Missing => {}
            Said::Refused(reply) if reply.is_there_already() => {}
            Said::Refused(reply) => return Err(reply.refusal(&Value::Null)),
        }
        self.each(id, some.iter().map(|user| Part::member(&self.client.root, id, user)).collect()).await
    }

    /// Requests that each may find what they ask for done already. What is in the way of them is given.
    async fn each(&self, id: &str, asked: Vec<Part>) -> Result<Vec<Outcome>, Outcome> {
        let mut left = Vec::new();
        for some in asked.chunks(BATCH) {
            let call = Call::post(Area::Classes, &["$batch"], batch(some));
            let answer = match self.client.send(call).await? {
                Said::Given(answer) => answer,
                Said::Missing => return Err(unreadable()),
                Said::Refused(reply) => return Err(reply.refusal(&Value::Null)),
            };
            let replies = parts(&answer)?;
            for (number, part) in some.iter().enumerate() {
                // What was not answered may not have been done.
                let reply = replies.iter().find(|it| it.0 == number).map(|it| &it.1).ok_or_else(unreadable)?;
                left.extend(self.after(id, part, reply).await?);
            }
        }
        Ok(left)
    }

    /// What is in the way of one request, if anything.
    async fn after(&self, id: &str, part: &Part, reply: &Reply) -> Result<Option<Outcome>, Outcome> {
        match reply.status {
            200..=299 => Ok(None),
            // Whoever is to go and is not there has gone.
            404 | 410 if part.takes_away() => Ok(None),
            404 | 410 if self.memory.is_new(id) => Err(NOT_SPREAD),
            404 | 410 if self.is_there(id).await? => Ok(Some(MEMBER_MISSING)),
            404 | 410 => Err(Outcome::Vanished),
            _ if reply.is_there_already() => Ok(None),
            // A right that is missing is no single member's.
            401 | 403 => Err(forbidden(Area::Classes, reply)),
            _ => Ok(Some(about_one(Area::Classes, reply))),
        }
    }

    /// Whether there is a group.
    async fn is_there(&self, id: &str) -> Result<bool, Outcome> {
        match self.client.send(Call::get(Area::Classes, &["groups", id]).query("$select", "id")).await? {
            Said::Given(_) => Ok(true),
            Said::Missing => Ok(false),
            Said::Refused(reply) => Err(reply.refusal(&Value::Null)),
        }
    }

    async fn owners(&self, id: &str) -> Result<BTreeSet<String>, Outcome> {
        let call =
            Call::get(Area::Classes, &["groups", id, "owners"]).query("$select", "id").query("$top", listing::PAGE);
        let found = listing::whole::<Reference>(&self.client, Area::Classes, call).await?;
        let gone = if self.memory.is_new(id) { NOT_SPREAD } else { Outcome::Vanished };
        Ok(found.ok_or(gone)?.into_iter().map(|it| it.id).collect())
    }
}

/// Who is a teacher no longer, and who goes altogether.
fn goings(id: &str, change: &Change) -> Vec<Part> {
    let down = change.turn.iter().filter(|it| it.1 == Role::Member);
    let no_teachers = down.chain(change.leave.iter().filter(|it| it.1 == Role::Owner));
    let no_teachers = no_teachers.map(|(user, _)| Part::no_teacher(id, user));
    no_teachers.chain(change.leave.iter().map(|(user, _)| Part::no_member(id, user))).collect()
}
