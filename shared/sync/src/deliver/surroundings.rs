//! Surroundings: what a subject's view depends on, loaded in as few reads as possible.

use std::collections::{BTreeMap, BTreeSet};

use roster::{Id, Organisation, SubjectKey};
use rules::delivery::{Delivery, Standing};
use rules::merge::{Merged, merge};
use rules::project::{
    AncestorAtTarget, Frame, PersonAtTarget, Presence, Surroundings, UnitAtTarget, duties_today, is_pupil, needs_of,
    unwanted,
};
use state::Subject;

use super::Delivering;
use crate::error::SyncError;

/// Organisations above one another; a register in which they form a circle ends here.
const LEVELS: usize = 8;

type Subjects = BTreeMap<SubjectKey, Subject>;

impl Delivering<'_> {
    pub(super) async fn surroundings(
        &self,
        key: SubjectKey,
        merged: &Merged,
        frame: &Frame<'_>,
    ) -> Result<Surroundings, SyncError> {
        if let Merged::Organisation(organisation) = merged {
            let ancestors = self.ancestors(organisation).await?;
            return Ok(Surroundings { ancestors, ..Surroundings::default() });
        }
        let mut needs = needs_of(merged);
        let sources = &self.tenant.precedence.order;
        let duties = self.hub.store.persons_of_duties(self.tenant_name(), sources, &needs.duties).await?;
        needs.persons.extend(duties.values());
        needs.persons.remove(&key.id);
        let wanted = needs.organisations.iter().copied().map(SubjectKey::organisation);
        let wanted = wanted.chain(needs.persons.iter().copied().map(SubjectKey::person));
        let wanted = wanted.chain(needs.groups.iter().copied().map(SubjectKey::group));
        let mut subjects = self.hub.store.subjects(self.tenant_name(), wanted.collect()).await?;
        let employed = needs.persons.iter().filter_map(|id| subjects.get(&SubjectKey::person(*id)));
        let employers: BTreeSet<Id> = employed.flat_map(|it| self.person(it, frame).duties.into_values()).collect();
        let units = self.units(needs.organisations.union(&employers).copied().collect(), &mut subjects).await?;
        let persons = needs.persons.iter().filter_map(|id| Some((*id, subjects.get(&SubjectKey::person(*id))?)));
        let persons = persons.map(|(id, subject)| (id, self.person(subject, frame))).collect();
        let groups = needs.groups.iter().filter_map(|id| Some((*id, subjects.get(&SubjectKey::group(*id))?)));
        let groups = groups.map(|(id, subject)| (id, self.group(subject, frame))).collect();
        Ok(Surroundings { units, ancestors: Vec::new(), persons, duties, groups })
    }

    /// The school units that organisations resolve to; most organisations referred to are units themselves.
    async fn units(
        &self,
        organisations: BTreeSet<Id>,
        subjects: &mut Subjects,
    ) -> Result<BTreeMap<Id, Vec<UnitAtTarget>>, SyncError> {
        let of = |subjects: &Subjects, id: &Id| {
            subjects.get(&SubjectKey::organisation(*id)).map(|it| it.units.clone()).unwrap_or_default()
        };
        self.load_organisations(organisations.clone(), subjects).await?;
        self.load_organisations(organisations.iter().flat_map(|id| of(subjects, id)).collect(), subjects).await?;
        let resolved = organisations.iter().map(|id| {
            let units = of(subjects, id).into_iter();
            let units = units.filter_map(|unit| self.unit(subjects.get(&SubjectKey::organisation(unit))?));
            (*id, units.collect())
        });
        Ok(resolved.collect())
    }

    async fn load_organisations(&self, wanted: BTreeSet<Id>, subjects: &mut Subjects) -> Result<(), SyncError> {
        let missing = wanted.into_iter().map(SubjectKey::organisation).filter(|key| !subjects.contains_key(key));
        let missing: Vec<SubjectKey> = missing.collect();
        if !missing.is_empty() {
            subjects.extend(self.hub.store.subjects(self.tenant_name(), missing).await?);
        }
        Ok(())
    }

    fn unit(&self, subject: &Subject) -> Option<UnitAtTarget> {
        let organisation = self.organisation(subject)?;
        let presence = if self.target.policy.carries.organisations {
            self.presence(subject)
        } else {
            // Known by the name that all of the country's systems know it by.
            let code = organisation.school_unit_code.clone();
            Presence::Present(code.unwrap_or_else(|| organisation.id.to_string()))
        };
        Some(UnitAtTarget {
            id: organisation.id,
            code: organisation.school_unit_code,
            school_types: organisation.school_types,
            presence,
        })
    }

    fn organisation(&self, subject: &Subject) -> Option<Organisation> {
        match merge(&subject.facts, &self.tenant.precedence) {
            Some(Merged::Organisation(organisation)) => Some(organisation),
            _ => None,
        }
    }

    async fn ancestors(&self, organisation: &Organisation) -> Result<Vec<AncestorAtTarget>, SyncError> {
        let mut ancestors = Vec::new();
        let mut above = organisation.parent;
        while let Some(id) = above.take().filter(|_| ancestors.len() < LEVELS) {
            let subject = self.hub.store.subject(self.tenant_name(), SubjectKey::organisation(id)).await?;
            let Some(organisation) = self.organisation(&subject) else { break };
            above = organisation.parent;
            ancestors.push(AncestorAtTarget { presence: self.presence(&subject), organisation });
        }
        Ok(ancestors)
    }

    /// Whether the target has a subject, by its own reference object – of whatever kind: an organisation is one of several.
    fn presence(&self, subject: &Subject) -> Presence {
        let reference = self.target.target.reference_of(&subject.key);
        match subject.deliveries.get(self.target_name) {
            None => Presence::Absent,
            Some(delivery) => {
                match delivery.objects.iter().find(|it| it.may_be_referred_to() && it.key.key == reference.key) {
                    Some(object) => Presence::Present(object.at_target().to_owned()),
                    None if may_come(delivery) => Presence::Pending,
                    None => Presence::Absent,
                }
            }
        }
    }

    /// Whether the target has a group that it should have.
    fn group(&self, subject: &Subject, frame: &Frame<'_>) -> Presence {
        match merge(&subject.facts, &self.tenant.precedence) {
            Some(Merged::Group(it)) if it.group.validity.is_active(frame.today) => self.presence(subject),
            _ => self.absence(subject),
        }
    }

    /// The presence of a subject that is not wanted.
    fn absence(&self, subject: &Subject) -> Presence {
        let undecided = subject.deliveries.get(self.target_name).is_some_and(is_undecided);
        if undecided { Presence::Pending } else { Presence::Absent }
    }

    fn person(&self, subject: &Subject, frame: &Frame<'_>) -> PersonAtTarget {
        let absent = PersonAtTarget {
            presence: Presence::Absent,
            is_pupil: false,
            duties: BTreeMap::new(),
            objects: BTreeMap::new(),
            is_pending: false,
        };
        let Some(Merged::Person(person)) = merge(&subject.facts, &self.tenant.precedence) else {
            // Others may speak of somebody before the person itself is read.
            return PersonAtTarget { presence: self.absence(subject), ..absent };
        };
        if unwanted(&person, frame).is_some() {
            return PersonAtTarget { presence: self.absence(subject), ..absent };
        }
        let delivery = subject.deliveries.get(self.target_name);
        let objects = delivery.into_iter().flat_map(|it| &it.objects).filter(|it| it.may_be_referred_to());
        PersonAtTarget {
            presence: self.presence(subject),
            is_pupil: is_pupil(&person, frame.today),
            duties: duties_today(&person, frame.today),
            objects: objects.map(|it| (it.key.key.clone(), it.at_target().to_owned())).collect(),
            is_pending: delivery.is_some_and(may_come),
        }
    }
}

/// Whether a delivery will be decided soon: due, and neither failing, nor held, nor known to be unwanted by its present version.
pub(super) fn is_on_its_way(delivery: &Delivery) -> bool {
    let behind = delivery.wanted > delivery.delivered || delivery.standing.is_none();
    let failing = delivery.failures > 0 || delivery.dead || delivery.is_held();
    let unwanted = matches!(delivery.standing, Some(Standing::Unwanted(_) | Standing::Refused(_)));
    behind && !failing && (delivery.wanted > delivery.delivered || !unwanted)
}

/// Whether what is not there is waited for: it is on its way, or the target has lost it. Whoever refers to what is lost would
/// otherwise be taken apart, and put together again a moment later.
fn may_come(delivery: &Delivery) -> bool {
    is_on_its_way(delivery) || delivery.is_making_anew()
}

/// Whether somebody who is not wanted is waited for, until that has been decided: should it be wanted by then, nobody would
/// be told that it came – or, where the target has it, that it stays. Who has asked others to let go tells them if it stays;
/// waiting for it would be waiting for each other.
fn is_undecided(delivery: &Delivery) -> bool {
    let stays_untold = !delivery.objects.is_empty() && !delivery.may_have_asked;
    is_on_its_way(delivery) && (!delivery.was_decided() || stays_untold)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rules::delivery::{Lane, Settlement};
    use rules::object::{Body, DeliveredObject, ObjectKey, ObjectKind, Origin, WantedObject};

    use super::*;

    fn marked() -> Delivery {
        let mut delivery = Delivery::default();
        delivery.mark(Timestamp::UNIX_EPOCH, Lane::Fresh);
        delivery
    }

    /// What the target has, and what changes again.
    fn marked_again(standing: Standing, objects: Vec<DeliveredObject>) -> Delivery {
        let mut delivery = marked();
        let done = Settlement::Done { standing, next_turn: None };
        delivery.settle(delivery.wanted, objects, done, Timestamp::UNIX_EPOCH);
        delivery.mark(Timestamp::UNIX_EPOCH, Lane::Fresh);
        delivery
    }

    fn user() -> DeliveredObject {
        let key = ObjectKey { kind: ObjectKind::new("Users"), key: "astrid".to_owned() };
        let wanted = WantedObject::new(key, Body::new(serde_json::json!({})));
        DeliveredObject { origin: Origin::Created, ..DeliveredObject::begun(&wanted) }
    }

    #[test]
    fn whoever_was_never_decided_is_waited_for() {
        assert!(is_undecided(&marked()));
    }

    #[test]
    fn whoever_is_at_the_target_and_has_not_been_decided_anew_may_stay_and_is_waited_for() {
        assert!(is_undecided(&marked_again(Standing::Present, vec![user()])));
    }

    #[test]
    fn whoever_has_asked_others_to_let_go_is_not_waited_for() {
        let asking = Delivery { may_have_asked: true, ..marked_again(Standing::Present, vec![user()]) };

        assert!(!is_undecided(&asking));
    }

    #[test]
    fn whoever_was_not_wanted_before_and_is_nowhere_is_not_waited_for() {
        assert!(!is_undecided(&marked_again(Standing::Unwanted("rules.unlicensed".to_owned()), vec![])));
    }
}
