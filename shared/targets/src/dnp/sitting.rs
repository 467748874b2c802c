//! A sitting: as much of what waits is handed over as comes within its time.
//!
//! First whatever is under way from before; then what there is, kind by kind as they refer to each other, and what is gone
//! in the reverse order. Nothing of a step is sent before all jobs of the step before it are completed. What refers to
//! something that was not taken waits; what was turned down while it refers to others – or is referred to – is tried once
//! more before that is believed, since those may have been on their way.

mod judging;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use outbound::Request;
use rules::delivery::later;
use rules::window::{HandedOver, Line, UnderWay};
use tokio::time::Instant;

use super::bodies::{Batch, MOST_BYTES, batches, body};
use super::classify::{ObjectResult, job, results, words};
use super::client::{Caller, Client, Stop, trouble};
use super::items::{Item, ORDER};
use crate::files::{Handed, HandingTrouble, LineAnswer, TurnedDown, Turnstile};
use crate::ss12000_provider::Resource;

/// For how long calls are begun: with the last of them, and what the hub notes afterwards, less than a minute.
const TIME: Duration = Duration::from_secs(35);

/// Jobs that are under way at once.
const AT_ONCE: usize = 4;

/// How long a job is asked about.
const LONGEST_JOB: Duration = Duration::from_secs(30 * 60);

/// The pauses between asking whether a job is completed: most of the calls that may be made are left to what is sent.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What is sent in a job: what there is of a kind, or what is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    resource: Resource,
    is_deletion: bool,
}

impl Step {
    fn all() -> impl Iterator<Item = Self> {
        let put = ORDER.into_iter().map(|resource| Self { resource, is_deletion: false });
        put.chain(ORDER.into_iter().rev().map(|resource| Self { resource, is_deletion: true }))
    }
}

/// A line that waits.
struct Waiting {
    item: Item,
    wording: String,
    step: Step,
}

pub(super) struct Sitting<'s> {
    caller: Caller<'s>,
    /// By the line's place.
    waiting: BTreeMap<usize, Waiting>,
    /// By kind and identity.
    places: BTreeMap<(Resource, String), usize>,
    /// Jobs whose completion has not been seen.
    under_way: VecDeque<(UnderWay, Instant)>,
    turned_down: BTreeSet<String>,
    /// What was turned down and is not there at all.
    absent: BTreeSet<(Resource, String)>,
    /// How many objects have been put off.
    put_off: usize,
    handed: Handed,
}

impl<'s> Sitting<'s> {
    pub(super) fn of(client: &'s Client, turnstile: &'s dyn Turnstile, lines: &[Line], before: HandedOver) -> Self {
        let (now, mut waiting, mut handed) = (Instant::now(), BTreeMap::new(), Handed::default());
        for (place, line) in lines.iter().enumerate() {
            let item = Item::of(line);
            let Some((item, resource)) = item.and_then(|it| it.resource().map(|resource| (it, resource))) else {
                let detail = "a line that no version known here has kept".to_owned();
                handed.trouble = Some(HandingTrouble { code: "dnp.line_unreadable", detail });
                continue;
            };
            let step = Step { resource, is_deletion: item.object().is_none() };
            waiting.insert(place, Waiting { item, wording: line.wording(), step });
        }
        let by_id = |(place, it): (&usize, &Waiting)| ((it.step.resource, it.item.id().to_owned()), *place);
        let places = waiting.iter().map(by_id).collect();
        Self {
            caller: Caller { client, turnstile, until: now + TIME },
            waiting,
            places,
            // Those from before are asked about at once.
            under_way: before.under_way.into_iter().map(|it| (it, now - FIRST_PAUSE)).collect(),
            turned_down: before.turned_down,
            absent: BTreeSet::new(),
            put_off: 0,
            handed,
        }
    }

    pub(super) async fn hold(mut self) -> Handed {
        if let Err(Stop::Trouble(trouble)) = self.go_through().await {
            self.handed.trouble = Some(trouble);
        }
        if self.put_off > 0 && self.handed.trouble.is_none() {
            let detail = format!("{} objects", self.put_off);
            self.handed.trouble = Some(HandingTrouble { code: "dnp.put_off", detail });
        }
        let left = self.waiting.iter().filter(|(place, _)| !self.handed.answers.contains_key(place));
        let left: BTreeSet<&str> = left.map(|(_, it)| it.wording.as_str()).collect();
        let turned_down = self.turned_down.into_iter().filter(|it| left.contains(it.as_str())).collect();
        let under_way = self.under_way.into_iter().map(|(job, _)| job).collect();
        self.handed.remembered = HandedOver { under_way, turned_down };
        self.handed
    }

    async fn go_through(&mut self) -> Result<(), Stop> {
        self.forget_old_jobs();
        while !self.under_way.is_empty() {
            self.finish_oldest().await?;
        }
        for step in Step::all() {
            self.take(step).await?;
        }
        Ok(())
    }

    /// A job that is not completed for so long never will be.
    fn forget_old_jobs(&mut self) {
        let now = self.caller.client.clock.now();
        let count = self.under_way.len();
        self.under_way.retain(|(job, _)| later(job.since, LONGEST_JOB) > now);
        if self.under_way.len() < count {
            let detail = "half an hour after it was accepted; what it held is sent again".to_owned();
            self.handed.trouble = Some(HandingTrouble { code: "dnp.job_not_completed", detail });
        }
    }

    /// Sends what is ready of a step, and sees all of it answered for.
    async fn take(&mut self, step: Step) -> Result<(), Stop> {
        let objects: Vec<(usize, String)> =
            self.ready(step).into_iter().filter_map(|place| Some((place, self.sent(place)?))).collect();
        let (batches, too_large) = batches(&objects, MOST_BYTES);
        let objects: BTreeMap<usize, String> = objects.into_iter().collect();
        let mut refused: Vec<(usize, &'static str, String)> =
            too_large.into_iter().map(|place| (place, "dnp.too_large", String::new())).collect();
        let mut batches: VecDeque<Batch> = batches.into();
        while !batches.is_empty() || !self.under_way.is_empty() {
            if self.under_way.len() >= AT_ONCE || batches.is_empty() {
                self.finish_oldest().await?;
                continue;
            }
            let Some(batch) = batches.pop_front() else { break };
            if let Some(why) = self.send(step, &batch, &objects).await? {
                match halves(&batch) {
                    Some(halves) => halves.into_iter().rev().for_each(|it| batches.push_front(it)),
                    None => refused.extend(batch.places.into_iter().map(|place| (place, why.0, why.1.clone()))),
                }
            }
        }
        self.turn_down(step, refused).await
    }

    fn sent(&self, place: usize) -> Option<String> {
        let it = self.waiting.get(&place)?;
        Some(it.item.object().map_or_else(|| format!("\"{}\"", it.item.id()), ToString::to_string))
    }

    /// Sends a job. Gives why it is not taken as a whole, if so.
    async fn send(
        &mut self,
        step: Step,
        batch: &Batch,
        objects: &BTreeMap<usize, String>,
    ) -> Result<Option<(&'static str, String)>, Stop> {
        let body = body(batch.places.iter().filter_map(|place| objects.get(place)).map(String::as_str));
        let list = step.resource.list();
        let path = if step.is_deletion { format!("{list}/bulk/delete") } else { format!("{list}/bulk") };
        let make = |url| {
            let request = Request::post(url).bytes("application/json", body.clone());
            if step.is_deletion { request } else { request.query("updateIfExists", "true") }
        };
        let answer = self.caller.call(&path, make).await?;
        match answer.status {
            413 => return Ok(Some(("dnp.too_large", words(&answer)))),
            400 | 422 => return Ok(Some(("dnp.rejected", words(&answer)))),
            200..=299 => {}
            _ => return Err(trouble("dnp.unexpected", words(&answer))),
        }
        let job = job(&answer).ok_or_else(|| trouble("dnp.unreadable", "no job in what was accepted"))?;
        let wordings = batch.places.iter().filter_map(|place| self.waiting.get(place)).map(|it| it.wording.clone());
        let since = self.caller.client.clock.now();
        let path = format!("{list}/bulk/jobs/{job}");
        self.under_way.push_back((UnderWay { path, since, wordings: wordings.collect() }, Instant::now()));
        Ok(None)
    }

    /// Waits until the oldest job is completed, and takes what it says.
    async fn finish_oldest(&mut self) -> Result<(), Stop> {
        let Some((job, sent_at)) = self.under_way.front().cloned() else { return Ok(()) };
        let said = self.said_of(&job, sent_at).await?;
        self.under_way.pop_front();
        // What a job that nobody knows any more held is sent again.
        match said {
            Some(said) => self.judge(&job, said).await,
            None => Ok(()),
        }
    }

    /// What a job says when it is completed. `None`: it is not known.
    async fn said_of(&self, job: &UnderWay, sent_at: Instant) -> Result<Option<Vec<ObjectResult>>, Stop> {
        let mut pause = FIRST_PAUSE.saturating_sub(sent_at.elapsed());
        loop {
            self.caller.rest(pause).await?;
            let answer = self.caller.call(&format!("{}/isCompleted", job.path), Request::get).await?;
            match (answer.status, answer.json::<bool>()) {
                (404, _) => return Ok(None),
                (200..=299, Ok(true)) => break,
                (200..=299, Ok(false)) => pause = (pause.max(FIRST_PAUSE) * 3 / 2).min(LONGEST_PAUSE),
                _ => return Err(trouble("dnp.unreadable", words(&answer))),
            }
        }
        let answer = self.caller.call(&job.path, Request::get).await?;
        match answer.status {
            404 => Ok(None),
            200..=299 => results(&answer).map(Some).map_err(|error| trouble("dnp.unreadable", error.to_string())),
            _ => Err(trouble("dnp.unexpected", words(&answer))),
        }
    }

    /// The lines of a step that can be sent now.
    fn ready(&mut self, step: Step) -> Vec<usize> {
        let of_step = self.waiting.iter().filter(|(place, it)| it.step == step && self.is_unanswered(**place));
        let mut ready = Vec::new();
        let mut orphans = Vec::new();
        for (place, it) in of_step {
            let needed = it.item.refers_to();
            let is_any_absent =
                needed.iter().any(|(resource, id)| self.absent.contains(&(*resource, (*id).to_owned())));
            if is_any_absent && step.resource == Resource::Duty {
                orphans.push((*place, it.item.subject, it.item.told()));
            } else if !is_any_absent && !needed.into_iter().any(|it| self.is_left(it)) {
                ready.push(*place);
            }
        }
        for (place, subject, told) in orphans {
            let message = String::new();
            let answer = TurnedDown { subject, told, is_there: false, code: "dnp.person_rejected", message };
            self.handed.answers.insert(place, LineAnswer::TurnedDown(answer));
        }
        ready
    }

    fn is_unanswered(&self, place: usize) -> bool {
        !self.handed.answers.contains_key(&place)
    }

    /// Whether something is to be there, and has not been taken.
    fn is_left(&self, (resource, id): (Resource, &str)) -> bool {
        let place = self.places.get(&(resource, id.to_owned()));
        let waits = |place: &usize| self.waiting.get(place).is_some_and(|it| !it.step.is_deletion);
        place.is_some_and(|place| waits(place) && self.is_unanswered(*place))
    }
}

/// Both halves of what was not taken as a whole, if there are two.
fn halves(batch: &Batch) -> Option<[Batch; 2]> {
    let (first, second) = batch.places.split_at(batch.places.len() / 2);
    let half = |places: &[usize]| Batch { places: places.to_vec(), ..Batch::default() };
    (!first.is_empty()).then(|| [half(first), half(second)])
}
