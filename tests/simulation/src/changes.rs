//! Changes at the sources, from the numbers in a script.

use uuid::Uuid;
use world::skolon::{SkolonChange, SkolonPlatform};
use world::truth::{Change, Group, Marking, Municipality, OrganisationKind, Person};
use world::{SkolonServer, World};

use crate::script::CHANGES;
use crate::tenants::Kind;

/// Makes a change happen, with its doorbell.
pub(crate) async fn make(world: &World, source: Kind, kind: u8, pick: u32) {
    world.turn_day();
    match source {
        Kind::Register => {
            let change = world.register().with_truth(|truth| in_register(truth, kind, pick as usize));
            if let Some(change) = change {
                world.register().apply(&[change]).await;
            }
        }
        Kind::Skolon => in_skolon(world.skolon(), kind, pick as usize).await,
    }
}

/// Somebody gets another name.
pub(crate) async fn rename(world: &World, source: Kind, pick: u32) {
    make(world, source, if source == Kind::Register { 4 } else { 6 }, pick).await;
}

/// Somebody leaves, and is to be gone from the targets.
pub(crate) async fn leave(world: &World, source: Kind, pick: u32) {
    make(world, source, if source == Kind::Register { 2 } else { 14 }, pick).await;
}

fn nth<T>(of: impl Iterator<Item = T>, pick: usize) -> Option<T> {
    let all: Vec<T> = of.collect();
    let place = pick.checked_rem(all.len())?;
    all.into_iter().nth(place)
}

fn in_register(truth: &Municipality, kind: u8, pick: usize) -> Option<Change> {
    let today = truth.today;
    let active = |p: &&Person| p.enrolments.iter().any(|it| it.period.covers(today));
    let pupil = || nth(truth.pupils().filter(active).map(|p| p.id), pick);
    let class = |g: &&Group| g.kind == "Klass" && g.period.covers(today);
    let class = || nth(truth.groups.values().filter(class).map(|g| g.id), pick);
    let group = || nth(truth.groups.keys().copied(), pick);
    let duty = || nth(truth.duties.keys().copied(), pick / 7);
    let protected = |is: bool| {
        nth(truth.persons.values().filter(|p| (p.marking != Marking::None) == is && active(p)).map(|p| p.id), pick)
    };
    Some(match kind % CHANGES {
        0 | 1 => Change::PupilStarts { class: class()? },
        2 => Change::PupilLeaves { person: pupil()? },
        3 => Change::PersonRemoved { person: pupil()? },
        4..=6 => Change::PersonRenamed { person: pupil()? },
        7 => Change::EmailChanged { person: pupil()? },
        8 => Change::TeacherReplaced { activity: nth(truth.activities.keys().copied(), pick)?, duty: duty()? },
        9 => Change::TeachingGroupMade { class: class()? },
        10 => Change::GroupRenamed { group: group()? },
        11 => Change::GroupRemoved { group: group()? },
        12 => Change::PersonProtected { person: protected(false)? },
        13 => Change::ProtectionLifted { person: protected(true)? },
        14 => Change::TeacherEmployed {
            at: nth(truth.organisations.values().filter(|o| o.kind == OrganisationKind::School).map(|o| o.id), pick)?,
        },
        _ => Change::DutyEnds { duty: duty()? },
    })
}

async fn in_skolon(skolon: &SkolonServer, kind: u8, pick: usize) {
    let (user, class, group) = skolon.with_platform(|platform| {
        let users = platform.users.values().filter(|it| !it.deleted).map(|it| it.uuid);
        let classes = platform.groups.values().filter(|it| !it.deleted && it.content.kind == "CLASS");
        let groups = platform.groups.values().filter(|it| !it.deleted).map(|it| it.uuid);
        (nth(users, pick), nth(classes.map(|it| it.uuid), pick), nth(groups, pick / 3))
    });
    let (Some(user), Some(class), Some(group)) = (user, class, group) else { return };
    let change = match kind % CHANGES {
        0 | 1 => SkolonChange::UserAdded { class },
        2 | 3 => SkolonChange::LicencesRevoked { user },
        4 | 5 => SkolonChange::LicenceAssigned { user },
        6..=9 => SkolonChange::UserChanged { user },
        10 => SkolonChange::UserLeavesGroup { user, group },
        11 => SkolonChange::GroupRenamed { group },
        12 => SkolonChange::GroupDeleted { group },
        13 => SkolonChange::UserDeleted { user },
        14 => return skolon.remove_user(user).await,
        _ => return skolon.remove_class(group).await,
    };
    skolon.apply(&[change]).await;
}

/// Some of ten persons, in the order of their identities.
fn some_of(all: Vec<Uuid>, tenths: u8) -> impl Iterator<Item = Uuid> {
    let share = all.len() * usize::from(tenths.min(10)) / 10;
    all.into_iter().take(share)
}

fn pupils(truth: &Municipality) -> Vec<Uuid> {
    truth.pupils().map(|it| it.id).collect()
}

fn users(platform: &SkolonPlatform) -> Vec<Uuid> {
    platform.users.values().filter(|it| !it.deleted).map(|it| it.uuid).collect()
}

/// Removes some of ten persons at once, without a word.
pub(crate) fn remove_many(world: &World, source: Kind, tenths: u8) {
    world.turn_day();
    match source {
        Kind::Register => world.register().alter_truth(|truth| {
            for person in some_of(pupils(truth), tenths) {
                truth.apply(&Change::PersonRemoved { person });
            }
        }),
        Kind::Skolon => world.skolon().alter_platform(|platform| {
            for user in some_of(users(platform), tenths) {
                platform.apply(&SkolonChange::UserDeleted { user }, false);
            }
        }),
    }
}

/// Ends the enrolments, or takes the licences, of some of ten persons at once, without a word.
pub(crate) fn end_many(world: &World, source: Kind, tenths: u8) {
    world.turn_day();
    match source {
        Kind::Register => world.register().alter_truth(|truth| {
            for person in some_of(pupils(truth), tenths) {
                truth.apply(&Change::PupilLeaves { person });
            }
        }),
        Kind::Skolon => world.skolon().alter_platform(|platform| {
            for user in some_of(users(platform), tenths) {
                platform.apply(&SkolonChange::LicencesRevoked { user }, false);
            }
        }),
    }
}
