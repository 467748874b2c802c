//! What a client may ask, by the documentation; and the official metadata, where it is present.

use super::GraphEducationServer;
use super::reply::Asked;
use std::collections::{BTreeMap, BTreeSet};

/// The most that `$top` may be.
const LARGEST_TOP: usize = 999;

/// The properties of an entity type that may be selected, as far as this counterpart has them.
pub fn known_properties(entity: &str) -> &'static [&'static str] {
    match entity {
        "educationSchool" => &["id", "displayName", "description", "externalId", "externalSource", "schoolNumber"],
        "educationUser" => &[
            "id",
            "accountEnabled",
            "displayName",
            "externalSource",
            "givenName",
            "mail",
            "mailNickname",
            "primaryRole",
            "student",
            "surname",
            "teacher",
            "userPrincipalName",
            "userType",
        ],
        "educationClass" => {
            &["id", "displayName", "mailNickname", "externalId", "externalName", "externalSource", "term"]
        }
        "group" => &["id", "displayName", "mailNickname", "members", "owners"],
        _ => &[],
    }
}

impl GraphEducationServer {
    /// Notes what is against the contract. Gives the properties selected; `Err`: the request is refused.
    pub(super) fn select(&self, entity: &str, asked: &Asked<'_>) -> Result<Vec<String>, ()> {
        let Some(select) = asked.parameter("$select") else {
            self.blame(format!("{}: asks for every property there is", shape(asked.path)));
            return Ok(known_properties(entity).iter().map(|it| (*it).to_owned()).collect());
        };
        let wanted: Vec<String> = select.split(',').map(str::to_owned).collect();
        let unknown: Vec<&String> =
            wanted.iter().filter(|it| !known_properties(entity).contains(&it.as_str())).collect();
        for name in &unknown {
            self.blame(format!("{}: selects {name}, which {entity} has not", shape(asked.path)));
        }
        if unknown.is_empty() { Ok(wanted) } else { Err(()) }
    }

    /// What may be wrong with any request.
    pub(super) fn examine(&self, asked: &Asked<'_>) {
        let path = shape(asked.path);
        let has = |name: &str| asked.parameter(name).is_some();
        if asked.parameter("$top").is_some_and(|it| it.parse().map_or(true, |top: usize| top > LARGEST_TOP || top == 0))
        {
            self.blame(format!("{path}: $top is not from 1 to {LARGEST_TOP}"));
        }
        let advanced = has("$count") || has("$search") || asked.path.ends_with("$count");
        if advanced && asked.header("consistencylevel") != Some("eventual") {
            self.blame(format!("{path}: $count or $search without ConsistencyLevel: eventual"));
        }
        let token = has("$skiptoken") || (has("$deltatoken") && asked.parameter("$deltatoken") != Some("latest"));
        if token && asked.query.len() > 1 {
            self.blame(format!("{path}: a token together with other parameters"));
        }
        if path.ends_with("/delta") && (has("$top") || has("$expand") || has("$orderby")) {
            self.blame(format!("{path}: $top, $expand and $orderby are not for deltas"));
        }
        let known =
            ["$select", "$top", "$skiptoken", "$deltatoken", "$count", "$search", "$filter", "$expand", "$orderby"];
        for (name, _) in asked.query.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            self.blame(format!("{path}: there is no parameter {name}"));
        }
    }
}

/// The path with identities left out.
pub(super) fn shape(path: &str) -> String {
    let word = |it: &str| if it.parse::<uuid::Uuid>().is_ok() { "{id}".to_owned() } else { it.to_owned() };
    path.split('/').map(word).collect::<Vec<_>>().join("/")
}

/// Names in the official metadata (CSDL), as far as they concern this counterpart.
#[derive(Debug, Default)]
pub struct Metadata {
    properties: BTreeMap<String, BTreeSet<String>>,
    bases: BTreeMap<String, String>,
    deltas: BTreeSet<String>,
}

impl Metadata {
    /// The metadata below the folder of contracts (`SKOLBRO_CONTRACTS`); `None`: not present.
    pub fn present() -> Option<Self> {
        let file = crate::contract::folder()?.join("graph/microsoft.graph.subset.csdl");
        std::fs::read_to_string(file).ok().map(|text| Self::read(&text))
    }

    /// Reads a schema that has one element per line.
    pub fn read(text: &str) -> Self {
        let (mut metadata, mut inside, mut function) = (Self::default(), String::new(), String::new());
        for line in text.lines().map(str::trim) {
            let name = || attribute(line, "Name").unwrap_or_default();
            if line.starts_with("<EntityType ") || line.starts_with("<ComplexType ") {
                inside = name();
                let base = attribute(line, "BaseType").map(|it| short(&it));
                metadata.bases.extend(base.map(|base| (inside.clone(), base)));
                metadata.properties.entry(inside.clone()).or_default();
            } else if line.starts_with("<Property ") || line.starts_with("<NavigationProperty ") {
                metadata.properties.entry(inside.clone()).or_default().insert(name());
            } else if line.starts_with("<Function ") {
                function = name();
            } else if line.starts_with("<Parameter Name=\"bindingParameter\"") && function == "delta" {
                metadata.deltas.extend(attribute(line, "Type").map(|it| short(&it)));
            }
        }
        metadata
    }

    /// Whether an entity type, or one it is based on, has a property.
    pub fn has(&self, entity: &str, property: &str) -> bool {
        let own = self.properties.get(entity).is_some_and(|it| it.contains(property));
        own || self.bases.get(entity).is_some_and(|base| self.has(base, property))
    }

    /// Whether there is a delta of an entity type's collection.
    pub fn has_delta(&self, entity: &str) -> bool {
        self.deltas.contains(entity)
    }
}

fn attribute(line: &str, name: &str) -> Option<String> {
    let (_, rest) = line.split_once(&format!(" {name}=\""))?;
    rest.split('"').next().map(str::to_owned)
}

/// `Collection(graph.educationUser)` and `graph.educationUser` as `educationUser`.
fn short(name: &str) -> String {
    name.trim_start_matches("Collection(").trim_end_matches(')').trim_start_matches("graph.").to_owned()
}
