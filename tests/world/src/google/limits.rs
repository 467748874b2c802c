//! How much may be asked, and how late something is known everywhere.

use jiff::SignedDuration;

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
    /// A group's members cannot be asked for or changed: 404. The guide on managing groups says to wait a minute.
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
