//! Courses of Classroom as they are kept.

use super::Provenance;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// An alias of a course.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CourseAlias {
    /// With its scope in front: `d:` or `p:`.
    pub text: String,
    /// The project that made it; only this one sees it, if it begins with `p:`.
    pub project: String,
}

/// A student or a teacher of a course.
#[derive(Clone, Debug)]
pub struct Participant {
    /// It came over the API; otherwise somebody added it by hand.
    pub by_us: bool,
    /// Since when.
    pub since: Timestamp,
}

/// A course of Classroom.
#[derive(Clone)]
pub struct GoogleCourse {
    /// The id that Classroom assigned: digits.
    pub id: String,
    /// Its aliases.
    pub aliases: BTreeSet<CourseAlias>,
    /// The name.
    pub name: String,
    /// The id of its owner.
    pub owner_id: String,
    /// `ACTIVE`, `ARCHIVED`, `PROVISIONED`, `DECLINED` or `SUSPENDED`.
    pub state: String,
    /// The other texts that can be written: `section`, `room`, `subject`, `description`, `descriptionHeading`,
    /// `levels`.
    pub texts: BTreeMap<String, String>,
    /// With which a student may join.
    pub enrollment_code: String,
    /// Teachers by user id, the owner among them.
    pub teachers: BTreeMap<String, Participant>,
    /// Students by user id.
    pub students: BTreeMap<String, Participant>,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl GoogleCourse {
    /// Whether it has this alias, in any project.
    pub fn has_alias(&self, alias: &str) -> bool {
        self.aliases.iter().any(|it| it.text == alias)
    }
}

/// An invitation to a course.
#[derive(Clone, Debug)]
pub struct GoogleInvitation {
    /// Its id.
    pub id: String,
    /// The course's id.
    pub course_id: String,
    /// The user's id.
    pub user_id: String,
    /// `STUDENT`, `TEACHER` or `OWNER`.
    pub role: String,
}
