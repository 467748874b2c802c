//! What the service is like: its delays, its quotas, and what it leaves open.

use crate::graph_education::TENANT;
use crate::time::Time;
use jiff::SignedDuration;
use std::time::Duration;

/// So much within such a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MicrosoftQuota {
    /// Requests, writes or resource units.
    pub most: u64,
    /// Within any stretch of this length.
    pub per: SignedDuration,
}

impl MicrosoftQuota {
    /// So many within so many seconds.
    pub fn new(most: u64, seconds: i64) -> Self {
        Self { most, per: SignedDuration::from_secs(seconds) }
    }
}

/// How much may be asked. What is refused counts, too, as the documentation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MicrosoftQuotas {
    /// Resource units of users and groups, per application and tenant.
    pub resource_units: Option<MicrosoftQuota>,
    /// Writes to users and groups, per application and tenant.
    pub directory_writes: Option<MicrosoftQuota>,
    /// Requests below `/education`, per application and tenant.
    pub education: Option<MicrosoftQuota>,
    /// `POST /teams`.
    pub team_creations: Option<MicrosoftQuota>,
    /// Reading the members of teams.
    pub team_reads: Option<MicrosoftQuota>,
    /// All other writes below `/teams`.
    pub team_writes: Option<MicrosoftQuota>,
    /// Requests about any one team.
    pub one_team: Option<MicrosoftQuota>,
}

impl MicrosoftQuotas {
    /// As much as anybody likes.
    pub fn off() -> Self {
        Self {
            resource_units: None,
            directory_writes: None,
            education: None,
            team_creations: None,
            team_reads: None,
            team_writes: None,
            one_team: None,
        }
    }

    /// The documented ones, for a tenant of more than 500 users.
    pub fn real() -> Self {
        let quota = |most, seconds| Some(MicrosoftQuota::new(most, seconds));
        Self {
            resource_units: quota(8_000, 10),
            directory_writes: quota(3_000, 150),
            education: quota(35_000, 10),
            team_creations: quota(10, 1),
            team_reads: quota(60, 1),
            team_writes: quota(30, 1),
            one_team: quota(4, 1),
        }
    }
}

/// What the service is like.
#[derive(Clone, Debug)]
pub struct MicrosoftOptions {
    /// The API's host where it listens nowhere.
    pub graph_host: String,
    /// The login's host where it listens nowhere.
    pub login_host: String,
    /// The tenant in the address of the token endpoint.
    pub tenant: String,
    /// The application's id. Read once, when the service is made.
    pub client_id: String,
    /// The application's secret. Read once, when the service is made.
    pub client_secret: String,
    /// How long a token is valid; Microsoft's is about an hour. Read once, when the service is made.
    pub token_lifetime: Duration,
    /// Tells its ids from those of others.
    pub seed: u64,
    /// What time it is there.
    pub time: Time,
    /// The domains that a `userPrincipalName` may end in; `None`: any.
    pub verified_domains: Option<Vec<String>>,
    /// The most objects of a page, whatever is asked for.
    pub largest_page: usize,
    /// How long what was created over the API is not found by its id, and cannot be referred to.
    pub reads_lag: SignedDuration,
    /// How long what was created over the API is in no list and found by no filter.
    pub lists_lag: SignedDuration,
    /// How long a group that was created over the API is too young for a team: 404.
    pub young_group: SignedDuration,
    /// How long it takes until a team follows its group's members and owners.
    pub group_to_team_lag: SignedDuration,
    /// How long making, archiving and unarchiving a team takes.
    pub operation_time: SignedDuration,
    /// Whether adding somebody to a team who is in it is refused (409); otherwise the role is as given from now on.
    pub refuses_team_members_twice: bool,
    /// Whether somebody who is not there makes adding several to a team 404 as a whole, as has been seen (issue 2439 of
    /// Microsoft's documentation); otherwise 207, as is documented.
    pub missing_member_fails_all: bool,
    /// Whether who is no owner any more of a group with a team is no member either: a known issue of Microsoft's.
    pub removed_owners_leave: bool,
    /// Whether the application may set passwords of existing users; otherwise 403.
    pub may_reset_passwords: bool,
    /// How much may be asked.
    pub quotas: MicrosoftQuotas,
    /// Whether 429 comes with `Retry-After`.
    pub tells_retry_after: bool,
    /// The largest body of a request, in bytes; a larger one is 413.
    pub largest_body: usize,
}

impl MicrosoftOptions {
    /// A service without delays and quotas.
    pub fn new(time: Time) -> Self {
        Self {
            graph_host: "graph.norrbyholm.example".to_owned(),
            login_host: "login.norrbyholm.example".to_owned(),
            tenant: TENANT.to_owned(),
            client_id: "skolbro-microsoft".to_owned(),
            client_secret: "microsoft-secret-of-norrbyholm".to_owned(),
            token_lifetime: Duration::from_secs(3_599),
            seed: 1,
            time,
            verified_domains: None,
            largest_page: 999,
            reads_lag: SignedDuration::ZERO,
            lists_lag: SignedDuration::ZERO,
            young_group: SignedDuration::ZERO,
            group_to_team_lag: SignedDuration::ZERO,
            operation_time: SignedDuration::ZERO,
            refuses_team_members_twice: false,
            missing_member_fails_all: false,
            removed_owners_leave: false,
            may_reset_passwords: false,
            quotas: MicrosoftQuotas::off(),
            tells_retry_after: true,
            largest_body: 4 << 20,
        }
    }
}
