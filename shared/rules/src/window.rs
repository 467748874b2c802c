//! Windows: what goes to a target in files is gathered for a while and then written in one go. Pure: time is passed in.
//!
//! ```text
//!            open                 begin                       wrote: nothing is left
//! closed ─────────▶ open ───────────────────▶ being written ──────────────────────────▶ closed
//!                     ▲                         │ wrote: more is left; failed; its writer died
//!                     └─────────────────────────┘
//! ```
//!
//! Lines wait in the table until a file has them. Whoever writes files says so first, with a lease; what comes meanwhile
//! opens the next window. A writer that died leaves its window open, and its lines are written again under another name.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use roster::{Personal, fingerprint};
use serde::{Deserialize, Serialize};

use crate::backoff;
use crate::delivery::{Lease, Trouble, later};
use crate::object::is_default;

/// How long a writer may keep a window to itself. Longer than any worker that writes may run.
pub const WRITING: Duration = Duration::from_secs(300);

/// Files are named by the minute: no two windows have the same.
const MINUTE: Duration = Duration::from_secs(60);

/// In which order lines go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Turn {
    /// What there is, before anything refers to it.
    #[serde(rename = "o")]
    Object,
    /// What does not belong together any more, before what does.
    #[serde(rename = "r")]
    Removal,
    /// What belongs together.
    #[serde(rename = "a")]
    Addition,
}

/// A line of a file that goes to a target. Holds personal data: what it says is not printable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When it goes out.
    #[serde(rename = "o")]
    pub turn: Turn,
    /// What it is about: of two lines about the same only the newer goes out. A digest.
    #[serde(rename = "i")]
    pub about: String,
    /// Lines that go out in one window at the latest have the same: those of a person. A digest.
    #[serde(rename = "w")]
    pub with: String,
    /// What it says, without its end.
    #[serde(rename = "t", with = "roster::personal::at_rest")]
    pub text: Personal<String>,
}

impl Line {
    /// A line about `about`, which is kept together with what has the same `with`.
    #[must_use]
    pub fn new(turn: Turn, with: &str, about: &[&str], text: String) -> Self {
        let about = fingerprint(about.join("\n").as_bytes());
        Self { turn, about, with: fingerprint(with.as_bytes()), text: Personal::new(text) }
    }

    /// Tells one wording about something from another, without keeping it.
    #[must_use]
    pub fn wording(&self) -> String {
        fingerprint(format!("{}\n{}", self.about, self.text.as_str()).as_bytes())
    }
}

/// Lines that a target has been handed over and has not answered for: a job of its own, to be asked about again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    /// Where it is asked about, in the target's own words.
    #[serde(rename = "p")]
    pub path: String,
    /// Since when it is under way.
    #[serde(rename = "s")]
    pub since: Timestamp,
    /// The wordings that it holds ([`Line::wording`]): a line that has been replaced meanwhile is not among them.
    #[serde(rename = "w")]
    pub wordings: BTreeSet<String>,
}

/// What is remembered from one handing over to the next.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HandedOver {
    /// What has not been answered for.
    #[serde(rename = "u", skip_serializing_if = "Vec::is_empty")]
    pub under_way: Vec<UnderWay>,
    /// Wordings that were turned down once, perhaps because what they refer to had not come yet.
    #[serde(rename = "a", skip_serializing_if = "BTreeSet::is_empty")]
    pub turned_down: BTreeSet<String>,
}

/// The stored state of a target's window.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Window {
    /// Since when lines may wait that no file has.
    #[serde(rename = "o", skip_serializing_if = "Option::is_none")]
    pub open_since: Option<Timestamp>,
    /// Who writes, and since when what is being written has waited.
    #[serde(rename = "e", skip_serializing_if = "Option::is_none")]
    pub writing: Option<(Lease, Timestamp)>,
    /// The minute that the newest files are named by, whether or not they were ever finished.
    #[serde(rename = "n", skip_serializing_if = "Option::is_none")]
    pub named: Option<Timestamp>,
    /// Failures in a row.
    #[serde(rename = "f", skip_serializing_if = "is_default")]
    pub failures: u32,
    /// Not before then, after a failure.
    #[serde(rename = "b", skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// What went wrong last, until it goes right.
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// What is remembered of lines that were handed over instead of being written.
    #[serde(rename = "j", skip_serializing_if = "is_default")]
    pub handed_over: HandedOver,
}

impl Window {
    /// Lines have come. They are stored before this is, so that whoever sees it open finds them.
    pub fn open(&mut self, now: Timestamp) {
        self.open_since = self.open_since.or(Some(now));
    }

    /// When it is to be written, if lines are gathered for `length`. `None`: there are none, or they are being written.
    #[must_use]
    pub fn due_at(&self, length: Duration, now: Timestamp) -> Option<Timestamp> {
        let abandoned = self.writing.as_ref().filter(|(lease, _)| lease.until <= now).map(|(_, since)| *since);
        if self.writing.is_some() && abandoned.is_none() {
            return None;
        }
        let since = abandoned.into_iter().chain(self.open_since).min()?;
        let of_its_own = self.named.map_or(Timestamp::MIN, |named| later(named, MINUTE));
        Some(later(since, length).max(of_its_own).max(self.not_before.unwrap_or(Timestamp::MIN)))
    }

    /// Asks for the writing. Gives the minute by which the files are named: the lease is set, and must be stored before
    /// anything is read. `None`: it is not due, or somebody else writes.
    pub fn begin(&mut self, holder: &str, length: Duration, now: Timestamp) -> Option<Timestamp> {
        self.due_at(length, now).filter(|due| *due <= now)?;
        let before = self.writing.take().map(|(_, since)| since);
        let since = before.into_iter().chain(self.open_since.take()).min()?;
        let lease = Lease { holder: holder.to_owned(), until: later(now, WRITING) };
        self.writing = Some((lease, since));
        self.named = Some(minute(now));
        self.named
    }

    /// Since when the oldest line waits that no file is known to have.
    #[must_use]
    pub fn waiting_since(&self) -> Option<Timestamp> {
        self.writing.as_ref().map(|(_, since)| *since).into_iter().chain(self.open_since).min()
    }

    /// The files are where they belong. What is left waits no longer than it must. Gives since when the oldest line had
    /// waited; `None`: somebody else has taken over, who writes it all again.
    pub fn wrote(&mut self, holder: &str, more_is_left: bool) -> Option<Timestamp> {
        let since = self.give_up(holder)?;
        if more_is_left {
            self.open_since = Some(self.open_since.map_or(since, |it| it.min(since)));
        }
        (self.failures, self.not_before, self.trouble) = (0, None, None);
        Some(since)
    }

    /// The files could not be written: the lines wait on. `jitter` is between 0 and 1.
    pub fn failed(&mut self, holder: &str, trouble: Trouble, jitter: f64) {
        let Some(since) = self.give_up(holder) else { return };
        self.open_since = Some(self.open_since.map_or(since, |it| it.min(since)));
        self.failures = self.failures.saturating_add(1);
        self.not_before = Some(later(trouble.at, backoff::pause(self.failures, jitter, None)));
        self.trouble = Some(trouble);
    }

    /// Remembers what was handed over, unless somebody else has taken over. `progressed`: some of it was answered for, so
    /// that what fails after is no failure in a row with what failed before.
    pub fn remember(&mut self, holder: &str, handed_over: HandedOver, progressed: bool) {
        if self.writing.as_ref().is_none_or(|(lease, _)| lease.holder != holder) {
            return;
        }
        self.handed_over = handed_over;
        if progressed {
            self.failures = 0;
        }
    }

    fn give_up(&mut self, holder: &str) -> Option<Timestamp> {
        self.writing.take_if(|(lease, _)| lease.holder == holder).map(|(_, since)| since)
    }
}

fn minute(at: Timestamp) -> Timestamp {
    let into_it = SignedDuration::from_secs(at.as_second().rem_euclid(60));
    Timestamp::from_second(at.as_second()).unwrap_or(at) - into_it
}

#[cfg(test)]
mod tests;
