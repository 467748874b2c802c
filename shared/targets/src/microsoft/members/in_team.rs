//! Members and owners of a team.

use std::collections::BTreeSet;

use rules::outcome::Outcome;
use serde::Deserialize;
use serde_json::Value;

use super::{Goal, MEMBER_MISSING, about_one, worst};
use crate::microsoft::adapter::Microsoft;
use crate::microsoft::bodies::{ADDED_AT_ONCE, REMOVED_AT_ONCE, joining, leaving, turning};
use crate::microsoft::classify::{Area, Failure, Reply, failures};
use crate::microsoft::client::{Call, Said};
use crate::microsoft::listing;
use crate::microsoft::roll::{Change, Role, Roll};

/// A member of a team [`aadUserConversationMember`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TeamMember {
    /// The membership, which is not the person.
    id: String,
    #[serde(default)]
    user_id: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
}

impl TeamMember {
    fn role(&self) -> Role {
        if self.roles.iter().any(|it| it == "owner") { Role::Owner } else { Role::Member }
    }
}

/// Who is in a team now.
#[derive(Debug, Default)]
struct There(Vec<TeamMember>);

impl There {
    fn roll(&self) -> Roll {
        self.0.iter().filter_map(|it| Some((it.user_id.clone()?.to_lowercase(), it.role()))).collect()
    }

    fn owners(&self) -> BTreeSet<String> {
        self.roll().into_iter().filter(|it| it.1 == Role::Owner).map(|it| it.0).collect()
    }

    fn member(&self, user: &str) -> Option<&TeamMember> {
        self.0.iter().find(|it| it.user_id.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(user)))
    }
}

impl Microsoft {
    /// Whether there is a team; if so, its members are as they should be.
    pub(super) async fn bring_team(&self, id: &str, goal: &Goal) -> Result<bool, Outcome> {
        let mut change = Change::between(&goal.ours, &goal.wanted);
        if !goal.is_certain || change.loses_owners() || !change.turn.is_empty() {
            let Some(there) = self.team_members(id).await? else { return Ok(false) };
            if !goal.is_certain {
                change = Change::from_there(&there.roll(), &goal.ours, &goal.wanted);
            }
            change = change.keeping_an_owner(&there.owners());
        }
        let mut left = Vec::new();
        for some in change.join.chunks(ADDED_AT_ONCE) {
            let Some(unclear) = self.add(id, some).await? else { return Ok(false) };
            left.extend(self.look_again(id, some, unclear).await?);
        }
        // Whoever becomes an owner before whoever is one no longer: one is needed at all times.
        change.turn.sort_by_key(|it| std::cmp::Reverse(it.1));
        for (user, role) in &change.turn {
            left.extend(self.turn(id, user, *role).await?);
        }
        let going: Vec<String> = change.leave.into_iter().map(|it| it.0).collect();
        for some in going.chunks(REMOVED_AT_ONCE) {
            let Some(stuck) = self.take_out(id, some).await? else { return Ok(false) };
            left.extend(stuck);
        }
        worst(left).map(|()| true)
    }

    /// Whose joining did not go well; `None`: there is no team.
    async fn add(&self, id: &str, some: &[(String, Role)]) -> Result<Option<Vec<Failure>>, Outcome> {
        let body = joining(&self.client.root, some);
        let call = Call::post(Area::TeamMembers, &["teams", id, "members", "add"], body);
        match self.client.send(call).await? {
            Said::Given(answer) => failures(&answer).map(Some),
            Said::Missing => Ok(None),
            Said::Refused(reply) => {
                let each = some.iter().map(|(user, _)| Failure { user: user.clone(), reply: reply.clone() });
                Ok(Some(each.collect()))
            }
        }
    }

    /// Whoever could not be added may be there already: the codes for that are not documented, so it is looked at.
    async fn look_again(
        &self,
        id: &str,
        sent: &[(String, Role)],
        unclear: Vec<Failure>,
    ) -> Result<Vec<Outcome>, Outcome> {
        let mut left: Vec<Outcome> =
            unclear.iter().filter(|it| is_missing(&it.reply)).map(|_| MEMBER_MISSING).collect();
        let unclear: Vec<Failure> = unclear.into_iter().filter(|it| !is_missing(&it.reply)).collect();
        if unclear.is_empty() {
            return Ok(left);
        }
        let there = self.team_members(id).await?.unwrap_or_default();
        for failure in unclear {
            let wanted = sent.iter().find(|it| it.0.eq_ignore_ascii_case(&failure.user)).map(|it| it.1);
            match (there.member(&failure.user), wanted) {
                (Some(member), Some(role)) if member.role() != role => {
                    left.extend(self.set_role(id, &member.id, role).await?);
                }
                (Some(_), _) => {}
                (None, _) => left.push(about_one(Area::TeamMembers, &failure.reply)),
            }
        }
        Ok(left)
    }

    async fn turn(&self, id: &str, user: &str, role: Role) -> Result<Option<Outcome>, Outcome> {
        let there = self.team_members(id).await?.unwrap_or_default();
        match there.member(user) {
            Some(member) if member.role() == role => Ok(None),
            Some(member) => self.set_role(id, &member.id, role).await,
            None => Ok(Some(MEMBER_MISSING)),
        }
    }

    async fn set_role(&self, id: &str, membership: &str, role: Role) -> Result<Option<Outcome>, Outcome> {
        let call = Call::patch(Area::TeamMembers, &["teams", id, "members", membership], turning(role));
        Ok(match self.client.send(call).await? {
            Said::Given(_) => None,
            Said::Missing => Some(MEMBER_MISSING),
            Said::Refused(reply) => Some(reply.refusal(&Value::Null)),
        })
    }

    /// Twenty at once; whoever did not go then, one by one. `None`: there is no team.
    async fn take_out(&self, id: &str, some: &[String]) -> Result<Option<Vec<Outcome>>, Outcome> {
        let body = leaving(&self.client.root, some);
        let call = Call::post(Area::TeamMembers, &["teams", id, "members", "remove"], body);
        let unclear: Vec<String> = match self.client.send(call).await? {
            Said::Given(answer) => {
                failures(&answer)?.into_iter().filter(|it| !is_missing(&it.reply)).map(|it| it.user).collect()
            }
            Said::Missing | Said::Refused(_) => some.to_vec(),
        };
        if unclear.is_empty() {
            return Ok(Some(Vec::new()));
        }
        let Some(there) = self.team_members(id).await? else { return Ok(None) };
        let owners = there.owners();
        let mut left = Vec::new();
        for member in unclear.iter().filter_map(|user| there.member(user)) {
            // The last owner is not taken away: Microsoft would not.
            if member.role() == Role::Owner && owners.len() == 1 {
                continue;
            }
            let call = Call::delete(Area::TeamMembers, &["teams", id, "members", &member.id]);
            if let Said::Refused(reply) = self.client.send(call).await? {
                left.push(reply.refusal(&Value::Null));
            }
        }
        Ok(Some(left))
    }

    /// `None`: there is no team.
    async fn team_members(&self, id: &str) -> Result<Option<There>, Outcome> {
        let call = Call::get(Area::TeamMembers, &["teams", id, "members"]).query("$top", listing::PAGE);
        Ok(listing::whole(&self.client, Area::TeamMembers, call).await?.map(There))
    }
}

const fn is_missing(reply: &Reply) -> bool {
    matches!(reply.status, 404 | 410)
}
