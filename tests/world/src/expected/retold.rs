//! The same, as a register has it that calls things otherwise.

use super::received::teacher_key;
use super::{Expected, Objects, Properties, UnnamedEmployment};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The length of an identity as text.
const IDENTITY: usize = 36;

impl Expected {
    /// This and, from another register, that.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.organisations.extend(other.organisations);
        self.units.extend(other.units);
        self.users.extend(other.users);
        self.employments.extend(other.employments);
        self.unnamed_employments.extend(other.unnamed_employments);
        self.groups.extend(other.groups);
        self.activities.extend(other.activities);
        self.generated_activities.extend(other.generated_activities);
        self
    }

    /// From a register that knows who teaches which group and as what somebody works where, but no activities, and gives
    /// duties no names.
    #[must_use]
    pub fn with_teachers_in_groups(mut self) -> Self {
        let mut names = BTreeMap::new();
        for (duty, employment) in std::mem::take(&mut self.employments) {
            let one = |property| employment.get(property).and_then(BTreeSet::first).cloned();
            if let (Some(user), Some(unit)) = (one("user"), one("employedAt")) {
                let role = one("employmentRole");
                names.insert(duty, teacher_key(&user, role.as_deref()));
                self.unnamed_employments.insert(UnnamedEmployment { user, unit, role });
            }
        }
        let named = |teacher: &String| names.get(teacher).unwrap_or(teacher).clone();
        for teachers in self.generated_activities.values_mut() {
            *teachers = teachers.iter().map(named).collect();
        }
        for activity in std::mem::take(&mut self.activities).into_values() {
            let all = |property| activity.get(property).into_iter().flatten();
            for group in all("groups") {
                self.generated_activities.entry(group.clone()).or_default().extend(all("teachers").map(named));
            }
        }
        self.generated_activities.retain(|_, teachers| !teachers.is_empty());
        self
    }

    /// From a register that gives what is known here by one identity another.
    #[must_use]
    pub fn called(self, other: impl Fn(Uuid) -> Uuid) -> Self {
        let text = |text: &String| match text.get(..IDENTITY).and_then(|head| head.parse().ok()) {
            Some(known) => format!("{}{}", other(known), text.get(IDENTITY..).unwrap_or_default()),
            None => text.clone(),
        };
        let texts = |all: BTreeSet<String>| -> BTreeSet<String> { all.iter().map(text).collect() };
        let properties = |all: Properties| -> Properties { all.into_iter().map(|(k, v)| (k, texts(v))).collect() };
        let objects =
            |all: Objects| -> Objects { all.into_iter().map(|(id, it)| (text(&id), properties(it))).collect() };
        let employment =
            |it: UnnamedEmployment| UnnamedEmployment { user: text(&it.user), unit: text(&it.unit), role: it.role };
        Self {
            organisations: objects(self.organisations),
            units: objects(self.units),
            users: objects(self.users),
            employments: objects(self.employments),
            unnamed_employments: self.unnamed_employments.into_iter().map(employment).collect(),
            groups: objects(self.groups),
            activities: objects(self.activities),
            generated_activities: self
                .generated_activities
                .into_iter()
                .map(|(id, it)| (text(&id), texts(it)))
                .collect(),
        }
    }
}
