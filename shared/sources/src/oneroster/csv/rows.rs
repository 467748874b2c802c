//! From rows to what the wire would say, column by column [OneRoster 1.1 CSV §4, 1.2 CSV §4].

use super::manifest::File;
use super::table::Row;
use crate::lenient::{Field, Object, Text};
use crate::oneroster::config::OneRosterVersion;
use crate::oneroster::wire;

/// The columns that a file must have; others may be missing, and more are not looked at.
pub(super) const fn required(file: File, version: OneRosterVersion) -> &'static [&'static str] {
    match (file, version) {
        (File::Sessions, _) => &["sourcedId", "status", "dateLastModified", "startDate", "endDate"],
        (File::Orgs, _) => &["sourcedId", "status", "dateLastModified", "name", "type", "parentSourcedId"],
        (File::Users, OneRosterVersion::V1p1) => {
            &["sourcedId", "status", "dateLastModified", "orgSourcedIds", "role", "givenName", "familyName"]
        }
        (File::Users, OneRosterVersion::V1p2) => {
            &["sourcedId", "status", "dateLastModified", "givenName", "familyName"]
        }
        (File::Roles, _) => &["sourcedId", "status", "dateLastModified", "userSourcedId", "role", "orgSourcedId"],
        (File::Classes, _) => {
            &["sourcedId", "status", "dateLastModified", "title", "classType", "schoolSourcedId", "termSourcedIds"]
        }
        (File::Enrollments, _) => {
            &["sourcedId", "status", "dateLastModified", "classSourcedId", "userSourcedId", "role"]
        }
    }
}

pub(super) fn org<'r>(row: Row<'r>) -> wire::Org<'r> {
    wire::Org {
        sourced_id: row.field("sourcedId"),
        status: row.field("status"),
        name: row.field("name"),
        r#type: row.field("type"),
        identifier: row.field("identifier"),
        parent: row.guid("parentSourcedId"),
        ..wire::Org::default()
    }
}

pub(super) fn session<'r>(row: Row<'r>) -> wire::Session<'r> {
    wire::Session {
        sourced_id: row.field("sourcedId"),
        status: row.field("status"),
        start_date: row.field("startDate"),
        end_date: row.field("endDate"),
        ..wire::Session::default()
    }
}

/// In 1.2 roles are a file of their own: here they are none.
pub(super) fn user<'r>(row: Row<'r>, version: OneRosterVersion) -> wire::User<'r> {
    let own_roles = version == OneRosterVersion::V1p1;
    wire::User {
        sourced_id: row.field("sourcedId"),
        status: row.field("status"),
        enabled_user: row.flag("enabledUser"),
        username: row.field("username"),
        user_ids: row.list("userIds", user_id),
        given_name: row.field("givenName"),
        family_name: row.field("familyName"),
        identifier: row.field("identifier"),
        email: row.field("email"),
        grades: row.list("grades", |text| Some(Text(text.into()))),
        role: if own_roles { row.field("role") } else { Field::Absent },
        orgs: row.list("orgSourcedIds", |text| Some(wire::Guid(text.into()))),
        roles: if own_roles { Field::Absent } else { Field::Read(Vec::new()) },
        ..wire::User::default()
    }
}

/// `{type:identifier}`.
fn user_id(text: &str) -> Option<Object<wire::UserId<'_>>> {
    let (kind, identifier) = text.strip_prefix('{')?.strip_suffix('}')?.split_once(':')?;
    let field = |text| Field::Read(Text(str::trim(text).into()));
    Some(Object(wire::UserId { r#type: field(kind), identifier: field(identifier) }))
}

pub(super) fn role<'r>(row: Row<'r>) -> wire::Role<'r> {
    wire::Role {
        role: row.field("role"),
        org: row.guid("orgSourcedId"),
        begin_date: row.field("beginDate"),
        end_date: row.field("endDate"),
    }
}

pub(super) fn class<'r>(row: Row<'r>) -> wire::Class<'r> {
    wire::Class {
        sourced_id: row.field("sourcedId"),
        status: row.field("status"),
        title: row.field("title"),
        class_code: row.field("classCode"),
        class_type: row.field("classType"),
        grades: row.list("grades", |text| Some(Text(text.into()))),
        school: row.guid("schoolSourcedId"),
        terms: row.list("termSourcedIds", |text| Some(wire::Guid(text.into()))),
        ..wire::Class::default()
    }
}

pub(super) fn enrollment<'r>(row: Row<'r>) -> wire::Enrollment<'r> {
    wire::Enrollment {
        sourced_id: row.field("sourcedId"),
        status: row.field("status"),
        user: row.guid("userSourcedId"),
        class: row.guid("classSourcedId"),
        role: row.field("role"),
        begin_date: row.field("beginDate"),
        end_date: row.field("endDate"),
        ..wire::Enrollment::default()
    }
}
