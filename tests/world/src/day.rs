//! School days: seeded lists of ordinary changes, few enough not to look like an accident.

use crate::skolon::{SkolonChange, SkolonPlatform, UserType};
use crate::truth::{Change, Group, Marking, Municipality, OrganisationKind};
use jiff::civil::Date;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{SeedableRng, rngs::StdRng};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What happens on one day, in the register and in Skolon.
#[derive(Clone, Debug, Default)]
pub struct SchoolDay {
    /// Changes in the register.
    pub register: Vec<Change>,
    /// Changes in Skolon.
    pub skolon: Vec<SkolonChange>,
}

impl SchoolDay {
    /// Plans a day: about fifteen changes in the register and eight in Skolon, on different people
    /// and groups. Removals are two people, one group and one licence.
    pub fn plan(seed: u64, truth: &Municipality, platform: &SkolonPlatform) -> Self {
        let mut dice = StdRng::seed_from_u64(seed);
        Self { register: register_day(truth, &mut dice), skolon: skolon_day(platform, truth.today, &mut dice) }
    }
}

/// Things to draw from, each once.
struct Lots(Vec<Uuid>);

impl Lots {
    fn new(ids: impl Iterator<Item = Uuid>, dice: &mut StdRng) -> Self {
        let mut ids: Vec<Uuid> = ids.collect();
        ids.shuffle(dice);
        Self(ids)
    }

    fn draw(&mut self) -> Option<Uuid> {
        self.0.pop()
    }
}

fn register_day(truth: &Municipality, dice: &mut StdRng) -> Vec<Change> {
    let today = truth.today;
    let ordinary =
        truth.pupils().filter(|p| p.marking == Marking::None && p.enrolments.iter().any(|e| e.period.covers(today)));
    let mut pupils = Lots::new(ordinary.map(|p| p.id), dice);
    let protected = truth.pupils().filter(|p| p.marking != Marking::None);
    let mut protected = Lots::new(protected.map(|p| p.id), dice);
    let running = |kind: &'static str| move |g: &&Group| g.kind == kind && g.period.covers(today);
    let mut classes = Lots::new(truth.groups.values().filter(running("Klass")).map(|g| g.id), dice);
    let mut groups = Lots::new(truth.groups.values().filter(running("Undervisning")).map(|g| g.id), dice);
    let activities = truth.activities.values().filter(|a| a.period.covers(today));
    let mut activities = Lots::new(activities.map(|a| a.id), dice);
    let schools = truth.organisations.values().filter(|o| o.kind == OrganisationKind::School);
    let mut schools = Lots::new(schools.map(|o| o.id), dice);
    let mover = pupils.draw().and_then(|person| class_move(truth, person, dice));
    let taking_over = activities.draw().and_then(|activity| takeover(truth, activity, dice));
    let day = [
        classes.draw().map(|class| Change::PupilStarts { class }),
        classes.draw().map(|class| Change::PupilStarts { class }),
        pupils.draw().map(|person| Change::PupilLeaves { person }),
        pupils.draw().map(|person| Change::PersonRemoved { person }),
        pupils.draw().map(|person| Change::PersonRenamed { person }),
        pupils.draw().map(|person| Change::EmailChanged { person }),
        mover,
        taking_over,
        classes.draw().map(|class| Change::TeachingGroupMade { class }),
        groups.draw().map(|group| Change::GroupRenamed { group }),
        groups.draw().map(|group| Change::GroupRemoved { group }),
        pupils.draw().map(|person| Change::PersonProtected { person }),
        protected.draw().map(|person| Change::ProtectionLifted { person }),
        schools.draw().map(|at| Change::TeacherEmployed { at }),
    ];
    let mut day: Vec<Change> = day.into_iter().flatten().collect();
    day.shuffle(dice);
    day
}

/// To another class at the same place.
fn class_move(truth: &Municipality, person: Uuid, dice: &mut StdRng) -> Option<Change> {
    let is_class = |id: &Uuid| truth.groups.get(id).is_some_and(|g| g.kind == "Klass");
    let from = truth.groups_of(person).into_iter().find(is_class)?;
    let home = truth.groups[&from].organisation;
    let others: Vec<Uuid> = truth
        .groups
        .values()
        .filter(|g| g.kind == "Klass" && g.organisation == home && g.id != from && g.period.covers(truth.today))
        .map(|g| g.id)
        .collect();
    let to = *others.choose(dice)?;
    Some(Change::ClassMove { person, from, to })
}

/// By somebody employed at the same school, who does not teach it already.
fn takeover(truth: &Municipality, activity: Uuid, dice: &mut StdRng) -> Option<Change> {
    let school = |id: Uuid| {
        let organisation = truth.organisations.get(&id)?;
        match organisation.kind {
            OrganisationKind::SchoolUnit => organisation.parent,
            _ => Some(id),
        }
    };
    let home = school(truth.activities.get(&activity)?.organisation);
    let fit: Vec<Uuid> = truth
        .duties
        .values()
        .filter(|d| d.role == "Lärare" && d.period.covers(truth.today) && school(d.at) == home)
        .map(|d| d.id)
        .collect();
    let duty = *fit.choose(dice)?;
    Some(Change::TeacherReplaced { activity, duty })
}

fn skolon_day(platform: &SkolonPlatform, today: Date, dice: &mut StdRng) -> Vec<SkolonChange> {
    let licensed: BTreeSet<Uuid> = platform.licensed_users(today);
    let pupils = platform.users.values().filter(|u| !u.deleted && u.content.kind == UserType::Student);
    let (with, without): (Vec<Uuid>, Vec<Uuid>) = pupils.map(|u| u.uuid).partition(|u| licensed.contains(u));
    let mut with = Lots::new(with.into_iter(), dice);
    let mut without = Lots::new(without.into_iter(), dice);
    let running = platform.groups.values().filter(|g| !g.deleted);
    let (classes, groups): (Vec<_>, Vec<_>) = running.partition(|g| g.content.kind == "CLASS");
    let mut classes = Lots::new(classes.into_iter().map(|g| g.uuid), dice);
    let mut groups = Lots::new(groups.into_iter().map(|g| g.uuid), dice);
    let left = groups.draw();
    let leaver = left.and_then(|group| Some((group, *platform.groups[&group].content.users.first()?)));
    let day = [
        without.draw().map(|user| SkolonChange::LicenceAssigned { user }),
        with.draw().map(|user| SkolonChange::LicencesRevoked { user }),
        with.draw().map(|user| SkolonChange::UserChanged { user }),
        with.draw().map(|user| SkolonChange::UserDeleted { user }),
        classes.draw().map(|class| SkolonChange::UserAdded { class }),
        leaver.map(|(group, user)| SkolonChange::UserLeavesGroup { user, group }),
        groups.draw().map(|group| SkolonChange::GroupRenamed { group }),
        groups.draw().map(|group| SkolonChange::GroupDeleted { group }),
    ];
    let mut day: Vec<SkolonChange> = day.into_iter().flatten().collect();
    day.shuffle(dice);
    day
}
