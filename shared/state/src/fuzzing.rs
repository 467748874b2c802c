//! The narrow door through which the fuzz targets reach what is read from the table. Not part of the interface.

use crate::error::StateError;
use crate::item::{Item, PART};
use crate::subjects::Subject;

/// The longest body of an item that is not split.
pub const LONGEST: usize = PART;

/// A subject as it is stored under a key.
///
/// # Errors
/// [`StateError`].
pub fn subject(pk: &str, body: &str) -> Result<Subject, StateError> {
    Subject::from_item(&Item { body: body.to_owned(), ..Item::new(pk.to_owned(), "SUBJECT") })
}

/// Where a subject is stored, and as what.
///
/// # Errors
/// [`StateError`].
pub fn stored(subject: &Subject) -> Result<(String, String), StateError> {
    subject.to_item(1).map(|item| (item.pk, item.body))
}

/// The body as it comes back from the table: split, written as attributes, read, and joined again. With it the length
/// of each part.
#[must_use]
pub fn through_the_table(body: &str) -> (String, Vec<usize>) {
    let item = Item { body: body.to_owned(), ..Item::new("T#demo#HOLDS".to_owned(), "HOLD#1") };
    let (head, parts) = item.split();
    let read = |item: Item| Item::from_attributes(&item.into_attributes());
    let wanted = head.part_keys();
    let (mut body, mut lengths) = (read(head).body, Vec::new());
    for (part, (pk, sk)) in parts.into_iter().map(read).zip(wanted) {
        if (&part.pk, &part.sk) == (&pk, &sk) {
            lengths.push(part.body.len());
            body.push_str(&part.body);
        }
    }
    (body, lengths)
}
