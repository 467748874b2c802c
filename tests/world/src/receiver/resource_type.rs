//! The types of the EGIL profile and their attributes.

/// An endpoint of the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceType {
    /// Huvudman.
    Organisations,
    /// Skola.
    SchoolUnitGroups,
    /// Skolenhet.
    SchoolUnits,
    /// Pupils and staff.
    Users,
    /// A user's employment at a school unit.
    Employments,
    /// Groups with pupils.
    StudentGroups,
    /// Groups' teachers.
    Activities,
    /// Licences; an extension.
    LicenceAssignments,
}

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Texts,
    EightDigits,
    /// `{value,$ref}` naming an object of one of the types.
    Reference(&'static [ResourceType]),
    References(&'static [ResourceType]),
    Name,
    Emails,
    UserExtension,
    /// Any JSON.
    Free,
}

pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) shape: Shape,
}

const fn required(name: &'static str, shape: Shape) -> Attribute {
    Attribute { name, required: true, shape }
}

const fn optional(name: &'static str, shape: Shape) -> Attribute {
    Attribute { name, required: false, shape }
}

/// The school extension of a user.
pub(crate) const USER_EXTENSION: &str = "urn:scim:schemas:extension:sis:school:1.0:User";
const SCHOOL_URN: &str = "urn:scim:schemas:extension:sis:school:1.0";

use ResourceType as T;

const NAMED: [Attribute; 1] = [required("displayName", Shape::Text)];
const SCHOOL_UNITS: [Attribute; 6] = [
    required("displayName", Shape::Text),
    required("schoolUnitCode", Shape::EightDigits),
    optional("organisation", Shape::Reference(&[T::Organisations])),
    optional("schoolUnitGroup", Shape::Reference(&[T::SchoolUnitGroups])),
    optional("schoolTypes", Shape::Texts),
    optional("municipalityCode", Shape::Text),
];
const USERS: [Attribute; 6] = [
    required("userName", Shape::Text),
    required("displayName", Shape::Text),
    required("name", Shape::Name),
    optional("emails", Shape::Emails),
    optional("active", Shape::Free),
    optional(USER_EXTENSION, Shape::UserExtension),
];
const EMPLOYMENTS: [Attribute; 4] = [
    required("employedAt", Shape::Reference(&[T::SchoolUnits])),
    required("user", Shape::Reference(&[T::Users])),
    required("employmentRole", Shape::Text),
    optional("signature", Shape::Text),
];
const STUDENT_GROUPS: [Attribute; 5] = [
    required("displayName", Shape::Text),
    required("owner", Shape::Reference(&[T::SchoolUnits])),
    optional("studentGroupType", Shape::Text),
    optional("studentMemberships", Shape::References(&[T::Users])),
    optional("schoolType", Shape::Text),
];
const ACTIVITIES: [Attribute; 5] = [
    required("displayName", Shape::Text),
    required("owner", Shape::Reference(&[T::SchoolUnits])),
    optional("groups", Shape::References(&[T::StudentGroups])),
    optional("teachers", Shape::References(&[T::Employments])),
    optional("parentActivity", Shape::Free),
];
const LICENCES: [Attribute; 5] = [
    required("product", Shape::Free),
    required("assignee", Shape::Reference(&[T::Users, T::StudentGroups])),
    optional("validFrom", Shape::Text),
    optional("validTo", Shape::Text),
    optional("status", Shape::Text),
];

impl ResourceType {
    /// All, in the order they are to be created.
    pub const ALL: [ResourceType; 8] = [
        T::Organisations,
        T::SchoolUnitGroups,
        T::SchoolUnits,
        T::Users,
        T::Employments,
        T::StudentGroups,
        T::Activities,
        T::LicenceAssignments,
    ];

    /// The path segment.
    pub fn path(self) -> &'static str {
        match self {
            T::Organisations => "Organisations",
            T::SchoolUnitGroups => "SchoolUnitGroups",
            T::SchoolUnits => "SchoolUnits",
            T::Users => "Users",
            T::Employments => "Employments",
            T::StudentGroups => "StudentGroups",
            T::Activities => "Activities",
            T::LicenceAssignments => "LicenceAssignments",
        }
    }

    /// The type with this path segment.
    pub fn from_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.path() == path)
    }

    pub(crate) fn attributes(self) -> &'static [Attribute] {
        match self {
            T::Organisations | T::SchoolUnitGroups => &NAMED,
            T::SchoolUnits => &SCHOOL_UNITS,
            T::Users => &USERS,
            T::Employments => &EMPLOYMENTS,
            T::StudentGroups => &STUDENT_GROUPS,
            T::Activities => &ACTIVITIES,
            T::LicenceAssignments => &LICENCES,
        }
    }

    /// Whether an object's `schemas` are those of the type. The licence extension's urn is not
    /// standardised: any urn that ends in its name is taken.
    pub(crate) fn takes_schemas(self, schemas: &[&str]) -> bool {
        let singular = match self {
            T::Activities => "Activity",
            other => other.path().trim_end_matches('s'),
        };
        match self {
            T::Users => {
                schemas.contains(&"urn:ietf:params:scim:schemas:core:2.0:User")
                    && schemas.iter().all(|s| s.ends_with(":User"))
            }
            T::LicenceAssignments => {
                matches!(schemas, [one] if one.starts_with("urn:") && one.ends_with(":LicenceAssignment"))
            }
            _ => matches!(schemas, [one] if *one == format!("{SCHOOL_URN}:{singular}")),
        }
    }
}
