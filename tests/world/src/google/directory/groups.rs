//! Groups.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::service::{Call, Service};
use super::super::{GoogleGroup, Provenance};
use super::lists::is_in;
use super::query::clauses;
use crate::receiver::HistoryEntry;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const LARGEST_PAGE: usize = 200;

impl Service<'_> {
    /// A group by id or by address.
    pub(super) fn group(&self, key: &str) -> Result<&GoogleGroup, Refusal> {
        let id = self.store.group_id(key);
        id.and_then(|id| self.store.state.groups.get(&id)).ok_or_else(|| Refusal::no_such("groupKey"))
    }

    pub(super) fn get_group(&self, call: &Call) -> Outcome {
        Ok(Answer::given(Self::rendered_group(self.group(call.key(0))?)))
    }

    pub(super) fn insert_group(&mut self, call: &Call) -> Outcome {
        if call.text("email").is_none_or(str::is_empty) {
            return Err(Refusal::directory(400, "required", "Missing required field: email"));
        }
        let mut group = GoogleGroup {
            id: String::new(),
            email: String::new(),
            aliases: BTreeSet::new(),
            name: String::new(),
            description: String::new(),
            members: BTreeMap::new(),
            provenance: Provenance::new(true, self.now),
        };
        self.write_group(&mut group, &call.body)?;
        if group.name.is_empty() {
            group.name = group.email.split('@').next().unwrap_or_default().to_owned();
        }
        group.id = group_id(self.options.seed, self.store.next());
        let answer = Answer::given(Self::rendered_group(&group));
        self.store.put_group(group);
        Ok(answer)
    }

    /// `PUT` and `PATCH` do the same: what is not given stays (the guide on managing groups says so).
    pub(super) fn change_group(&mut self, call: &Call) -> Outcome {
        let before = self.group(call.key(0))?.clone();
        let mut group = before.clone();
        self.write_group(&mut group, &call.body)?;
        self.note_if_foreign(&before.provenance);
        if Self::rendered_group(&before) == Self::rendered_group(&group) {
            self.in_vain();
        } else {
            group.provenance.changed(self.now);
        }
        group.provenance.history.push(HistoryEntry { at: self.now, method: Self::method_of(call) });
        if before.email != group.email {
            self.rename_member(&group.id, &group.email);
        }
        let answer = Answer::given(Self::rendered_group(&group));
        self.store.put_group(group);
        Ok(answer)
    }

    pub(super) fn delete_group(&mut self, call: &Call) -> Outcome {
        let group = self.group(call.key(0))?;
        let (id, provenance) = (group.id.clone(), group.provenance.clone());
        self.note_if_foreign(&provenance);
        self.store.delete_group(&id);
        Ok(Answer::nothing())
    }

    /// Groups of the customer, of a domain, or those that somebody is a member of.
    pub(super) fn list_groups(&mut self, call: &Call) -> Outcome {
        let member = call.parameter("userKey");
        let domain = if member.is_some() { None } else { self.check_whose(call)? };
        let member = match member {
            Some(key) => Some(self.member_id(key).ok_or_else(|| Refusal::no_such("userKey"))?),
            None => None,
        };
        let wanted = clauses(call.parameter("query").unwrap_or_default())?;
        let mut found: Vec<(String, Value)> = Vec::new();
        for group in self.store.state.groups.values().filter(|it| is_in(&it.email, domain.as_ref())) {
            let mut fits = member.as_ref().is_none_or(|it| group.members.contains_key(it));
            for clause in &wanted {
                fits &= match clause.field.as_str() {
                    "email" => clause.fits(group.aliases.iter().map(String::as_str).chain([group.email.as_str()])),
                    "name" => clause.fits([group.name.as_str()]),
                    _ => return Err(Refusal::invalid("query")),
                };
            }
            if fits {
                found.push((group.email.clone(), Self::rendered_group(group)));
            }
        }
        self.page_of(call, "groups", found, LARGEST_PAGE, LARGEST_PAGE)
    }
}

pub(in super::super) fn group_id(seed: u64, number: u64) -> String {
    format!("03{:03x}g{number:08x}", seed % 4_096)
}
