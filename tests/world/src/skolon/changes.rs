//! What happens in Skolon.

use super::{Entity, SkolonGroup, SkolonLicence, SkolonPlatform, SkolonUser, UserType};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Something that happens in Skolon; everything is named by UUID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkolonChange {
    /// A user gets a perpetual licence of their own.
    LicenceAssigned {
        /// The user.
        user: Uuid,
    },
    /// A user loses every licence.
    LicencesRevoked {
        /// The user.
        user: Uuid,
    },
    /// A user gets another family name and address.
    UserChanged {
        /// The user.
        user: Uuid,
    },
    /// A new pupil in a class, with a licence.
    UserAdded {
        /// The class.
        class: Uuid,
    },
    /// A user is deleted.
    UserDeleted {
        /// The user.
        user: Uuid,
    },
    /// A user leaves a group.
    UserLeavesGroup {
        /// The user.
        user: Uuid,
        /// The group.
        group: Uuid,
    },
    /// A group gets another name.
    GroupRenamed {
        /// The group.
        group: Uuid,
    },
    /// A group is deleted.
    GroupDeleted {
        /// The group.
        group: Uuid,
    },
}

impl SkolonPlatform {
    /// Makes it happen and says which feeds changed. With `silent_revocations` a revocation does
    /// not move the licence's version, so that the incremental feed misses it.
    pub fn apply(&mut self, change: &SkolonChange, silent_revocations: bool) -> BTreeSet<Entity> {
        let touched: &[Entity] = match *change {
            SkolonChange::LicenceAssigned { user } => self.assign_licence(user),
            SkolonChange::LicencesRevoked { user } => self.revoke_licences(user, silent_revocations),
            SkolonChange::UserChanged { user } => self.alter_user(user, |user| {
                user.last_name.push_str("-Ny");
                user.email = format!("ny.{}", user.email);
            }),
            SkolonChange::UserAdded { class } => self.add_pupil_to(class),
            SkolonChange::UserDeleted { user } => {
                self.forget_user(user);
                &[Entity::User, Entity::Group, Entity::License]
            }
            SkolonChange::UserLeavesGroup { user, group } => {
                self.alter_group(group, |group| group.users.retain(|id| *id != user))
            }
            SkolonChange::GroupRenamed { group } => self.alter_group(group, |group| group.name.push_str(" ny")),
            SkolonChange::GroupDeleted { group } => {
                self.forget_group(group);
                &[Entity::Group]
            }
        };
        touched.iter().copied().collect()
    }

    /// Deletes a user and takes it out of groups and licences; its id if it existed.
    pub(super) fn forget_user(&mut self, uuid: Uuid) -> Option<String> {
        let version = self.tick();
        let user = self.users.get_mut(&uuid)?;
        (user.deleted, user.version) = (true, version);
        let id = user.id.clone();
        self.revoke_licences(uuid, false);
        let groups: Vec<Uuid> =
            self.groups.values().filter(|g| g.content.users.contains(&uuid)).map(|g| g.uuid).collect();
        for group in groups {
            self.alter_group(group, |group| group.users.retain(|user| *user != uuid));
        }
        Some(id)
    }

    /// Deletes a group; its id if it existed.
    pub(super) fn forget_group(&mut self, uuid: Uuid) -> Option<String> {
        let version = self.tick();
        let group = self.groups.get_mut(&uuid)?;
        (group.deleted, group.version) = (true, version);
        Some(group.id.clone())
    }

    fn assign_licence(&mut self, user: Uuid) -> &'static [Entity] {
        let Some(school) = self.users.get(&user).and_then(|u| u.content.schools.first().copied()) else {
            return &[];
        };
        self.add_licence(SkolonLicence {
            product: "9789100000042",
            school,
            users: vec![user],
            expires: None,
            demo: false,
        });
        &[Entity::License]
    }

    fn revoke_licences(&mut self, user: Uuid, silently: bool) -> &'static [Entity] {
        let held: Vec<Uuid> =
            self.licences.values().filter(|l| l.content.users.contains(&user)).map(|l| l.uuid).collect();
        for uuid in held {
            let version = self.tick();
            if let Some(licence) = self.licences.get_mut(&uuid) {
                licence.content.users.retain(|id| *id != user);
                if !silently {
                    licence.version = version;
                }
            }
        }
        &[Entity::License]
    }

    fn alter_user(&mut self, uuid: Uuid, alter: impl FnOnce(&mut SkolonUser)) -> &'static [Entity] {
        let version = self.tick();
        let Some(user) = self.users.get_mut(&uuid) else {
            return &[];
        };
        alter(&mut user.content);
        user.version = version;
        &[Entity::User]
    }

    fn alter_group(&mut self, uuid: Uuid, alter: impl FnOnce(&mut SkolonGroup)) -> &'static [Entity] {
        let version = self.tick();
        let Some(group) = self.groups.get_mut(&uuid) else {
            return &[];
        };
        alter(&mut group.content);
        group.version = version;
        &[Entity::Group]
    }

    fn add_pupil_to(&mut self, class: Uuid) -> &'static [Entity] {
        let Some(school) = self.groups.get(&class).map(|g| g.content.school) else {
            return &[];
        };
        let number = self.version;
        let made = self.versioned(SkolonUser {
            first_name: "Nyman".to_owned(),
            last_name: "Inflytt".to_owned(),
            email: format!("nyman.inflytt{number}@elev.norrbyholm.example"),
            kind: UserType::Student,
            schools: vec![school],
        });
        let user = made.uuid;
        self.users.insert(user, made);
        self.alter_group(class, |group| group.users.push(user));
        self.assign_licence(user);
        &[Entity::User, Entity::Group, Entity::License]
    }
}
