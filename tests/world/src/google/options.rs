//! What the simulated Google Workspace is like: who may come, how much, and how late it knows what it was told.

use super::{GoogleLags, GoogleQuotas, ServiceAccount};
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
    /// How often a token may be used after it was refused, before that is noted: as often as calls were on their way.
    pub tolerated_token_uses: usize,
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
    /// Whether a group that gets another address keeps the one before as an alias, which nobody else can have then. So it
    /// is in the Admin console; of the API it is not documented.
    pub former_group_addresses_stay: bool,
    /// Whether addresses outside the customer's domains may be members of groups.
    pub external_members: bool,
    /// Whether Classroom can be used.
    pub classroom: ClassroomService,
    /// Only users below this organizational unit may own courses; others are 400 `@UserCannotOwnCourse`.
    pub course_owners_below: Option<String>,
    /// How often a user may join a course within a day; more is 429 `@UserCourseJoinRateLimitReached`.
    pub joins_per_user_and_day: Option<usize>,
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
            tolerated_token_uses: 0,
            clock_leeway: SignedDuration::from_mins(5),
            quotas: GoogleQuotas::off(),
            lags: GoogleLags::none(),
            existing_member: ExistingMember::Duplicate,
            delayed_members: None,
            former_group_addresses_stay: true,
            external_members: false,
            classroom: ClassroomService::On,
            course_owners_below: None,
            joins_per_user_and_day: None,
            members_per_course: 1_000,
            teachers_per_course: 20,
            largest_batch: 50,
            largest_classroom_page: 100,
            batches_backwards: false,
            undelete_within: SignedDuration::from_hours(20 * 24),
        }
    }
}
