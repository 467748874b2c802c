//! What a provider tells about itself.

use super::schema::described;
use super::{ScimFilters, ScimKind, ScimOptions, ScimPatch};
use serde_json::{Value, json};

const KINDS: [ScimKind; 2] = [ScimKind::User, ScimKind::Group];

/// What is at a path of discovery.
pub(super) fn found(options: &ScimOptions, base: &str, path: &[&str]) -> Option<Value> {
    let mut types = KINDS.into_iter();
    let mut schemas = KINDS.into_iter().flat_map(|kind| [kind.schema()].into_iter().chain(kind.extensions(options)));
    match path {
        ["ServiceProviderConfig"] => Some(configuration(options, base)),
        ["ResourceTypes"] => Some(listed(types.map(|kind| resource_type(kind, options, base)).collect())),
        ["ResourceTypes", name] => types.find(|it| it.name() == *name).map(|it| resource_type(it, options, base)),
        ["Schemas"] => Some(listed(schemas.map(described).collect())),
        ["Schemas", urn] => schemas.find(|it| it == urn).map(described),
        _ => None,
    }
}

fn listed(resources: Vec<Value>) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": resources.len(),
        "startIndex": 1, "itemsPerPage": resources.len(), "Resources": resources})
}

fn configuration(options: &ScimOptions, base: &str) -> Value {
    let patch = matches!(options.patch, ScimPatch::Supported | ScimPatch::SupportedWithoutBody);
    let filter = options.filters == ScimFilters::Supported;
    let scheme = |of: &str, name: &str| json!({"type": of, "name": name, "description": name});
    let bearer = options.bearer.as_ref().map(|_| scheme("oauthbearertoken", "Bearer token"));
    let basic = options.basic.as_ref().map(|_| scheme("httpbasic", "HTTP Basic"));
    let schemes: Vec<Value> = bearer.into_iter().chain(basic).collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": patch},
        "bulk": {
            "supported": options.bulk.is_some(),
            "maxOperations": options.bulk.map_or(0, |limits| limits.max_operations),
            "maxPayloadSize": options.bulk.map_or(0, |limits| limits.max_payload_size),
        },
        "filter": {"supported": filter, "maxResults": options.largest_page},
        "changePassword": {"supported": false},
        "sort": {"supported": false},
        "etag": {"supported": options.etags},
        "authenticationSchemes": schemes,
        "meta": {"resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig")},
    })
}

fn resource_type(kind: ScimKind, options: &ScimOptions, base: &str) -> Value {
    let extension = |urn| json!({"schema": urn, "required": false});
    let extensions: Vec<Value> = kind.extensions(options).map(extension).collect();
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": kind.name(),
        "name": kind.name(),
        "endpoint": format!("/{}", kind.path()),
        "schema": kind.schema(),
        "schemaExtensions": extensions,
        "meta": {"resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{}", kind.name())},
    })
}
