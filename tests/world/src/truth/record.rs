//! The records of the municipality, close to SS 12000's entities but independent of its spelling.

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// The entity types a register serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// Huvudman, Skola, Skolenhet.
    Organisation,
    /// Pupils, staff, guardians.
    Person,
    /// Classes and other groups with their memberships.
    Group,
    /// Employments.
    Duty,
    /// Teaching.
    Activity,
}

impl Resource {
    /// All served types in the order a consumer reads them.
    pub const ALL: [Resource; 5] =
        [Resource::Organisation, Resource::Person, Resource::Group, Resource::Duty, Resource::Activity];

    /// The name in SS 12000's `EndPointsEnum`.
    pub fn name(self) -> &'static str {
        match self {
            Resource::Organisation => "Organisation",
            Resource::Person => "Person",
            Resource::Group => "Group",
            Resource::Duty => "Duty",
            Resource::Activity => "Activity",
        }
    }

    /// The key in the answer of `/deletedEntities`; `activitites` is misspelt in the standard.
    pub fn deleted_key(self) -> &'static str {
        match self {
            Resource::Organisation => "organisations",
            Resource::Person => "persons",
            Resource::Group => "groups",
            Resource::Duty => "duties",
            Resource::Activity => "activitites",
        }
    }
}

/// When a record was made and last changed.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// `meta.created`.
    pub created: Timestamp,
    /// `meta.modified`.
    pub modified: Timestamp,
}

/// How the record's school is served: by the standard, or with the habits of one real provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SS 12000 2.1.0 as written.
    Strict,
    /// Time stamps without zone, 10-digit civic numbers, teachers by person, values outside enums.
    Quirky,
}

/// The days something holds, both inclusive; no end means until further notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub start: Date,
    /// Last day.
    pub end: Option<Date>,
}

impl Period {
    /// From a day until further notice.
    pub fn from(start: Date) -> Self {
        Self { start, end: None }
    }

    /// Whether the day is within the period.
    pub fn covers(&self, day: Date) -> bool {
        self.start <= day && self.end.is_none_or(|end| day <= end)
    }
}

/// Which kind of organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrganisationKind {
    /// `Huvudman`.
    Organiser,
    /// `Skola`.
    School,
    /// `Skolenhet`.
    SchoolUnit,
}

impl OrganisationKind {
    /// SS 12000's `organisationType`.
    pub fn name(self) -> &'static str {
        match self {
            OrganisationKind::Organiser => "Huvudman",
            OrganisationKind::School => "Skola",
            OrganisationKind::SchoolUnit => "Skolenhet",
        }
    }
}

/// An organiser, a school or a school unit.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Persistent identity.
    pub id: Uuid,
    /// Kind.
    pub kind: OrganisationKind,
    /// Display name.
    pub name: String,
    /// The organisation above.
    pub parent: Option<Uuid>,
    /// Eight digits; school units only.
    pub school_unit_code: Option<String>,
    /// School types such as `GR`; school units only.
    pub school_types: Vec<&'static str>,
    /// The organiser's own code.
    pub code: Option<String>,
    /// Ten digits; the organiser only.
    pub number: Option<String>,
    /// First and last day.
    pub period: Period,
    /// Way of serving.
    pub dialect: Dialect,
    /// Created and modified.
    pub stamp: Stamp,
}

/// Protected personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marking {
    /// `Ingen`.
    None,
    /// `Sekretessmarkering`.
    Confidential,
    /// `Skyddad folkbokföring`.
    ProtectedRegistration,
}

impl Marking {
    /// SS 12000's `securityMarking`.
    pub fn name(self) -> &'static str {
        match self {
            Marking::None => "Ingen",
            Marking::Confidential => "Sekretessmarkering",
            Marking::ProtectedRegistration => "Skyddad folkbokföring",
        }
    }
}

/// SS 12000's `personStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonStatus {
    /// `Aktiv`.
    Active,
    /// `Utvandrad`.
    Emigrated,
    /// `Avliden`.
    Deceased,
}

impl PersonStatus {
    /// SS 12000's value.
    pub fn name(self) -> &'static str {
        match self {
            PersonStatus::Active => "Aktiv",
            PersonStatus::Emigrated => "Utvandrad",
            PersonStatus::Deceased => "Avliden",
        }
    }
}

/// An e-mail address with its SS 12000 type (`Privat`, `Skola elev`, `Skola personal`, `Arbete övrigt`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// Address.
    pub value: String,
    /// SS 12000's `email.type`.
    pub kind: &'static str,
}

/// A pupil's place at a school unit.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The Skolenhet.
    pub unit: Uuid,
    /// Such as `GR`.
    pub school_type: &'static str,
    /// 0–10.
    pub school_year: u8,
    /// First and last day.
    pub period: Period,
}

/// A pupil, a member of staff or a guardian. Deliberately without `Debug`.
#[derive(Clone)]
pub struct Person {
    /// Persistent identity.
    pub id: Uuid,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Personal, coordination or temporary number, 12 characters.
    pub civic_number: Option<String>,
    /// Birth date.
    pub birth_date: Option<Date>,
    /// SS 12000's `sex`.
    pub sex: &'static str,
    /// Protected personal data.
    pub marking: Marking,
    /// Population register status.
    pub status: PersonStatus,
    /// `eduPersonPrincipalNames`.
    pub principal_names: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<Email>,
    /// Places at school units.
    pub enrolments: Vec<Enrolment>,
    /// Guardians.
    pub responsibles: Vec<Uuid>,
    /// Way of serving.
    pub dialect: Dialect,
    /// Created and modified.
    pub stamp: Stamp,
}

/// A person in a group.
#[derive(Clone, Debug)]
pub struct Membership {
    /// Who.
    pub person: Uuid,
    /// First and last day.
    pub period: Period,
}

/// A class, a teaching group or another group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Persistent identity.
    pub id: Uuid,
    /// Display name.
    pub name: String,
    /// SS 12000's `groupType`.
    pub kind: &'static str,
    /// Skolenhet, or Skola with registers that tie groups to the school.
    pub organisation: Uuid,
    /// School type, when the register says.
    pub school_type: Option<&'static str>,
    /// First and last day.
    pub period: Period,
    /// Members.
    pub memberships: Vec<Membership>,
    /// Way of serving.
    pub dialect: Dialect,
    /// Created and modified.
    pub stamp: Stamp,
}

/// A role towards a group that rides on a duty, such as mentor.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The group.
    pub group: Uuid,
    /// SS 12000's `assignmentRoleType`; `Lärare` (outside the enum) in the quirky dialect.
    pub role: &'static str,
    /// First and last day.
    pub period: Period,
}

/// An employment at a Skola or a Skolenhet.
#[derive(Clone, Debug)]
pub struct Duty {
    /// Persistent identity.
    pub id: Uuid,
    /// Who.
    pub person: Uuid,
    /// Skola or Skolenhet.
    pub at: Uuid,
    /// SS 12000's `dutyRole`.
    pub role: &'static str,
    /// First and last day.
    pub period: Period,
    /// Roles towards groups.
    pub assignments: Vec<Assignment>,
    /// Way of serving.
    pub dialect: Dialect,
    /// Created and modified.
    pub stamp: Stamp,
}

/// How an activity names its teacher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeacherReference {
    /// By duty, as the standard says.
    Duty(Uuid),
    /// By person, as one real provider does.
    Person(Uuid),
}

/// A teacher of an activity.
#[derive(Clone, Debug)]
pub struct ActivityTeacher {
    /// Who.
    pub teacher: TeacherReference,
    /// First and last day.
    pub period: Period,
}

/// Teaching of one or more groups.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Persistent identity.
    pub id: Uuid,
    /// Display name.
    pub name: String,
    /// The organisation it belongs to.
    pub organisation: Uuid,
    /// The groups taught.
    pub groups: Vec<Uuid>,
    /// The teachers.
    pub teachers: Vec<ActivityTeacher>,
    /// First and last day.
    pub period: Period,
    /// Way of serving.
    pub dialect: Dialect,
    /// Created and modified.
    pub stamp: Stamp,
}

/// A removed record.
#[derive(Clone, Copy, Debug)]
pub struct Tombstone {
    /// Its type.
    pub resource: Resource,
    /// Its identity.
    pub id: Uuid,
    /// When it was removed.
    pub at: Timestamp,
}
