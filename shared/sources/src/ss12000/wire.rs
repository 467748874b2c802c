//! The wire format, as far as it is read (SS 12000:2020 API 2.1.0, field names verbatim). Every field is optional.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::MapAccess;
use serde::de::value::MapAccessDeserializer;

use crate::lenient::{Expected, Field, Flag, List, Object, Reference, Text};

/// `Organisation`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Organisation<'a> {
    pub(super) id: Field<Text<'a>>,
    pub(super) display_name: Field<Text<'a>>,
    pub(super) organisation_type: Field<Text<'a>>,
    pub(super) parent_organisation: Field<Reference>,
    pub(super) school_unit_code: Field<Code<'a>>,
    pub(super) school_types: Field<List<Text<'a>>>,
    pub(super) municipality_code: Field<Text<'a>>,
    pub(super) organisation_number: Field<Text<'a>>,
    pub(super) start_date: Field<Text<'a>>,
    pub(super) end_date: Field<Text<'a>>,
}

/// `Person`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Person<'a> {
    pub(super) id: Field<Text<'a>>,
    pub(super) given_name: Field<Text<'a>>,
    pub(super) family_name: Field<Text<'a>>,
    pub(super) edu_person_principal_names: Field<List<Text<'a>>>,
    pub(super) emails: Field<List<Object<Email<'a>>>>,
    pub(super) civic_no: Field<CivicNo<'a>>,
    pub(super) security_marking: Field<Text<'a>>,
    pub(super) person_status: Field<Text<'a>>,
    pub(super) enrolments: Field<List<Object<Enrolment<'a>>>>,
    pub(super) external_identifiers: Field<List<Object<ExternalIdentifier<'a>>>>,
}

/// An element of `externalIdentifiers`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct ExternalIdentifier<'a> {
    pub(super) value: Field<Text<'a>>,
    pub(super) context: Field<Text<'a>>,
}

/// An element of `emails`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Email<'a> {
    pub(super) value: Field<Text<'a>>,
    #[serde(rename = "type")]
    pub(super) kind: Field<Text<'a>>,
}

/// An element of `enrolments`. The standard spells `enroledAt` with one l; both are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Enrolment<'a> {
    pub(super) enroled_at: Field<Reference>,
    pub(super) enrolled_at: Field<Reference>,
    pub(super) school_type: Field<Text<'a>>,
    pub(super) school_year: Field<Text<'a>>,
    pub(super) education_code: Field<Text<'a>>,
    pub(super) cancelled: Field<Flag>,
    pub(super) start_date: Field<Text<'a>>,
    pub(super) end_date: Field<Text<'a>>,
}

/// `Group`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Group<'a> {
    pub(super) id: Field<Text<'a>>,
    pub(super) display_name: Field<Text<'a>>,
    pub(super) group_type: Field<Text<'a>>,
    pub(super) organisation: Field<Reference>,
    pub(super) school_type: Field<Text<'a>>,
    pub(super) start_date: Field<Text<'a>>,
    pub(super) end_date: Field<Text<'a>>,
    pub(super) group_memberships: Field<List<Object<Membership<'a>>>>,
}

/// An element of `groupMemberships`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Membership<'a> {
    pub(super) person: Field<Reference>,
    pub(super) start_date: Field<Text<'a>>,
    pub(super) end_date: Field<Text<'a>>,
}

/// `Duty`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Duty<'a> {
    pub(super) id: Field<Text<'a>>,
    pub(super) person: Field<Reference>,
    pub(super) duty_at: Field<Reference>,
    pub(super) duty_role: Field<Text<'a>>,
    pub(super) signature: Field<Text<'a>>,
    pub(super) start_date: Field<Text<'a>>,
    pub(super) end_date: Field<Text<'a>>,
    pub(super) assignment_role: Field<List<Object<Assignment<'a>>>>,
}

/// An element of `assignmentRole`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Assignment<'a> {
    pub(super) group: Field<Reference>,
    pub(super) assignment_role_type: Field<Text<'a>>,
    pub(super) start_date: Field<Text<'a>>,
    pub(super) end_date: Field<Text<'a>>,
}

/// `Activity`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Activity<'a> {
    pub(super) id: Field<Text<'a>>,
    pub(super) display_name: Field<Text<'a>>,
    pub(super) organisation: Field<Reference>,
    pub(super) groups: Field<List<Reference>>,
    pub(super) teachers: Field<List<Object<Teacher<'a>>>>,
    pub(super) start_date: Field<Text<'a>>,
    pub(super) end_date: Field<Text<'a>>,
}

/// An element of `teachers`: by `duty` as the standard says, by `person` as some providers do.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Teacher<'a> {
    pub(super) duty: Field<Reference>,
    pub(super) person: Field<Reference>,
    pub(super) start_date: Field<Text<'a>>,
    pub(super) end_date: Field<Text<'a>>,
}

/// `civicNo`: `{"value": "…"}`, or the number alone.
#[derive(Debug)]
pub(super) struct CivicNo<'a>(pub(super) Field<Text<'a>>);

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct CivicNoObject<'a> {
    #[serde(default)]
    value: Field<Text<'a>>,
}

impl<'de: 'a, 'a> Expected<'de> for CivicNo<'a> {
    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        Some(Self(Field::Read(Text(text))))
    }

    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Option<Self>, A::Error> {
        CivicNoObject::deserialize(MapAccessDeserializer::new(object)).map(|object| Some(Self(object.value)))
    }
}

/// A code of digits: text as it came, or a number that may have lost its leading zeros.
#[derive(Debug)]
pub(super) enum Code<'a> {
    /// As it came.
    Text(Cow<'a, str>),
    /// A JSON number.
    Whole(i64),
}

impl<'de: 'a, 'a> Expected<'de> for Code<'a> {
    fn from_text(text: Cow<'de, str>) -> Option<Self> {
        Some(Self::Text(text))
    }

    fn from_whole(number: i64) -> Option<Self> {
        (number >= 0).then_some(Self::Whole(number))
    }
}

impl Code<'_> {
    /// The code with a number's leading zeros put back; `None` when blank.
    pub(super) fn padded(&self, digits: usize) -> Option<String> {
        match self {
            Self::Whole(number) => Some(format!("{number:0digits$}")),
            Self::Text(text) => {
                let text = text.trim();
                (!text.is_empty()).then(|| text.to_owned())
            }
        }
    }
}
