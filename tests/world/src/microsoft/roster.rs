//! `/teams/{id}/members`: memberships, which have ids of their own.

use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::filter::Filter;
use super::graph::{Graph, object};
use super::{MicrosoftGroup, TeamRole};
use serde_json::{Value, json};
use uuid::Uuid;

const TYPE: &str = "microsoft.graph.aadUserConversationMember";

impl Graph<'_> {
    pub(super) fn roster(&mut self, call: &Call, id: &str, rest: &[&str]) -> Outcome {
        self.with_team(id)?;
        match (call.method.as_str(), rest) {
            ("GET", []) => self.list_roster(call, id),
            ("POST", []) => self.add_to_roster(call, id),
            ("POST", ["add"]) => self.add_many(call, id),
            ("POST", ["remove"]) => self.remove_many(call, id),
            ("GET", [membership]) => {
                let user = self.member(id, membership)?;
                Ok(Answer::given(self.membership(id, &user)))
            }
            ("PATCH", [membership]) => {
                let user = self.member(id, membership)?;
                let role = self.role(&Value::Object(object(call)?.clone()))?;
                self.check_owner_stays(id, &user, Some(role))?;
                self.set_role(id, &user, Some(role));
                self.touch_group(id, call);
                Ok(Answer::given(self.membership(id, &user)))
            }
            ("DELETE", [membership]) => {
                let user = self.member(id, membership)?;
                self.check_owner_stays(id, &user, None)?;
                self.set_role(id, &user, None);
                self.touch_group(id, call);
                Ok(Answer::done())
            }
            _ => Err(self.no_such_path()),
        }
    }

    fn list_roster(&mut self, call: &Call, id: &str) -> Outcome {
        let page = self.page(call)?;
        let filter = call.parameter("$filter").map(Filter::parse).transpose()?;
        let known = ["userId", "displayName", "email", "roles"];
        if filter.iter().flat_map(Filter::properties).any(|name| !known.contains(&name)) {
            return Err(Refusal::bad_request("Unsupported or invalid query filter clause."));
        }
        let users: Vec<String> =
            self.with_team(id)?.team.iter().flat_map(|team| team.members.keys().cloned()).collect();
        let all = users.into_iter().map(|user| (user.clone(), self.membership(id, &user)));
        let found = all.filter(|(_, it)| filter.as_ref().is_none_or(|filter| filter.matches(it)));
        Ok(self.paged(call, &page, found))
    }

    fn add_to_roster(&mut self, call: &Call, id: &str) -> Outcome {
        let (user, role) = self.named_member(&Value::Object(object(call)?.clone()))?;
        self.add(id, &user, role)?;
        self.touch_group(id, call);
        Ok(Answer::created(self.membership(id, &user)))
    }

    /// Adds somebody, or gives who is there already the role.
    pub(super) fn add(&mut self, id: &str, user: &str, role: TeamRole) -> Result<(), Refusal> {
        if role_of(self.with_team(id)?, user).is_some() && self.options.refuses_team_members_twice {
            return Err(Refusal::new(409, "Conflict", "The user is a member of the team already."));
        }
        self.check_owner_stays(id, user, Some(role))?;
        self.set_role(id, user, Some(role));
        Ok(())
    }

    /// Who is named in a membership, and as what.
    pub(super) fn named_member(&mut self, sent: &Value) -> Result<(String, TeamRole), Refusal> {
        let role = self.role(sent)?;
        let address = sent.get("user@odata.bind").unwrap_or(&Value::Null);
        let user = self.referred(address, &["users"]).map_err(|refusal| match refusal.status {
            404 => Refusal::new(404, "NotFound", "Could not find resource"),
            _ => Refusal::bad_request("Invalid bind property name user in request."),
        })?;
        Ok((user, role))
    }

    pub(super) fn named_owner(&mut self, sent: &Value) -> Result<(String, TeamRole), Refusal> {
        match self.named_member(sent)? {
            (user, TeamRole::Owner) => Ok((user, TeamRole::Owner)),
            _ => Err(Refusal::bad_request("A team owner must be provided when creating a team.")),
        }
    }

    fn role(&mut self, sent: &Value) -> Result<TeamRole, Refusal> {
        let named = sent.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
        if named.trim_start_matches('#') != TYPE {
            self.note("a member without its @odata.type");
            return Err(Refusal::bad_request("Invalid conversation member type."));
        }
        let unknown = sent.as_object().into_iter().flatten().find(|(name, _)| {
            !matches!(name.as_str(), "@odata.type" | "roles" | "user@odata.bind" | "visibleHistoryStartDateTime")
        });
        if let Some((name, _)) = unknown {
            self.note(&format!("sends {name}, which cannot be written here"));
            return Err(Refusal::bad_request(format!("Invalid property {name}.")));
        }
        match sent.get("roles").and_then(Value::as_array).map(Vec::as_slice) {
            None | Some([]) => Ok(TeamRole::Member),
            Some([role]) if role == "owner" => Ok(TeamRole::Owner),
            Some(_) => Err(Refusal::bad_request("Invalid role specified for member.")),
        }
    }

    /// A team has an owner for as long as it has had one.
    pub(super) fn check_owner_stays(&self, id: &str, user: &str, role: Option<TeamRole>) -> Result<(), Refusal> {
        let group = self.with_team(id)?;
        let owners = group.team.iter().flat_map(|team| &team.members).filter(|(_, role)| **role == TeamRole::Owner);
        let is_owner = role_of(group, user) == Some(TeamRole::Owner);
        if is_owner && role != Some(TeamRole::Owner) && owners.count() == 1 {
            return Err(Refusal::bad_request("The team must have at least one owner."));
        }
        Ok(())
    }

    /// What somebody is from now on, in the team and in its group alike; `None`: nothing.
    pub(super) fn set_role(&mut self, id: &str, user: &str, role: Option<TeamRole>) {
        let Some(group) = self.store.state.groups.get_mut(id) else { return };
        if role_of(group, user) == role {
            self.in_vain();
            return;
        }
        let Some(team) = &mut group.team else { return };
        match role {
            Some(role) => team.members.insert(user.to_owned(), role),
            None => team.members.remove(user),
        };
        match role {
            Some(_) => group.members.insert(user.to_owned()),
            None => group.members.remove(user),
        };
        match role {
            Some(TeamRole::Owner) => group.owners.insert(user.to_owned()),
            _ => group.owners.remove(user),
        };
    }

    /// The user of a membership.
    fn member(&self, id: &str, membership: &str) -> Result<String, Refusal> {
        let group = self.with_team(id)?;
        let mut users = group.team.iter().flat_map(|team| team.members.keys());
        let user = users.find(|user| membership_id(id, user) == membership).cloned();
        user.ok_or_else(|| Refusal::new(404, "NotFound", "No such membership."))
    }

    fn membership(&self, id: &str, user: &str) -> Value {
        let role = self.with_team(id).ok().and_then(|group| role_of(group, user));
        let of_user = |property: &str| self.seen_user(user).and_then(|it| it.text(property));
        let roles: &[&str] = if role == Some(TeamRole::Owner) { &["owner"] } else { &[] };
        json!({
            "@odata.type": format!("#{TYPE}"),
            "id": membership_id(id, user),
            "roles": roles,
            "displayName": of_user("displayName"),
            "visibleHistoryStartDateTime": "0001-01-01T00:00:00Z",
            "userId": user,
            "email": of_user("mail"),
            "tenantId": self.options.tenant,
        })
    }
}

fn role_of(group: &MicrosoftGroup, user: &str) -> Option<TeamRole> {
    group.team.as_ref()?.members.get(user).copied()
}

/// Opaque, and with a sign at its end that addresses have to be careful with, as the real ones.
fn membership_id(team: &str, user: &str) -> String {
    let team = team.parse().unwrap_or(Uuid::nil());
    format!("{}=", Uuid::new_v5(&team, user.as_bytes()).simple())
}
