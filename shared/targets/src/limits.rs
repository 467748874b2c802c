//! How often a target may be called, as settings say it.

use rules::policy::Rate;

use crate::registry::ConfigProblem;

/// The rate of `requests_per_second` and `burst`. `None`: as often as it answers.
///
/// # Errors
/// [`ConfigProblem`] when a value cannot work.
pub(crate) fn rate(requests_per_second: Option<f64>, burst: Option<u32>) -> Result<Option<Rate>, ConfigProblem> {
    let Some(per_second) = requests_per_second else {
        return match burst {
            None => Ok(None),
            Some(_) => Err(ConfigProblem::with("burst", "means nothing without requests_per_second")),
        };
    };
    if !(per_second.is_finite() && per_second > 0.0 && per_second <= 10_000.0) {
        return Err(ConfigProblem::with("requests_per_second", "more than 0, at most 10000"));
    }
    match burst.unwrap_or_else(|| one_second_of(per_second)) {
        0 => Err(ConfigProblem::with("burst", "at least 1")),
        burst => Ok(Some(Rate { per_second, burst })),
    }
}

/// The calls of one second, rounded up.
fn one_second_of(per_second: f64) -> u32 {
    (1..).find(|calls| f64::from(*calls) >= per_second).unwrap_or(1)
}
