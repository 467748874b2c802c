//! What the hub hands back is looked at before it is believed; what the other side is asked is what it offers.

use std::sync::Arc;

use roster::{Clock, RecordKey};
use sources::{ReadRequest, Scope, SourceErrorKind, Subscription};

use super::{claim, stopped};
use crate::kit::reading::{self, Whole, by_key, changes_since, everything, go_on};
use crate::kit::{Counterpart, Happening, Verdict};

/// What no source has ever given out.
const STRANGE: [&str; 7] = ["", " ", "okänd", "4711", "[]", "{\"v\":0}", "\u{0}"];

/// A cursor that cannot be read never leads to "nothing changed". A source that takes it for "since the beginning"
/// gives everything.
pub(crate) async fn an_unknown_cursor_asks_for_everything(other: &dyn Counterpart) -> Verdict {
    let before = everything(other).await.map_err(stopped)?;
    for memory in [None, before.memory.clone()] {
        for cursor in STRANGE {
            let scope = Scope::Changes { cursor: cursor.to_owned() };
            let first = reading::request(scope, memory.clone(), other.clock().now());
            let everything = by_key(&before.records);
            match go_on(&|| other.source(), first, Whole::default()).await {
                Err(at) => claim(at.kind() == SourceErrorKind::FullReadNeeded, || {
                    format!("the cursor {cursor:?} leads to {} ({:?})", at.error.code, at.kind())
                })?,
                Ok(read) => claim(by_key(&read.records) == everything, || {
                    format!("the cursor {cursor:?} is taken for a known one")
                })?,
            }
        }
    }
    Ok(())
}

pub(crate) async fn an_unknown_position_asks_for_everything(other: &dyn Counterpart) -> Verdict {
    let before = everything(other).await.map_err(stopped)?;
    let mut scopes = vec![Scope::Full];
    scopes.extend(before.cursor.clone().map(|cursor| Scope::Changes { cursor }));
    for scope in scopes {
        for position in STRANGE {
            let request = ReadRequest {
                position: Some(position.to_owned()),
                ..reading::request(scope.clone(), before.memory.clone(), other.clock().now())
            };
            match other.source().read(&request).await {
                Err(error) => claim(error.kind == SourceErrorKind::FullReadNeeded, || {
                    format!("the position {position:?} leads to {} ({:?})", error.code, error.kind)
                })?,
                Ok(_) => return Err(format!("the position {position:?} is taken for a known one")),
            }
        }
    }
    Ok(())
}

pub(crate) async fn unknown_memory_is_no_memory(other: &dyn Counterpart) -> Verdict {
    let before = everything(other).await.map_err(stopped)?;
    for memory in STRANGE {
        let first = reading::request(Scope::Full, Some(memory.to_owned()), other.clock().now());
        let remembered = Whole { memory: Some(memory.to_owned()), ..Whole::default() };
        let read = go_on(&|| other.source(), first, remembered).await.map_err(stopped)?;
        claim(by_key(&read.records) == by_key(&before.records), || format!("the memory {memory:?} is believed"))?;
    }
    Ok(())
}

/// The hub's door; its last part is a secret.
pub(super) const DOORBELL: &str = "https://hub.example/hooks/demo/register/route-token-that-nobody-may-see";

pub(crate) async fn a_doorbell_is_registered_once(other: &dyn Counterpart) -> Verdict {
    let ask = async |current: Option<&Subscription>| {
        other.source().subscribe(current, DOORBELL).await.map_err(|error| error.code.to_owned())
    };
    let Some(first) = ask(None).await? else { return Ok(()) };
    claim(first.doorbell == DOORBELL, || "it rings somewhere else".to_owned())?;
    let again = ask(Some(&first)).await?;
    claim(again.as_ref().is_some_and(|it| it.id == first.id), || {
        "it is registered anew although it is known".to_owned()
    })?;
    // A hub that has lost its table must not ring twice for ever.
    let forgotten = ask(None).await?;
    claim(forgotten.is_some_and(|it| it.id == first.id), || "it is registered anew although it is there".to_owned())
}

/// Everything a source does, and then what the other side has to say about it.
pub(crate) async fn nothing_that_is_asked_is_wrong(other: &dyn Counterpart) -> Verdict {
    for what in Happening::ALL {
        let before = everything(other).await.map_err(stopped)?;
        other.clock().advance_seconds(600);
        let whom = other.happens(what).await;
        other.clock().advance_seconds(other.abilities().told_after);
        if before.cursor.is_some() {
            let _ = changes_since(other, &before).await;
        }
        let source = Arc::clone(&other.source());
        let _ = source.has(RecordKey { kind: other.concerns(), id: whom }).await;
        let _ = source.subscribe(None, DOORBELL).await;
        let _ = source.report(&reading::report(other)).await;
        let _ = source.probe().await;
    }
    let complaints = other.complaints();
    claim(complaints.is_empty(), || complaints.join("; "))
}
