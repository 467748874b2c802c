//! Settings: the groups and teachers themselves.

use std::collections::BTreeSet;

use jiff::civil::Date;
use roster::RecordKind;
use serde::{Deserialize, Serialize};

use crate::{ConfigProblem, registry};

/// The most groups, and the most additions of teachers. A tenant's file is no place for more.
const MOST: usize = 2_000;

/// The most persons in a group, and the most groups and teachers of one addition.
const MOST_NAMED: usize = 2_000;

/// The longest identifier or name, in characters.
const LONGEST: usize = 200;

/// Settings of what operators add themselves, one table in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManualConfig {
    /// The kind of register whose identifiers are used. A UUID is the same in all of them.
    #[serde(default = "usual_register")]
    pub ids_of: String,
    /// Groups of one's own.
    #[serde(default)]
    pub group: Vec<OwnGroup>,
    /// Teachers added to groups, of one's own or of a register.
    #[serde(default)]
    pub teachers: Vec<AddedTeachers>,
}

/// A group that no register has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnGroup {
    /// What it is known by; with another it is another group.
    pub id: String,
    /// Display name.
    pub name: String,
    /// The school or school unit that it belongs to, as the register names it.
    pub organisation: String,
    /// SS 12000's `groupType`.
    #[serde(default = "usual_kind")]
    pub kind: String,
    /// School type code, e.g. `GR`.
    #[serde(default)]
    pub school_type: Option<String>,
    /// Pupils in it, as the register names them.
    #[serde(default)]
    pub pupils: Vec<String>,
    /// Staff in it, as the register names them.
    #[serde(default)]
    pub staff: Vec<String>,
    /// First day.
    #[serde(default)]
    pub start: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub end: Option<Date>,
}

/// Teachers of groups, beside those that a register says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedTeachers {
    /// What the addition is known by; with another it is another one.
    pub id: String,
    /// What a receiving system shows, where it shows activities.
    pub name: String,
    /// The groups: the `id` of one's own, or as the register names them.
    pub groups: Vec<String>,
    /// Who, as the register names them.
    pub persons: Vec<String>,
    /// First day.
    #[serde(default)]
    pub start: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub end: Option<Date>,
}

fn usual_register() -> String {
    "ss12000".to_owned()
}

fn usual_kind() -> String {
    "Övrigt".to_owned()
}

impl ManualConfig {
    /// The keys of the table.
    pub const KEYS: &'static [&'static str] = &["ids_of", "group", "teachers"];

    pub(super) fn check(&self) -> Result<(), ConfigProblem> {
        if registry::within(&self.ids_of, RecordKind::Person).is_none() {
            return Err(ConfigProblem::at("ids_of", "must be the kind of a register, such as ss12000 or oneroster"));
        }
        at_most("group", self.group.len(), MOST)?;
        at_most("teachers", self.teachers.len(), MOST)?;
        for (at, group) in self.group.iter().enumerate() {
            group.check(&format!("group[{at}]"))?;
        }
        for (at, added) in self.teachers.iter().enumerate() {
            added.check(&format!("teachers[{at}]"))?;
        }
        once("group", self.group.iter().map(|it| &it.id))?;
        once("teachers", self.teachers.iter().map(|it| &it.id))
    }
}

impl OwnGroup {
    fn check(&self, place: &str) -> Result<(), ConfigProblem> {
        words(place, "id", [&self.id])?;
        words(place, "name", [&self.name])?;
        words(place, "organisation", [&self.organisation])?;
        words(place, "kind", [&self.kind])?;
        named(place, "pupils", &self.pupils)?;
        named(place, "staff", &self.staff)?;
        if let Some(twice) = self.pupils.iter().find(|it| self.staff.contains(it)) {
            return Err(ConfigProblem::at(&format!("{place}.staff"), format!("{twice} is among the pupils too")));
        }
        in_order(place, self.start, self.end)
    }
}

impl AddedTeachers {
    fn check(&self, place: &str) -> Result<(), ConfigProblem> {
        words(place, "id", [&self.id])?;
        words(place, "name", [&self.name])?;
        for (key, list) in [("groups", &self.groups), ("persons", &self.persons)] {
            named(place, key, list)?;
            if list.is_empty() {
                return Err(ConfigProblem::at(&format!("{place}.{key}"), "must name at least one"));
            }
        }
        in_order(place, self.start, self.end)
    }
}

fn named(place: &str, key: &str, list: &[String]) -> Result<(), ConfigProblem> {
    let key = format!("{place}.{key}");
    at_most(&key, list.len(), MOST_NAMED)?;
    words(&key, "", list)?;
    once(&key, list)
}

fn words<'a>(place: &str, key: &str, texts: impl IntoIterator<Item = &'a String>) -> Result<(), ConfigProblem> {
    let fits = |text: &String| !text.trim().is_empty() && text.chars().count() <= LONGEST;
    if texts.into_iter().all(fits) {
        return Ok(());
    }
    let key = if key.is_empty() { place.to_owned() } else { format!("{place}.{key}") };
    Err(ConfigProblem::at(&key, format!("must be a text of 1 to {LONGEST} characters")))
}

fn once<'a>(key: &str, texts: impl IntoIterator<Item = &'a String>) -> Result<(), ConfigProblem> {
    let mut seen = BTreeSet::new();
    match texts.into_iter().find(|it| !seen.insert(it.trim())) {
        Some(twice) => Err(ConfigProblem::at(key, format!("{twice} is there twice"))),
        None => Ok(()),
    }
}

fn at_most(key: &str, count: usize, most: usize) -> Result<(), ConfigProblem> {
    if count <= most {
        return Ok(());
    }
    Err(ConfigProblem::at(key, format!("must be at most {most}, not {count}")))
}

fn in_order(place: &str, start: Option<Date>, end: Option<Date>) -> Result<(), ConfigProblem> {
    if start.zip(end).is_none_or(|(start, end)| start <= end) {
        return Ok(());
    }
    Err(ConfigProblem::at(&format!("{place}.end"), "lies before the start"))
}
