//! What Google answered, alone or as part of a batch.

use std::time::Duration;

use jiff::Timestamp;
use outbound::Answer;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// An error longer than this is a page, a dump or a mistake: its words are not looked at.
const LONGEST_ERROR: usize = 64 * 1024;

/// The most characters of the name of an error.
const LONGEST_NAME: usize = 64;

/// An answer.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// HTTP status.
    pub(super) status: u16,
    /// `Retry-After`.
    pub(super) retry_after: Option<Duration>,
    /// The body as it came.
    pub(super) body: Vec<u8>,
}

/// Not printable: the body may hold names.
impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.status, self.body.len())
    }
}

/// What an error says. Every name in it is letters, digits and underscores, or left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Complaint {
    /// The canonical code, e.g. `PERMISSION_DENIED`.
    pub(super) status: String,
    /// Why: the Directory API's `reason`, or that of an `ErrorInfo` [google.rpc].
    pub(super) reasons: Vec<String>,
    /// What Classroom's message begins with, without its `@`, e.g. `CannotDirectAddUser`.
    pub(super) detail: Option<String>,
    /// The words, as they came: may hold personal data.
    pub(super) message: String,
}

/// Both forms: Directory has `errors`, Classroom `status`; newer ones have both, and `details`.
#[derive(Deserialize)]
struct ErrorAnswer {
    error: ErrorBody,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ErrorBody {
    status: String,
    message: String,
    errors: Vec<Reason>,
    details: Vec<Reason>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Reason {
    reason: String,
}

impl Reply {
    pub(super) fn of(answer: Answer, now: Timestamp) -> Self {
        Self { status: answer.status, retry_after: answer.retry_after(now), body: answer.body }
    }

    pub(super) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The content of a success; `None`: it is not what the contract has there.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// What an error says; nothing where it is none that Google has.
    pub(super) fn complaint(&self) -> Complaint {
        if self.is_success() || self.body.len() > LONGEST_ERROR {
            return Complaint::default();
        }
        let Some(ErrorAnswer { error }) = self.json() else { return Complaint::default() };
        let reasons = error.errors.into_iter().chain(error.details).map(|it| it.reason).filter(|it| is_name(it));
        let detail = error.message.strip_prefix('@').and_then(|it| it.split_whitespace().next());
        Complaint {
            reasons: reasons.collect(),
            detail: detail.map(|it| it.trim_end_matches([':', '.', ','])).filter(|it| is_name(it)).map(str::to_owned),
            status: Some(error.status).filter(|it| is_name(it)).unwrap_or_default(),
            message: error.message,
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_NAME && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

impl Complaint {
    /// Whether it is about this, by any of its names.
    pub(super) fn is(&self, name: &str) -> bool {
        self.status == name || self.detail.as_deref() == Some(name) || self.reasons.iter().any(|it| it == name)
    }

    pub(super) fn is_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    /// Whether its words have these in them, whatever the case of their letters.
    pub(super) fn says(&self, words: &str) -> bool {
        self.message.to_lowercase().contains(words)
    }

    /// Its names in one line, without its words.
    pub(super) fn names(&self) -> String {
        let detail = self.detail.iter().map(|it| format!("@{it}"));
        let mut names: Vec<String> = Vec::new();
        for name in std::iter::once(self.status.clone()).chain(self.reasons.iter().cloned()).chain(detail) {
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        names.join(" ")
    }
}
