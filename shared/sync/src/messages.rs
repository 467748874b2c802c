//! What travels in the queues: notices and jobs. Versioned, so that those of the hub before a deploy are understood.
//! Neither says what to change: what is wanted is read when the message is handled.

use jiff::Timestamp;
use roster::{Id, RecordKind, SubjectKey};
use serde::{Deserialize, Serialize};

use crate::error::SyncError;

/// "This source of this tenant may have something new."
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    v: u32,
    /// The tenant.
    pub tenant: String,
    /// The source.
    pub source: String,
    /// Why.
    pub reason: Reason,
    /// When the hub learnt of it.
    pub known_at: Timestamp,
}

/// Why a source is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its doorbell rang.
    Doorbell,
    /// It was time.
    Poll,
    /// Everything is to be compared.
    FullRead,
    /// A read goes on.
    Continue,
    /// The tenant's configuration changed: everything is to be looked at again, without reading.
    Configuration,
    /// Some of a second source's rows are to be joined anew, without reading.
    Rejoin,
    /// Somebody asked for an erasure. Believed only when the source no longer has the record.
    Erasure {
        /// The kind of record.
        kind: RecordKind,
        /// Which.
        id: Id,
    },
}

/// "Bring this subject up to date at this target."
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Job {
    v: u32,
    /// The tenant.
    pub tenant: String,
    /// The target.
    pub target: String,
    /// The subject.
    pub subject: SubjectKey,
}

/// "Write what has been gathered for this target."
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesDue {
    v: u32,
    /// The tenant.
    pub tenant: String,
    /// The target.
    pub target: String,
    /// What tells it from a job, which has a subject.
    files: bool,
}

/// "Tell those who read at this target that there is something to look at."
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsDue {
    v: u32,
    /// The tenant.
    pub tenant: String,
    /// The target.
    pub target: String,
    /// What tells it from a job, which has a subject.
    news: bool,
}

/// What a worker of a target is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Errand {
    /// To bring a subject up to date.
    Deliver(Job),
    /// To write files.
    WriteFiles(FilesDue),
    /// To tell readers.
    TellReaders(NewsDue),
}

impl Notice {
    /// A notice.
    #[must_use]
    pub const fn new(tenant: String, source: String, reason: Reason, known_at: Timestamp) -> Self {
        Self { v: 1, tenant, source, reason, known_at }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`SyncError::Message`].
    pub fn parse(body: &str) -> Result<Self, SyncError> {
        parse(body, |it: &Self| it.v)
    }

    /// One source is read by one reader at a time.
    #[must_use]
    pub fn group(&self) -> String {
        format!("{}/{}", self.tenant, self.source)
    }
}

impl Job {
    /// A job.
    #[must_use]
    pub const fn new(tenant: String, target: String, subject: SubjectKey) -> Self {
        Self { v: 1, tenant, target, subject }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`SyncError::Message`].
    pub fn parse(body: &str) -> Result<Self, SyncError> {
        parse(body, |it: &Self| it.v)
    }
}

impl FilesDue {
    /// Of that target.
    #[must_use]
    pub const fn new(tenant: String, target: String) -> Self {
        Self { v: 1, tenant, target, files: true }
    }
}

impl NewsDue {
    /// Of that target.
    #[must_use]
    pub const fn new(tenant: String, target: String) -> Self {
        Self { v: 1, tenant, target, news: true }
    }
}

impl Errand {
    /// The tenant and the target that it is about.
    #[must_use]
    pub fn place(&self) -> (&str, &str) {
        match self {
            Self::Deliver(it) => (&it.tenant, &it.target),
            Self::WriteFiles(it) => (&it.tenant, &it.target),
            Self::TellReaders(it) => (&it.tenant, &it.target),
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`SyncError::Message`].
    pub fn parse(body: &str) -> Result<Self, SyncError> {
        // A job is what nearly every message is.
        Job::parse(body).map(Self::Deliver).or_else(|error| {
            let files = parse(body, |it: &FilesDue| it.v).ok().filter(|it| it.files).map(Self::WriteFiles);
            let news = || parse(body, |it: &NewsDue| it.v).ok().filter(|it| it.news).map(Self::TellReaders);
            files.or_else(news).ok_or(error)
        })
    }
}

fn parse<T: serde::de::DeserializeOwned>(body: &str, version: impl Fn(&T) -> u32) -> Result<T, SyncError> {
    // The parser's own message may quote the content, so only its place is told.
    let unreadable =
        |error: serde_json::Error| SyncError::Message(format!("line {}, column {}", error.line(), error.column()));
    let message: T = serde_json::from_str(body).map_err(unreadable)?;
    match version(&message) {
        1 => Ok(message),
        other => Err(SyncError::Message(format!("version {other} is not known"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_a_short_message() {
        let job = Job::new("demo".into(), "gleerups".into(), SubjectKey::person(Id::derived(&["p"])));

        let body = serde_json::to_string(&job).unwrap();

        assert_eq!(
            body,
            format!(r#"{{"v":1,"tenant":"demo","target":"gleerups","subject":"P#{}"}}"#, Id::derived(&["p"]))
        );
    }

    #[test]
    fn files_that_are_due_are_told_from_a_job() {
        let due = FilesDue::new("demo".into(), "unikum".into());

        let body = serde_json::to_string(&due).unwrap();

        assert_eq!(body, r#"{"v":1,"tenant":"demo","target":"unikum","files":true}"#);
        assert_eq!(Errand::parse(&body).unwrap(), Errand::WriteFiles(due));
    }

    #[test]
    fn news_that_are_due_are_told_from_both() {
        let due = NewsDue::new("demo".into(), "dnp".into());

        let body = serde_json::to_string(&due).unwrap();

        assert_eq!(body, r#"{"v":1,"tenant":"demo","target":"dnp","news":true}"#);
        assert_eq!(Errand::parse(&body).unwrap(), Errand::TellReaders(due));
    }

    #[test]
    fn what_is_none_of_these_is_refused() {
        let bodies =
            [r#"{"v":1,"tenant":"demo","target":"unikum"}"#, r#"{"v":2,"tenant":"d","target":"u","files":true}"#];

        assert!(bodies.iter().all(|body| matches!(Errand::parse(body), Err(SyncError::Message(_)))));
    }

    #[test]
    fn a_message_of_a_later_version_is_refused_not_misread() {
        let body = r#"{"v":2,"tenant":"demo","target":"g","subject":"P#6b0e1d1c-0c43-4b0a-9c39-0f3c5f6d2a11"}"#;

        assert!(matches!(Job::parse(body), Err(SyncError::Message(_))));
    }
    #[test]
    fn a_message_that_cannot_be_read_is_not_repeated() {
        let body = r#"{"v":1,"tenant":"demo","source":"s","reason":"Astrid","known_at":"2026-11-22T08:00:00Z"}"#;

        let error = Notice::parse(body).unwrap_err();

        assert_eq!(error.to_string(), "sync.message_unreadable: line 1, column 53");
    }
}
