//! Who is in a class: through its team, where it has one, since groups and teams follow each other only after hours;
//! otherwise through the group that it is.

mod in_group;
mod in_team;

use rules::object::{DeliveredObject, WantedObject};
use rules::outcome::Outcome;

use super::adapter::Microsoft;
use super::classify::{Area, Reply, Verdict, verdict};
use super::roll::{Change, NamedOwners, Roll, is_certain, named_in, roll};

/// Somebody who is to be in a class is not known there, or not yet.
const MEMBER_MISSING: Outcome = Outcome::WaitFor { code: "microsoft.member_missing" };

/// A class as it should be, and what we put there.
#[derive(Debug)]
struct Goal {
    wanted: Roll,
    ours: Roll,
    /// Whether it is known that `ours` is there.
    is_certain: bool,
}

impl Microsoft {
    /// Brings the members of a class from what was delivered to what is wanted. `None`: nothing is known of who is there.
    ///
    /// # Errors
    /// What is in the way; whatever else could be done has been done.
    pub(super) async fn bring_members(
        &self,
        id: &str,
        wanted: &WantedObject,
        delivered: Option<&DeliveredObject>,
    ) -> Result<(), Outcome> {
        let goal = self.goal(wanted, delivered).await?;
        if goal.is_certain && Change::between(&goal.ours, &goal.wanted).is_empty() {
            return Ok(());
        }
        if self.may_have_team(id).await? {
            if self.bring_team(id, &goal).await? {
                self.memory.note_team(id, true);
                return Ok(());
            }
            self.memory.note_team(id, false);
        }
        self.bring_group(id, &goal).await
    }

    async fn goal(&self, wanted: &WantedObject, delivered: Option<&DeliveredObject>) -> Result<Goal, Outcome> {
        let mut named = NamedOwners::new();
        for name in named_in([&wanted.ties, wanted.tied_before(delivered)]) {
            if let Some(id) = self.named_owner(name).await? {
                named.insert(name.clone(), id);
            }
        }
        Ok(Goal {
            wanted: roll(&wanted.ties, &named),
            ours: roll(wanted.tied_before(delivered), &named),
            is_certain: delivered.is_some_and(is_certain),
        })
    }

    /// Where teams are made by us, a class most often has one: then asking costs no call of its own.
    async fn may_have_team(&self, id: &str) -> Result<bool, Outcome> {
        match self.memory.has_team(id) {
            Some(has) => Ok(has),
            None if self.makes_teams => Ok(true),
            None => {
                let has = self.team(id).await?.is_some();
                self.memory.note_team(id, has);
                Ok(has)
            }
        }
    }
}

/// What a reply about one member comes to, if it is none of those that were looked for.
fn about_one(area: Area, reply: &Reply) -> Outcome {
    match verdict(area, reply) {
        Verdict::Missing => MEMBER_MISSING,
        // Somebody without a licence is no right that is missing to us.
        Verdict::Failed(Outcome::TargetDown { .. }) => reply.rejected(&serde_json::Value::Null),
        Verdict::Failed(outcome) => outcome,
        Verdict::Given | Verdict::Refused => reply.refusal(&serde_json::Value::Null),
    }
}

/// The one that matters most of what is in the way.
fn worst(left: Vec<Outcome>) -> Result<(), Outcome> {
    let severity = |it: &Outcome| match it {
        Outcome::TargetDown { .. } => 4,
        Outcome::Throttled { .. } => 3,
        Outcome::Retry { .. } => 2,
        Outcome::WaitFor { .. } => 1,
        _ => 0,
    };
    left.into_iter().max_by_key(severity).map_or(Ok(()), Err)
}
