//! Answers → what they mean. Pure.

use std::time::Duration;

use jiff::Timestamp;
use outbound::Answer;
use rules::outcome::Outcome;
use serde::Deserialize;
use serde_json::Value;

use crate::masking::{collect, masked, whole_words, with_parts};

/// What was asked about, and so which right is missing when it is forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Area {
    /// `/users`.
    Users,
    /// `/education/classes`, and the groups that they are.
    Classes,
    /// `/teams`.
    Teams,
    /// `/teams/{id}/members`.
    TeamMembers,
}

/// An answer, or a part of one to a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reply {
    /// HTTP status.
    pub(super) status: u16,
    /// `Retry-After`.
    pub(super) retry_after: Option<Duration>,
    /// `error.code`.
    pub(super) code: String,
    /// `error.message`. May repeat personal data.
    pub(super) words: String,
}

/// What an answer means to whoever asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What was asked for, or that it was done.
    Given,
    /// It is not there, or not yet.
    Missing,
    /// It is not done as it was asked for: the object's own fault, or somebody else's at the same time.
    Refused,
    /// Something else is in the way.
    Failed(Outcome),
}

/// Something is not known to all of the directory yet, since it was made just now.
pub(super) const NOT_SPREAD: Outcome = Outcome::WaitFor { code: "microsoft.not_spread" };

/// What an answer means.
pub(super) fn verdict(area: Area, reply: &Reply) -> Verdict {
    let (status, after) = (reply.status, reply.retry_after);
    let detail = reply.named();
    let failed = Verdict::Failed;
    match status {
        200..=299 => Verdict::Given,
        300..=399 => failed(Outcome::TargetDown { code: "microsoft.redirected", detail }),
        401 => failed(Outcome::TargetDown { code: "microsoft.refused", detail }),
        403 => failed(forbidden(area, reply)),
        404 | 410 => Verdict::Missing,
        429 => failed(Outcome::Throttled { after, scope: "target".to_owned() }),
        408 | 423 | 425 | 500..=599 => failed(Outcome::Retry { after, code: "microsoft.unavailable", detail }),
        _ => Verdict::Refused,
    }
}

/// The application has no right to it: which one, most likely.
pub(super) fn forbidden(area: Area, reply: &Reply) -> Outcome {
    let (code, rights) = match area {
        Area::Users => ("microsoft.users_forbidden", "User.Read.All; to make accounts User.ReadWrite.All"),
        Area::Classes => ("microsoft.classes_forbidden", "EduRoster.ReadWrite.All and Group.ReadWrite.All"),
        Area::Teams => ("microsoft.teams_forbidden", "Team.Create and Group.ReadWrite.All"),
        Area::TeamMembers => ("microsoft.team_members_forbidden", "TeamMember.ReadWrite.All"),
    };
    Outcome::TargetDown { code, detail: format!("{}; is this granted to the application? {rights}", reply.named()) }
}

impl Reply {
    /// What an answer says.
    pub(super) fn of(answer: &Answer, now: Timestamp) -> Self {
        let (code, words) = error(answer);
        Self { status: answer.status, retry_after: answer.retry_after(now), code, words }
    }

    /// Status and code: nobody is named in them.
    fn named(&self) -> String {
        match self.code.as_str() {
            "" => format!("HTTP {}", self.status),
            code => format!("HTTP {}: {code}", self.status),
        }
    }

    /// What a refusal comes to, when `sent` was sent: the words are compared with that.
    pub(super) fn refusal(&self, sent: &Value) -> Outcome {
        match self.status {
            // Somebody else changed the same thing at the same time.
            409 | 412 => {
                Outcome::Retry { after: self.retry_after, code: "microsoft.conflict", detail: self.told(sent) }
            }
            _ => self.rejected(sent),
        }
    }

    /// The same where there is nothing to be gained by asking again.
    pub(super) fn rejected(&self, sent: &Value) -> Outcome {
        let code = match self.status {
            409 => "microsoft.conflict",
            413 => "microsoft.too_large",
            _ => "microsoft.rejected",
        };
        Outcome::Rejected { code, message: self.told(sent) }
    }

    /// Whether somebody was to be put into a list who is in it. Told by nothing but the message [`targets.md` §1.4].
    pub(super) fn is_there_already(&self) -> bool {
        self.status == 400 && self.words.to_lowercase().contains("added object references already exist")
    }

    /// Microsoft's words without personal data.
    fn told(&self, sent: &Value) -> String {
        let words = [self.code.as_str(), self.words.as_str()];
        let words = words.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(": ");
        match masked(&words, &personal_values(sent)) {
            words if words.is_empty() => format!("HTTP {}", self.status),
            words => format!("HTTP {}: {words}", self.status),
        }
    }
}

/// What in something sent is personal. A class's name and what it is recognised by count too: masking them costs little.
fn personal_values(sent: &Value) -> Vec<String> {
    const PERSONAL: [&str; 8] = [
        "userPrincipalName",
        "displayName",
        "givenName",
        "surname",
        "mail",
        "mailNickname",
        "externalName",
        "passwordProfile",
    ];
    let mut found = Vec::new();
    PERSONAL.iter().for_each(|name| collect(&sent[*name], &mut found));
    with_parts(found)
}

/// An error longer than this is a page, a dump or a mistake: its words are not looked at.
const LONGEST_ERROR: usize = 64 * 1024;

/// How many characters are compared with what was sent.
const COMPARED: usize = 2_000;

/// `error.code` and `error.message` [Microsoft Graph error responses]. What is no such error says nothing.
fn error(answer: &Answer) -> (String, String) {
    if answer.is_success() || answer.body.len() > LONGEST_ERROR {
        return Default::default();
    }
    let Ok(ErrorBody { error }) = answer.json() else { return Default::default() };
    let clean = |text: String| whole_words(&answer.without_credential(&text), COMPARED).to_owned();
    (code(&error.code), clean(error.message))
}

/// A code is one word; what is none may be anything.
fn code(text: &str) -> String {
    let is_code = text.len() <= 80 && text.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '.'));
    if is_code { text.to_owned() } else { String::new() }
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorDetail,
}

#[derive(Deserialize, Default)]
struct ErrorDetail {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// Answers to the parts of a batch, by their ids [JSON batching].
///
/// # Errors
/// The answer is none.
pub(super) fn parts(answer: &Answer) -> Result<Vec<(usize, Reply)>, Outcome> {
    let batch: Batch = answer.json().map_err(|_| unreadable())?;
    batch.responses.into_iter().map(|it| Ok((it.id.parse().map_err(|_| unreadable())?, it.reply()))).collect()
}

#[derive(Deserialize)]
struct Batch {
    responses: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    id: String,
    status: u16,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, Value>,
    #[serde(default)]
    body: Value,
}

impl Part {
    fn reply(self) -> Reply {
        let named = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
        let seconds = named.and_then(|(_, it)| it.as_u64().or_else(|| it.as_str()?.trim().parse().ok()));
        let error = serde_json::from_value(self.body["error"].clone()).unwrap_or_else(|_| ErrorDetail::default());
        Reply {
            status: self.status,
            retry_after: seconds.map(|it| Duration::from_secs(it.min(LONGEST_WAIT))),
            code: code(&error.code),
            words: whole_words(&error.message, COMPARED).to_owned(),
        }
    }
}

/// Nobody waits longer than a day because of what another side says, in seconds.
const LONGEST_WAIT: u64 = 86_400;

/// What became of one member, where many were named [`actionResultPart`, `aadUserConversationMemberResult`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// Who.
    pub(super) user: String,
    /// What was wrong, as an answer about this one alone would say it.
    pub(super) reply: Reply,
}

/// Members that could not be added or removed. An answer without content has none.
///
/// # Errors
/// The answer is none.
pub(super) fn failures(answer: &Answer) -> Result<Vec<Failure>, Outcome> {
    if answer.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Vec::new());
    }
    let results: Results = answer.json().map_err(|_| unreadable())?;
    Ok(results.value.into_iter().filter_map(MemberResult::failure).collect())
}

#[derive(Deserialize)]
struct Results {
    value: Vec<MemberResult>,
}

#[derive(Deserialize)]
struct MemberResult {
    #[serde(rename = "userId", default)]
    user: Option<String>,
    #[serde(default)]
    error: Option<ErrorDetail>,
}

impl MemberResult {
    fn failure(self) -> Option<Failure> {
        let error = self.error?;
        let status = status_of(&error.code);
        let words = whole_words(&error.message, COMPARED).to_owned();
        let reply = Reply { status, retry_after: None, code: code(&error.code), words };
        Some(Failure { user: self.user.unwrap_or_default().to_lowercase(), reply })
    }
}

/// The status of an error that comes without one. Its codes are not listed anywhere; these were seen.
fn status_of(code: &str) -> u16 {
    match code.to_lowercase().as_str() {
        "notfound" | "itemnotfound" | "request_resourcenotfound" => 404,
        "forbidden" | "accessdenied" => 403,
        "conflict" => 409,
        "toomanyrequests" | "throttled" => 429,
        "internalservererror" | "badgateway" | "serviceunavailable" | "gatewaytimeout" | "unknownerror" => 503,
        _ => 400,
    }
}

/// The answer is not what Graph has there.
pub(super) fn unreadable() -> Outcome {
    let detail = "the answer is not what Graph has there".to_owned();
    Outcome::Retry { after: None, code: "microsoft.unreadable", detail }
}
