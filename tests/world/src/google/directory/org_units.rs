//! Organizational units.

use super::super::answer::{Answer, Outcome, Refusal};
use super::super::quota::Meter;
use super::super::service::{Call, Service};
use super::super::{GoogleOrgUnit, Provenance};
use super::render::TOP;
use serde_json::{Value, json};

/// The most levels [contracts: targets, 2.2].
const DEEPEST: usize = 35;

impl Service<'_> {
    /// Units right below one, or all below it.
    pub(super) fn list_org_units(&mut self, call: &Call) -> Outcome {
        self.check_customer(call.key(0))?;
        let above = self.unit_path(call.parameter("orgUnitPath").unwrap_or("/"))?;
        let all = match call.parameter("type").unwrap_or("children") {
            "children" => false,
            "all" => true,
            _ => return Err(Refusal::invalid("type")),
        };
        let beginning = format!("{}/", above.trim_end_matches('/'));
        let units = self
            .store
            .state
            .org_units
            .iter()
            .filter(|(path, it)| if all { path.starts_with(&beginning) } else { it.parent == above });
        let units: Vec<Value> = units.map(|(path, it)| self.rendered_org_unit(path, it)).collect();
        let mut body = json!({"kind": "admin#directory#orgUnits", "etag": "\"list\""});
        if let (Some(fields), false) = (body.as_object_mut(), units.is_empty()) {
            fields.insert("organizationUnits".to_owned(), json!(units));
        }
        Ok(Answer::given(body))
    }

    pub(super) fn get_org_unit(&self, call: &Call) -> Outcome {
        self.check_customer(call.key(0))?;
        let path = self.unit_path(call.key(1))?;
        let unit = self.store.state.org_units.get(&path).ok_or_else(no_such_unit)?;
        Ok(Answer::given(self.rendered_org_unit(&path, unit)))
    }

    pub(super) fn insert_org_unit(&mut self, call: &Call) -> Outcome {
        self.check_customer(call.key(0))?;
        let name = call.text("name").filter(|it| !it.is_empty() && !it.contains('/'));
        let name = name.ok_or_else(|| Refusal::invalid("name"))?.to_owned();
        let above = call.text("parentOrgUnitPath").or_else(|| call.text("parentOrgUnitId"));
        let above = above.ok_or_else(|| Refusal::directory(400, "required", "Required parameter: parent"))?;
        let parent = self.unit_path(above).map_err(|_| Refusal::invalid("INVALID_PARENT_OU"))?;
        let path = format!("{}/{name}", parent.trim_end_matches('/'));
        if self.store.state.org_units.contains_key(&path) || path.matches('/').count() > DEEPEST {
            return Err(Refusal::directory(400, "invalid", "Invalid Ou Id"));
        }
        self.count_in_second(Meter::OrgUnits, self.options.quotas.org_unit_writes_per_second)?;
        let unit = GoogleOrgUnit {
            id: unit_id(self.store.next()),
            name,
            parent,
            description: call.text("description").unwrap_or_default().to_owned(),
            provenance: Provenance::new(true, self.now),
        };
        let answer = Answer::given(self.rendered_org_unit(&path, &unit));
        self.store.state.org_units.insert(path, unit);
        Ok(answer)
    }

    /// The path of a unit by its path – with or without the slash in front – or by its id.
    fn unit_path(&self, key: &str) -> Result<String, Refusal> {
        if key == "/" || key == TOP {
            return Ok("/".to_owned());
        }
        let with_slash = if key.starts_with('/') { key.to_owned() } else { format!("/{key}") };
        let units = &self.store.state.org_units;
        let by_id = || units.iter().find(|(_, it)| it.id == key).map(|(path, _)| path.clone());
        let found = if units.contains_key(&with_slash) { Some(with_slash) } else { by_id() };
        found.ok_or_else(no_such_unit)
    }
}

fn no_such_unit() -> Refusal {
    Refusal::directory(404, "notFound", "Org unit not found")
}

pub(in super::super) fn unit_id(number: u64) -> String {
    format!("id:03ph8a2z{number:06x}")
}
