//! What completed jobs say of lines.

use std::collections::{BTreeMap, BTreeSet};

use outbound::Request;
use rules::window::UnderWay;
use serde_json::{Value, json};

use super::{Sitting, Step, Stop};
use crate::dnp::classify::{ObjectResult, Status, words};
use crate::dnp::client::trouble;
use crate::files::{LineAnswer, TurnedDown};
use crate::ss12000_provider::Resource;

/// How many objects are asked for at once.
const ASKED_FOR: usize = 100;

/// What is to be told of a line as turned down: its place, a code, and Skolverket's codes.
type Refused = (usize, &'static str, String);

impl Sitting<'_> {
    /// Takes what a job says. A line that has been replaced since it was sent is not answered for.
    pub(super) async fn judge(&mut self, job: &UnderWay, said: Vec<ObjectResult>) -> Result<(), Stop> {
        let mut said: BTreeMap<String, ObjectResult> = said.into_iter().map(|it| (it.id.clone(), it)).collect();
        let held = self.waiting.iter().filter(|(_, it)| job.wordings.contains(&it.wording));
        let held: Vec<(usize, Step, Option<ObjectResult>)> =
            held.map(|(place, it)| (*place, it.step, said.remove(it.item.id()))).collect();
        let mut refused: BTreeMap<bool, Vec<(Step, Refused)>> = BTreeMap::new();
        for (place, step, said) in held {
            if let Some(why) = self.take_one(place, step, said) {
                refused.entry(step.is_deletion).or_default().push((step, (place, "dnp.rejected", why)));
            }
        }
        for all in refused.into_values() {
            // All of a job are of one kind.
            let step = all.first().map(|(step, _)| *step);
            if let Some(step) = step {
                self.turn_down(step, all.into_iter().map(|(_, it)| it).collect()).await?;
            }
        }
        Ok(())
    }

    /// Takes what is said of one line. Gives Skolverket's codes, if it is to be told as turned down.
    fn take_one(&mut self, place: usize, step: Step, said: Option<ObjectResult>) -> Option<String> {
        let Some(said) = said else {
            self.put_off += 1;
            return None;
        };
        let is_gone = step.is_deletion && said.status_code == Some(404);
        match said.status {
            Status::Error if !is_gone => {
                let is_believed =
                    (step.resource == Resource::Person && !step.is_deletion) || self.is_second_time(place);
                return is_believed.then(|| said.codes.join(", "));
            }
            Status::Unsettled => self.put_off += 1,
            Status::Warning if step.resource == Resource::Group && !step.is_deletion => {
                self.warned_of(step, &said.codes);
                if self.is_second_time(place) {
                    self.in_part(place, said.codes.join(", "));
                }
            }
            Status::Success | Status::Warning | Status::Error => {
                if said.status == Status::Warning {
                    self.warned_of(step, &said.codes);
                }
                self.handed.answers.insert(place, LineAnswer::Taken);
            }
        }
        None
    }

    /// Whether a line was turned down before, as it is. From now on it was.
    fn is_second_time(&mut self, place: usize) -> bool {
        let wording = self.waiting.get(&place).map(|it| it.wording.clone()).unwrap_or_default();
        !self.turned_down.insert(wording)
    }

    fn warned_of(&mut self, step: Step, codes: &[String]) {
        for code in codes {
            *self.handed.warnings.entry(format!("{} {code}", step.resource.name())).or_insert(0) += 1;
        }
    }

    /// A group that was taken without pupils whom Skolverket does not know.
    fn in_part(&mut self, place: usize, message: String) {
        let Some(it) = self.waiting.get(&place) else { return };
        let (subject, told) = (it.item.subject, it.item.told());
        let answer = TurnedDown { subject, told, is_there: true, code: "dnp.taken_in_part", message };
        self.handed.answers.insert(place, LineAnswer::InPart(answer));
    }

    /// Tells lines as turned down, after asking what of it is there all the same.
    pub(super) async fn turn_down(&mut self, step: Step, refused: Vec<Refused>) -> Result<(), Stop> {
        let there = if step.is_deletion { None } else { Some(self.those_there(step.resource, &refused).await?) };
        for (place, code, message) in refused {
            let Some(it) = self.waiting.get(&place) else { continue };
            let (subject, told, id) = (it.item.subject, it.item.told(), it.item.id().to_owned());
            let is_there = there.as_ref().is_none_or(|there| there.contains(&id));
            if !is_there {
                self.absent.insert((step.resource, id));
            }
            let answer = TurnedDown { subject, told, is_there, code, message };
            self.handed.answers.insert(place, LineAnswer::TurnedDown(answer));
        }
        Ok(())
    }

    /// Which of what was turned down Skolverket has, as it was before.
    async fn those_there(&self, resource: Resource, refused: &[Refused]) -> Result<BTreeSet<String>, Stop> {
        let ids: Vec<&str> =
            refused.iter().filter_map(|(place, _, _)| self.waiting.get(place)).map(|it| it.item.id()).collect();
        let mut there = BTreeSet::new();
        for some in ids.chunks(ASKED_FOR) {
            let body = json!({"ids": some});
            let make = |url| Request::post(url).json(&body).changes_nothing();
            let answer = self.caller.call(&format!("{}/lookup", resource.list()), make).await?;
            let found: Value = match answer.status {
                404 => continue,
                200..=299 => answer.json().map_err(|error| trouble("dnp.unreadable", error.to_string()))?,
                _ => return Err(trouble("dnp.unexpected", words(&answer))),
            };
            let found = found.as_array().or_else(|| found["data"].as_array()).map(Vec::as_slice).unwrap_or_default();
            there.extend(found.iter().filter_map(|it| it["id"].as_str()).map(str::to_lowercase));
        }
        Ok(there)
    }
}
