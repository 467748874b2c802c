//! Answers → outcomes. Pure.
//!
//! A 403 is not simply "permission denied" at Google: what it is, its reason tells. Which names mean what is known from
//! the discovery documents where they name them, otherwise from the contracts of targets (2.4).

use std::time::Duration;

use outbound::{CallError, CallErrorKind, TokenError};
use rules::outcome::Outcome;
use serde_json::Value;

use super::reply::{Complaint, Reply};
use crate::masking::{collect, masked, with_parts};

/// What was asked of Google.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// An account is looked at.
    FindAccount,
    /// An account is made.
    MakeAccount,
    /// An account is changed.
    ChangeAccount,
    /// A course is made.
    MakeCourse,
    /// A course is looked at, changed or archived.
    ChangeCourse,
    /// A group is made.
    MakeGroup,
    /// A group is looked at or changed.
    ChangeGroup,
    /// Somebody is put on a roll.
    Join,
    /// Somebody is taken from a roll.
    Leave,
    /// Something is deleted.
    Remove,
    /// Something is listed, or several calls are made in one.
    Ask,
}

impl Step {
    /// Whether a plain refusal can only be about us, and not about the one that it concerns.
    const fn is_ours(self) -> bool {
        matches!(self, Self::MakeAccount | Self::MakeCourse | Self::MakeGroup | Self::Ask)
    }
}

/// Too much in a short time.
const RATE: [&str; 5] =
    ["RESOURCE_EXHAUSTED", "quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"];

/// Too much in a day, of the project.
const DAILY: [&str; 3] = ["dailyLimitExceeded", "dailyLimitExceededUnreg", "variableTermLimitExceeded"];

/// Something has to be switched on, or delegated.
const NOT_SET_UP: [&str; 8] = [
    "ClassroomDisabled",
    "ClassroomApiDisabled",
    "ProjectPermissionDenied",
    "accessNotConfigured",
    "SERVICE_DISABLED",
    "insufficientPermissions",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    "domainPolicy",
];

/// The owner of courses cannot be one.
const OWNER: [&str; 3] = ["UserCannotOwnCourse", "IneligibleOwner", "InactiveCourseOwner"];

/// The pause after "too much" that names none. Google counts over a minute.
const PAUSE: Duration = Duration::from_secs(15);

/// The pause after a limit that counts by the day. When that day ends, nobody says.
const DAY_PAUSE: Duration = Duration::from_secs(3_600);

/// The same for one person's limit.
const PERSONS_DAY_PAUSE: Duration = Duration::from_secs(6 * 3_600);

/// What an answer comes to. Words are kept only where there is something to compare them with; names of errors always.
pub(super) fn judged(step: Step, reply: &Reply, sent: Option<&Value>) -> Outcome {
    if reply.is_success() {
        return Outcome::done();
    }
    let complaint = reply.complaint();
    let words = sent.map(|sent| masked(&complaint.message, &personal_values(sent))).unwrap_or_default();
    outcome(step, reply, &complaint, &said(reply.status, &complaint, &words))
}

/// Fields of accounts whose text is personal.
const PERSONAL: [&str; 3] = ["primaryEmail", "name", "password"];

/// What in a body is personal. A course's `name` counts too: masking it costs little.
fn personal_values(sent: &Value) -> Vec<String> {
    let mut found = Vec::new();
    PERSONAL.iter().for_each(|name| collect(&sent[*name], &mut found));
    with_parts(found)
}

fn said(status: u16, complaint: &Complaint, words: &str) -> String {
    let parts = [format!("HTTP {status}"), complaint.names(), words.to_owned()];
    parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(": ")
}

fn outcome(step: Step, reply: &Reply, complaint: &Complaint, said: &str) -> Outcome {
    let rejected = |code| Outcome::Rejected { code, message: said.to_owned() };
    let down = |code| Outcome::TargetDown { code, detail: said.to_owned() };
    let retry = |code, after| Outcome::Retry { after, code, detail: said.to_owned() };
    if let Some(outcome) = limited(reply, complaint, said) {
        return outcome;
    }
    if let Some(outcome) = of_an_account(step, reply.status, complaint) {
        return outcome;
    }
    match reply.status {
        400 | 404 if complaint.says("invalid_ou_id") || complaint.says("orgunit") => {
            rejected("google.org_unit_missing")
        }
        300..=399 => down("google.redirected"),
        401 => down("google.refused"),
        403 if complaint.is_any(&NOT_SET_UP) => down("google.not_set_up"),
        403 if step.is_ours() => down("google.refused"),
        403 => rejected("google.not_permitted"),
        404 | 410 => missing(step, down, rejected),
        409 if complaint.is("ABORTED") => retry("google.unavailable", reply.retry_after),
        // What is there already, and what is accepted and not carried out yet: both are as wanted.
        409 if matches!(step, Step::Join | Step::Leave) => Outcome::AlreadyDone,
        412 if step == Step::Join && complaint.is("conditionNotMet") => Outcome::AlreadyDone,
        409 => rejected("google.conflict"),
        400 if complaint.is_any(&OWNER) && step == Step::MakeCourse => down("google.course_owner"),
        400 if complaint.is("CourseTitleCannotContainUrl") => rejected("google.course_title"),
        400 if complaint.is("CourseNotModifiable") => rejected("google.course_not_modifiable"),
        400 | 412 if complaint.is("FAILED_PRECONDITION") || complaint.detail.is_some() => {
            rejected("google.precondition")
        }

        408 | 425 | 500..=599 => retry("google.unavailable", reply.retry_after),
        _ => rejected("google.rejected"),
    }
}

/// Too much was asked.
fn limited(reply: &Reply, complaint: &Complaint, said: &str) -> Option<Outcome> {
    let is_limit = matches!(reply.status, 403 | 429);
    if is_limit && complaint.is("UserCourseJoinRateLimitReached") {
        let after = Some(PERSONS_DAY_PAUSE);
        return Some(Outcome::Retry { after, code: "google.daily_limit", detail: said.to_owned() });
    }
    if is_limit && (complaint.is_any(&DAILY) || complaint.says("per day")) {
        let after = reply.retry_after.map_or(DAY_PAUSE, |it| it.max(DAY_PAUSE));
        return Some(Outcome::Throttled { after: Some(after), scope: "project per day".to_owned() });
    }
    let is_rate = complaint.is_any(&RATE) || complaint.says("quota exceeded");
    if reply.status == 429 || (reply.status == 403 && is_rate) {
        let after = Some(reply.retry_after.unwrap_or(PAUSE));
        let names = Some(complaint.names()).filter(|it| !it.is_empty());
        return Some(Outcome::Throttled { after, scope: names.unwrap_or_else(|| "target".to_owned()) });
    }
    None
}

/// An account is new, and not known everywhere at Google yet.
fn of_an_account(step: Step, status: u16, complaint: &Complaint) -> Option<Outcome> {
    let is_new = complaint.is("CannotDirectAddUser") || complaint.says("creation is not complete");
    // For whoever finds that the course or group is there.
    let is_unknown = step == Step::Join && status == 404;
    (is_new || is_unknown).then_some(Outcome::WaitFor { code: "google.account_not_ready" })
}

fn missing(step: Step, down: impl Fn(&'static str) -> Outcome, rejected: impl Fn(&'static str) -> Outcome) -> Outcome {
    match step {
        Step::Leave | Step::Remove => Outcome::AlreadyDone,
        Step::FindAccount => Outcome::WaitFor { code: "google.account_missing" },
        // Of a course that is made only its owner can be missing [classroom:v1, `courses.create`].
        Step::MakeCourse => down("google.course_owner"),
        Step::ChangeAccount | Step::ChangeCourse | Step::ChangeGroup => Outcome::Vanished,
        Step::Ask => down("google.no_such_endpoint"),
        Step::MakeAccount | Step::MakeGroup | Step::Join => rejected("google.rejected"),
    }
}

/// What it means that there was no answer. What was sent may have happened: the next attempt finds it.
pub(super) fn no_answer(error: &CallError) -> Outcome {
    let (code, detail) = (error.code(), error.to_string());
    match error.kind() {
        CallErrorKind::Timeout | CallErrorKind::Reset | CallErrorKind::BodyTooLarge => {
            Outcome::Retry { after: None, code, detail }
        }
        CallErrorKind::Other if error.was_sent() => Outcome::Retry { after: None, code, detail },
        _ => Outcome::TargetDown { code, detail },
    }
}

/// What it means that there is no token: nothing can be asked.
pub(super) fn no_token(error: &TokenError) -> Outcome {
    Outcome::TargetDown { code: error.code(), detail: error.to_string() }
}

/// What several answers come to together: whoever passes by itself goes first, so that it is tried again.
pub(super) fn together(outcomes: impl IntoIterator<Item = Outcome>) -> Outcome {
    let weight = |outcome: &Outcome| match outcome {
        Outcome::Done { .. } | Outcome::AlreadyDone => 0,
        Outcome::Rejected { .. } => 1,
        Outcome::WaitFor { .. } => 2,
        Outcome::Retry { .. } => 3,
        Outcome::Throttled { .. } => 4,
        Outcome::TargetDown { .. } => 5,
        Outcome::Vanished => 6,
    };
    let worst = outcomes.into_iter().reduce(|one, other| if weight(&other) > weight(&one) { other } else { one });
    match worst {
        Some(outcome) if !outcome.is_success() => outcome,
        _ => Outcome::done(),
    }
}
