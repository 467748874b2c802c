//! The methods of the Directory API, by its discovery document.

use super::super::call::Api;
use super::Endpoint;

const USER: &[&str] = &["admin.directory.user"];
const USER_READ: &[&str] = &["admin.directory.user", "admin.directory.user.readonly"];
const GROUP: &[&str] = &["admin.directory.group"];
const GROUP_READ: &[&str] = &["admin.directory.group", "admin.directory.group.readonly"];
const MEMBER: &[&str] = &["admin.directory.group", "admin.directory.group.member"];
const MEMBER_READ: &[&str] = &[
    "admin.directory.group",
    "admin.directory.group.member",
    "admin.directory.group.member.readonly",
    "admin.directory.group.readonly",
];
const ORG_UNIT: &[&str] = &["admin.directory.orgunit"];
const ORG_UNIT_READ: &[&str] = &["admin.directory.orgunit", "admin.directory.orgunit.readonly"];

const fn method(
    id: &'static str,
    http: &'static str,
    path: &'static str,
    request: Option<&'static str>,
    scopes: &'static [&'static str],
    parameters: &'static [&'static str],
) -> Endpoint {
    Endpoint { api: Api::Directory, id, http, path, request, scopes, parameters }
}

pub(super) static ENDPOINTS: &[Endpoint] = &[
    method(
        "directory.users.list",
        "GET",
        "users",
        None,
        USER_READ,
        &[
            "customFieldMask",
            "customer",
            "domain",
            "event",
            "maxResults",
            "orderBy",
            "pageToken",
            "projection",
            "query",
            "showDeleted",
            "sortOrder",
            "viewType",
        ],
    ),
    method(
        "directory.users.get",
        "GET",
        "users/{userKey}",
        None,
        USER_READ,
        &["customFieldMask", "projection", "viewType"],
    ),
    method("directory.users.insert", "POST", "users", Some("User"), USER, &["resolveConflictAccount"]),
    method("directory.users.patch", "PATCH", "users/{userKey}", Some("User"), USER, &[]),
    method("directory.users.update", "PUT", "users/{userKey}", Some("User"), USER, &[]),
    method("directory.users.delete", "DELETE", "users/{userKey}", None, USER, &[]),
    method("directory.users.undelete", "POST", "users/{userKey}/undelete", Some("UserUndelete"), USER, &[]),
    method(
        "directory.groups.list",
        "GET",
        "groups",
        None,
        GROUP_READ,
        &["customer", "domain", "maxResults", "orderBy", "pageToken", "query", "sortOrder", "userKey"],
    ),
    method("directory.groups.get", "GET", "groups/{groupKey}", None, GROUP_READ, &[]),
    method("directory.groups.insert", "POST", "groups", Some("Group"), GROUP, &[]),
    method("directory.groups.patch", "PATCH", "groups/{groupKey}", Some("Group"), GROUP, &[]),
    method("directory.groups.update", "PUT", "groups/{groupKey}", Some("Group"), GROUP, &[]),
    method("directory.groups.delete", "DELETE", "groups/{groupKey}", None, GROUP, &[]),
    method("directory.groups.aliases.list", "GET", "groups/{groupKey}/aliases", None, GROUP_READ, &[]),
    method("directory.groups.aliases.insert", "POST", "groups/{groupKey}/aliases", Some("Alias"), GROUP, &[]),
    method("directory.groups.aliases.delete", "DELETE", "groups/{groupKey}/aliases/{alias}", None, GROUP, &[]),
    method(
        "directory.members.list",
        "GET",
        "groups/{groupKey}/members",
        None,
        MEMBER_READ,
        &["includeDerivedMembership", "maxResults", "pageToken", "roles"],
    ),
    method("directory.members.get", "GET", "groups/{groupKey}/members/{memberKey}", None, MEMBER_READ, &[]),
    method("directory.members.hasMember", "GET", "groups/{groupKey}/hasMember/{memberKey}", None, MEMBER_READ, &[]),
    method("directory.members.insert", "POST", "groups/{groupKey}/members", Some("Member"), MEMBER, &[]),
    method("directory.members.patch", "PATCH", "groups/{groupKey}/members/{memberKey}", Some("Member"), MEMBER, &[]),
    method("directory.members.update", "PUT", "groups/{groupKey}/members/{memberKey}", Some("Member"), MEMBER, &[]),
    method("directory.members.delete", "DELETE", "groups/{groupKey}/members/{memberKey}", None, MEMBER, &[]),
    method(
        "directory.orgunits.list",
        "GET",
        "customer/{customerId}/orgunits",
        None,
        ORG_UNIT_READ,
        &["orgUnitPath", "type"],
    ),
    method("directory.orgunits.get", "GET", "customer/{customerId}/orgunits/{+orgUnitPath}", None, ORG_UNIT_READ, &[]),
    method("directory.orgunits.insert", "POST", "customer/{customerId}/orgunits", Some("OrgUnit"), ORG_UNIT, &[]),
];
