//! Which pairs are read, in which order: the last one with everything, and what changed after it.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::UnikumConfig;
use crate::file_drop::choice::{NotNow, Rules, age, generation, marked, settled};
use crate::file_drop::place::DroppedFile;
use crate::file_drop::problem::{FileProblem, shown};

/// The most pairs of changes after one with everything.
const LONGEST: usize = 1_000;

/// Objects and their relations, written together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::file_drop) struct Pair {
    pub(in crate::file_drop) principals: DroppedFile,
    pub(in crate::file_drop) relations: DroppedFile,
    /// The name without ending.
    stem: String,
    stamp: DateTime,
}

/// A pair with everything, and those with what changed after it, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::file_drop) struct Chain {
    pub(in crate::file_drop) pairs: Vec<Pair>,
}

/// The pairs that have been read. Kept by the hub: a pair that was taken away since would be skipped unnoticed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::file_drop) struct Memory {
    total: String,
    changes: Vec<String>,
}

/// Files of one name without ending.
#[derive(Default)]
struct Half {
    principals: Option<DroppedFile>,
    relations: Option<DroppedFile>,
}

impl Chain {
    pub(in crate::file_drop) fn choose(
        usable: &[DroppedFile],
        config: &UnikumConfig,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Self, NotNow> {
        let halves = halves(usable);
        let is_total = |stem: &str| config.total.fits(stem);
        let total = halves.keys().rfind(|(_, stem)| is_total(stem));
        let Some(total) = total else {
            return Err(NotNow::wait(
                "file_drop.nothing_there",
                "no pair that holds everything is there",
                rules.settle,
            ));
        };
        let mut pairs = Vec::new();
        for (key, half) in halves.range(total..) {
            if pairs.len() > LONGEST {
                let detail = format!("more than {LONGEST} pairs of changes; deliver everything anew");
                return Err(NotNow { code: "file_drop.sequence_broken", detail, wait: None });
            }
            match pair(key, half, usable, rules, now) {
                Ok(pair) => pairs.push(pair),
                // What comes later must not be read before it.
                Err(not_now) if not_now.wait.is_some() && !pairs.is_empty() => break,
                Err(not_now) => return Err(not_now),
            }
        }
        let chain = Self { pairs };
        chain.has_no_gap(config)?;
        Ok(chain)
    }

    fn has_no_gap(&self, config: &UnikumConfig) -> Result<(), NotNow> {
        let most = SignedDuration::from_hours(i64::from(config.most_hours_between));
        let stamps = self.pairs.iter().map(|pair| pair.stamp);
        for (earlier, later) in stamps.clone().zip(stamps.skip(1)) {
            let apart = later.duration_since(earlier);
            if apart.is_zero() || (most.is_positive() && apart > most) {
                let detail =
                    "between two pairs there is more time than agreed, or none; a pair may be missing".to_owned();
                return Err(NotNow { code: "file_drop.sequence_broken", detail, wait: None });
            }
        }
        Ok(())
    }

    /// The files in the order in which they are read.
    pub(in crate::file_drop) fn files(&self) -> impl Iterator<Item = &DroppedFile> {
        self.pairs.iter().flat_map(|pair| [&pair.principals, &pair.relations])
    }

    /// What is the same as long as the first so many pairs are.
    pub(in crate::file_drop) fn generation(&self, pairs: usize, understanding: &str) -> String {
        generation(self.files().take(pairs.saturating_mul(2)), understanding)
    }

    /// What is to be remembered once the chain has been read.
    pub(in crate::file_drop) fn memory(&self) -> Memory {
        let total = generation(self.files().take(2), "");
        Memory { total, changes: self.pairs.iter().skip(1).map(|pair| pair.stem.clone()).collect() }
    }

    /// Every pair that was read since the same pair with everything is still there.
    pub(in crate::file_drop) fn follows(&self, memory: &Memory) -> Result<(), FileProblem> {
        let now = self.memory();
        if now.total != memory.total || now.changes.starts_with(&memory.changes) {
            return Ok(());
        }
        let detail = "a pair of changes that was read is not there any more, or one came late; deliver everything anew";
        Err(FileProblem::new("file_drop.sequence_broken", detail))
    }
}

/// By time and name. Files without a time in their names are not Unikum's.
fn halves(usable: &[DroppedFile]) -> BTreeMap<(DateTime, String), Half> {
    let mut halves: BTreeMap<(DateTime, String), Half> = BTreeMap::new();
    for file in usable {
        let Some(Part { stamp, stem, is_relations }) = Part::of(&file.name) else { continue };
        let half = halves.entry((stamp, stem)).or_default();
        let slot = if is_relations { &mut half.relations } else { &mut half.principals };
        *slot = Some(file.clone());
    }
    halves
}

/// What the name of one of a pair's files says.
struct Part {
    stamp: DateTime,
    stem: String,
    is_relations: bool,
}

impl Part {
    fn of(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let (stem, ending) = name.rsplit_once('.')?;
        let is_relations = match ending {
            "principals" => false,
            "relations" => true,
            _ => return None,
        };
        Some(Self { stamp: stamp(stem)?, stem: stem.to_owned(), is_relations })
    }
}

/// Whether a file of this name is one of a pair.
pub(in crate::file_drop) fn is_of_a_pair(name: &str) -> bool {
    Part::of(name).is_some()
}

/// `Kommun_YYYYMMDD_HHMM`, with more behind it where somebody wrote more.
fn stamp(stem: &str) -> Option<DateTime> {
    let parts: Vec<&str> = stem.split('_').collect();
    parts.windows(2).find_map(|pair| {
        let [date, time] = pair else { return None };
        let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        let time = time.get(..4).unwrap_or(time);
        if !digits(date, 8) || !digits(time, 4) {
            return None;
        }
        jiff::fmt::strtime::parse("%Y%m%d%H%M", format!("{date}{time}")).ok()?.to_datetime().ok()
    })
}

fn pair(
    (stamp, stem): &(DateTime, String),
    half: &Half,
    usable: &[DroppedFile],
    rules: &Rules,
    now: Timestamp,
) -> Result<Pair, NotNow> {
    let there: Vec<&DroppedFile> = [&half.principals, &half.relations].into_iter().flatten().collect();
    settled(&there, rules, now)?;
    let newest = there.iter().map(|file| file.modified).max().unwrap_or(now);
    let late = age(newest, now) > rules.set_window;
    let wait = (!late).then(|| u64::try_from(rules.settle).unwrap_or(1));
    let (Some(principals), Some(relations)) = (half.principals.clone(), half.relations.clone()) else {
        let missing = if half.principals.is_none() { "principals" } else { "relations" };
        let detail = format!("there is no {}.{missing}", shown(stem));
        return Err(NotNow { code: "file_drop.set_incomplete", detail, wait });
    };
    if age(principals.modified, relations.modified).abs() > rules.set_window {
        let detail = format!("the two files {} are of different deliveries", shown(stem));
        return Err(NotNow { code: "file_drop.set_mixed", detail, wait });
    }
    marked(usable, &there, rules)?;
    Ok(Pair { principals, relations, stem: stem.clone(), stamp: *stamp })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_pair_stands_in_its_name() {
        let at = jiff::civil::date(2026, 11, 22).at(2, 30, 0, 0);

        let read =
            ["provby_20261122_0230", "prov_by_20261122_0230_total", "20261122_0230", "a_20261122_023000"].map(stamp);

        assert_eq!(read, [Some(at); 4]);
        assert_eq!(["provby", "provby_20261122", "provby_20261322_0230", "a_2026112_02300"].map(stamp), [None; 4]);
    }
}
