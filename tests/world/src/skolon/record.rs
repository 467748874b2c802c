//! What Skolon's platform holds.

use jiff::civil::Date;
use rand::{RngCore, rngs::StdRng};
use std::collections::BTreeMap;
use uuid::{Builder, Uuid};

/// The feeds of the partner API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// Organisers.
    Organisation,
    /// Schools.
    School,
    /// Licences.
    License,
    /// Users.
    User,
    /// Classes and groups.
    Group,
}

impl Entity {
    /// The path segment, also the name in doorbells.
    pub fn name(self) -> &'static str {
        match self {
            Entity::Organisation => "organization",
            Entity::School => "school",
            Entity::License => "license",
            Entity::User => "user",
            Entity::Group => "group",
        }
    }

    /// The key of the list in an answer.
    pub fn list_key(self) -> &'static str {
        match self {
            Entity::Organisation => "organizations",
            Entity::School => "schools",
            Entity::License => "licenses",
            Entity::User => "users",
            Entity::Group => "groups",
        }
    }
}

/// A record with Skolon's two identities and the version it changed at.
#[derive(Clone)]
pub struct Versioned<T> {
    /// Skolon's own id.
    pub id: String,
    /// The UUID.
    pub uuid: Uuid,
    /// Grows with every change on the platform.
    pub version: u64,
    /// A tombstone.
    pub deleted: bool,
    /// The content.
    pub content: T,
}

/// An organiser.
#[derive(Clone)]
pub struct SkolonOrganisation {
    /// Name.
    pub name: String,
    /// Ten digits.
    pub number: String,
}

/// A school.
#[derive(Clone)]
pub struct SkolonSchool {
    /// Name.
    pub name: String,
    /// The organiser's number.
    pub organisation_number: String,
    /// Eight digits.
    pub school_unit_code: String,
}

/// `userType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserType {
    /// A pupil.
    Student,
    /// A teacher.
    Teacher,
    /// Somebody else: never of concern to a publisher.
    Admin,
}

impl UserType {
    /// Skolon's value.
    pub fn name(self) -> &'static str {
        match self {
            UserType::Student => "STUDENT",
            UserType::Teacher => "TEACHER",
            UserType::Admin => "ADMIN",
        }
    }
}

/// A user. Deliberately without `Debug`.
#[derive(Clone)]
pub struct SkolonUser {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// E-mail address; also the user name at a receiver.
    pub email: String,
    /// Pupil, teacher or other.
    pub kind: UserType,
    /// Schools by UUID.
    pub schools: Vec<Uuid>,
}

/// A class or another group.
#[derive(Clone)]
pub struct SkolonGroup {
    /// Name.
    pub name: String,
    /// `CLASS` or `GROUP`.
    pub kind: &'static str,
    /// The school by UUID.
    pub school: Uuid,
    /// Pupils and teachers by UUID.
    pub users: Vec<Uuid>,
}

/// A licence, held by a school and assigned to users.
#[derive(Clone)]
pub struct SkolonLicence {
    /// The publisher's article.
    pub product: &'static str,
    /// The owning school by UUID.
    pub school: Uuid,
    /// Users by UUID; may be empty.
    pub users: Vec<Uuid>,
    /// Last day; none is perpetual.
    pub expires: Option<Date>,
    /// A trial, which stays in Skolon.
    pub demo: bool,
}

/// All that Skolon knows; seeded.
pub struct SkolonPlatform {
    /// Organisers by UUID.
    pub organisations: BTreeMap<Uuid, Versioned<SkolonOrganisation>>,
    /// Schools by UUID.
    pub schools: BTreeMap<Uuid, Versioned<SkolonSchool>>,
    /// Users by UUID.
    pub users: BTreeMap<Uuid, Versioned<SkolonUser>>,
    /// Groups by UUID.
    pub groups: BTreeMap<Uuid, Versioned<SkolonGroup>>,
    /// Licences by UUID.
    pub licences: BTreeMap<Uuid, Versioned<SkolonLicence>>,
    pub(super) version: u64,
    pub(super) rng: StdRng,
}

impl SkolonPlatform {
    /// The next version on the platform.
    pub(super) fn tick(&mut self) -> u64 {
        self.version += 1;
        self.version
    }

    pub(super) fn versioned<T>(&mut self, content: T) -> Versioned<T> {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        let version = self.tick();
        Versioned {
            id: (40_000 + version).to_string(),
            uuid: Builder::from_random_bytes(bytes).into_uuid(),
            version,
            deleted: false,
            content,
        }
    }

    /// The UUIDs of users with a licence that counts on a day: assigned, not a trial, neither
    /// expired nor deleted.
    pub fn licensed_users(&self, day: Date) -> std::collections::BTreeSet<Uuid> {
        let licences = self.licences.values().filter(|licence| !licence.deleted);
        licences
            .map(|licence| &licence.content)
            .filter(|licence| !licence.demo && licence.expires.is_none_or(|end| day <= end))
            .flat_map(|licence| licence.users.iter().copied())
            .collect()
    }
}
