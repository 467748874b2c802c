//! The target's settings.

mod checks;
mod scopes;

use outbound::{SecretRef, Url};
use rules::policy::{Carries, DeliverUsers, TargetPolicy, UserNameChoice};
use serde::Deserialize;

use crate::base::base_of;
use crate::limits::rate;
use crate::registry::{ConfigProblem, Environment};

/// The keys of [`GoogleConfig`].
pub const KEYS: &[&str] = &[
    "service_account",
    "admin",
    "environment",
    "deliver_users",
    "user_name",
    "adopt_by_email",
    "users",
    "org_unit_pupils",
    "org_unit_staff",
    "change_password_at_next_login",
    "removed_users",
    "courses",
    "course_owner",
    "course_name",
    "alias",
    "removed_courses",
    "groups",
    "requests_per_second",
    "burst",
    "token_url",
    "directory_url",
    "classroom_url",
    "allow_plain_http",
];

/// Whether accounts are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Users {
    /// Never: somebody else makes them. One that is not there is waited for, and nothing is changed in it.
    #[default]
    Match,
    /// One that is not there is made.
    Create,
}

/// What becomes of accounts that the hub made, when their users are not wanted any more. Others always stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovedUsers {
    /// They stay as they are.
    #[default]
    Keep,
    /// Nobody can sign in to them.
    Suspend,
    /// They are deleted; Google can bring them back within 20 days.
    Delete,
}

/// Who sees the name by which courses are found again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alias {
    /// Only the hub's own project at Google Cloud (`p:`): nobody else can come upon it.
    #[default]
    Project,
    /// The whole domain (`d:`): another project of the customer's finds the courses, too.
    Domain,
}

/// What becomes of courses that are not wanted any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovedCourses {
    /// They are archived: everybody can read what is in them.
    #[default]
    Archive,
    /// They are deleted, with all that is in them.
    Delete,
    /// They stay as they are.
    Keep,
}

/// Who is a member of a group at Google.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Member {
    /// The pupils of the group.
    Pupils,
    /// Those who lead or teach it.
    Teachers,
}

/// That every group is a group with an address at Google, too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupsConfig {
    /// Its address, e.g. `{school_unit}-{name}@skola.example`; what an address cannot have in it is put otherwise.
    pub email: String,
    /// What it is called; `{name}`, `{kind}` and `{school_unit}` stand for the group's.
    #[serde(default = "its_name")]
    pub name: String,
    /// Who is in it.
    #[serde(default = "everybody")]
    pub members: Vec<Member>,
}

/// Settings of one Google Workspace, as a tenant's configuration writes them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoogleConfig {
    /// Where the content of the service account's key file (JSON) is kept.
    pub service_account: SecretRef,
    /// The administrator that it acts for.
    pub admin: String,
    /// Which environment it is.
    #[serde(default)]
    pub environment: Environment,
    /// Which users are delivered.
    #[serde(default)]
    pub deliver_users: DeliverUsers,
    /// What names an account; the first one present.
    #[serde(default = "email_then_eppn")]
    pub user_name: Vec<UserNameChoice>,
    /// Whether an account that exists is taken over when its address is the user's (R31).
    #[serde(default = "yes")]
    pub adopt_by_email: bool,
    /// Whether accounts are made.
    #[serde(default)]
    pub users: Users,
    /// Where new accounts of pupils go, e.g. `/Elever`; `{school_unit}` stands for the unit's code.
    #[serde(default)]
    pub org_unit_pupils: Option<String>,
    /// The same of staff.
    #[serde(default)]
    pub org_unit_staff: Option<String>,
    /// Whether a new account's password, which nobody knows, has to be changed when somebody first signs in with it.
    #[serde(default = "yes")]
    pub change_password_at_next_login: bool,
    /// What becomes of accounts that the hub made.
    #[serde(default)]
    pub removed_users: RemovedUsers,
    /// Whether groups are courses in Classroom.
    #[serde(default = "yes")]
    pub courses: bool,
    /// The account that owns all courses, so that teachers can come and go: a service teacher's e-mail address.
    #[serde(default)]
    pub course_owner: Option<String>,
    /// What courses are called; `{name}`, `{kind}` and `{school_unit}` stand for the group's.
    #[serde(default = "its_name")]
    pub course_name: String,
    /// Who sees the name by which courses are found again.
    #[serde(default)]
    pub alias: Alias,
    /// What becomes of courses that are not wanted any more.
    #[serde(default)]
    pub removed_courses: RemovedCourses,
    /// Whether groups are groups with addresses, too.
    #[serde(default)]
    pub groups: Option<GroupsConfig>,
    /// How many objects a second may be delivered, on average.
    #[serde(default)]
    pub requests_per_second: Option<f64>,
    /// How many at once after a pause; one second's worth if not given.
    #[serde(default)]
    pub burst: Option<u32>,
    /// Where tokens are had, if not where the key file says.
    #[serde(default)]
    pub token_url: Option<String>,
    /// The root of the Directory API.
    #[serde(default = "directory")]
    pub directory_url: String,
    /// The root of the Classroom API.
    #[serde(default = "classroom")]
    pub classroom_url: String,
    /// Whether `http` may be used with a host other than this machine.
    #[serde(default)]
    pub allow_plain_http: bool,
}

const fn yes() -> bool {
    true
}

fn its_name() -> String {
    "{name}".to_owned()
}

fn everybody() -> Vec<Member> {
    vec![Member::Pupils, Member::Teachers]
}

fn email_then_eppn() -> Vec<UserNameChoice> {
    vec![UserNameChoice::Email, UserNameChoice::Eppn]
}

/// `rootUrl` of `admin:directory_v1`.
fn directory() -> String {
    "https://admin.googleapis.com".to_owned()
}

/// `rootUrl` of `classroom:v1`.
fn classroom() -> String {
    "https://classroom.googleapis.com".to_owned()
}

impl GoogleConfig {
    /// What the settings say to the rules.
    ///
    /// # Errors
    /// [`ConfigProblem`] when a value cannot work.
    pub fn policy(&self) -> Result<TargetPolicy, ConfigProblem> {
        self.check()?;
        Ok(TargetPolicy {
            carries: Carries::PERSONS_AND_GROUPS,
            deliver_users: self.deliver_users,
            user_name: self.user_name.clone(),
            civic_numbers: false,
            temporary_numbers: false,
            sso_idp: None,
            rate: rate(self.requests_per_second, self.burst)?,
        })
    }

    /// What is asked for: no more than the settings need.
    pub(super) fn scopes(&self) -> Vec<String> {
        let writes_users = self.users == Users::Create || self.removed_users != RemovedUsers::Keep;
        let users = if writes_users { scopes::USERS } else { scopes::USERS_TO_READ };
        let groups = self.groups.as_ref().map(|_| scopes::GROUPS);
        let courses = self.courses.then_some([scopes::COURSES, scopes::ROSTERS]);
        let scopes = std::iter::once(users).chain(groups).chain(courses.into_iter().flatten());
        scopes.map(str::to_owned).collect()
    }

    pub(super) fn token_url(&self) -> Result<Option<Url>, ConfigProblem> {
        self.token_url.as_deref().map(|it| base_of("token_url", it)).transpose()
    }

    pub(super) fn directory(&self) -> Result<Url, ConfigProblem> {
        base_of("directory_url", &self.directory_url)
    }

    pub(super) fn classroom(&self) -> Result<Url, ConfigProblem> {
        base_of("classroom_url", &self.classroom_url)
    }
}
