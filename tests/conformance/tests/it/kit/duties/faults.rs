//! What goes wrong on the way costs time, never people.

use std::sync::Arc;

use roster::{Id, RecordKey};
use sources::SourceErrorKind;

use super::{claim, stopped};
use crate::kit::reading::{Stopped, Whole, by_key, everything, go_on, is_sound};
use crate::kit::{Counterpart, Trouble, Verdict};

/// Nothing of use came, and no source can take it for an answer.
const FAILURES: [Trouble; 7] = [
    Trouble::Status(500),
    Trouble::Status(502),
    Trouble::Status(503),
    Trouble::Status(504),
    Trouble::Reset,
    Trouble::Truncated,
    Trouble::SignInPage,
];

/// Answers that some sources may take for "there is no such list", and none for "it is empty".
const REFUSALS: [u16; 12] = [204, 301, 302, 304, 400, 401, 403, 404, 405, 409, 410, 501];

/// More pages than any counterpart has.
const MANY: usize = 1_000;

const FOR_EVER: usize = usize::MAX;

/// Reads everything once for every page, with that page in trouble; hands out what came of it. `false`: the kind cannot
/// have that trouble.
async fn with_each_page(
    other: &dyn Counterpart,
    trouble: Trouble,
    times: usize,
    judge: impl AsyncFn(Result<Whole, Stopped>) -> Verdict,
) -> Result<bool, String> {
    for page in 0..MANY {
        if !other.suffers(trouble, page, times) {
            return Ok(false);
        }
        let read = everything(other).await;
        if !other.recovers() {
            return claim(page > 2, || format!("{trouble:?} never befell more than {page} pages")).map(|()| true);
        }
        judge(read).await.map_err(|why| format!("{trouble:?} at page {page}: {why}"))?;
    }
    Err("the counterpart has too many pages".to_owned())
}

pub(crate) async fn a_page_that_fails_fails_the_read(other: &dyn Counterpart) -> Verdict {
    for trouble in FAILURES {
        with_each_page(other, trouble, FOR_EVER, async |read| {
            claim(read.is_err(), || "the read came to an end".to_owned())
        })
        .await?;
    }
    Ok(())
}

pub(crate) async fn a_read_that_failed_goes_on_later(other: &dyn Counterpart) -> Verdict {
    let undisturbed = by_key(&everything(other).await.map_err(stopped)?.records);
    for trouble in [Trouble::Status(503), Trouble::Reset, Trouble::Truncated] {
        with_each_page(other, trouble, FOR_EVER, async |read| {
            let Err(Stopped { error, mut request, so_far }) = read else {
                return Err("the read came to an end".to_owned());
            };
            request.memory = error.memory.or(request.memory);
            let read = go_on(&|| other.source(), request, so_far).await.map_err(stopped)?;
            claim(by_key(&read.records) == undisturbed, || "the whole is not what it would have been".to_owned())?;
            is_sound(&read, &other.holds())
        })
        .await?;
    }
    Ok(())
}

pub(crate) async fn a_fault_that_passes_leaves_no_trace(other: &dyn Counterpart) -> Verdict {
    let undisturbed = by_key(&everything(other).await.map_err(stopped)?.records);
    for trouble in FAILURES {
        with_each_page(other, trouble, 1, async |read| match read {
            Ok(read) => claim(by_key(&read.records) == undisturbed, || "something else was read".to_owned()),
            Err(_) => Ok(()),
        })
        .await?;
    }
    Ok(())
}

pub(crate) async fn nothing_is_complete_that_was_not_read_whole(other: &dyn Counterpart) -> Verdict {
    let holds = other.holds();
    let troubles = REFUSALS.into_iter().map(Trouble::Status).chain(FAILURES);
    for trouble in troubles.flat_map(|it| [(it, 1), (it, FOR_EVER)]) {
        let sound = async |read: Result<Whole, Stopped>| read.map_or(Ok(()), |read| is_sound(&read, &holds));
        with_each_page(other, trouble.0, trouble.1, sound).await?;
    }
    Ok(())
}

pub(crate) async fn a_token_revoked_in_the_middle_is_renewed(other: &dyn Counterpart) -> Verdict {
    if !other.abilities().renews_tokens {
        return Ok(());
    }
    let undisturbed = by_key(&everything(other).await.map_err(stopped)?.records);
    with_each_page(other, Trouble::TokenRevoked, 1, async |read| {
        let read = read.map_err(stopped)?;
        claim(by_key(&read.records) == undisturbed, || "something else was read".to_owned())
    })
    .await
    .map(drop)
}

pub(crate) async fn patience_is_passed_on(other: &dyn Counterpart) -> Verdict {
    const ASKED: u64 = 77;
    with_each_page(other, Trouble::Throttled(ASKED), FOR_EVER, async |read| match read {
        Err(at) => match at.kind() {
            SourceErrorKind::Throttled(seconds) if seconds >= ASKED => Ok(()),
            other => Err(format!("{other:?} is not the patience asked for")),
        },
        Ok(_) => Err("the read came to an end".to_owned()),
    })
    .await?;
    let undisturbed = by_key(&everything(other).await.map_err(stopped)?.records);
    with_each_page(other, Trouble::Throttled(ASKED), 1, async |read| match read {
        Ok(read) => claim(by_key(&read.records) == undisturbed, || "something else was read".to_owned()),
        Err(at) => claim(matches!(at.kind(), SourceErrorKind::Throttled(_)), || format!("{:?}", at.kind())),
    })
    .await
    .map(drop)
}

pub(crate) async fn pages_without_end_come_to_one(other: &dyn Counterpart) -> Verdict {
    if !other.suffers(Trouble::Endless, 0, FOR_EVER) {
        return Ok(());
    }
    let read = everything(other).await;
    claim(other.recovers(), || "no list has a second page".to_owned())?;
    match read {
        Err(at) => claim(at.kind() == SourceErrorKind::Contract, || format!("{:?} is no end to pages", at.kind())),
        Ok(_) => Err("the read came to an end".to_owned()),
    }
}

pub(crate) async fn nobody_is_called_gone_by_a_source_in_trouble(other: &dyn Counterpart) -> Verdict {
    if !other.abilities().tells_who_is_there {
        return Ok(());
    }
    let source = other.source();
    let key = |kind, id| RecordKey { kind, id };
    for (kind, ids) in other.holds() {
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { continue };
        for id in [*first, *last] {
            let there = source.has(key(kind, id)).await.map_err(|error| format!("{kind}: {}", error.code))?;
            claim(there, || format!("a {kind} that is there is called gone"))?;
        }
        let stranger = source.has(key(kind, Id::from_uuid(NOBODY.parse().unwrap()))).await;
        claim(matches!(stranger, Ok(false)), || format!("a {kind} that never was is not called gone"))?;
    }
    let someone = *other.holds().get(&other.concerns()).and_then(|ids| ids.last()).ok_or("there is nobody")?;
    for trouble in FAILURES.into_iter().chain([401, 403, 429, 400].map(Trouble::Status)) {
        for page in 0..3 {
            if !other.suffers(trouble, page, FOR_EVER) {
                return Ok(());
            }
            let source = Arc::clone(&source);
            let told = source.has(key(other.concerns(), someone)).await;
            let struck = other.recovers();
            claim(told.as_ref().ok() != Some(&false), || format!("{trouble:?}: somebody who is there is called gone"))?;
            if !struck {
                break;
            }
        }
    }
    Ok(())
}

/// An identity that nobody has.
const NOBODY: &str = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
