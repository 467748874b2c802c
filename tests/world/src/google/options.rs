//! What the simulated Google Workspace is like: who may come, how much, and how late it knows what it was told.

use super::ServiceAccount;
use crate::time::Time;
use jiff::SignedDuration;

/// What comes before the short name of every scope.
pub(super) const SCOPE: &str = "https://www.googleapis.com/auth/";

/// A service account that the domain's administrator has given rights to (domain-wide delegation).
#[derive(Clone, Debug)]
pub struct Delegation {
    /// The account.
    pub account: ServiceAccount,
    /// The scopes that were delegated, in full.
    pub scopes: Vec<String>,
}

impl Delegation {
    /// Everything that rostering needs.
    pub fn of(account: ServiceAccount) -> Self {
        let names = [
            "admin.directory.user",
            "admin.directory.group",
            "admin.directory.group.member",
            "admin.directory.orgunit",
            "classroom.courses",
            "classroom.rosters",
            "classroom.profile.emails",
        ];
        Self { account, scopes: names.into_iter().map(|it| format!("{SCOPE}{it}")).collect() }
    }
}

/// How much may be asked, in the units in which Google counts; `None`: as much as one likes. Calls that are refused
/// because of a quota use nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoogleQuotas {
    /// Directory API: queries per minute, per user (the `sub`) and project.
    pub directory_per_user: Option<usize>,
    /// Classroom API: queries per minute and project.
    pub classroom_per_project: Option<usize>,
    /// Classroom API: queries per minute, per user and project.
    pub classroom_per_user: Option<usize>,
    /// Users created per second in a domain.
    pub user_creations_per_second: Option<usize>,
    /// Organizational units created or changed per second at a customer.
    pub org_unit_writes_per_second: Option<usize>,
    /// How the Directory API refuses what is over a quota.
    pub directory_refusal: DirectoryQuotaRefusal,
}

impl GoogleQuotas {
    /// There are none.
    pub fn off() -> Self {
        Self {
            directory_per_user: None,
            classroom_per_project: None,
            classroom_per_user: None,
            user_creations_per_second: None,
            org_unit_writes_per_second: None,
            directory_refusal: DirectoryQuotaRefusal::UserRateLimitExceeded,
        }
    }

    /// The documented ones (contracts: targets, 2.2 and 2.3).
    pub fn real() -> Self {
        Self {
            directory_per_user: Some(2_400),
            classroom_per_project: Some(3_000),
            classroom_per_user: Some(1_200),
            user_creations_per_second: Some(10),
            org_unit_writes_per_second: Some(1),
            ..Self::off()
        }
    }
}

/// How the Directory API says that there was too much; all three are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectoryQuotaRefusal {
    /// 403 with the reason `userRateLimitExceeded`.
    UserRateLimitExceeded,
    /// 403 with the reason `quotaExceeded`.
    QuotaExceeded,
    /// 429 with the reason `rateLimitExceeded` and the status `RESOURCE_EXHAUSTED`.
    ResourceExhausted,
}

/// How long something that was made over the API is not known everywhere yet. What was made by hand always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoogleLags {
    /// A user is in no list and found by no query.
    pub user_to_lists: SignedDuration,
    /// A user cannot be put into a group: 404.
    pub user_to_members: SignedDuration,
    /// A user is unknown to Classroom: 404.
    pub user_to_classroom: SignedDuration,
    /// A user, though known to Classroom, cannot be added directly: 403 `@CannotDirectAddUser`.
    pub user_to_direct_add: SignedDuration,
    /// A group's members cannot be asked for or changed: 404.
    pub group_to_members: SignedDuration,
}

impl GoogleLags {
    /// Everything is known everywhere at once.
    pub fn none() -> Self {
        let none = SignedDuration::ZERO;
        Self {
            user_to_lists: none,
            user_to_members: none,
            user_to_classroom: none,
            user_to_direct_add: none,
            group_to_members: none,
        }
    }
}

/// How the Directory API answers who adds somebody who is a member already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExistingMember {
    /// 409 with the reason `duplicate`.
    Duplicate,
    /// 412 with the reason `conditionNotMet`.
    ConditionNotMet,
}

/// Whether Classroom can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassroomService {
    /// It can.
    On,
    /// The user has no Classroom: 403 `@ClassroomDisabled`.
    Disabled,
    /// The administrator lets no application in: 403 `@ClassroomApiDisabled`.
    ApiDisabled,
}

/// What the domain is like.
#[derive(Clone, Debug)]
pub struct GoogleOptions {
    /// What time it is there.
    pub time: Time,
    /// Tells its ids from those of others.
    pub seed: u64,
    /// The customer's id.
    pub customer_id: String,
    /// The customer's domains; the first is the primary one.
    pub domains: Vec<String>,
    /// Administrators who are there from the beginning, made by hand; the first is [`GoogleServer::admin`].
    ///
    /// [`GoogleServer::admin`]: super::GoogleServer::admin
    pub admins: Vec<String>,
    /// Organizational units that are there from the beginning, made by hand, such as `/Elever`.
    pub org_units: Vec<String>,
    /// The service accounts that are known, and what they may do.
    pub delegations: Vec<Delegation>,
    /// How long a token works; the answer says a second less (`expires_in` 3599).
    pub token_lifetime: SignedDuration,
    /// How far an assertion's `iat` may be ahead.
    pub clock_leeway: SignedDuration,
    /// How much may be asked.
    pub quotas: GoogleQuotas,
    /// How late it knows what it was told.
    pub lags: GoogleLags,
    /// How it answers who adds somebody who is a member already.
    pub existing_member: ExistingMember,
    /// Adding and removing members is answered 409 `conflict`, and carried out so much later; `None`: at once.
    pub delayed_members: Option<SignedDuration>,
    /// Whether addresses outside the customer's domains may be members of groups.
    pub external_members: bool,
    /// Whether Classroom can be used.
    pub classroom: ClassroomService,
    /// The most students and teachers of a course together; more are 400 `@CourseMemberLimitReached`.
    pub members_per_course: usize,
    /// The most teachers of a course; more are 400 `@CourseTeacherLimitReached`.
    pub teachers_per_course: usize,
    /// The most calls in a batch; more are 400.
    pub largest_batch: usize,
    /// The most items of a page of Classroom, which may give fewer than were asked for.
    pub largest_classroom_page: usize,
    /// Whether the calls of a batch are carried out and answered last to first.
    pub batches_backwards: bool,
    /// How long a deleted user can be brought back.
    pub undelete_within: SignedDuration,
}

impl GoogleOptions {
    /// A domain where everything works, with the invented service account and one administrator.
    pub fn new(time: Time) -> Self {
        Self {
            time,
            seed: 1,
            customer_id: "C0norrby1".to_owned(),
            domains: vec!["norrbyholm.example".to_owned()],
            admins: vec!["admin@norrbyholm.example".to_owned()],
            org_units: vec!["/Elever".to_owned(), "/Personal".to_owned()],
            delegations: vec![Delegation::of(ServiceAccount::invented())],
            token_lifetime: SignedDuration::from_secs(3_600),
            clock_leeway: SignedDuration::from_mins(5),
            quotas: GoogleQuotas::off(),
            lags: GoogleLags::none(),
            existing_member: ExistingMember::Duplicate,
            delayed_members: None,
            external_members: false,
            classroom: ClassroomService::On,
            members_per_course: 1_000,
            teachers_per_course: 20,
            largest_batch: 50,
            largest_classroom_page: 100,
            batches_backwards: false,
            undelete_within: SignedDuration::from_hours(20 * 24),
        }
    }
}
