//! The truth of the simulated municipality: what really is so in its schools, whoever asks.

mod changes;
mod civic_number;
mod generate;
mod names;
mod parts;
mod people;
mod record;
mod school;
mod words;

pub use changes::{Change, Touched};
pub use civic_number::{CivicNumbers, is_valid as is_valid_civic_number, luhn_digit};
pub use names::transliterated;
pub use record::{
    Activity, ActivityTeacher, Assignment, Dialect, Duty, Email, Enrolment, Group, Marking, Membership, Organisation,
    OrganisationKind, Period, Person, PersonStatus, Resource, Stamp, TeacherReference, Tombstone,
};
pub use words::Words;

use crate::time::Time;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use rand::{RngCore, SeedableRng, rngs::StdRng};
use std::collections::BTreeMap;
use uuid::{Builder, Uuid};

static STOCKHOLM: TimeZone = jiff::tz::get!("Europe/Stockholm");

/// A seeded municipality: its organisations, people, groups, duties and activities.
///
/// All people are invented. The same seed, size and date give the same content.
pub struct Municipality {
    /// The date the content was made around; future and ended records are relative to it.
    pub today: Date,
    /// Huvudman, schools (Skola) and school units (Skolenhet).
    pub organisations: BTreeMap<Uuid, Organisation>,
    /// Pupils, staff and guardians.
    pub persons: BTreeMap<Uuid, Person>,
    /// Classes, mentor groups, teaching groups and others.
    pub groups: BTreeMap<Uuid, Group>,
    /// Employments as SS 12000 has them.
    pub duties: BTreeMap<Uuid, Duty>,
    /// Who teaches which groups.
    pub activities: BTreeMap<Uuid, Activity>,
    /// What the register has removed and when.
    pub tombstones: Vec<Tombstone>,
    pub(crate) rng: StdRng,
    pub(crate) civic_numbers: CivicNumbers,
    pub(crate) addresses: BTreeMap<String, u32>,
    pub(crate) time: Time,
    last_stamp: Timestamp,
}

impl Municipality {
    /// Makes a municipality of about `pupils` pupils as it stands on `today`.
    pub fn generate(seed: u64, pupils: usize, today: Date) -> Self {
        let mut municipality = Self::empty(seed, today);
        generate::fill(&mut municipality, pupils);
        municipality
    }

    /// Makes a hamlet: one school with one class of `pupils` pupils and a handful of staff.
    pub fn hamlet(seed: u64, pupils: usize, today: Date) -> Self {
        let mut municipality = Self::empty(seed, today);
        generate::fill_hamlet(&mut municipality, seed, pupils);
        municipality
    }

    fn empty(seed: u64, today: Date) -> Self {
        let yesterday = today.saturating_sub(1.day());
        let stamp = yesterday
            .at(3, 0, 0, 0)
            .to_zoned(STOCKHOLM.clone())
            .map_or_else(|_| Timestamp::now(), |zoned| zoned.timestamp());
        Self {
            today,
            organisations: BTreeMap::new(),
            persons: BTreeMap::new(),
            groups: BTreeMap::new(),
            duties: BTreeMap::new(),
            activities: BTreeMap::new(),
            tombstones: Vec::new(),
            rng: StdRng::seed_from_u64(seed),
            civic_numbers: CivicNumbers::default(),
            addresses: BTreeMap::new(),
            time: Time::real(),
            last_stamp: stamp,
        }
    }

    /// A new random (version 4) identity from the seed.
    pub(crate) fn new_id(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    pub(crate) fn initial_stamp(&self) -> Stamp {
        Stamp { created: self.last_stamp, modified: self.last_stamp }
    }

    /// The moment of a change: now, but always later than the change before it.
    pub(crate) fn tick(&mut self) -> Timestamp {
        let earliest = self.last_stamp + 1.microsecond();
        let now = self.time.now();
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        self.last_stamp = now.max(earliest);
        self.last_stamp
    }

    /// The school units (Skolenhet) right below a school, lowest school unit code first.
    pub fn units_of(&self, school: Uuid) -> Vec<&Organisation> {
        let mut units: Vec<_> = self
            .organisations
            .values()
            .filter(|o| o.parent == Some(school) && o.kind == OrganisationKind::SchoolUnit)
            .collect();
        units.sort_by(|a, b| a.school_unit_code.cmp(&b.school_unit_code));
        units
    }

    /// The people with at least one enrolment, now, earlier or later.
    pub fn pupils(&self) -> impl Iterator<Item = &Person> {
        self.persons.values().filter(|p| !p.enrolments.is_empty())
    }
}
