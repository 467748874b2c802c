//! What there is at Microsoft 365, and the lists of a class.

use rules::object::ObjectKind;

/// Accounts of pupils and staff.
pub const USERS: ObjectKind = ObjectKind::new("Users");
/// Education classes with their members.
pub const CLASSES: ObjectKind = ObjectKind::new("Classes");
/// Class teams.
pub const TEAMS: ObjectKind = ObjectKind::new("Teams");

/// The pupils of a class.
pub(super) const MEMBERS: &str = "members";
/// Those who lead or teach it: its owners, who are members of it too.
pub(super) const TEACHERS: &str = "teachers";
/// Owners that the settings name.
pub(super) const OWNERS: &str = "owners";
