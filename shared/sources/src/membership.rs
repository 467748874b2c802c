//! A group's memberships in their one order, whatever the order in which a source lists them.

use jiff::ToSpan;
use roster::{Membership, Validity};

/// In order of person; periods of one person that meet or overlap become one, periods apart stay apart. A period that
/// ends before it begins is kept, but comes between no others.
pub(crate) fn merged(mut members: Vec<Membership>) -> Vec<Membership> {
    members.sort_unstable();
    members.dedup();
    let (mut merged, stays): (Vec<_>, Vec<_>) = members.into_iter().partition(|it| never(it.validity));
    let mut joined: Vec<Membership> = Vec::with_capacity(stays.len());
    for stay in stays {
        if !joined.last_mut().is_some_and(|last| join(last, &stay)) {
            joined.push(stay);
        }
    }
    merged.append(&mut joined);
    merged.sort_unstable();
    merged
}

/// Extends `last` by `next` if both are one stay. Sorting put the earlier start first.
fn join(last: &mut Membership, next: &Membership) -> bool {
    last.person == next.person && last.role == next.role && join_periods(&mut last.validity, next.validity)
}

/// Extends `last` by `next` if they meet or overlap. `last` is the one that begins earlier.
pub(crate) fn join_periods(last: &mut Validity, next: Validity) -> bool {
    let meets = match (last.end, next.start) {
        (None, _) | (_, None) => true,
        (Some(end), Some(start)) => end.checked_add(1.day()).map_or(true, |day| start <= day),
    };
    if meets {
        last.end = match (last.end, next.end) {
            (Some(a), Some(b)) => Some(a.max(b)),
            _ => None,
        };
    }
    meets
}

/// A period that ends before it begins.
fn never(validity: Validity) -> bool {
    matches!((validity.start, validity.end), (Some(start), Some(end)) if end < start)
}
