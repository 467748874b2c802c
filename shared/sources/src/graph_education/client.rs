//! Requests to Graph: pages by their links, and batches.

use std::collections::BTreeSet;

use outbound::{Answer, Request};
use roster::Id;
use serde_json::json;

use super::classify::{self, Verdict, verdict};
use super::config::GraphEducationConfig;
use super::envelope::{Collection, Link, Part, parts};
use super::{link, mapping};
use crate::caller::Caller;
use crate::paging::Paging;
use crate::registry::SourceContext;
use crate::{ConfigProblem, SourceError, SourceErrorKind};

/// As many requests as one batch may hold [JSON batching, docs of Graph v1.0].
pub(super) const BATCH: usize = 20;

/// The largest `$top`: more is refused.
const LARGEST_PAGE: &str = "999";

/// A list within one object ends sooner than this.
const MOST_PAGES_OF_A_LIST: usize = 1_000;

/// Graph.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) caller: Caller,
    page_size: u32,
}

impl Client {
    pub(super) fn new(config: &GraphEducationConfig, context: &SourceContext) -> Result<Self, ConfigProblem> {
        let credentials = Some(config.credentials()?);
        let caller = Caller::new(config.base()?, credentials, config.allow_plain_http, context)?;
        Ok(Self { caller, page_size: config.page_size })
    }

    #[cfg(test)]
    pub(super) fn impatient(self) -> Self {
        Self { caller: self.caller.impatient(), ..self }
    }

    /// The part of a link that is followed; see [`link::below`].
    pub(super) fn below(&self, link: &str) -> Result<String, SourceError> {
        link::below(self.caller.base(), link)
    }

    /// `GET` of what is below the base address.
    pub(super) async fn get(&self, part: &str) -> Result<Answer, SourceError> {
        let url = link::absolute(self.caller.base(), part)?;
        let request = Request::get(url).accept("application/json");
        // Honoured where Graph can; the answer may hold fewer.
        let request = request.header("prefer", &format!("odata.maxpagesize={}", self.page_size));
        self.caller.patiently(request).await
    }

    /// `POST /$batch` of `GET`s below the base address, at most [`BATCH`] of them. The parts come in the order asked.
    ///
    /// # Errors
    /// Any part's throttling, refusal or fault fails the whole: nothing may be concluded from the others.
    pub(super) async fn batch(&self, asked: &[String]) -> Result<Vec<Option<Part>>, SourceError> {
        let requests: Vec<_> = asked
            .iter()
            .enumerate()
            .map(|(at, part)| json!({"id": at.to_string(), "method": "GET", "url": format!("/{part}")}))
            .collect();
        let request = Request::post(self.caller.url(&["$batch"])).accept("application/json").changes_nothing();
        let request = request.json(&json!({"requests": requests}));
        let answer = self.caller.patiently(request).await?;
        if verdict(&answer) != Verdict::Given {
            return Err(self.caller.failure(&answer));
        }
        parts(&answer.body, asked.len())?.into_iter().map(classify::given).collect()
    }

    /// The parts of any number of requests, in batches, in the order asked.
    pub(super) async fn batches(&self, asked: &[String]) -> Result<Vec<Option<Part>>, SourceError> {
        let mut all = Vec::with_capacity(asked.len());
        for some in asked.chunks(BATCH) {
            all.extend(self.batch(some).await?);
        }
        Ok(all)
    }

    /// Everything in a list that begins with a body, handed to `take` page by page.
    pub(super) async fn whole_list(
        &self,
        first: &[u8],
        mut take: impl FnMut(&Collection<'_>) -> Result<(), SourceError> + Send,
    ) -> Result<(), SourceError> {
        let collection = Collection::of(first)?;
        take(&collection)?;
        let mut link = collection.link;
        let mut paging = Paging::default();
        for _ in 0..MOST_PAGES_OF_A_LIST {
            let Link::Next(next) = link else { return Ok(()) };
            let part = self.below(&next)?;
            paging = paging.follow(part.clone())?;
            let answer = self.get(&part).await?;
            if verdict(&answer) != Verdict::Given {
                return Err(self.caller.failure(&answer));
            }
            let collection = Collection::of(&answer.body)?;
            take(&collection)?;
            link = collection.link;
        }
        Err(SourceError::contract("source.pages_endless", "a list within an object does not end"))
    }

    /// The identities of everything in a list that begins with a part of a batch.
    pub(super) async fn identities(&self, first: &Part) -> Result<BTreeSet<Id>, SourceError> {
        let mut found = BTreeSet::new();
        self.whole_list(first.body.get().as_bytes(), |page| {
            found.extend(mapping::identities(&page.value).map_err(|_| no_identity())?);
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// Whether there is an object.
    pub(super) async fn has(&self, collection: &str, id: Id) -> Result<bool, SourceError> {
        let answer = self.get(&format!("education/{collection}/{id}?$select=id")).await?;
        match verdict(&answer) {
            Verdict::Given => Ok(true),
            Verdict::Missing => Ok(false),
            Verdict::Expired | Verdict::Failed => Err(self.caller.failure(&answer)),
        }
    }
}

/// A list of references that leaves out who it is about: nobody is left out because of it.
pub(super) fn no_identity() -> SourceError {
    SourceError::page_unreadable("something in a list of references has no identity")
}

/// A list of identities only, as long as a page may be.
pub(super) fn identities_of(path: &str) -> String {
    format!("{path}?$select=id&$top={LARGEST_PAGE}")
}

/// A delta or list that is not there for us is a right that was not granted.
pub(super) fn refused_groups(error: SourceError) -> SourceError {
    if error.kind == SourceErrorKind::Refused {
        let why = "grant GroupMember.Read.All, or set membership = \"rereading\"";
        return SourceError::new(SourceErrorKind::Refused, "graph_education.groups_refused", why);
    }
    error
}
