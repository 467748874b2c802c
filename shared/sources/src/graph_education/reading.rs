//! Reading Graph page by page: everything, or what changed.

use std::sync::Arc;

use outbound::Answer;
use roster::RecordKey;

use super::census::Census;
use super::classify::{Verdict, verdict};
use super::client::{Client, refused_groups};
use super::config::{GraphEducationConfig, MembershipChanges};
use super::envelope::{Collection, Link};
use super::mapping::{MappedPage, Reading, Told};
use super::memory::Memory;
use super::position::{Links, Position, Step};
use super::{GraphEducationSource, wire};
use crate::paging;
use crate::{Next, Page, ReadRequest, Scope, SourceError, SourceErrorKind};

/// So many classes at once are not without members by chance.
const MANY_CLASSES: usize = 5;

/// One call of `Source::read`.
pub(super) struct Reader<'r> {
    pub(super) source: &'r GraphEducationSource,
    pub(super) request: &'r ReadRequest,
    pub(super) memory: Memory,
}

impl<'r> Reader<'r> {
    pub(super) fn new(source: &'r GraphEducationSource, request: &'r ReadRequest) -> Self {
        Self { source, request, memory: Memory::recall(request.memory.as_deref()) }
    }

    pub(super) async fn read(mut self) -> Result<Page, SourceError> {
        let page = self.page().await;
        let memory = self.memory.keep(self.request.memory.as_deref());
        match page {
            Ok(page) => Ok(Page { memory, ..page }),
            Err(error) => Err(error.remembering(memory)),
        }
    }

    pub(super) const fn client(&self) -> &'r Client {
        &self.source.client
    }

    pub(super) const fn config(&self) -> &'r GraphEducationConfig {
        &self.source.config
    }

    pub(super) const fn mapping(&self) -> Reading<'r> {
        Reading { config: &self.source.config, choice: &self.source.choice }
    }

    fn is_full(&self) -> bool {
        self.request.scope == Scope::Full
    }

    async fn page(&mut self) -> Result<Page, SourceError> {
        let position = self.position().await?;
        match position.step {
            Step::Listing => self.listing(position).await,
            Step::Rereading => self.reread_school(position).await,
            Step::Schools | Step::Users | Step::Classes | Step::Groups => self.delta(position).await,
        }
    }

    async fn position(&self) -> Result<Position, SourceError> {
        if let Some(position) = paging::position(self.request)? {
            return Ok(position);
        }
        match &self.request.scope {
            // Before anything is read, so that no change falls in between.
            Scope::Full => {
                Ok(Position::at(Step::Schools, Links { groups: self.groups_from_now().await?, ..Links::default() }))
            }
            Scope::Changes { cursor } => {
                let links: Links = serde_json::from_str(cursor)
                    .map_err(|_| SourceError::full_read_needed("source.cursor_unknown", "the cursor holds no links"))?;
                Ok(Position::at(Step::Listing, links))
            }
        }
    }

    /// The link at which the directory's groups tell their changes from now on [delta query overview: "sync from now"].
    async fn groups_from_now(&self) -> Result<Option<String>, SourceError> {
        if self.config().membership != MembershipChanges::GroupDelta {
            return Ok(None);
        }
        let mut part = format!("groups/delta?$select={}&$deltatoken=latest", wire::GROUP);
        // Even the end of nothing may come on a page of its own.
        for _ in 0..3 {
            let answer = self.client().get(&part).await.map_err(refused_groups)?;
            if verdict(&answer) != Verdict::Given {
                return Err(refused_groups(self.client().caller.failure(&answer)));
            }
            match Collection::of(&answer.body)?.link {
                Link::Delta(link) => return self.client().below(&link).map(Some),
                Link::Next(link) => part = self.client().below(&link)?,
                Link::End => break,
            }
        }
        Err(SourceError::page_unreadable("no link at which groups tell their changes"))
    }

    async fn listing(&mut self, position: Position) -> Result<Page, SourceError> {
        if self.memory.listing_is_due(self.config().listing_minutes, self.request.started) {
            let census = self.census().await?;
            if self.memory.listing.as_ref() != Some(&census.fingerprint()) {
                let detail = "somebody or something is at another school than before, or nowhere any more";
                return Err(SourceError::full_read_needed("graph_education.listing_differs", detail));
            }
            self.memory.listed_at = Some(self.request.started);
        }
        page(MappedPage::default(), Vec::new(), Position::at(Step::Schools, position.links).next()?)
    }

    /// The census of this read.
    async fn census(&mut self) -> Result<Arc<Census>, SourceError> {
        let started = self.request.started;
        if let Some(census) = self.source.census.of(started) {
            return Ok(census);
        }
        let census = Arc::new(Census::take(self.client(), &self.source.choice).await?);
        self.source.census.keep(Some((started, Arc::clone(&census))));
        if self.is_full() {
            self.memory.listing = Some(census.fingerprint());
            self.memory.listed_at = Some(started);
        }
        Ok(census)
    }

    async fn delta(&mut self, mut position: Position) -> Result<Page, SourceError> {
        let step = position.step;
        let answer = self.client().get(&self.asked(&mut position)?).await;
        let answer = self.accepted(step, answer.map_err(|error| for_step(step, error))?)?;
        let collection = Collection::of(&answer.body)?;
        let mapped = if self.is_full() {
            self.present(step, &collection).await?
        } else {
            self.changed(step, &collection).await?
        };
        position.blurred |= mapped.unreadable.iter().any(|it| it.lost && it.id.is_none());
        match &collection.link {
            Link::Next(link) => {
                position.paging = position.paging.follow(self.client().below(link)?)?;
                self.finished(mapped, position.next()?)
            }
            Link::Delta(link) => {
                *step.link(&mut position.links) = Some(self.client().below(link)?);
                self.after(position, mapped)
            }
            Link::End => Err(SourceError::page_unreadable("a delta with neither a next page nor an end")),
        }
    }

    /// What is asked for: the next page, what changed since, or everything. The tokens hold what was selected.
    fn asked(&self, position: &mut Position) -> Result<String, SourceError> {
        if let Some(next) = &position.paging.token {
            return Ok(next.clone());
        }
        let step = position.step;
        if !self.is_full() {
            let link = step.link(&mut position.links).clone();
            return link
                .ok_or_else(|| SourceError::full_read_needed("source.cursor_unknown", "the cursor lacks a link"));
        }
        let select = match step {
            Step::Schools => wire::SCHOOL,
            Step::Users => wire::USER,
            Step::Classes | Step::Rereading => wire::CLASS,
            Step::Groups | Step::Listing => wire::GROUP,
        };
        Ok(format!("{}?$select={select}", step.path()))
    }

    fn accepted(&self, step: Step, answer: Answer) -> Result<Answer, SourceError> {
        let detail = || format!("HTTP {} to the token of /{}", answer.status, step.path());
        match verdict(&answer) {
            Verdict::Given => Ok(answer),
            Verdict::Expired if self.is_full() => {
                // The read begins anew when that has happened a few times; at once could be for ever.
                Err(SourceError::new(SourceErrorKind::Passing, "source.page_token_refused", detail()))
            }
            Verdict::Expired => Err(SourceError::full_read_needed("source.cursor_refused", detail())),
            Verdict::Missing | Verdict::Failed => Err(for_step(step, self.client().caller.failure(&answer))),
        }
    }

    /// A page of the first round of a delta: what there is.
    async fn present(&mut self, step: Step, page: &Collection<'_>) -> Result<MappedPage, SourceError> {
        let mut mapped = MappedPage::default();
        let census = if step == Step::Schools { Arc::default() } else { self.census().await? };
        for raw in &page.value {
            match step {
                Step::Schools => mapped.school(raw, &self.mapping()),
                Step::Users => mapped.user(raw, &|user| census.schools_of_user(user)),
                _ => mapped.class(raw, &self.mapping()),
            }
        }
        mapped.classes.retain(|it| !census.schools_of_class(it.id).is_empty());
        self.fill(&mut mapped, Some(&census)).await?;
        Ok(mapped)
    }

    /// A page of a later round: whatever is named is read again as a whole.
    async fn changed(&mut self, step: Step, page: &Collection<'_>) -> Result<MappedPage, SourceError> {
        let mut mapped = MappedPage::default();
        if step == Step::Groups {
            self.reread_groups(page, &mut mapped).await?;
            return Ok(mapped);
        }
        let mut changed = Vec::new();
        for raw in &page.value {
            match mapped.told(step.kind(), raw) {
                Some(Told::Changed(id)) => changed.push(id),
                Some(Told::Removed(id)) => mapped.gone.push(RecordKey { kind: step.kind(), id }),
                None => {}
            }
        }
        changed.sort_unstable();
        changed.dedup();
        match step {
            Step::Schools => self.reread_schools(&changed, &mut mapped).await?,
            Step::Users => self.reread_users(&changed, false, &mut mapped).await?,
            _ => self.reread_classes(&changed, &mut mapped).await?,
        }
        Ok(mapped)
    }

    /// Refuses to believe that many classes lost every member at once: so it looks when `Member.Read.Hidden` is gone.
    pub(super) fn believe_members(&mut self, classes: usize, members: usize) -> Result<(), SourceError> {
        let doubtful = self.memory.members_seen && !self.config().allow_empty_classes;
        if doubtful && members == 0 && classes >= MANY_CLASSES {
            let why = "many classes and not one member: is Member.Read.Hidden granted? if it is true, set allow_empty_classes";
            return Err(SourceError::new(SourceErrorKind::Refused, "graph_education.members_not_shown", why));
        }
        self.memory.members_seen |= members > 0;
        Ok(())
    }

    /// A step has come to its end.
    pub(super) fn after(&self, mut position: Position, mapped: MappedPage) -> Result<Page, SourceError> {
        let kind = position.step.kind();
        if !position.blurred && !position.complete.contains(&kind) {
            position.complete.push(kind);
        }
        let next = match self.following(position.step) {
            Some(step) => {
                let complete = position.complete;
                Position { complete, ..Position::at(step, position.links) }.next()?
            }
            None => self.end(position)?,
        };
        self.finished(mapped, next)
    }

    fn following(&self, step: Step) -> Option<Step> {
        match step {
            Step::Listing => Some(Step::Schools),
            Step::Schools => Some(Step::Users),
            Step::Users => Some(Step::Classes),
            Step::Classes if self.is_full() => None,
            Step::Classes => Some(match self.config().membership {
                MembershipChanges::GroupDelta => Step::Groups,
                MembershipChanges::Rereading => Step::Rereading,
            }),
            Step::Groups | Step::Rereading => None,
        }
    }

    fn end(&self, position: Position) -> Result<Next, SourceError> {
        self.source.census.keep(None);
        let cursor = paging::written(&position.links)?;
        // Nothing may be concluded from what is missing among changes.
        let complete = if self.is_full() { position.complete } else { Vec::new() };
        Ok(Next::End { cursor: Some(cursor), complete })
    }

    fn finished(&self, mapped: MappedPage, next: Next) -> Result<Page, SourceError> {
        // A full read says what is there; what is not chosen is simply not among it.
        let removed = if self.is_full() { Vec::new() } else { mapped.gone.clone() };
        page(mapped, removed, next)
    }
}

fn for_step(step: Step, error: SourceError) -> SourceError {
    if step == Step::Groups { refused_groups(error) } else { error }
}

fn page(mapped: MappedPage, removed: Vec<RecordKey>, next: Next) -> Result<Page, SourceError> {
    Ok(Page { records: mapped.records, removed, unreadable: mapped.unreadable, next, memory: None })
}
