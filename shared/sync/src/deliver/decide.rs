//! Deciding what to do about a subject, from what is stored now.

use std::time::Duration;

use jiff::Timestamp;
use roster::SubjectKind;
use rules::delivery::{Delivery, STILL_REFERRED_TO, Standing};
use rules::merge::merge;
use rules::plan::{Plan, diff};
use rules::project::{Frame, Projection, next_turn, project};
use rules::view::View;
use state::Subject;

use super::Delivering;
use crate::error::SyncError;

/// Why a subject is not wanted that no source has any more. What a source removed has been judged where it was read.
pub(super) const REMOVED: &str = "rules.removed";

/// Why a person is not wanted whose personal data are protected.
pub(super) const PROTECTED: &str = "rules.protected";

/// How long the removal of a subject waits for those that refer to it: until they are dead letters, at the latest.
const PATIENCE: Duration = rules::backoff::GIVE_UP_AFTER;

/// The same for a person with protected personal data, who is to be gone whatever refers to them.
const PATIENCE_WITH_PROTECTED: Duration = Duration::from_secs(300);

/// How often they are waited for at least, however late the removal is looked at: they must have been asked.
const ASKED: u32 = 3;

/// How often the removal of a school waits for its people and groups.
const SCHOOL_WAITS: u32 = 8;

/// What is to be done.
pub(super) enum Decision {
    /// Nothing: the target is as it should be.
    Settled(Standing, Option<Timestamp>),
    /// Not yet: something it refers to, or something that refers to it, is on its way.
    Wait(&'static str),
    /// The target's contract cannot carry it.
    Refused(&'static str, String),
    /// Those that refer to it are to let go of it: that they may have been asked has to be noted first.
    Ask,
    /// The target should not have it any more, for this reason: the guard has to judge that first.
    Judge(String),
    /// These operations.
    Work(Work),
}

/// What is to be carried out, and what is decided with it.
pub(super) struct Work {
    pub(super) plan: Plan,
    pub(super) standing: Standing,
    pub(super) next_turn: Option<Timestamp>,
    /// Whether deletions are left for later, since something at the target may refer to what they delete.
    pub(super) is_part: bool,
}

impl Delivering<'_> {
    pub(super) async fn decide(&self, subject: &Subject, delivery: &Delivery) -> Result<Decision, SyncError> {
        let now = self.hub.now();
        let frame = Frame::at(now, &self.target.policy);
        let Some(merged) = merge(&subject.facts, &self.tenant.precedence) else {
            return self.without(subject, delivery, REMOVED, None).await;
        };
        let turn = next_turn(&merged, now);
        let around = self.surroundings(subject.key, &merged, &frame).await?;
        match project(&merged, &around, &frame) {
            Projection::Wait(code) => Ok(Decision::Wait(code)),
            Projection::Unwanted(code) => self.without(subject, delivery, code, turn).await,
            Projection::Refused(code) => Ok(Decision::Settled(Standing::Refused(code.to_owned()), turn)),
            Projection::Wanted(view) => self.with(subject, delivery, *view, turn).await,
        }
    }

    async fn with(
        &self,
        subject: &Subject,
        delivery: &Delivery,
        mut view: View,
        turn: Option<Timestamp>,
    ) -> Result<Decision, SyncError> {
        if let View::Person(person) = &mut view {
            let reference = self.target.target.reference_of(&subject.key);
            person.at_target = delivery.object(&reference).and_then(|it| it.remote.clone());
        }
        let wanted = match self.target.target.map(&view) {
            Ok(wanted) => wanted,
            Err(refusal) => return Ok(Decision::Refused(refusal.code, refusal.reason)),
        };
        let plan = diff(wanted, &delivery.objects);
        self.unless_referred_to(subject, delivery, plan, Standing::Present, turn).await
    }

    async fn without(
        &self,
        subject: &Subject,
        delivery: &Delivery,
        code: &str,
        turn: Option<Timestamp>,
    ) -> Result<Decision, SyncError> {
        if self.must_be_judged(subject, delivery, code) {
            return Ok(Decision::Judge(code.to_owned()));
        }
        let standing = Standing::Unwanted(code.to_owned());
        self.unless_referred_to(subject, delivery, diff(Vec::new(), &delivery.objects), standing, turn).await
    }

    /// What is referred to goes after those that refer to it have let go – but not never, schools apart.
    async fn unless_referred_to(
        &self,
        subject: &Subject,
        delivery: &Delivery,
        plan: Plan,
        standing: Standing,
        turn: Option<Timestamp>,
    ) -> Result<Decision, SyncError> {
        if plan.is_empty() {
            return Ok(Decision::Settled(standing, turn));
        }
        let removes = plan.deletions().next().is_some();
        let protected = matches!(&standing, Standing::Unwanted(code) if code == PROTECTED);
        let patience = if protected { PATIENCE_WITH_PROTECTED } else { PATIENCE };
        let waited = delivery.known_for(self.hub.now());
        let is_waited_for = !delivery.has_asked() || delivery.waits < ASKED || waited < patience;
        if removes && (is_waited_for || subject.key.kind == SubjectKind::Organisation) {
            let first = plan.clone().without_deletions();
            if subject.key.kind != SubjectKind::Activity && !first.is_empty() {
                // What takes the place of something has to be there before anybody is asked to let go of that.
                return Ok(Decision::Work(Work { plan: first, standing, next_turn: turn, is_part: true }));
            }
            let referred_to = match subject.key.kind {
                SubjectKind::Person | SubjectKind::Group if delivery.has_asked() => {
                    self.is_referred_to(subject).await?
                }
                SubjectKind::Person | SubjectKind::Group if !delivery.may_have_asked => return Ok(Decision::Ask),
                SubjectKind::Person | SubjectKind::Group => self.ask_to_let_go(subject).await?,
                // A school is removed only after a person has approved; its people and groups go first, and as long as
                // some of them are kept, so is the school.
                SubjectKind::Organisation => delivery.waits < SCHOOL_WAITS || self.is_any_organisation_kept().await?,
                SubjectKind::Activity => false,
            };
            if referred_to {
                return Ok(Decision::Wait(STILL_REFERRED_TO));
            }
        }
        Ok(Decision::Work(Work { plan, standing, next_turn: turn, is_part: false }))
    }
}
