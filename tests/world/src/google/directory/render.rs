//! How users, groups, members and organizational units look.

use super::super::service::Service;
use super::super::{GoogleGroup, GoogleMember, GoogleOrgUnit, GoogleUser, Provenance};
use serde_json::{Value, json};

/// The id of the organizational unit at the top.
pub(super) const TOP: &str = "id:03ph8a2z000000";

impl Service<'_> {
    pub(super) fn rendered_user(&self, user: &GoogleUser) -> Value {
        let mut emails = vec![json!({"address": user.primary_email, "primary": true})];
        emails.extend(user.aliases.iter().map(|it| json!({"address": it})));
        let full_name = format!("{} {}", user.given_name, user.family_name);
        let mut body = json!({
            "kind": "admin#directory#user",
            "id": user.id,
            "etag": etag(&user.provenance),
            "primaryEmail": user.primary_email,
            "name": {"givenName": user.given_name, "familyName": user.family_name, "fullName": full_name},
            "isAdmin": user.is_admin,
            "isDelegatedAdmin": false,
            "creationTime": user.provenance.created.to_string(),
            "customerId": self.options.customer_id,
            "orgUnitPath": user.org_unit_path,
            "suspended": user.suspended,
            "archived": false,
            "changePasswordAtNextLogin": false,
            "includeInGlobalAddressList": true,
            "isMailboxSetup": true,
            "emails": emails,
        });
        if let Some(fields) = body.as_object_mut() {
            if !user.aliases.is_empty() {
                fields.insert("aliases".to_owned(), json!(user.aliases));
            }
            fields.extend(user.more.clone());
        }
        body
    }

    pub(super) fn rendered_group(group: &GoogleGroup) -> Value {
        let mut body = json!({
            "kind": "admin#directory#group",
            "id": group.id,
            "etag": etag(&group.provenance),
            "email": group.email,
            "name": group.name,
            "directMembersCount": group.members.len().to_string(),
            "description": group.description,
            "adminCreated": true,
        });
        if let (Some(fields), false) = (body.as_object_mut(), group.aliases.is_empty()) {
            fields.insert("aliases".to_owned(), json!(group.aliases));
        }
        body
    }

    /// A member from outside has no id.
    pub(super) fn rendered_member(id: &str, member: &GoogleMember) -> Value {
        let mut body = json!({
            "kind": "admin#directory#member",
            "etag": format!("\"{id}-{}\"", member.role),
            "email": member.email,
            "role": member.role,
            "type": member.kind,
            "status": "ACTIVE",
        });
        if let (Some(fields), false) = (body.as_object_mut(), id.contains('@')) {
            fields.insert("id".to_owned(), json!(id));
        }
        body
    }

    pub(super) fn rendered_org_unit(&self, path: &str, unit: &GoogleOrgUnit) -> Value {
        let parent = self.store.state.org_units.get(&unit.parent).map_or(TOP, |it| it.id.as_str());
        json!({
            "kind": "admin#directory#orgUnit",
            "etag": etag(&unit.provenance),
            "name": unit.name,
            "description": unit.description,
            "orgUnitPath": path,
            "orgUnitId": unit.id,
            "parentOrgUnitPath": unit.parent,
            "parentOrgUnitId": parent,
        })
    }
}

fn etag(provenance: &Provenance) -> String {
    format!("\"v{}\"", provenance.version)
}
