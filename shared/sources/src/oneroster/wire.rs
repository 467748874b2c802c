//! The wire format, as far as it is read (OneRoster 1.1 and 1.2, field names verbatim). Every field is optional, and
//! both editions are read whatever the configured one. The rows of CSV files become the same.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::MapAccess;
use serde::de::value::MapAccessDeserializer;

use crate::lenient::{Expected, Field, Flag, List, Object, Text};

/// A reference (`GUIDRef`): `{"href": "…", "sourcedId": "…", "type": "…"}`, or the identifier alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guid<'a>(pub(super) Cow<'a, str>);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct GuidObject<'a> {
    sourced_id: Field<Text<'a>>,
}

impl<'de: 'a, 'a> Expected<'de> for Guid<'a> {
    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        Some(Self(text))
    }

    fn from_whole(number: i64) -> Option<Self> {
        Some(Self(Cow::Owned(number.to_string())))
    }

    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Option<Self>, A::Error> {
        let object = GuidObject::deserialize(MapAccessDeserializer::new(object))?;
        Ok(object.sourced_id.read().map(|text| Self(text.0)))
    }
}

/// What all objects have.
pub(super) trait Wire<'a>: Deserialize<'a> {
    /// `sourcedId`, if it can be read.
    fn sourced_id(&self) -> Option<&str>;
    /// `dateLastModified`, if it can be read.
    fn modified(&self) -> Option<&str>;
}

macro_rules! objects {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
        pub(super) struct $name<'a> {
            pub(super) sourced_id: Field<Text<'a>>,
            pub(super) status: Field<Text<'a>>,
            pub(super) date_last_modified: Field<Text<'a>>,
            $(pub(super) $field: $type,)*
        }

        impl<'a> Wire<'a> for $name<'a> {
            fn sourced_id(&self) -> Option<&str> {
                text(&self.sourced_id)
            }

            fn modified(&self) -> Option<&str> {
                text(&self.date_last_modified)
            }
        }
    )*};
}

objects! {
    /// `Org`.
    Org {
        name: Field<Text<'a>>,
        r#type: Field<Text<'a>>,
        identifier: Field<Text<'a>>,
        parent: Field<Guid<'a>>,
    }

    /// `AcademicSession`.
    Session {
        start_date: Field<Text<'a>>,
        end_date: Field<Text<'a>>,
    }

    /// `User`. Passwords and the other half of credentials are never read.
    User {
        enabled_user: Field<Flag>,
        username: Field<Text<'a>>,
        user_ids: Field<List<Object<UserId<'a>>>>,
        given_name: Field<Text<'a>>,
        family_name: Field<Text<'a>>,
        identifier: Field<Text<'a>>,
        email: Field<Text<'a>>,
        grades: Field<List<Text<'a>>>,
        role: Field<Text<'a>>,
        orgs: Field<List<Guid<'a>>>,
        roles: Field<List<Object<Role<'a>>>>,
        user_profiles: Field<List<Object<Profile<'a>>>>,
    }

    /// `Class`.
    Class {
        title: Field<Text<'a>>,
        class_code: Field<Text<'a>>,
        class_type: Field<Text<'a>>,
        grades: Field<List<Text<'a>>>,
        school: Field<Guid<'a>>,
        terms: Field<List<Guid<'a>>>,
    }

    /// `Enrollment`.
    Enrollment {
        user: Field<Guid<'a>>,
        class: Field<Guid<'a>>,
        role: Field<Text<'a>>,
        begin_date: Field<Text<'a>>,
        end_date: Field<Text<'a>>,
    }
}

/// An element of `userIds`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct UserId<'a> {
    pub(super) r#type: Field<Text<'a>>,
    pub(super) identifier: Field<Text<'a>>,
}

/// An element of `roles` (1.2).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Role<'a> {
    pub(super) role: Field<Text<'a>>,
    pub(super) org: Field<Guid<'a>>,
    pub(super) begin_date: Field<Text<'a>>,
    pub(super) end_date: Field<Text<'a>>,
}

/// An element of `userProfiles` (1.2).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Profile<'a> {
    pub(super) profile_type: Field<Text<'a>>,
    pub(super) vendor_id: Field<Text<'a>>,
    pub(super) credentials: Field<List<Object<Credential<'a>>>>,
}

/// An element of `credentials`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Credential<'a> {
    pub(super) username: Field<Text<'a>>,
}

fn text<'t>(field: &'t Field<Text<'_>>) -> Option<&'t str> {
    match field {
        Field::Read(text) => text.filled(),
        Field::Absent | Field::Unreadable => None,
    }
}
