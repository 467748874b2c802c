//! Who and what is at which school: some calls for the whole directory, where asking each user would be thousands.
//!
//! One batch of twenty asks ten schools for the identities of their users and classes, up to 999 each in one answer.
//! A census is not stored: a process that has none takes one anew.

use std::collections::{BTreeMap, BTreeSet};

use roster::Id;

use super::choice::Choice;
use super::client::{BATCH, Client, identities_of, no_identity};
use super::mapping;
use crate::{SourceError, SourceErrorKind};

/// Who and what is at the chosen schools.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Census {
    schools: BTreeSet<Id>,
    users: BTreeMap<Id, Vec<Id>>,
    classes: BTreeMap<Id, Vec<Id>>,
}

impl Census {
    /// Takes the census.
    pub(super) async fn take(client: &Client, choice: &Choice) -> Result<Self, SourceError> {
        let mut census = Self { schools: schools(client, choice).await?, ..Self::default() };
        let schools: Vec<Id> = census.schools.iter().copied().collect();
        for some in schools.chunks(BATCH / 2) {
            census.count(client, some).await?;
        }
        Ok(census)
    }

    async fn count(&mut self, client: &Client, schools: &[Id]) -> Result<(), SourceError> {
        let of = |school: &Id, what: &str| identities_of(&format!("education/schools/{school}/{what}"));
        let asked: Vec<String> = schools.iter().flat_map(|it| [of(it, "users"), of(it, "classes")]).collect();
        let parts = client.batch(&asked).await?;
        for (school, parts) in schools.iter().zip(parts.chunks(2)) {
            for (place, part) in [&mut self.users, &mut self.classes].into_iter().zip(parts) {
                let part = part.as_ref().ok_or_else(vanished)?;
                for id in client.identities(part).await? {
                    place.entry(id).or_default().push(*school);
                }
            }
        }
        Ok(())
    }

    /// The chosen schools of a user, in order.
    pub(super) fn schools_of_user(&self, user: Id) -> Vec<Id> {
        self.users.get(&user).cloned().unwrap_or_default()
    }

    /// The chosen schools of a class, in order.
    pub(super) fn schools_of_class(&self, class: Id) -> Vec<Id> {
        self.classes.get(&class).cloned().unwrap_or_default()
    }

    /// Equal for equal censuses.
    pub(super) fn fingerprint(&self) -> String {
        let mut bytes = Vec::new();
        let mut add = |id: &Id| bytes.extend_from_slice(id.uuid().as_bytes());
        self.schools.iter().for_each(&mut add);
        for (id, schools) in self.users.iter().chain(&self.classes) {
            add(id);
            schools.iter().for_each(&mut add);
        }
        roster::fingerprint(&bytes)
    }
}

/// A school that was listed a moment ago: nobody is taken to have left because of it.
fn vanished() -> SourceError {
    SourceError::new(SourceErrorKind::Passing, "source.resource_gone", "HTTP 404 for the users or classes of a school")
}

/// The chosen schools, in order.
pub(super) async fn schools(client: &Client, choice: &Choice) -> Result<BTreeSet<Id>, SourceError> {
    let answer = client.get(SCHOOLS).await?;
    if !answer.is_success() {
        return Err(client.caller.failure(&answer));
    }
    let mut schools = BTreeSet::new();
    client
        .whole_list(&answer.body, |page| {
            schools.extend(mapping::chosen_schools(&page.value, choice).map_err(|_| no_identity())?);
            Ok(())
        })
        .await?;
    Ok(schools)
}

const SCHOOLS: &str = "education/schools?$select=id,externalId,schoolNumber";
