//! What people have made in the domain before anybody came over the API, and make beside it.

use super::classroom::course_id;
use super::directory::{group_id, unit_id, user_id};
use super::store::Store;
use super::{
    CourseAlias, GoogleCourse, GoogleGroup, GoogleMember, GoogleOptions, GoogleOrgUnit, GoogleServer, GoogleUser,
    Participant, Provenance,
};
use crate::lock;
use jiff::Timestamp;
use serde_json::Map;
use std::collections::{BTreeMap, BTreeSet};

impl GoogleServer {
    /// The administrators and the organizational units that are there from the beginning.
    pub(super) fn furnish(&self) {
        let options = self.options();
        for path in &options.org_units {
            self.plant_org_unit(path);
        }
        for admin in &options.admins {
            let id = self.plant_user(admin, "Admin", "Provsson");
            if let Some(user) = lock(&self.store).state.users.get_mut(&id) {
                user.is_admin = true;
            }
        }
    }

    fn by_hand<T>(&self, make: impl FnOnce(&mut Store, &GoogleOptions, Timestamp) -> T) -> T {
        let options = self.options();
        let now = options.time.now();
        make(&mut lock(&self.store), &options, now)
    }

    /// Somebody makes an organizational unit by hand, such as `/Elever/4A`.
    pub fn plant_org_unit(&self, path: &str) {
        self.by_hand(|store, _, now| {
            let (parent, name) = path.rsplit_once('/').unwrap_or_default();
            let unit = GoogleOrgUnit {
                id: unit_id(store.next()),
                name: name.to_owned(),
                parent: if parent.is_empty() { "/".to_owned() } else { parent.to_owned() },
                description: String::new(),
                provenance: Provenance::new(false, now),
            };
            store.state.org_units.insert(path.to_owned(), unit);
        });
    }

    /// Somebody makes a user by hand. Returns its id.
    pub fn plant_user(&self, email: &str, given_name: &str, family_name: &str) -> String {
        self.by_hand(|store, options, now| {
            let id = user_id(options.seed, store.next());
            store.put_user(GoogleUser {
                id: id.clone(),
                primary_email: email.to_lowercase(),
                aliases: BTreeSet::new(),
                given_name: given_name.to_owned(),
                family_name: family_name.to_owned(),
                suspended: false,
                org_unit_path: "/".to_owned(),
                is_admin: false,
                passwords: 1,
                more: Map::new(),
                provenance: Provenance::new(false, now),
            });
            id
        })
    }

    /// Somebody makes a user by hand who has an external id. Returns its id.
    pub fn plant_user_with_external_id(&self, email: &str, external_id: &str) -> String {
        let id = self.plant_user(email, "Alva", "Provsson");
        let external = serde_json::json!([{"type": "organization", "value": external_id}]);
        self.edit_user(&id, |user| {
            user.more.insert("externalIds".to_owned(), external);
        });
        id
    }

    /// Somebody makes a group by hand. Returns its id.
    pub fn plant_group(&self, email: &str, name: &str) -> String {
        self.by_hand(|store, options, now| {
            let id = group_id(options.seed, store.next());
            store.put_group(GoogleGroup {
                id: id.clone(),
                email: email.to_lowercase(),
                aliases: BTreeSet::new(),
                name: name.to_owned(),
                description: String::new(),
                members: BTreeMap::new(),
                provenance: Provenance::new(false, now),
            });
            id
        })
    }

    /// Somebody puts a user into a group by hand; both by id or address. Returns whether both are there.
    pub fn plant_member(&self, group: &str, user: &str, role: &str) -> bool {
        self.by_hand(|store, _, _| {
            let (Some(group), Some(id)) = (store.group_id(group), store.user_id(user)) else { return false };
            let Some(email) = store.state.users.get(&id).map(|it| it.primary_email.clone()) else { return false };
            let member = GoogleMember { email, role: role.to_owned(), kind: "USER", by_us: false };
            store.state.groups.get_mut(&group).map(|it| it.members.insert(id, member)).is_some()
        })
    }

    /// Somebody makes an active course by hand, which has no alias. Returns its id; `None`: there is no such owner.
    pub fn plant_course(&self, name: &str, owner: &str) -> Option<String> {
        self.by_hand(|store, options, now| {
            let owner_id = store.user_id(owner)?;
            let number = store.next();
            let id = course_id(options.seed, number);
            store.put_course(GoogleCourse {
                id: id.clone(),
                aliases: BTreeSet::new(),
                name: name.to_owned(),
                teachers: BTreeMap::from([(owner_id.clone(), Participant { by_us: false, since: now })]),
                owner_id,
                state: "ACTIVE".to_owned(),
                texts: BTreeMap::new(),
                enrollment_code: format!("k{number:06x}"),
                students: BTreeMap::new(),
                provenance: Provenance::new(false, now),
            });
            Some(id)
        })
    }

    /// A course gets an alias, made by a project. Returns whether it is there.
    pub fn plant_alias(&self, course: &str, alias: &str, project: &str) -> bool {
        self.by_hand(|store, _, _| {
            let Some(mut course) = store.take_course(course) else { return false };
            course.aliases.insert(CourseAlias { text: alias.to_owned(), project: project.to_owned() });
            store.put_course(course);
            true
        })
    }

    /// Somebody puts a student into a course by hand. Returns whether both are there.
    pub fn plant_student(&self, course: &str, user: &str) -> bool {
        self.plant_participant(course, user, |it| &mut it.students)
    }

    /// Somebody puts a teacher into a course by hand. Returns whether both are there.
    pub fn plant_teacher(&self, course: &str, user: &str) -> bool {
        self.plant_participant(course, user, |it| &mut it.teachers)
    }

    fn plant_participant(
        &self,
        course: &str,
        user: &str,
        roster: impl FnOnce(&mut GoogleCourse) -> &mut BTreeMap<String, Participant>,
    ) -> bool {
        self.by_hand(|store, _, now| {
            let (Some(id), Some(course)) = (store.user_id(user), any_course(store, course)) else { return false };
            let participant = Participant { by_us: false, since: now };
            store.state.courses.get_mut(&course).map(|it| roster(it).insert(id, participant)).is_some()
        })
    }
}

/// A course by id, or by any alias.
pub(super) fn any_course(store: &Store, key: &str) -> Option<String> {
    let by_id = store.state.courses.contains_key(key).then(|| key.to_owned());
    by_id.or_else(|| store.state.course(key).map(|it| it.id.clone()))
}
