//! What the columns of a file mean: the declarative map of a source's settings, the same for files with separators and
//! for XML.

mod check;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::pattern::Pattern;

/// A file, and what each of its rows says. One row may say several things: a pupil, a place, a class.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableConfig {
    /// The file's name; `*` stands for any number of signs, and the newest of several is read.
    pub file: Pattern,
    /// The path from the outermost element of an XML file to those that are its rows, e.g. `Export/Elever/Elev`.
    #[serde(default)]
    pub rows: Option<String>,
    /// Whether the first row names the columns. Without it columns are told by their number, from 1.
    #[serde(default = "yes")]
    pub header: bool,
    /// How many columns a file without header has.
    #[serde(default)]
    pub columns: Option<usize>,
    /// Whether nothing is read without this file.
    #[serde(default = "yes")]
    pub required: bool,
    /// Files of one such name are all there, or none of them.
    #[serde(default)]
    pub together: Option<String>,
    /// Whether it may be without rows.
    #[serde(default)]
    pub may_be_empty: bool,
    /// Whether it may be older than the others.
    #[serde(default)]
    pub any_age: bool,
    /// Organisations.
    #[serde(default)]
    pub organisation: Maps,
    /// Periods that others refer to by name.
    #[serde(default)]
    pub term: Maps,
    /// Persons.
    #[serde(default)]
    pub person: Maps,
    /// Pupils' places at school units.
    #[serde(default)]
    pub enrolment: Maps,
    /// What staff are employed to do.
    #[serde(default)]
    pub duty: Maps,
    /// Groups.
    #[serde(default)]
    pub group: Maps,
    /// Who is in a group.
    #[serde(default)]
    pub membership: Maps,
}

const fn yes() -> bool {
    true
}

/// One map, or several.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(untagged, expecting = "must be a table of fields and the columns they stand in, or a list of such tables")]
pub enum Maps {
    /// None.
    #[default]
    None,
    /// One.
    One(RecordMap),
    /// Several.
    Several(Vec<RecordMap>),
}

impl Maps {
    pub(super) fn all(&self) -> &[RecordMap] {
        match self {
            Self::None => &[],
            Self::One(map) => std::slice::from_ref(map),
            Self::Several(maps) => maps,
        }
    }
}

/// From the columns of a row to the fields of a record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RecordMap {
    /// Only rows that have one of these values in these columns.
    #[serde(default)]
    pub only: BTreeMap<String, Vec<String>>,
    /// Not rows that have one of these values in these columns.
    #[serde(default)]
    pub except: BTreeMap<String, Vec<String>>,
    /// The same, where there are such columns.
    #[serde(default)]
    pub except_optional: BTreeMap<String, Vec<String>>,
    /// Field by field.
    #[serde(flatten)]
    pub fields: BTreeMap<String, FieldMap>,
}

/// Where a field stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "must be a column's name, its number, or a table of column, value, values, otherwise and optional"
)]
pub enum FieldMap {
    /// In the column of this number, from 1.
    Number(usize),
    /// In the column of this name.
    Name(String),
    /// In the first of these that is not empty.
    First(Vec<ColumnName>),
    /// With more to say about it.
    Detailed(Detailed),
}

/// A column, by number or name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(untagged, expecting = "must be a column's name or its number")]
pub enum ColumnName {
    /// By number, from 1.
    Number(usize),
    /// By name; in XML, a path.
    Name(String),
}

/// A field with more to say about it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detailed {
    /// The column.
    #[serde(default)]
    pub column: Option<ColumnName>,
    /// The value, the same in every row.
    #[serde(default)]
    pub value: Option<String>,
    /// What the column's values mean.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// What all other values mean. Without it they are kept as they are.
    #[serde(default)]
    pub otherwise: Option<String>,
    /// Whether the column may be missing.
    #[serde(default)]
    pub optional: bool,
}

/// What a row may speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entity {
    Organisation,
    Term,
    Person,
    Enrolment,
    Duty,
    Group,
    Membership,
}

impl Entity {
    pub(super) const ALL: [Self; 7] =
        [Self::Organisation, Self::Term, Self::Person, Self::Enrolment, Self::Duty, Self::Group, Self::Membership];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Term => "term",
            Self::Person => "person",
            Self::Enrolment => "enrolment",
            Self::Duty => "duty",
            Self::Group => "group",
            Self::Membership => "membership",
        }
    }

    /// Fields that it is nothing without, and further ones.
    pub(super) const fn fields(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Organisation => (
                &["id", "name"],
                &[
                    "kind",
                    "parent",
                    "school_unit_code",
                    "school_types",
                    "municipality_code",
                    "organisation_number",
                    "start",
                    "end",
                ],
            ),
            Self::Term => (&["id", "start", "end"], &[]),
            Self::Person => (
                &["id", "given_name", "family_name"],
                &[
                    "civic_number",
                    "email",
                    "email_kind",
                    "principal_name",
                    "login_identity",
                    "employee_number",
                    "security_marking",
                    "status",
                ],
            ),
            Self::Enrolment => {
                (&["person", "school_unit"], &["school_type", "school_year", "education_code", "start", "end", "terms"])
            }
            Self::Duty => {
                (&["person", "organisation"], &["role", "signature", "group", "assignment", "start", "end", "terms"])
            }
            Self::Group => (&["id", "name", "organisation"], &["kind", "school_type", "start", "end", "terms"]),
            Self::Membership => (&["group", "person"], &["role", "start", "end"]),
        }
    }

    fn maps(self, table: &TableConfig) -> &[RecordMap] {
        match self {
            Self::Organisation => table.organisation.all(),
            Self::Term => table.term.all(),
            Self::Person => table.person.all(),
            Self::Enrolment => table.enrolment.all(),
            Self::Duty => table.duty.all(),
            Self::Group => table.group.all(),
            Self::Membership => table.membership.all(),
        }
    }
}

impl FieldMap {
    /// The columns, the first that is filled counts.
    pub(super) fn columns(&self) -> Vec<ColumnName> {
        match self {
            Self::Number(number) => vec![ColumnName::Number(*number)],
            Self::Name(name) => vec![ColumnName::Name(name.clone())],
            Self::First(columns) => columns.clone(),
            Self::Detailed(detailed) => detailed.column.clone().into_iter().collect(),
        }
    }

    /// The same field, whose values mean something.
    pub(super) fn meaning(&self, values: &BTreeMap<String, String>) -> Self {
        let column = self.columns().into_iter().next();
        Self::Detailed(Detailed { column, values: values.clone(), ..Detailed::default() })
    }

    pub(super) const fn is_optional(&self) -> bool {
        matches!(self, Self::Detailed(detailed) if detailed.optional)
    }
}

impl TableConfig {
    /// Every map with what it makes.
    pub(super) fn maps(&self) -> impl Iterator<Item = (Entity, &RecordMap)> {
        Entity::ALL.into_iter().flat_map(|entity| entity.maps(self).iter().map(move |map| (entity, map)))
    }

    /// Whether any row speaks of such a thing.
    pub(super) fn tells(&self, entity: Entity) -> bool {
        !entity.maps(self).is_empty()
    }
}

impl RecordMap {
    /// Every column that it looks at.
    pub(super) fn every_column(&self) -> impl Iterator<Item = ColumnName> {
        let filters = self.only.keys().chain(self.except.keys()).chain(self.except_optional.keys());
        let filters = filters.map(|name| ColumnName::of_key(name));
        filters.chain(self.fields.values().flat_map(FieldMap::columns))
    }
}

impl std::fmt::Display for ColumnName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl ColumnName {
    /// A column named by a key, where digits are a number.
    pub(super) fn of_key(key: &str) -> Self {
        key.parse().map_or_else(|_| Self::Name(key.to_owned()), Self::Number)
    }
}
