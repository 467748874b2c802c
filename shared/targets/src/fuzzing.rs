//! The narrow door through which the fuzz targets reach what meets bytes from outside. Not part of the interface.

use jiff::Timestamp;
use outbound::fuzzing::answer;
use rules::outcome::Outcome;
use serde_json::Value;

use crate::InventoryPage;
use crate::egil::fuzzing::CODES;
use crate::scim_protocol::{Step, judged, read_list};

/// What a receiver's answer comes to, for a create, a replacement and a deletion, when `sent` was sent.
#[must_use]
pub fn egil_answer(status: u16, retry_after: &[u8], body: &[u8], sent: &Value, now: Timestamp) -> [Outcome; 3] {
    let answer = answer(status, Some(retry_after), body);
    [(Step::Create, Some(sent)), (Step::Replace, Some(sent)), (Step::Delete, None)]
        .map(|(step, sent)| judged(&CODES, step, &answer, sent, now))
}

/// What a job of Skolverket's says of its objects: identity, whether it was taken, and the codes that are passed on.
///
/// # Errors
/// What is wrong with it.
pub fn dnp_job(body: &[u8]) -> Result<Vec<(String, bool, Vec<String>)>, String> {
    let results = crate::dnp::fuzzed_results(&answer(200, None, body)).map_err(|error| error.to_string())?;
    Ok(results.into_iter().map(|it| (it.id.clone(), it.is_taken(), it.codes)).collect())
}

/// A page of what a receiver holds, asked for from `start`.
///
/// # Errors
/// What is wrong with it.
pub fn egil_inventory(body: &[u8], start: usize) -> Result<InventoryPage, String> {
    read_list(&answer(200, None, body), start)
}
