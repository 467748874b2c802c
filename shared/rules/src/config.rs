//! The tenant's file: one TOML text per tenant. Here is what all sources and all targets share; the rest of each
//! table belongs to its kind and is read by the connector.

use std::collections::BTreeSet;

use jiff::civil::Date;
use roster::JoinKeyKind;
use serde::Deserialize;
use toml::{Table, Value};

pub use self::pause::Pause;
pub use self::problem::{Problem, SettingsProblem};
use crate::guard::Thresholds;
use crate::merge::{PersonField, Precedence};

mod pause;
mod place;
mod problem;
mod source;
#[cfg(test)]
mod tests;

/// Keys that every `[[source]]` may have.
pub const SOURCE_KEYS: [&str; 9] =
    ["name", "kind", "poll_seconds", "full_compare_at", "pauses", "route_token", "signing_secrets", "join_by", "owns"];

/// Keys that every `[[target]]` may have.
pub const TARGET_KEYS: [&str; 2] = ["name", "kind"];

const TENANT_KEYS: [&str; 5] = ["tenant", "public_url", "guard", "source", "target"];

/// A tenant's configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantConfig {
    /// The tenant's name: lower-case letters, digits and hyphens.
    pub tenant: String,
    /// Where the hub is reached from outside, for doorbells; without it sources are polled only.
    pub public_url: Option<String>,
    /// When removals are held.
    pub guard: Thresholds,
    /// The sources, the one that owns a field first (unless another is said to own it).
    pub sources: Vec<SourceConfig>,
    /// The targets.
    pub targets: Vec<TargetConfig>,
}

impl SourceConfig {
    /// Whether it is left alone on a day.
    #[must_use]
    pub fn is_paused_on(&self, date: Date) -> bool {
        self.pauses.iter().any(|it| it.covers(date))
    }
}

impl TenantConfig {
    /// Which source is believed about what.
    #[must_use]
    pub fn precedence(&self) -> Precedence {
        let owned = self.sources.iter().flat_map(|it| it.owns.iter().map(|field| (*field, it.name.clone())));
        let second = self.sources.iter().filter(|it| !it.join_by.is_empty());
        Precedence {
            order: self.sources.iter().map(|it| it.name.clone()).collect(),
            owned: owned.collect(),
            second: second.map(|it| it.name.clone()).collect(),
        }
    }

    /// By what any of the sources joins its persons to those of others.
    #[must_use]
    pub fn joined_by(&self) -> Vec<JoinKeyKind> {
        let kinds: BTreeSet<&JoinKeyKind> = self.sources.iter().flat_map(|it| &it.join_by).collect();
        kinds.into_iter().cloned().collect()
    }
}

/// What all sources share.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceConfig {
    /// Its name within the tenant.
    pub name: String,
    /// Its kind, e.g. `ss12000`.
    pub kind: String,
    /// How often it is polled.
    pub poll_seconds: u32,
    /// When everything is compared each night, as minutes after midnight in Sweden.
    pub full_compare_minute: u16,
    /// When it is neither polled nor read, e.g. while the register is closed for the summer.
    pub pauses: Vec<Pause>,
    /// Where the token of its doorbell address is kept, as the reference's own table; without it there is none.
    pub route_token: Option<Value>,
    /// Where the keys are kept that its doorbell is signed with, as the references' own tables; none: it cannot sign.
    pub signing_secrets: Vec<Value>,
    /// For a second source: by what its persons are joined to those of the others, the most trusted first. Such a source
    /// adds to persons and makes none. Empty: a source of its own.
    pub join_by: Vec<JoinKeyKind>,
    /// Fields of persons that it owns although another source comes first.
    pub owns: Vec<PersonField>,
    /// The keys of its kind.
    pub settings: Table,
}

/// What all targets share.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetConfig {
    /// Its name within the tenant.
    pub name: String,
    /// Its kind, e.g. `gleerups`.
    pub kind: String,
    /// The keys of its kind.
    pub settings: Table,
}

/// What the file's reader must know of the connectors.
pub trait Connectors {
    /// The keys of a kind of source; `None`: there is no such kind.
    fn source_keys(&self, kind: &str) -> Option<&'static [&'static str]>;
    /// The keys of a kind of target; `None`: there is no such kind.
    fn target_keys(&self, kind: &str) -> Option<&'static [&'static str]>;
    /// Tries a source's own keys.
    ///
    /// # Errors
    /// [`SettingsProblem`].
    fn try_source(&self, source: &SourceConfig) -> Result<(), SettingsProblem>;
    /// Tries a target's own keys.
    ///
    /// # Errors
    /// [`SettingsProblem`].
    fn try_target(&self, target: &TargetConfig) -> Result<(), SettingsProblem>;
}

/// Reads a tenant's file. Tells every problem it finds, not only the first.
///
/// # Errors
/// The problems.
pub fn read(text: &str, connectors: &dyn Connectors) -> Result<TenantConfig, Vec<Problem>> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        vec![Problem {
            line: error.span().map(|span| place::line_at(text, span.start)),
            key: "file".to_owned(),
            message: format!("is not TOML: {}", error.message()),
        }]
    })?;
    let mut reader = Reader { text, connectors, problems: Vec::new() };
    let config = reader.tenant(&table);
    if reader.problems.is_empty() { Ok(config) } else { Err(reader.problems) }
}

struct Reader<'a> {
    text: &'a str,
    connectors: &'a dyn Connectors,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn tenant(&mut self, table: &Table) -> TenantConfig {
        self.unknown_keys(table, &TENANT_KEYS, None);
        let tenant = self.text_of(table, "tenant", None).unwrap_or_default();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if tenant.is_empty() || tenant.len() > 60 || !tenant.chars().all(plain) {
            self.problem(None, "tenant", "must be 1 to 60 lower-case letters, digits and hyphens");
        }
        let config = TenantConfig {
            tenant,
            public_url: table.get("public_url").and_then(|_| self.text_of(table, "public_url", None)),
            guard: self.guard(table),
            sources: (0..).zip(self.tables(table, "source")).map(|(at, it)| self.source(at, it)).collect(),
            targets: (0..).zip(self.tables(table, "target")).map(|(at, it)| self.target(at, it)).collect(),
        };
        self.names(config.sources.iter().map(|it| it.name.as_str()), "source");
        self.names(config.targets.iter().map(|it| it.name.as_str()), "target");
        config
    }

    fn guard(&mut self, table: &Table) -> Thresholds {
        let Some(value) = table.get("guard") else { return Thresholds::default() };
        let guard = Thresholds::deserialize(value.clone()).unwrap_or_else(|error| {
            self.problem(None, "guard", error.message());
            Thresholds::default()
        });
        // No share is more than one that is not a number: such a guard would hold nothing.
        if ![guard.removed_percent, guard.replaced_percent].iter().all(|it| (0.0..=100.0).contains(it)) {
            self.problem(None, "guard", "removed_percent and replaced_percent must be from 0 to 100");
        }
        guard
    }

    fn tables<'t>(&mut self, table: &'t Table, section: &'static str) -> Vec<&'t Table> {
        let list = match table.get(section) {
            None => Some(Vec::new()),
            Some(Value::Array(entries)) => entries.iter().map(Value::as_table).collect(),
            Some(_) => None,
        };
        list.unwrap_or_else(|| {
            self.problem(None, section, &format!("must be written as a list of tables, each headed [[{section}]]"));
            Vec::new()
        })
    }

    fn target(&mut self, at: usize, table: &Table) -> TargetConfig {
        let place = Some(("target", at));
        let target = TargetConfig {
            name: self.text_of(table, "name", place).unwrap_or_default(),
            kind: self.text_of(table, "kind", place).unwrap_or_default(),
            settings: own_keys(table, &TARGET_KEYS),
        };
        let keys = self.connectors.target_keys(&target.kind);
        if self.kind_is_known(keys, &target.kind, table, &TARGET_KEYS, place) {
            let tried = self.connectors.try_target(&target);
            self.tried(tried, place);
        }
        target
    }

    /// Whether the connector may be asked: its kind exists and no key is unknown.
    fn kind_is_known(
        &mut self,
        keys: Option<&'static [&'static str]>,
        kind: &str,
        table: &Table,
        shared: &[&'static str],
        place: Option<(&'static str, usize)>,
    ) -> bool {
        let Some(keys) = keys else {
            if !kind.is_empty() {
                self.problem(place, "kind", &format!("there is no kind `{kind}`"));
            }
            return false;
        };
        let known: Vec<&str> = shared.iter().chain(keys).copied().collect();
        self.unknown_keys(table, &known, place)
    }

    fn tried(&mut self, tried: Result<(), SettingsProblem>, place: Option<(&'static str, usize)>) {
        if let Err(problem) = tried {
            self.problem(place, problem.key.as_deref().unwrap_or_default(), &problem.message);
        }
    }

    fn text_of(&mut self, table: &Table, key: &str, place: Option<(&'static str, usize)>) -> Option<String> {
        let text = table.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        if text.is_none() {
            self.problem(place, key, "is missing, or not a text");
        }
        text.map(str::to_owned)
    }

    fn unknown_keys(&mut self, table: &Table, known: &[&str], place: Option<(&'static str, usize)>) -> bool {
        let unknown: Vec<&String> = table.keys().filter(|key| !known.contains(&key.as_str())).collect();
        for key in &unknown {
            let nearest = known.iter().min_by_key(|it| strsim::damerau_levenshtein(it, key));
            let hint = nearest.map(|it| format!("; did you mean `{it}`?")).unwrap_or_default();
            self.problem(place, key, &format!("is no key known here{hint}"));
        }
        unknown.is_empty()
    }

    fn names<'a>(&mut self, names: impl Iterator<Item = &'a str>, section: &'static str) {
        let mut seen = BTreeSet::new();
        for (at, name) in names.enumerate() {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if !name.chars().all(plain) || name.len() > 60 {
                self.problem(Some((section, at)), "name", "must be at most 60 letters, digits, hyphens, dots");
            } else if !name.is_empty() && !seen.insert(name) {
                self.problem(Some((section, at)), "name", &format!("`{name}` is used twice"));
            }
        }
    }

    fn problem(&mut self, place: Option<(&'static str, usize)>, key: &str, message: &str) {
        let full = match (place, key.is_empty()) {
            (Some((section, _)), true) => section.to_owned(),
            (Some((section, _)), false) => format!("{section}.{key}"),
            (None, _) => key.to_owned(),
        };
        self.problems.push(Problem {
            line: place::line_of(self.text, place, key),
            key: full,
            message: message.to_owned(),
        });
    }
}

fn own_keys(table: &Table, shared: &[&str]) -> Table {
    let own = table.iter().filter(|(key, _)| !shared.contains(&key.as_str()));
    own.map(|(key, value)| (key.clone(), value.clone())).collect()
}
