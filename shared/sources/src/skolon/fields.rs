//! Where each field stands in Skolon's records.
//!
//! Not all names could be verified against public text (product, trial flag, group members, school unit code), so
//! each one is a JSON pointer (RFC 6901) that the configuration can correct without a release. An empty pointer: the
//! field is not given.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A JSON pointer (RFC 6901), e.g. `/product/id`; empty: nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer(String);

impl Pointer {
    fn to(path: &str) -> Self {
        Self(path.to_owned())
    }

    /// The value it points at, unless that is missing or `null`.
    #[must_use]
    pub fn find<'v>(&self, record: &'v Value) -> Option<&'v Value> {
        if self.0.is_empty() {
            return None;
        }
        record.pointer(&self.0).filter(|value| !value.is_null())
    }

    /// The pointer as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Pointer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let path = String::deserialize(deserializer)?;
        if path.is_empty() || path.starts_with('/') {
            Ok(Self(path))
        } else {
            Err(D::Error::custom("must be a JSON pointer such as /uuid, or empty when the field is not given"))
        }
    }
}

/// Writes a table of pointers with their defaults.
macro_rules! pointers {
    ($(#[$table:meta])* $name:ident { $($(#[$field:meta])* $key:ident = $path:literal,)* }) => {
        $(#[$table])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $($(#[$field])* pub $key: Pointer,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: Pointer::to($path),)* }
            }
        }
    };
}

/// The table `fields`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fields {
    /// Of organisations.
    pub organization: OrganisationFields,
    /// Of schools.
    pub school: SchoolFields,
    /// Of users.
    pub user: UserFields,
    /// Of groups.
    pub group: GroupFields,
    /// Of licences.
    pub license: LicenceFields,
    /// Of the elements of lists that refer to users and schools.
    pub reference: ReferenceFields,
}

pointers! {
    /// Fields of an organisation.
    OrganisationFields {
        /// Skolon's own number.
        id = "/id",
        /// The identity of the hub, when it is a UUID.
        uuid = "/uuid",
        /// Whether it is gone.
        deleted = "/isDeleted",
        /// Display name.
        name = "/name",
        /// Organisation number.
        organisation_number = "/organizationNumber",
    }
}

pointers! {
    /// Fields of a school.
    SchoolFields {
        /// Skolon's own number.
        id = "/id",
        /// The identity of the hub, when it is a UUID.
        uuid = "/uuid",
        /// Whether it is gone.
        deleted = "/isDeleted",
        /// Display name.
        name = "/name",
        /// Organisation number.
        organisation_number = "/organizationNumber",
        /// School unit code.
        code = "/schoolUnitCode",
        /// The organisation it belongs to, by UUID.
        organization_uuid = "/organizationUuid",
        /// The same by Skolon's own number.
        organization_id = "/organizationId",
    }
}

pointers! {
    /// Fields of a user.
    UserFields {
        /// Skolon's own number, which signing in gives as `userId`.
        id = "/id",
        /// The identity of the hub, when it is a UUID.
        uuid = "/uuid",
        /// Whether it is gone.
        deleted = "/isDeleted",
        /// First name.
        given_name = "/firstName",
        /// Last name.
        family_name = "/lastName",
        /// E-mail address.
        email = "/email",
        /// Pupil or staff.
        user_type = "/userType",
        /// Where.
        schools = "/schools",
        /// Names to sign in with: text or a list of texts.
        principal_names = "",
        /// Personal number.
        civic_number = "",
    }
}

pointers! {
    /// Fields of a group.
    GroupFields {
        /// Skolon's own number.
        id = "/id",
        /// The identity of the hub, when it is a UUID.
        uuid = "/uuid",
        /// Whether it is gone.
        deleted = "/isDeleted",
        /// Display name.
        name = "/name",
        /// `CLASS` and others.
        kind = "/type",
        /// The school, by UUID.
        school_uuid = "/schoolUuid",
        /// The same by Skolon's own number.
        school_id = "/schoolId",
        /// Who is in it, pupils and teachers alike.
        members = "/users",
    }
}

pointers! {
    /// Fields of a licence.
    LicenceFields {
        /// Skolon's own number.
        id = "/id",
        /// The identity of the hub, when it is a UUID.
        uuid = "/uuid",
        /// Whether it is gone.
        deleted = "/isDeleted",
        /// Who holds it.
        holders = "/users",
        /// The product, in the supplier's own numbering.
        product = "/productId",
        /// Whether it is a trial.
        trial = "/isDemo",
        /// When it ceases.
        expires = "/expirationDate",
        /// The school that owns it, by UUID.
        owner_uuid = "/ownerSchoolUuid",
        /// The same by Skolon's own number.
        owner_id = "/ownerSchoolId",
    }
}

pointers! {
    /// Fields of an element of a list of users or schools.
    ReferenceFields {
        /// Skolon's own number.
        id = "/id",
        /// The identity of the hub, when it is a UUID.
        uuid = "/uuid",
    }
}
