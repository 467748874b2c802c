//! What a service provider of SCIM should hold: users, and groups with their members, among them whoever teaches or leads
//! the group. Compared is what the sender wrote: what has an external id that nobody planted.

use super::{Expected, Objects, Properties, compare, one};
use crate::receiver::ResourceType;
use crate::scim::{ScimResource, ScimState};
use std::collections::{BTreeMap, BTreeSet};

impl Expected {
    /// Every difference, in words with identities but without names or addresses. None means equal.
    pub fn differences_at_scim(&self, held: &ScimState) -> Vec<String> {
        let mut found = Vec::new();
        compare::compare(ResourceType::Users, &self.scim_users(), &users(held), &mut found);
        compare::compare(ResourceType::StudentGroups, &self.scim_groups(), &groups(held), &mut found);
        found
    }

    fn scim_users(&self) -> Objects {
        let told = ["userName", "displayName", "emails"];
        let of = |it: &Properties| -> Properties {
            it.iter().filter(|(name, _)| told.contains(name)).map(|(name, values)| (*name, values.clone())).collect()
        };
        self.users.iter().map(|(id, it)| (id.clone(), of(it))).collect()
    }

    fn scim_groups(&self) -> Objects {
        let mut groups: Objects = BTreeMap::new();
        for (id, group) in &self.groups {
            let mut members = group.get("members").cloned().unwrap_or_default();
            members.extend(self.teachers_of(id));
            let name = group.get("displayName").cloned().unwrap_or_default();
            groups.insert(id.clone(), Properties::from([("displayName", name), ("members", members)]));
        }
        groups
    }

    pub(super) fn teachers_of<'e>(&'e self, group: &'e str) -> impl Iterator<Item = String> + 'e {
        let has = |it: &&Properties| it.get("groups").is_some_and(|groups| groups.contains(group));
        let teaching = self.activities.values().filter(has).filter_map(|it| it.get("teachers")).flatten();
        let leading = self.generated_activities.get(group).into_iter().flatten();
        teaching.chain(leading).map(|teacher| self.user_of(teacher))
    }

    /// Who a teacher is that is compared by an employment, or by user and role.
    fn user_of(&self, teacher: &str) -> String {
        let employment = self.employments.get(teacher).and_then(|it| it.get("user")?.first().cloned());
        employment.unwrap_or_else(|| teacher.split(" as ").next().unwrap_or_default().to_owned())
    }
}

fn ours(resource: &ScimResource) -> bool {
    resource.by_us || resource.may_be_adopted && resource.text("externalId").is_some()
}

fn users(held: &ScimState) -> Objects {
    let of = |it: &ScimResource| {
        let emails = it.body["emails"].as_array().into_iter().flatten();
        let emails = emails.filter_map(|email| email["value"].as_str().map(str::to_owned)).collect();
        let text = |name| one(it.text(name).unwrap_or_default());
        Properties::from([("userName", text("userName")), ("displayName", text("displayName")), ("emails", emails)])
    };
    let all = held.users.values().filter(|it| ours(it));
    all.map(|it| (it.text("externalId").unwrap_or("without an external id").to_owned(), of(it))).collect()
}

fn groups(held: &ScimState) -> Objects {
    let name = |id: &str| match held.users.get(id) {
        Some(user) if ours(user) => user.text("externalId").map(str::to_owned),
        // Put there by hand: nobody's business.
        Some(_) => None,
        None => Some("nobody".to_owned()),
    };
    let of = |it: &ScimResource| {
        let members: BTreeSet<String> = it.members().into_iter().filter_map(name).collect();
        Properties::from([("displayName", one(it.text("displayName").unwrap_or_default())), ("members", members)])
    };
    let all = held.groups.values().filter(|it| ours(it));
    all.map(|it| (it.text("externalId").unwrap_or("without an external id").to_owned(), of(it))).collect()
}
