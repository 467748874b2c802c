//! Organisations, schools (`SchoolUnitGroups`) and school units.

use roster::Id;
use rules::object::{ObjectKind, WantedObject};
use rules::view::{OrganisationView, OrganisationViewKind, Reference};
use serde_json::{Map, Value, json};

use super::bodies::typed;
use super::{Mapping, key, object, required};
use crate::Refusal;
use crate::egil::kinds::{ORGANISATIONS, SCHOOL_UNIT_GROUPS, SCHOOL_UNITS};

impl Mapping {
    pub(super) fn organisation(&self, view: &OrganisationView) -> Result<WantedObject, Refusal> {
        let name = required(&view.name, "egil.name_missing", "the organisation's name")?;
        match view.kind {
            OrganisationViewKind::Principal => Ok(named(&ORGANISATIONS, "Organisation", view.id, name)),
            OrganisationViewKind::School => Ok(named(&SCHOOL_UNIT_GROUPS, "SchoolUnitGroup", view.id, name)),
            OrganisationViewKind::SchoolUnit => self.school_unit(view, name),
        }
    }

    fn school_unit(&self, view: &OrganisationView, name: &str) -> Result<WantedObject, Refusal> {
        let key = key(&SCHOOL_UNITS, view.id);
        let mut body = typed("SchoolUnit", &key);
        body.insert("displayName".to_owned(), json!(name));
        body.insert("schoolUnitCode".to_owned(), json!(school_unit_code(view)?));
        let above = |kind: &ObjectKind, it: &Option<Reference>| {
            it.as_ref().map(|it| Value::Object(self.reference(kind, &it.at_target)))
        };
        self.optional(&mut body, "organisation", above(&ORGANISATIONS, &view.principal));
        self.optional(&mut body, "schoolUnitGroup", above(&SCHOOL_UNIT_GROUPS, &view.school));
        let types = (!view.school_types.is_empty()).then(|| json!(view.school_types));
        self.optional(&mut body, "schoolTypes", types);
        self.optional(&mut body, "municipalityCode", view.municipality_code.clone());
        Ok(object(key, Value::Object(body), &[]))
    }
}

fn named(kind: &ObjectKind, type_name: &str, id: Id, name: &str) -> WantedObject {
    let key = key(kind, id);
    let mut body: Map<String, Value> = typed(type_name, &key);
    body.insert("displayName".to_owned(), json!(name));
    object(key, Value::Object(body), &[])
}

/// Eight digits; the receiver Windermere refuses anything else.
fn school_unit_code(view: &OrganisationView) -> Result<&str, Refusal> {
    let code = view.school_unit_code.as_deref().unwrap_or_default();
    if code.len() == 8 && code.bytes().all(|it| it.is_ascii_digit()) {
        return Ok(code);
    }
    let reason = "the school unit has no code of eight digits".to_owned();
    Err(Refusal { code: "egil.school_unit_code_missing", reason })
}
