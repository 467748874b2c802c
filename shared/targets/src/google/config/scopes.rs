//! What a service account may be let do [admin:directory_v1, classroom:v1]. A scope that only reads has to be delegated by
//! itself: the one that writes does not stand for it.

pub(super) const USERS: &str = "https://www.googleapis.com/auth/admin.directory.user";
pub(super) const USERS_TO_READ: &str = "https://www.googleapis.com/auth/admin.directory.user.readonly";
pub(super) const GROUPS: &str = "https://www.googleapis.com/auth/admin.directory.group";
pub(super) const COURSES: &str = "https://www.googleapis.com/auth/classroom.courses";
pub(super) const ROSTERS: &str = "https://www.googleapis.com/auth/classroom.rosters";
