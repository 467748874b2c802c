//! The official discovery documents, where they are present: everything here that has a name there is held to them.

use super::call::Api;
use super::endpoints::{self, EVERYWHERE, Endpoint};
use super::fields;
use super::options::SCOPE;
use serde_json::Value;
use std::collections::BTreeSet;

/// The discovery documents of both APIs, which are no part of this project.
#[derive(Debug)]
pub struct GoogleContract {
    directory: Value,
    classroom: Value,
}

impl GoogleContract {
    /// The documents below the folder of contracts (`SKOLBRO_CONTRACTS`); `None`: not present.
    pub fn present() -> Option<Self> {
        let folder = crate::contract::folder()?.join("google");
        let read = |name: &str| serde_json::from_slice(&std::fs::read(folder.join(name)).ok()?).ok();
        Some(Self { directory: read("admin.directory_v1.json")?, classroom: read("classroom.v1.json")? })
    }

    /// Every way in which this counterpart deviates from the documents, in words.
    pub fn deviations(&self) -> Vec<String> {
        let methods = endpoints::all().flat_map(|it| self.of_endpoint(it));
        let schemas = fields::SCHEMAS.into_iter().flat_map(|it| self.of_schema(it));
        methods.chain(schemas).chain(self.of_parameters()).collect()
    }

    fn document(&self, api: Api) -> &Value {
        match api {
            Api::Directory => &self.directory,
            Api::Classroom => &self.classroom,
        }
    }

    fn of_endpoint(&self, endpoint: &Endpoint) -> Vec<String> {
        let Some(method) = method(self.document(endpoint.api), endpoint.id) else {
            return vec![format!("{}: there is no such method", endpoint.id)];
        };
        let path = format!("{}{}", endpoint.api.prefix(), endpoint.path);
        let query = method["parameters"].as_object().into_iter().flatten();
        let query: BTreeSet<&str> =
            query.filter(|(_, it)| it["location"] == "query").map(|(name, _)| name.as_str()).collect();
        let scopes = method["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let scopes: BTreeSet<&str> = scopes.filter_map(|it| it.strip_prefix(SCOPE)).collect();
        let checks = [
            ("method", method["httpMethod"] == endpoint.http),
            ("path", method["path"].as_str() == path.strip_prefix('/')),
            ("body", method["request"]["$ref"].as_str() == endpoint.request),
            ("parameters", query == endpoint.parameters.iter().copied().collect()),
            ("scopes", endpoint.scopes.iter().all(|it| scopes.contains(it))),
        ];
        checks.into_iter().filter(|(_, holds)| !holds).map(|(what, _)| format!("{}: {what}", endpoint.id)).collect()
    }

    fn of_schema(&self, schema: &str) -> Option<String> {
        let documents = [&self.directory, &self.classroom];
        let properties = documents.into_iter().find_map(|it| it["schemas"][schema]["properties"].as_object());
        let official: BTreeSet<&str> = properties.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let own: BTreeSet<&str> = fields::of(schema).iter().copied().collect();
        (official != own).then(|| format!("{schema}: fields"))
    }

    fn of_parameters(&self) -> Vec<String> {
        let documents = [("directory", &self.directory), ("classroom", &self.classroom)];
        let is_same = |document: &Value| {
            let official = document["parameters"].as_object().into_iter().flatten();
            official.map(|it| it.0.as_str()).collect::<BTreeSet<_>>() == EVERYWHERE.into_iter().collect()
        };
        let deviating = documents.into_iter().filter(|(_, it)| !is_same(it));
        deviating.map(|(name, _)| format!("{name}: parameters of every method")).collect()
    }
}

/// A method by its id, whose parts name the resources that it is below.
fn method<'a>(document: &'a Value, id: &str) -> Option<&'a Value> {
    let mut names: Vec<&str> = id.split('.').skip(1).collect();
    let last = names.pop()?;
    let resource = names.into_iter().try_fold(document, |it, name| it.get("resources")?.get(name))?;
    resource.get("methods")?.get(last)
}
