//! The wire format, as far as it is read (Microsoft Graph v1.0, names as in its metadata). Every field is optional.

use serde::Deserialize;

use crate::lenient::{Field, List, Object, Text};

/// What is asked of an `educationSchool`.
pub(super) const SCHOOL: &str = "id,displayName,externalId,schoolNumber";

/// What is asked of an `educationUser`. Neither `accountEnabled` (a blocked account is no removal) nor contacts,
/// addresses or numbers are read.
pub(super) const USER: &str = "id,givenName,surname,mail,userPrincipalName,primaryRole,student";

/// What is asked of an `educationClass`.
pub(super) const CLASS: &str = "id,displayName,mailNickname,externalId,externalSource,term";

/// What is asked of the directory's groups: who came and went.
pub(super) const GROUP: &str = "members,owners";

/// `@removed`: the object is gone. The reason (`changed`: may still be restored, `deleted`) makes no difference.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Removed {}

/// `educationSchool`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct School<'a> {
    pub(super) id: Field<Text<'a>>,
    pub(super) display_name: Field<Text<'a>>,
    pub(super) external_id: Field<Text<'a>>,
    pub(super) school_number: Field<Text<'a>>,
    #[serde(rename = "@removed")]
    pub(super) removed: Field<Object<Removed>>,
}

/// `educationUser`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct User<'a> {
    pub(super) id: Field<Text<'a>>,
    pub(super) given_name: Field<Text<'a>>,
    pub(super) surname: Field<Text<'a>>,
    pub(super) mail: Field<Text<'a>>,
    pub(super) user_principal_name: Field<Text<'a>>,
    pub(super) primary_role: Field<Text<'a>>,
    pub(super) student: Field<Object<Student<'a>>>,
    #[serde(rename = "@removed")]
    pub(super) removed: Field<Object<Removed>>,
}

/// `educationStudent`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Student<'a> {
    pub(super) grade: Field<Text<'a>>,
}

/// `educationClass`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Class<'a> {
    pub(super) id: Field<Text<'a>>,
    pub(super) display_name: Field<Text<'a>>,
    pub(super) mail_nickname: Field<Text<'a>>,
    pub(super) external_id: Field<Text<'a>>,
    pub(super) external_source: Field<Text<'a>>,
    pub(super) term: Field<Object<Term<'a>>>,
    #[serde(rename = "@removed")]
    pub(super) removed: Field<Object<Removed>>,
}

/// `educationTerm`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Term<'a> {
    pub(super) start_date: Field<Text<'a>>,
    pub(super) end_date: Field<Text<'a>>,
}

/// Anything of which only the identity matters.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Reference<'a> {
    pub(super) id: Field<Text<'a>>,
    #[serde(rename = "@removed")]
    pub(super) removed: Field<Object<Removed>>,
}

/// `group` in `/groups/delta?$select=members,owners`: whoever came or went since.
#[derive(Debug, Default, Deserialize)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Group<'a> {
    pub(super) id: Field<Text<'a>>,
    #[serde(rename = "members@delta")]
    pub(super) members: Field<List<Object<Reference<'a>>>>,
    #[serde(rename = "owners@delta")]
    pub(super) owners: Field<List<Object<Reference<'a>>>>,
    #[serde(rename = "@removed")]
    pub(super) removed: Field<Object<Removed>>,
}
