//! Resources as they are shown.

use super::provider::{Call, Provider};
use super::schema::MEMBERS;
use super::{Answer, ScimKind, ScimResource};
use serde_json::{Value, json};

impl Provider<'_> {
    /// A resource with `meta`, and its members with their addresses.
    pub(super) fn rendered(&self, kind: ScimKind, resource: &ScimResource) -> Value {
        let mut body = Value::clone(&resource.body);
        let members = body.get_mut(MEMBERS).and_then(Value::as_array_mut);
        for member in members.into_iter().flatten().filter_map(Value::as_object_mut) {
            let id = member.get("value").and_then(Value::as_str).unwrap_or_default();
            let address = json!(format!("{}/{}/{id}", self.base, ScimKind::User.path()));
            member.insert("$ref".to_owned(), address);
            member.insert("type".to_owned(), json!(ScimKind::User.name()));
        }
        let mut meta = json!({
            "resourceType": kind.name(),
            "created": resource.created.to_string(),
            "lastModified": resource.modified.to_string(),
            "location": self.location(kind, resource),
        });
        if let (Some(fields), true) = (meta.as_object_mut(), self.options.etags) {
            fields.insert("version".to_owned(), json!(resource.etag()));
        }
        if let Some(fields) = body.as_object_mut() {
            fields.insert("meta".to_owned(), meta);
        }
        body
    }

    pub(super) fn location(&self, kind: ScimKind, resource: &ScimResource) -> String {
        format!("{}/{}/{}", self.base, kind.path(), resource.text("id").unwrap_or_default())
    }

    /// An answer about a resource.
    pub(super) fn about(&self, status: u16, kind: ScimKind, resource: &ScimResource) -> Answer {
        Answer {
            status,
            body: Some(self.rendered(kind, resource)),
            version: self.options.etags.then(|| resource.etag()),
            location: Some(self.location(kind, resource)),
        }
    }
}

/// Leaves out what was not asked for (`attributes`, `excludedAttributes`), by whole attributes.
pub(super) fn select(body: &mut Value, call: &Call<'_>) {
    let named = |parameter: &str, name: &str| {
        let list = call.parameter(parameter)?;
        Some(list.split(',').any(|it| it.trim().eq_ignore_ascii_case(name)))
    };
    let Some(fields) = body.as_object_mut() else { return };
    fields.retain(|name, _| {
        let always = matches!(name.as_str(), "id" | "schemas");
        let wanted = named("attributes", name).unwrap_or(true);
        let excluded = named("excludedAttributes", name).unwrap_or(false);
        always || (wanted && !excluded)
    });
}
