//! The endpoints, and the names of schemas [RFC 7643 §8, RFC 7644 §3].

use rules::object::ObjectKind;

/// Pupils and staff.
pub const USERS: ObjectKind = ObjectKind::new("Users");
/// Groups with their members.
pub const GROUPS: ObjectKind = ObjectKind::new("Groups");

/// The list of a group's members.
pub(super) const MEMBERS: &str = "members";

pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(super) const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
