//! Which pairs are read, in which order: the last one with everything, and what changed after it.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use super::UnikumConfig;
use crate::file_drop::chain::{Chain, Link};
use crate::file_drop::choice::{NotNow, Rules, age, marked, settled};
use crate::file_drop::place::DroppedFile;
use crate::file_drop::problem::shown;

/// Files of one name without ending.
#[derive(Default)]
struct Half {
    principals: Option<DroppedFile>,
    relations: Option<DroppedFile>,
}

/// The pairs that are read now: of each link the first file has the objects, the second their relations.
pub(in crate::file_drop) fn choose(
    usable: &[DroppedFile],
    config: &UnikumConfig,
    rules: &Rules,
    now: Timestamp,
) -> Result<Chain, NotNow> {
    let halves = halves(usable);
    let Some(total) = halves.keys().rfind(|(_, stem)| config.total.fits(stem)) else {
        let detail = "no pair that holds everything is there";
        return Err(NotNow::wait("file_drop.nothing_there", detail, rules.settle));
    };
    let chain = Chain::of(halves.range(total..).map(|(key, half)| pair(key, half, usable, rules, now)))?;
    let stamps = halves.range(total..).map(|((stamp, _), _)| *stamp).take(chain.links.len());
    has_no_gap(stamps, config)?;
    Ok(chain)
}

fn has_no_gap(stamps: impl Iterator<Item = DateTime> + Clone, config: &UnikumConfig) -> Result<(), NotNow> {
    let most = SignedDuration::from_hours(i64::from(config.most_hours_between));
    for (earlier, later) in stamps.clone().zip(stamps.skip(1)) {
        let apart = later.duration_since(earlier);
        if apart.is_zero() || (most.is_positive() && apart > most) {
            let detail = "between two pairs there is more time than agreed, or none; a pair may be missing";
            return Err(NotNow::wrong("file_drop.sequence_broken", detail));
        }
    }
    Ok(())
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
    (_, stem): &(DateTime, String),
    half: &Half,
    usable: &[DroppedFile],
    rules: &Rules,
    now: Timestamp,
) -> Result<Link, NotNow> {
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
    Ok(Link { name: stem.clone(), files: vec![principals, relations] })
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
