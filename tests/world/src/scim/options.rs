//! What a service provider can do, what it leaves out, and how it departs from the letter of the standard.

use super::schema::ENTERPRISE;
use crate::time::Time;
use jiff::SignedDuration;

/// What becomes of `filter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScimFilters {
    /// It is understood.
    Supported,
    /// 400 `invalidFilter`, whatever it says.
    Refused,
    /// 501.
    NotImplemented,
}

/// What becomes of `PATCH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScimPatch {
    /// It is understood, and answered 200 with the resource.
    Supported,
    /// It is understood, and answered 204 without a body.
    SupportedWithoutBody,
    /// 501.
    NotImplemented,
    /// 405.
    NotAllowed,
}

/// How members are taken out of a group by `PATCH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberRemoval {
    /// As the standard says: the path has a filter. A `remove` of `members` without one empties the group, whatever
    /// its `value` holds.
    ByFilter,
    /// A `remove` of `members` with those to be removed in `value`; a filter in the path is 400 `invalidPath`.
    ByValue,
    /// Either.
    Both,
}

/// The limits of a bulk request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BulkLimits {
    /// `maxOperations`.
    pub max_operations: usize,
    /// `maxPayloadSize`, in bytes.
    pub max_payload_size: usize,
}

/// What this provider can and cannot do.
#[derive(Clone, Debug)]
pub struct ScimOptions {
    /// Its host where it listens nowhere.
    pub host: String,
    /// The path below which the endpoints are, without a slash at its end.
    pub base_path: String,
    /// Tells its ids from those of others.
    pub seed: u64,
    /// What time it is there.
    pub time: Time,
    /// The bearer token that it knows.
    pub bearer: Option<String>,
    /// The user and the password that it knows (HTTP Basic).
    pub basic: Option<(String, String)>,
    /// Whether `application/json` is taken beside `application/scim+json`; otherwise 415.
    pub accepts_plain_json: bool,
    /// Whether `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas` are there; otherwise 404.
    pub discovery: bool,
    /// Whether there are versions, and `If-Match` is obeyed.
    pub etags: bool,
    /// The schema extensions that it knows; those ending in `:Group` are of groups, the others of users.
    pub extensions: Vec<String>,
    /// Whether an unknown attribute is 400 `invalidSyntax`; otherwise it is left out in silence.
    pub refuses_unknown_attributes: bool,
    /// Whether `externalId` is unique within its type.
    pub unique_external_ids: bool,
    /// Whether a group's `displayName` is unique.
    pub unique_group_names: bool,
    /// What becomes of `filter`.
    pub filters: ScimFilters,
    /// The attributes that can be filtered by, of those that this world knows.
    pub filters_by: Vec<&'static str>,
    /// The most resources of a page, whatever is asked for.
    pub largest_page: usize,
    /// Whether lists show groups with their members.
    pub lists_show_members: bool,
    /// What becomes of `PATCH`.
    pub patch: ScimPatch,
    /// Whether `Add`, `Replace` and `Remove` are taken for `add`, `replace` and `remove`; otherwise 400.
    pub capitalised_operations: bool,
    /// How members are taken out of a group.
    pub member_removal: MemberRemoval,
    /// Whether taking out what is not there is 400 `noTarget`; otherwise nothing happens.
    pub removing_nobody_fails: bool,
    /// The most members of one `PATCH` operation; more are 400 `tooMany`.
    pub largest_member_change: Option<usize>,
    /// The limits of `/Bulk`; `None`: 501.
    pub bulk: Option<BulkLimits>,
    /// How long a resource created over the API is in no list and found by no filter.
    pub lists_lag: SignedDuration,
    /// How long a resource created over the API is not found by its id, and cannot be a member.
    pub reads_lag: SignedDuration,
    /// The largest body of a request, in bytes; a larger one is 413.
    pub largest_body: usize,
    /// Whether 429 comes with `Retry-After`, where its mood or its quota has one.
    pub tells_retry_after: bool,
}

impl ScimOptions {
    /// A provider that does all that the standard says.
    pub fn new(time: Time) -> Self {
        Self {
            host: "scim.norrbyholm.example".to_owned(),
            base_path: "/scim/v2".to_owned(),
            seed: 1,
            time,
            bearer: Some("scim-token-of-norrbyholm".to_owned()),
            basic: None,
            accepts_plain_json: true,
            discovery: true,
            etags: true,
            extensions: vec![ENTERPRISE.to_owned()],
            refuses_unknown_attributes: false,
            unique_external_ids: false,
            unique_group_names: false,
            filters: ScimFilters::Supported,
            filters_by: vec!["id", "userName", "externalId", "displayName", "emails.value"],
            largest_page: 100,
            lists_show_members: true,
            patch: ScimPatch::Supported,
            capitalised_operations: true,
            member_removal: MemberRemoval::ByFilter,
            removing_nobody_fails: false,
            largest_member_change: None,
            bulk: Some(BulkLimits { max_operations: 100, max_payload_size: 1 << 20 }),
            lists_lag: SignedDuration::ZERO,
            reads_lag: SignedDuration::ZERO,
            largest_body: 4 << 20,
            tells_retry_after: true,
        }
    }
}
