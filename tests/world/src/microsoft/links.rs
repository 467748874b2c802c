//! Members and owners of groups; pupils and teachers of classes.

use super::MicrosoftGroup;
use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::check::Fields;
use super::graph::{Graph, object};
use super::schema::Kind;
use serde_json::Value;
use std::collections::BTreeSet;

/// As many as one request may bind.
const MOST: usize = 20;
/// As many owners as a group may have.
const MOST_OWNERS: usize = 100;

/// How somebody belongs to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// `members`.
    Member,
    /// `owners`; a class's `teachers`.
    Owner,
}

impl Link {
    fn named(name: &str) -> Self {
        if name == "members" { Self::Member } else { Self::Owner }
    }

    pub(super) fn property(self) -> &'static str {
        match self {
            Self::Member => "members",
            Self::Owner => "owners",
        }
    }

    pub(super) fn of(self, group: &MicrosoftGroup) -> &BTreeSet<String> {
        match self {
            Self::Member => &group.members,
            Self::Owner => &group.owners,
        }
    }

    pub(super) fn of_mut(self, group: &mut MicrosoftGroup) -> &mut BTreeSet<String> {
        match self {
            Self::Member => &mut group.members,
            Self::Owner => &mut group.owners,
        }
    }
}

impl Graph<'_> {
    /// A request to the members or owners of a group, or to the members or teachers of a class.
    pub(super) fn links(&mut self, kind: Kind, call: &Call, id: &str, name: &str, rest: &[&str]) -> Outcome {
        let link = Link::named(name);
        let id = &id.to_lowercase();
        let group = self.group(id)?.clone();
        match (call.method.as_str(), rest) {
            ("GET", []) => self.list_links(call, link.of(&group)),
            ("POST", ["$ref"]) => {
                self.check_master(&group)?;
                // Which addresses are taken is known from the documentation of either.
                let collections: &[&str] =
                    if kind == Kind::Class { &["education/users"] } else { &["directoryObjects", "users"] };
                let user = self.referred(object(call)?.get("@odata.id").unwrap_or(&Value::Null), collections)?;
                let links = vec![(link, user)];
                self.check_links(&group, &links)?;
                self.link(id, links);
                self.touch_group(id, call);
                Ok(Answer::done())
            }
            ("DELETE", [user, "$ref"]) => {
                self.check_master(&group)?;
                self.unlink(&group, id, link, user)?;
                self.touch_group(id, call);
                Ok(Answer::done())
            }
            ("DELETE", [user]) => {
                self.note("a DELETE without /$ref, which is about the user");
                let user = link.of(&group).get(*user).cloned().ok_or_else(|| Refusal::not_found(user))?;
                self.delete_user(call, &user)
            }
            _ => Err(self.no_such_path()),
        }
    }

    /// Whom `members@odata.bind` and `owners@odata.bind` name.
    pub(super) fn bound(&mut self, sent: &Fields) -> Result<Vec<(Link, String)>, Refusal> {
        let mut links = Vec::new();
        for link in [Link::Owner, Link::Member] {
            let Some(bound) = sent.get(&format!("{}@odata.bind", link.property())) else { continue };
            let bound = bound.as_array().ok_or_else(|| Refusal::bad_request("A list of addresses is expected."))?;
            if links.len() + bound.len() > MOST {
                self.note("binds more than 20");
                return Err(Refusal::bad("The number of references in the request exceeds the maximum of 20."));
            }
            for address in bound {
                let user = self.referred(address, &["directoryObjects", "users"])?;
                if links.contains(&(link, user.clone())) {
                    let why = "can only be present once as an add/remove change.";
                    return Err(Refusal::bad(format!("A reference to '{user}' in '{}' {why}", link.property())));
                }
                links.push((link, user));
            }
        }
        Ok(links)
    }

    /// Whether all of these can be added to a group.
    pub(super) fn check_links(&self, group: &MicrosoftGroup, links: &[(Link, String)]) -> Result<(), Refusal> {
        if let Some((link, _)) = links.iter().find(|(link, user)| link.of(group).contains(user)) {
            let what = "One or more added object references already exist for the following modified properties";
            return Err(Refusal::bad(format!("{what}: '{}'.", link.property())));
        }
        let owners = links.iter().filter(|(link, _)| *link == Link::Owner).count();
        if group.owners.len() + owners > MOST_OWNERS {
            return Err(Refusal::bad("The group has as many owners as it may have."));
        }
        Ok(())
    }

    pub(super) fn link(&mut self, id: &str, links: Vec<(Link, String)>) {
        for (link, user) in links {
            if let Some(group) = self.store.state.groups.get_mut(id) {
                link.of_mut(group).insert(user.clone());
            }
            self.follow(id, &user);
        }
    }

    fn unlink(&mut self, group: &MicrosoftGroup, id: &str, link: Link, user: &str) -> Result<(), Refusal> {
        let linked = link.of(group);
        if !linked.contains(user) {
            return Err(Refusal::not_found(user));
        }
        if link == Link::Owner && linked.len() == 1 {
            return Err(last_owner());
        }
        let leaves = link == Link::Owner && group.team.is_some() && self.options.removed_owners_leave;
        if let Some(group) = self.store.state.groups.get_mut(id) {
            link.of_mut(group).remove(user);
            if leaves {
                group.members.remove(user);
            }
        }
        self.follow(id, user);
        Ok(())
    }
}

pub(super) fn last_owner() -> Refusal {
    Refusal::bad("The group must have at least one owner, hence this owner cannot be removed.")
}
