//! The lists of the standard and their columns [OneRoster 1.1 CSV tables, 1.2 CSV binding §4].

use super::config::Edition;

/// A list that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Sessions,
    Orgs,
    Courses,
    Classes,
    Users,
    Roles,
    Enrollments,
}

/// Lists of both editions that are never written.
const ABSENT: [&str; 7] =
    ["categories", "classResources", "courseResources", "demographics", "lineItems", "resources", "results"];

/// Those of 1.2 beside them.
const ABSENT_IN_V1P2: [&str; 7] = [
    "lineItemLearningObjectiveIds",
    "lineItemScoreScales",
    "resultLearningObjectiveIds",
    "resultScoreScales",
    "scoreScales",
    "userProfiles",
    "userResources",
];

impl List {
    /// Those of an edition, in the order in which they refer to each other.
    pub(super) const fn all(edition: Edition) -> &'static [Self] {
        match edition {
            Edition::V1p1 => {
                &[Self::Sessions, Self::Orgs, Self::Courses, Self::Classes, Self::Users, Self::Enrollments]
            }
            Edition::V1p2 => {
                &[Self::Sessions, Self::Orgs, Self::Courses, Self::Classes, Self::Users, Self::Roles, Self::Enrollments]
            }
        }
    }

    /// Its name, without `.csv`: also behind `file.` in the manifest.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "academicSessions",
            Self::Orgs => "orgs",
            Self::Courses => "courses",
            Self::Classes => "classes",
            Self::Users => "users",
            Self::Roles => "roles",
            Self::Enrollments => "enrollments",
        }
    }

    /// Its columns behind `sourcedId`, `status` and `dateLastModified`.
    pub(super) const fn columns(self, edition: Edition) -> &'static [&'static str] {
        match (self, edition) {
            (Self::Sessions, _) => &["title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"],
            (Self::Orgs, _) => &["name", "type", "identifier", "parentSourcedId"],
            (Self::Courses, _) => {
                &["schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjects", "subjectCodes"]
            }
            (Self::Classes, _) => &[
                "title",
                "grades",
                "courseSourcedId",
                "classCode",
                "classType",
                "location",
                "schoolSourcedId",
                "termSourcedIds",
                "subjects",
                "subjectCodes",
                "periods",
            ],
            (Self::Users, Edition::V1p1) => &[
                "enabledUser",
                "orgSourcedIds",
                "role",
                "username",
                "userIds",
                "givenName",
                "familyName",
                "middleName",
                "identifier",
                "email",
                "sms",
                "phone",
                "agentSourcedIds",
                "grades",
                "password",
            ],
            (Self::Users, Edition::V1p2) => &[
                "enabledUser",
                "username",
                "userIds",
                "givenName",
                "familyName",
                "middleName",
                "identifier",
                "email",
                "sms",
                "phone",
                "agentSourcedIds",
                "grades",
                "password",
                "userMasterIdentifier",
                "preferredGivenName",
                "preferredMiddleName",
                "preferredFamilyName",
                "primaryOrgSourcedId",
                "pronouns",
            ],
            (Self::Roles, _) => {
                &["userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "userProfileSourcedId"]
            }
            (Self::Enrollments, _) => {
                &["classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate"]
            }
        }
    }

    /// Names of lists that are said to be absent.
    pub(super) fn absent(edition: Edition) -> impl Iterator<Item = &'static str> {
        let more: &[&str] = if edition == Edition::V1p2 { &ABSENT_IN_V1P2 } else { &[] };
        ABSENT.into_iter().chain(more.iter().copied())
    }
}
