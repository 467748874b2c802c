//! Periods: `timeframe`, and `begin` and `end` of the extensions. Both ends are inclusive [Organization API v12 §4.3].

use roster::Validity;

use super::xml::Element;
use crate::lenient::{NoDate, day};

/// The year that stands for "for ever" (`9999-12-31` in the vendor's own examples).
const FOR_EVER: i16 = 9_999;

/// What a period turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) validity: Validity,
    /// The beginning is there but no date.
    pub(super) begin_unreadable: bool,
}

/// The end is there but no date: what it belongs to would be valid for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoEnd;

/// Reads `begin` and `end` below an element; without the element, or without either, it is always.
pub(super) fn period(around: Option<&Element>) -> Result<Period, NoEnd> {
    let Some(around) = around else { return Ok(Period { validity: Validity::ALWAYS, begin_unreadable: false }) };
    let end = around.at(&["end"]).map(day).transpose().map_err(|NoDate| NoEnd)?;
    let begin = around.at(&["begin"]).map(day).transpose();
    Ok(Period {
        validity: Validity::new(begin.unwrap_or_default(), end.filter(|end| end.year() < FOR_EVER)),
        begin_unreadable: begin.is_err(),
    })
}
