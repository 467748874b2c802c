//! What is read from the table: a hub reads what the one before it wrote.

use state::fuzzing::{LONGEST, stored, subject, through_the_table};

use crate::canary::{CANARY, CANARY_NUMBER, is_silent};
use crate::{head_and_body, record};

/// A stored subject: its key in the first line, then its body.
pub fn stored_subject(data: &[u8]) {
    let (pk, body) = head_and_body(data);
    let (pk, body) = (String::from_utf8_lossy(pk), String::from_utf8_lossy(body));
    match subject(&pk, &body) {
        Ok(read) => {
            let again = stored(&read).and_then(|(pk, body)| subject(&pk, &body));
            assert_eq!(again.ok().as_ref(), Some(&read), "a subject changes in the table");
            for fact in read.facts.values() {
                record::survives_storage(fact);
                let disguised = record::disguised_fact(fact.clone());
                assert_eq!(format!("{fact:?}"), format!("{disguised:?}"), "what is printed depends on personal data");
            }
        }
        // The key is named, and holds nobody's data.
        Err(error) if !pk.contains(CANARY) && !pk.contains(CANARY_NUMBER) => is_silent("an error", &error),
        Err(_) => {}
    }
}

/// An item's body of any length: the first byte says how often the rest is repeated.
pub fn stored_item(data: &[u8]) {
    let Some((times, text)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    let body = text.repeat(1 + usize::from(*times) * 1_024 / text.len().max(1));
    let (back, parts) = through_the_table(&body);
    assert!(back == body, "a body of {} bytes changes in the table", body.len());
    assert!(parts.iter().all(|length| *length <= LONGEST), "a part is too long: {parts:?}");
    assert_eq!(parts.is_empty(), body.len() <= LONGEST);
}

/// What sources remember of their providers.
pub fn source_memory(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for (which, kept) in sources::fuzzing::memories(&text).into_iter().enumerate() {
        let Some(kept) = kept else { continue };
        let again = &sources::fuzzing::memories(&kept)[which];
        assert_eq!(again.as_ref(), Some(&kept), "a memory changes when it is kept");
    }
}
