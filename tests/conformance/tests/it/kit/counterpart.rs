//! What the kit must know of a kind of source: how it is made, and what is really so on the other side.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use roster::{Id, ManualClock, RecordKind};
use sources::registry::{self, SourceContext};
use sources::{ConfigProblem, Source};

use super::Line;

/// The identities that the other side holds, of every kind that it has.
pub(crate) type Holdings = BTreeMap<RecordKind, BTreeSet<Id>>;

/// Something that happens on the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    /// Somebody new.
    PersonAdded,
    /// Another name.
    PersonRenamed,
    /// Gone altogether.
    PersonRemoved,
    /// Into another group, or out of one.
    MembershipMoved,
}

impl Happening {
    pub(crate) const ALL: [Self; 4] =
        [Self::PersonAdded, Self::PersonRenamed, Self::PersonRemoved, Self::MembershipMoved];
}

/// What befalls a request for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Answered with this status and nothing of use.
    Status(u16),
    /// 429, to be tried again after so many seconds.
    Throttled(u64),
    /// The connection breaks.
    Reset,
    /// A success whose body ends half-way.
    Truncated,
    /// A success with the page of a portal that wants somebody to sign in.
    SignInPage,
    /// The credential shown is not accepted from now on.
    TokenRevoked,
    /// Every page of a list is its first.
    Endless,
}

/// What a kind of source can do at all. Everything, unless it says otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Abilities {
    /// It tells what changed.
    pub(crate) changes: bool,
    /// It tells who was removed among what changed.
    pub(crate) removals: bool,
    /// It can get itself a new token.
    pub(crate) renews_tokens: bool,
    /// It answers `has`.
    pub(crate) tells_who_is_there: bool,
    /// How many seconds after it happened a change is told.
    pub(crate) told_after: i64,
    /// It has people of its own, so that there is something to keep quiet about.
    pub(crate) people: bool,
}

impl Abilities {
    pub(crate) const ALL: Self = Self {
        changes: true,
        removals: true,
        renews_tokens: true,
        tells_who_is_there: true,
        told_after: 1,
        people: true,
    };
}

/// What must not be printed.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    /// Names, e-mail addresses, personal numbers of those on the other side.
    pub(crate) personal: BTreeSet<String>,
    /// Secrets and tokens, or what all of them begin with.
    pub(crate) secrets: BTreeSet<String>,
}

/// The other side of one kind of source: small, but with lists of several pages.
#[async_trait]
pub(crate) trait Counterpart: Send + Sync {
    /// The kind, as the configuration names it.
    fn kind(&self) -> &'static str;

    /// The source's own table in the configuration.
    fn table(&self) -> toml::Table;

    /// What the source is made with beside it.
    fn context(&self) -> SourceContext;

    /// Makes a source from a table.
    fn build(&self, table: &toml::Table) -> Result<Arc<dyn Source>, ConfigProblem> {
        registry::build(self.kind(), table, &self.context())
    }

    /// A source that nothing has been read with, as another process would make it.
    fn source(&self) -> Arc<dyn Source> {
        self.build(&self.table()).unwrap()
    }

    /// The time, on both sides.
    fn clock(&self) -> &ManualClock;

    /// What kind of record things happen to.
    fn concerns(&self) -> RecordKind {
        RecordKind::Person
    }

    /// Makes something happen; to whom, or what, it did.
    async fn happens(&self, what: Happening) -> Id;

    /// What is held now.
    fn holds(&self) -> Holdings;

    /// What must not be printed.
    fn people(&self) -> People;

    /// What the kind can do at all.
    fn abilities(&self) -> Abilities {
        Abilities::ALL
    }

    /// What leads to the other side, when it speaks HTTP; the trouble is made there.
    fn line(&self) -> Option<&Line>;

    /// Every request for a page that comes after `pages` more suffers this, at most `times`. `false`: it cannot here.
    fn suffers(&self, trouble: Trouble, pages: usize, times: usize) -> bool {
        self.line().inspect(|line| line.suffers(trouble, pages, times)).is_some()
    }

    /// Ends the trouble; whether there was any.
    fn recovers(&self) -> bool {
        self.line().is_some_and(Line::recovers)
    }

    /// What the other side has against what it was asked.
    fn complaints(&self) -> Vec<String> {
        Vec::new()
    }
}
