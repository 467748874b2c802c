//! What a provider posts to a subscription's target.

use serde::Deserialize;

use super::resource::Resource;
use crate::doorbell::{Doorbell, DoorbellError, in_order, object};
use crate::lenient::{Field, Flag, List, Text};

/// The standard spells it `modifiedEntites`; both are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Wire<'a> {
    modified_entites: Field<List<Text<'a>>>,
    modified_entities: Field<List<Text<'a>>>,
    deleted_entities: Field<Flag>,
}

/// Reads a callback, e.g. `{"modifiedEntites":["Person"],"deletedEntities":true}`. Kinds that are not read are left out.
///
/// # Errors
/// [`DoorbellError`] when the body is too large or no object.
pub fn parse(body: &[u8]) -> Result<Doorbell, DoorbellError> {
    let wire: Wire<'_> = object(body)?;
    let names = wire.modified_entites.or(wire.modified_entities).read().unwrap_or_default();
    let kinds = names
        .into_iter()
        .filter_map(Field::read)
        .filter_map(|name| Resource::of_entity(&name.0))
        .map(Resource::kind)
        .collect();
    let removed = matches!(wire.deleted_entities, Field::Read(Flag(true)));
    Ok(Doorbell::Changed { kinds: in_order(kinds), removed })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use roster::RecordKind;

    use super::*;

    #[test]
    fn the_standards_spelling_is_read() {
        let rung = parse(br#"{"modifiedEntites":["Group","Person","Grade"],"deletedEntities":true}"#);

        let kinds = vec![RecordKind::Person, RecordKind::Group];
        assert_eq!(rung, Ok(Doorbell::Changed { kinds, removed: true }));
    }

    #[test]
    fn the_correct_spelling_is_read() {
        let rung = parse(br#"{"modifiedEntities":["Duty"]}"#);

        assert_eq!(rung, Ok(Doorbell::Changed { kinds: vec![RecordKind::Duty], removed: false }));
    }

    #[test]
    fn ringing_without_a_word_is_ringing() {
        assert_eq!(parse(b"{}"), Ok(Doorbell::Changed { kinds: vec![], removed: false }));
    }

    #[test]
    fn a_body_beyond_the_bound_is_not_looked_at() {
        assert_eq!(parse(&vec![b' '; 64 * 1024 + 1]), Err(DoorbellError::TooLarge));
    }

    #[test]
    fn a_list_is_no_callback() {
        assert_eq!(parse(b"[]"), Err(DoorbellError::Unreadable));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&body);
        }
    }
}
