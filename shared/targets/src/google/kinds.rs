//! What there is at Google, and the lists that are changed one by one.

use rules::object::ObjectKind;

/// Accounts of pupils and staff (Directory API).
pub const USERS: ObjectKind = ObjectKind::new("Users");
/// Courses (Classroom API).
pub const COURSES: ObjectKind = ObjectKind::new("Courses");
/// Groups with an address (Directory API).
pub const GROUPS: ObjectKind = ObjectKind::new("Groups");

/// The pupils of a course.
pub(super) const STUDENTS: &str = "students";
/// The teachers of a course.
pub(super) const TEACHERS: &str = "teachers";
/// The members of a group.
pub(super) const MEMBERS: &str = "members";

/// The `customType` of the external identity that an account made by the hub has.
pub(super) const OURS: &str = "skolbro";
