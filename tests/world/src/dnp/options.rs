//! How the service is.

use crate::time::Time;
use jiff::SignedDuration;
use std::collections::BTreeSet;

pub(super) const BASE_PATH: &str = "/provtjanst/provisioning/v1";
pub(super) const TOKEN_PATH: &str = "/transaction";

/// What the service knows, and how slow and how strict it is.
#[derive(Clone, Debug)]
pub struct DnpOptions {
    /// Its host where it listens nowhere.
    pub host: String,
    /// Tells its ids from those of others, and decides what is drawn by lot.
    pub seed: u64,
    /// What time it is there.
    pub time: Time,
    /// The organiser that the federation knows.
    pub entity_id: Option<String>,
    /// The certificate that is known by itself: base64 of its SHA-256.
    pub certificate: Option<String>,
    /// How many seconds a token lives.
    pub token_life: i64,
    /// How long a job takes.
    pub job_takes: SignedDuration,
    /// The most writes and questions about jobs within a second.
    pub calls_per_second: usize,
    /// The largest body, in bytes.
    pub largest_body: usize,
    /// Skolverket's school units.
    pub school_units: BTreeSet<String>,
    /// Skolverket's test activities.
    pub test_activities: BTreeSet<String>,
    /// Objects that are refused whatever they say, by identity.
    pub refused: BTreeSet<String>,
    /// The probability that an object ends in a passing fault.
    pub temporary_errors: f64,
}

impl DnpOptions {
    /// A service as the documents have it, with jobs of a second and a half.
    pub fn new(time: Time) -> Self {
        Self {
            host: "dnp.norrbyholm.example".to_owned(),
            seed: 1,
            time,
            entity_id: Some("https://norrbyholm.example".to_owned()),
            certificate: None,
            token_life: 864_000,
            job_takes: SignedDuration::from_millis(1_500),
            calls_per_second: 5,
            largest_body: 200_000,
            school_units: BTreeSet::new(),
            test_activities: BTreeSet::new(),
            refused: BTreeSet::new(),
            temporary_errors: 0.0,
        }
    }
}
