//! What Skolon posts: that something was edited, or that a user or a class is to be erased.

use roster::{Personal, RecordKind};
use serde::Deserialize;

use super::feed::Feed;
use crate::doorbell::{Doorbell, DoorbellError, MAX_IDENTIFIER, in_order, object};
use crate::lenient::{Field, List, Text};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Wire<'a> {
    entities: Field<List<Text<'a>>>,
    user_id: Field<Text<'a>>,
    class_id: Field<Text<'a>>,
    group_id: Field<Text<'a>>,
}

/// Reads a data-edits call (`{"entities":["user"]}`) or an erasure call (`{"userId":"…"}`, `{"classId":"…"}` or
/// `{"groupId":"…"}`). Entities that are not read are left out.
///
/// # Errors
/// [`DoorbellError`] when the body is too large, no object, or names something to erase that is no identifier.
pub fn parse(body: &[u8]) -> Result<Doorbell, DoorbellError> {
    let wire: Wire<'_> = object(body)?;
    let erasures = [(RecordKind::Person, wire.user_id), (RecordKind::Group, wire.class_id.or(wire.group_id))];
    for (kind, field) in erasures {
        if field != Field::Absent {
            return erase(kind, field);
        }
    }
    let names = wire.entities.read().unwrap_or_default();
    let kinds = names.into_iter().filter_map(Field::read).filter_map(|name| kind(&name.0)).collect();
    Ok(Doorbell::Changed { kinds: in_order(kinds), removed: false })
}

fn erase(kind: RecordKind, field: Field<Text<'_>>) -> Result<Doorbell, DoorbellError> {
    let native = field.read().and_then(|text| Personal::filled(text.0));
    let native = native.filter(|it| it.as_str().len() <= MAX_IDENTIFIER).ok_or(DoorbellError::Unreadable)?;
    Ok(Doorbell::Erase { kind, native })
}

fn kind(entity: &str) -> Option<RecordKind> {
    let named = |feed: &Feed| feed.entity().eq_ignore_ascii_case(entity.trim());
    Feed::ALL.into_iter().find(named).map(Feed::kind)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn edits_name_kinds_in_reading_order() {
        let rung = parse(br#"{"entities":["license","user","school","organization","invoice"]}"#);

        let kinds = vec![RecordKind::Organisation, RecordKind::Person, RecordKind::Licence];
        assert_eq!(rung, Ok(Doorbell::Changed { kinds, removed: false }));
    }

    #[test]
    fn a_user_to_erase_may_be_a_number() {
        let rung = parse(br#"{"userId":4711}"#);

        let native = Personal::new("4711".to_owned());
        assert_eq!(rung, Ok(Doorbell::Erase { kind: RecordKind::Person, native }));
    }

    #[test]
    fn a_class_to_erase_goes_by_two_names() {
        let rung = [br#"{"classId":"c-1"}"#.as_slice(), br#"{"groupId":"c-1"}"#].map(parse);

        let erase = Ok(Doorbell::Erase { kind: RecordKind::Group, native: Personal::new("c-1".to_owned()) });
        assert_eq!(rung, [erase.clone(), erase]);
    }

    #[test]
    fn nothing_is_erased_without_an_identifier() {
        let rung = [br#"{"userId":" "}"#.as_slice(), br#"{"userId":{"id":1}}"#].map(parse);

        assert_eq!(rung, [Err(DoorbellError::Unreadable), Err(DoorbellError::Unreadable)]);
    }

    #[test]
    fn a_body_beyond_the_bound_is_not_looked_at() {
        assert_eq!(parse(&vec![b' '; 64 * 1024 + 1]), Err(DoorbellError::TooLarge));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&body);
        }
    }
}
