//! The resource types and their attributes, as RFC 7643 has them.

use super::ScimOptions;
use serde_json::{Value, json};

pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The enterprise extension of users.
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A resource type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScimKind {
    /// `User`.
    User,
    /// `Group`.
    Group,
}

impl ScimKind {
    /// The path segment.
    pub fn path(self) -> &'static str {
        match self {
            ScimKind::User => "Users",
            ScimKind::Group => "Groups",
        }
    }

    /// The `resourceType`.
    pub fn name(self) -> &'static str {
        match self {
            ScimKind::User => "User",
            ScimKind::Group => "Group",
        }
    }

    /// The core schema.
    pub fn schema(self) -> &'static str {
        match self {
            ScimKind::User => USER,
            ScimKind::Group => GROUP,
        }
    }

    pub(super) fn from_path(path: &str) -> Option<Self> {
        [ScimKind::User, ScimKind::Group].into_iter().find(|kind| kind.path() == path)
    }

    /// The extensions that a provider knows of this type.
    pub(super) fn extensions(self, options: &ScimOptions) -> impl Iterator<Item = &str> {
        let of_groups = self == ScimKind::Group;
        options.extensions.iter().map(String::as_str).filter(move |urn| urn.ends_with(":Group") == of_groups)
    }

    /// All attributes beside extensions.
    pub(super) fn attributes(self) -> impl Iterator<Item = &'static Attribute> {
        let own: &[Attribute] = match self {
            ScimKind::User => &USERS,
            ScimKind::Group => &GROUPS,
        };
        COMMON.iter().chain(own)
    }

    /// The attribute of this name; names are the same in any case of letters.
    pub(super) fn attribute(self, name: &str) -> Option<&'static Attribute> {
        self.attributes().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }
}

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Flag,
    /// One object with these attributes.
    Complex(&'static [&'static str]),
    /// A list of objects with these attributes.
    Many(&'static [&'static str]),
    /// The list of schemas, which follows from the rest.
    Schemas,
}

pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) required: bool,
    pub(super) read_only: bool,
}

const fn attribute(name: &'static str, shape: Shape) -> Attribute {
    Attribute { name, shape, required: false, read_only: false }
}

const fn required(name: &'static str, shape: Shape) -> Attribute {
    Attribute { name, shape, required: true, read_only: false }
}

const fn read_only(name: &'static str, shape: Shape) -> Attribute {
    Attribute { name, shape, required: false, read_only: true }
}

const NAME: &[&str] = &["formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"];
const VALUES: &[&str] = &["value", "display", "type", "primary"];
const LINKS: &[&str] = &["value", "$ref", "display", "type"];
const META: &[&str] = &["resourceType", "created", "lastModified", "location", "version"];
const ADDRESS: &[&str] =
    &["formatted", "streetAddress", "locality", "region", "postalCode", "country", "type", "primary"];

const COMMON: [Attribute; 4] = [
    attribute("schemas", Shape::Schemas),
    read_only("id", Shape::Text),
    attribute("externalId", Shape::Text),
    read_only("meta", Shape::Complex(META)),
];
const USERS: [Attribute; 20] = [
    required("userName", Shape::Text),
    attribute("name", Shape::Complex(NAME)),
    attribute("displayName", Shape::Text),
    attribute("nickName", Shape::Text),
    attribute("profileUrl", Shape::Text),
    attribute("title", Shape::Text),
    attribute("userType", Shape::Text),
    attribute("preferredLanguage", Shape::Text),
    attribute("locale", Shape::Text),
    attribute("timezone", Shape::Text),
    attribute("active", Shape::Flag),
    attribute("password", Shape::Text),
    attribute("emails", Shape::Many(VALUES)),
    attribute("phoneNumbers", Shape::Many(VALUES)),
    attribute("ims", Shape::Many(VALUES)),
    attribute("photos", Shape::Many(VALUES)),
    attribute("addresses", Shape::Many(ADDRESS)),
    read_only("groups", Shape::Many(LINKS)),
    attribute("entitlements", Shape::Many(VALUES)),
    attribute("roles", Shape::Many(VALUES)),
];
const GROUPS: [Attribute; 2] = [required("displayName", Shape::Text), attribute(MEMBERS, Shape::Many(LINKS))];

/// The attribute that holds a group's members.
pub(super) const MEMBERS: &str = "members";
/// The attribute that is taken and never shown.
pub(super) const PASSWORD: &str = "password";
const ENTERPRISE_ATTRIBUTES: [&str; 6] =
    ["employeeNumber", "costCenter", "organization", "division", "department", "manager"];

/// An extension's attribute by its name in any case of letters; where this world does not know the extension's
/// attributes, any will do.
pub(super) fn extension_attribute(urn: &str, name: &str) -> Option<String> {
    if !urn.eq_ignore_ascii_case(ENTERPRISE) {
        return Some(name.to_owned());
    }
    ENTERPRISE_ATTRIBUTES.iter().find(|known| known.eq_ignore_ascii_case(name)).map(|known| (*known).to_owned())
}

/// A schema as `/Schemas` shows it.
pub(super) fn described(urn: &str) -> Value {
    let simple = |name: &str| json!({"name": name, "type": "string", "multiValued": false, "required": false});
    let attributes: Vec<Value> = match urn {
        USER => USERS.iter().map(Attribute::described).collect(),
        GROUP => GROUPS.iter().map(Attribute::described).collect(),
        ENTERPRISE => ENTERPRISE_ATTRIBUTES.iter().map(|name| simple(name)).collect(),
        _ => Vec::new(),
    };
    let name = urn.rsplit(':').next().unwrap_or(urn);
    json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": urn, "name": name,
        "attributes": attributes})
}

impl Attribute {
    fn described(&self) -> Value {
        let (of, many, parts): (&str, bool, &[&str]) = match self.shape {
            Shape::Text | Shape::Schemas => ("string", false, &[]),
            Shape::Flag => ("boolean", false, &[]),
            Shape::Complex(parts) => ("complex", false, parts),
            Shape::Many(parts) => ("complex", true, parts),
        };
        let parts: Vec<Value> = parts.iter().map(|part| json!({"name": part, "type": "string"})).collect();
        let mutability = if self.read_only { "readOnly" } else { "readWrite" };
        let returned = if self.name == PASSWORD { "never" } else { "default" };
        let uniqueness = if self.name == "userName" { "server" } else { "none" };
        json!({"name": self.name, "type": of, "multiValued": many, "required": self.required,
            "mutability": mutability, "returned": returned, "uniqueness": uniqueness, "subAttributes": parts})
    }
}
