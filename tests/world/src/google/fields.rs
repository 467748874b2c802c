//! The fields of every schema that is written, as the discovery documents have them.

use serde_json::{Map, Value};

/// The fields of a schema; a schema that is not here has none that are looked at.
pub(super) fn of(schema: &str) -> &'static [&'static str] {
    match schema {
        "User" => USER,
        "UserName" => &["displayName", "familyName", "fullName", "givenName"],
        "UserExternalId" => &["customType", "type", "value"],
        "UserUndelete" => &["orgUnitPath"],
        "Group" => &[
            "adminCreated",
            "aliases",
            "description",
            "directMembersCount",
            "email",
            "etag",
            "externalIds",
            "id",
            "kind",
            "name",
            "nonEditableAliases",
        ],
        "Alias" => &["alias", "etag", "id", "kind", "primaryEmail"],
        "Member" => &["delivery_settings", "email", "etag", "id", "kind", "role", "status", "type"],
        "OrgUnit" => &[
            "blockInheritance",
            "description",
            "etag",
            "kind",
            "name",
            "orgUnitId",
            "orgUnitPath",
            "parentOrgUnitId",
            "parentOrgUnitPath",
        ],
        "Course" => COURSE,
        "CourseAlias" => &["alias"],
        "Student" => &["courseId", "profile", "studentWorkFolder", "userId"],
        "Teacher" => &["courseId", "profile", "userId"],
        "Invitation" => &["courseId", "id", "role", "userId"],
        _ => &[],
    }
}

/// Every schema whose fields are looked at.
pub(super) const SCHEMAS: [&str; 13] = [
    "User",
    "UserName",
    "UserExternalId",
    "UserUndelete",
    "Group",
    "Alias",
    "Member",
    "OrgUnit",
    "Course",
    "CourseAlias",
    "Student",
    "Teacher",
    "Invitation",
];

const USER: &[&str] = &[
    "addresses",
    "agreedToTerms",
    "aliases",
    "archivalTime",
    "archived",
    "changePasswordAtNextLogin",
    "creationTime",
    "customSchemas",
    "customerId",
    "deletionTime",
    "emails",
    "etag",
    "externalIds",
    "gender",
    "guestAccountInfo",
    "hashFunction",
    "id",
    "ims",
    "includeInGlobalAddressList",
    "ipWhitelisted",
    "isAdmin",
    "isDelegatedAdmin",
    "isEnforcedIn2Sv",
    "isEnrolledIn2Sv",
    "isGuestUser",
    "isMailboxSetup",
    "keywords",
    "kind",
    "languages",
    "lastLoginTime",
    "locations",
    "name",
    "nonEditableAliases",
    "notes",
    "orgUnitPath",
    "organizations",
    "password",
    "phones",
    "posixAccounts",
    "primaryEmail",
    "recoveryEmail",
    "recoveryPhone",
    "relations",
    "sshPublicKeys",
    "suspended",
    "suspensionReason",
    "suspensionTime",
    "thumbnailPhotoEtag",
    "thumbnailPhotoUrl",
    "websites",
];

const COURSE: &[&str] = &[
    "alternateLink",
    "calendarId",
    "courseGroupEmail",
    "courseMaterialSets",
    "courseState",
    "creationTime",
    "description",
    "descriptionHeading",
    "enrollmentCode",
    "gradebookSettings",
    "guardiansEnabled",
    "id",
    "levels",
    "name",
    "ownerId",
    "room",
    "section",
    "subject",
    "teacherFolder",
    "teacherGroupEmail",
    "updateTime",
];

/// A field of a body that its schema does not have.
pub(super) fn unknown(schema: &str, body: &Map<String, Value>) -> Option<String> {
    let known = of(schema);
    let own = body.keys().find(|it| !known.contains(&it.as_str())).cloned();
    let within = |(name, value): (&String, &Value)| {
        let inner = inner(schema, name)?;
        let objects = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
        objects.iter().filter_map(Value::as_object).find_map(|it| unknown(inner, it))
    };
    own.or_else(|| body.iter().find_map(within))
}

/// The schema of what is within a field.
fn inner(schema: &str, field: &str) -> Option<&'static str> {
    match (schema, field) {
        ("User", "name") => Some("UserName"),
        ("User", "externalIds") => Some("UserExternalId"),
        _ => None,
    }
}
