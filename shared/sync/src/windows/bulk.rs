//! Handing lines over to a target that answers for each of them.
//!
//! A line is let go of when the target has it; or when it does not take it, after that has been noted where operators look
//! for it: cut short between, it is handed over and turned down again. What is without an answer waits.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rules::breaker::{Bucket, next_token};
use rules::delivery::{Lane, Trouble, later};
use state::Subject;
use targets::files::{Bulk, Handed, HandingTrouble, LineAnswer, SharedLimit, TurnedDown, Turnstile};

use super::{Writer, Written};
use crate::error::SyncError;
use crate::events;
use crate::hub::Hub;
use crate::messages::Job;

/// When what a target has taken in part is sent again. Twice it has been by then, one window after the other.
const SENT_AGAIN_AFTER: Duration = Duration::from_secs(6 * 3_600);

/// When a call is asked for again that could not be asked for.
const TABLE_AWAY: Duration = Duration::from_secs(1);

impl Writer<'_> {
    /// Hands over what waits, as far as it comes within a minute.
    pub(super) async fn hand_over(&self, bulk: &dyn Bulk) -> Result<Written, SyncError> {
        let (length, now) = (self.files.window(), self.hub.now());
        let mut is_ours = false;
        let window = self.change(|window| is_ours = window.begin(&self.holder, length, now).is_some()).await?;
        if !is_ours {
            return Ok(Written::Nothing);
        }
        // All of them: what refers to others goes after those, whoever's they are.
        let waiting = self.hub.store.waiting_lines(self.tenant, self.target, usize::MAX).await?.lines;
        if waiting.is_empty() {
            self.change(|window| window.remember(&self.holder, Default::default(), true)).await?;
            self.done(false).await?;
            return Ok(Written::Nothing);
        }
        let lines: Vec<_> = waiting.iter().map(|it| it.line.clone()).collect();
        let turnstile = Gate { hub: self.hub, limit: bulk.limit() };
        let mut handed = bulk.hand_over(&lines, window.handed_over, &turnstile).await;
        let mut answered = Vec::new();
        for (place, line) in waiting.into_iter().enumerate() {
            let is_settled = match handed.answers.remove(&place) {
                None => false,
                Some(LineAnswer::Taken) => true,
                Some(LineAnswer::TurnedDown(it)) => self.turn_down(it).await?,
                Some(LineAnswer::InPart(it)) => self.send_again(it).await?,
            };
            answered.extend(is_settled.then_some(line));
        }
        let count = answered.len();
        self.hub.store.let_go(answered).await?;
        self.end(handed, count, count < lines.len()).await
    }

    async fn end(&self, handed: Handed, count: usize, more: bool) -> Result<Written, SyncError> {
        events::lines_warned_of(self.tenant, self.target, &handed.warnings);
        let Handed { remembered, trouble, .. } = handed;
        self.change(|window| window.remember(&self.holder, remembered.clone(), count > 0)).await?;
        if let Some(trouble) = trouble {
            return self.in_trouble(trouble).await;
        }
        if let Some(since) = self.done(more).await? {
            let waited = self.hub.now().duration_since(since).unsigned_abs();
            events::files_written(self.tenant, self.target, count, waited);
        }
        Ok(if more { Written::Later } else { Written::Done })
    }

    async fn in_trouble(&self, HandingTrouble { code, detail }: HandingTrouble) -> Result<Written, SyncError> {
        let (jitter, at) = (self.hub.chance.share(), self.hub.now());
        let trouble = Trouble { code: code.to_owned(), message: detail.clone(), at };
        let window = self.change(|window| window.failed(&self.holder, trouble.clone(), jitter)).await?;
        events::handing_over_failed(self.tenant, self.target, code, &detail, window.failures);
        Ok(Written::Later)
    }

    /// Notes that a target does not take something. Gives whether that is settled.
    async fn turn_down(&self, it: TurnedDown) -> Result<bool, SyncError> {
        let (key, code) = (it.subject, it.code);
        let (settled, is_dead) = self
            .note(it, |delivery, it, now| {
                let trouble = Trouble { code: it.code.to_owned(), message: it.message.clone(), at: now };
                delivery.turn_down(&it.told, it.is_there, trouble, now)
            })
            .await?;
        if settled && is_dead {
            events::died(&*self.hub.observer, self.tenant, self.target, key, code);
        }
        Ok(settled)
    }

    async fn send_again(&self, it: TurnedDown) -> Result<bool, SyncError> {
        let noted = self.note(it, |delivery, it, now| {
            let trouble = Trouble { code: it.code.to_owned(), message: it.message.clone(), at: now };
            delivery.send_again(&it.told, later(now, SENT_AGAIN_AFTER), trouble, now)
        });
        Ok(noted.await?.0)
    }

    /// Changes the subject's delivery, and wakes a worker for what follows from that. Gives whether it is settled, and
    /// whether it became a dead letter.
    async fn note(
        &self,
        it: TurnedDown,
        decide: impl Fn(&mut rules::delivery::Delivery, &TurnedDown, Timestamp) -> bool,
    ) -> Result<(bool, bool), SyncError> {
        let now = self.hub.now();
        let change = |subject: &mut Subject| {
            let delivery = subject.deliveries.entry(self.target.to_owned()).or_default();
            let was_dead = delivery.dead;
            let settled = decide(delivery, &it, now);
            (settled, delivery.dead && !was_dead, delivery.untold.is_some())
        };
        let (_, (settled, is_dead, is_untold)) = self.hub.store.change(self.tenant, it.subject, change).await?;
        if is_untold {
            let job = Job::new(self.tenant.to_owned(), self.target.to_owned(), it.subject);
            self.hub.send_jobs(vec![(job, Lane::Fresh)]).await?;
        }
        Ok((settled, is_dead))
    }
}

/// Calls of all tenants, counted in the table.
#[derive(Debug)]
struct Gate<'h> {
    hub: &'h Hub,
    limit: SharedLimit,
}

#[async_trait]
impl Turnstile for Gate<'_> {
    async fn pass(&self) -> Option<Duration> {
        let (rate, now) = (self.limit.rate, self.hub.now());
        let next = std::sync::Mutex::new(now);
        let take = |bucket: &mut Option<Bucket>| {
            let (left, taken) = bucket.unwrap_or_else(|| Bucket::full(&rate, now)).take(&rate, now, 1, Lane::Fresh);
            if taken > 0 {
                *bucket = Some(left);
            }
            let at = next_token(&rate, left.tokens, now, Lane::Fresh);
            *next.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
            taken
        };
        match self.hub.store.take_shared_tokens(&self.limit.name, take).await {
            Ok(1..) => None,
            Ok(0) => {
                let next = next.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
                Some(next.duration_since(now).unsigned_abs().max(Duration::from_millis(10)))
            }
            Err(_) => Some(TABLE_AWAY),
        }
    }
}
