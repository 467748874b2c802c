//! The resources that are served, in the standard's own words.

use rules::object::ObjectKind;

/// A resource that is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// Organisations: principal, schools, school units.
    Organisation,
    /// Persons: pupils and staff.
    Person,
    /// Duties: employments at school units.
    Duty,
    /// Groups with their pupils.
    Group,
    /// Activities: who teaches or leads groups.
    Activity,
}

impl Resource {
    /// All of them, in the order in which they refer to each other.
    pub const ALL: [Self; 5] = [Self::Organisation, Self::Person, Self::Duty, Self::Group, Self::Activity];

    /// The standard's name of its objects, as notices and subscriptions spell it (`Code_ObjectType`).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Organisation => "Organisation",
            Self::Person => "Person",
            Self::Duty => "Duty",
            Self::Group => "Group",
            Self::Activity => "Activity",
        }
    }

    /// The name of its list.
    #[must_use]
    pub const fn list(self) -> &'static str {
        match self {
            Self::Organisation => "organisations",
            Self::Person => "persons",
            Self::Duty => "duties",
            Self::Group => "groups",
            Self::Activity => "activities",
        }
    }

    /// The names of its list among what is gone. The contract misspells activities there (`DeletedEntities_data`); both
    /// ways are written, since readers may look for either.
    #[must_use]
    pub const fn lists_of_gone(self) -> &'static [&'static str] {
        match self {
            Self::Organisation => &["organisations"],
            Self::Person => &["persons"],
            Self::Duty => &["duties"],
            Self::Group => &["groups"],
            Self::Activity => &["activitites", "activities"],
        }
    }

    /// The resource of a list's name.
    #[must_use]
    pub fn of_list(list: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.list() == list)
    }

    pub(crate) const fn kind(self) -> ObjectKind {
        ObjectKind::new(self.name())
    }
}
