//! The endpoints of the EGIL profile, in the order their objects are created, and the licence extension's.

use rules::object::ObjectKind;

/// Principals (huvudmän).
pub const ORGANISATIONS: ObjectKind = ObjectKind::new("Organisations");
/// Schools above their units.
pub const SCHOOL_UNIT_GROUPS: ObjectKind = ObjectKind::new("SchoolUnitGroups");
/// School units, which have a code.
pub const SCHOOL_UNITS: ObjectKind = ObjectKind::new("SchoolUnits");
/// Pupils and staff.
pub const USERS: ObjectKind = ObjectKind::new("Users");
/// A user's employment at one school unit.
pub const EMPLOYMENTS: ObjectKind = ObjectKind::new("Employments");
/// Groups with their pupils.
pub const STUDENT_GROUPS: ObjectKind = ObjectKind::new("StudentGroups");
/// What ties teachers to groups.
pub const ACTIVITIES: ObjectKind = ObjectKind::new("Activities");
/// Licences: an extension, not part of the profile.
pub const LICENCE_ASSIGNMENTS: ObjectKind = ObjectKind::new("LicenceAssignments");

/// The name space of the profile's own types.
pub(super) const SCHOOL: &str = "urn:scim:schemas:extension:sis:school:1.0";
/// SCIM's user (RFC 7643 §4.1).
pub(super) const CORE_USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The profile's extension of the user.
pub(super) const SCHOOL_USER: &str = "urn:scim:schemas:extension:sis:school:1.0:User";
/// The licence extension.
pub(super) const LICENCE_ASSIGNMENT: &str = "urn:skolbro:params:scim:schemas:extension:1.0:LicenceAssignment";
