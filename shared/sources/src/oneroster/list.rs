//! Following a list by offset, although it may move while it is read. Pure.
//!
//! OneRoster pages by `limit` and `offset` over a set that others change [OneRoster 1.1 §3.4.1]. What is removed before
//! the offset lets the next page skip an object; what is added there repeats one; both at once leave every count as it
//! was. So each page but the first is asked for from one object earlier: unless it begins with the object that the page
//! before ended with, the list has moved. A list that moved is never called complete.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::SourceError;
use crate::paging::Paging;

/// How far a list has been read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct ListPosition {
    #[serde(flatten)]
    paging: Paging,
    /// Objects so far.
    #[serde(default)]
    seen: u64,
    /// `X-Total-Count` of the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// The last object so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    /// Whether something came, went or came twice.
    #[serde(default)]
    moved: bool,
    /// Whether something that is there may have been passed over.
    #[serde(default)]
    skipped: bool,
    /// Whether the provider counts in whole pages, so that none can begin an object earlier.
    #[serde(default)]
    whole_pages: bool,
    /// The most objects that a page had.
    #[serde(default)]
    longest: usize,
}

/// A page as it arrived.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrived<'a> {
    /// The objects' identifiers, where they can be read.
    pub(super) ids: Vec<Option<&'a str>>,
    /// `X-Total-Count`.
    pub(super) total: Option<u64>,
    /// Whether `Link` names a next page; `None`: there is no such header.
    pub(super) more: Option<bool>,
}

/// What a page means for the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    /// How many objects at the beginning of the page have been seen before.
    pub(super) old: usize,
    /// Where the list has been read to.
    pub(super) position: ListPosition,
    /// Whether that is its end.
    pub(super) ended: bool,
}

impl ListPosition {
    /// The offset of the next page.
    pub(super) const fn offset(&self) -> u64 {
        if self.whole_pages { self.seen } else { self.seen.saturating_sub(1) }
    }

    /// Whether every object was seen exactly once, and nothing moved.
    pub(super) const fn is_steady(&self) -> bool {
        !self.moved && !self.skipped
    }

    /// Whether an object that was there all the time may have been passed over.
    pub(super) const fn is_gapless(&self) -> bool {
        !self.skipped
    }

    /// Goes on by a page. `trusting`: the end is believed when the total says so; otherwise one more page is asked for,
    /// since some providers count the page there.
    ///
    /// # Errors
    /// `source.pages_endless` when there is no end.
    pub(super) fn turn(&self, page: &Arrived<'_>, trusting: bool) -> Result<Turn, SourceError> {
        let mut next = self.clone();
        let first = self.seen == 0;
        let repeated = page.ids.iter().flatten().collect::<BTreeSet<_>>().len() < page.ids.iter().flatten().count();
        next.moved |= repeated || (!first && page.total != self.total);
        if first {
            next.total = page.total;
        }
        let old = if first { 0 } else { next.meet(&page.ids) };
        let new = page.ids.len() - old;
        if new == 0 {
            return self.without_news(next, page, old);
        }
        next.seen += new as u64;
        next.longest = next.longest.max(page.ids.len());
        next.last = page.ids.last().copied().flatten().map(str::to_owned);
        next.paging = next.paging.follow(next.offset().to_string())?;
        let ended = match (next.total, page.more) {
            (_, Some(true)) => false,
            (Some(total), _) => trusting && next.seen >= total,
            (None, Some(false)) => true,
            (None, None) => false,
        };
        Ok(Turn { old, position: next, ended })
    }

    /// Finds the last object of the page before. Gives how much of this page is not new.
    fn meet(&mut self, ids: &[Option<&str>]) -> usize {
        // Where the last one could not be read, it is taken to be in its place.
        let place = match &self.last {
            Some(last) => ids.iter().position(|id| *id == Some(last.as_str())),
            None => (!ids.is_empty() && !self.whole_pages).then_some(0),
        };
        match place {
            Some(0) if !self.whole_pages => 1,
            Some(place) => {
                self.moved = true;
                place + 1
            }
            None => {
                self.skipped |= !self.whole_pages;
                0
            }
        }
    }

    fn without_news(&self, mut next: Self, page: &Arrived<'_>, old: usize) -> Result<Turn, SourceError> {
        let endless =
            || SourceError::contract("source.pages_endless", "a page brings nothing new, and is not the last");
        if page.ids.len() > 1 {
            if self.whole_pages {
                // The last page once more, since the offset was rounded down; or the same one for ever.
                let last = page.ids.len() < self.longest || page.total.is_some_and(|total| total <= self.seen);
                return if last { Ok(Turn { old, position: self.clone(), ended: true }) } else { Err(endless()) };
            }
            // The page before once more: the provider rounds the offset down.
            next = Self { whole_pages: true, ..self.clone() };
            next.paging = self.paging.follow(next.offset().to_string()).map_err(|_| endless())?;
            return Ok(Turn { old, position: next, ended: false });
        }
        next.moved = (next.moved && !self.whole_pages) || self.moved;
        next.moved |= page.total.is_some_and(|total| total != next.seen);
        Ok(Turn { old, position: next, ended: true })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A provider's list, read in pages while it changes: `change` is called before each page with its number.
    fn read(
        start: &[u32],
        limit: usize,
        mut change: impl FnMut(usize, &mut Vec<u32>),
        offset_of: impl Fn(u64) -> usize,
    ) -> Result<(Vec<u32>, ListPosition), SourceError> {
        let (mut list, mut position, mut read) = (start.to_vec(), ListPosition::default(), Vec::new());
        for page in 0.. {
            change(page, &mut list);
            let offset = offset_of(position.offset()).min(list.len());
            let given = &list[offset..list.len().min(offset + limit)];
            let texts: Vec<String> = given.iter().map(u32::to_string).collect();
            let ids = texts.iter().map(|it| Some(it.as_str())).collect();
            let arrived = Arrived { ids, total: Some(list.len() as u64), more: None };
            let turn = position.turn(&arrived, false)?;
            read.extend(&given[turn.old..]);
            position = turn.position;
            if turn.ended {
                break;
            }
        }
        Ok((read, position))
    }

    fn straight(offset: u64) -> usize {
        usize::try_from(offset).unwrap()
    }

    #[test]
    fn a_list_that_stands_still_is_read_once_and_is_steady() {
        let list: Vec<u32> = (0..10).collect();

        let (read, position) = read(&list, 3, |_, _| {}, straight).unwrap();

        assert_eq!((read, position.is_steady()), (list, true));
    }

    #[test]
    fn what_goes_before_and_comes_after_changes_no_count_and_is_seen_all_the_same() {
        let list: Vec<u32> = (0..10).collect();
        let swap = |page: usize, list: &mut Vec<u32>| {
            if page == 1 {
                list.remove(0);
                list.push(99);
            }
        };

        let (read, position) = read(&list, 3, swap, straight).unwrap();

        assert!(!position.is_steady() && !position.is_gapless(), "{read:?}");
    }

    #[test]
    fn what_comes_before_passes_over_nothing_that_was_there() {
        let list: Vec<u32> = (10..20).collect();

        let (read, position) = read(
            &list,
            4,
            |page, list| {
                if page == 1 {
                    list.insert(0, 1)
                }
            },
            straight,
        )
        .unwrap();

        assert_eq!((read, position.is_steady(), position.is_gapless()), (list, false, true));
    }

    #[test]
    fn a_provider_that_counts_in_whole_pages_is_followed() {
        let list: Vec<u32> = (0..10).collect();
        let whole = |offset: u64| straight(offset) / 3 * 3;

        let (read, position) = read(&list, 3, |_, _| {}, whole).unwrap();

        assert_eq!((read, position.is_steady()), (list, true));
    }

    #[test]
    fn a_provider_that_ignores_the_offset_has_no_end() {
        let error = read(&[1, 2, 3, 4, 5], 3, |_, _| {}, |_| 0).unwrap_err();

        assert_eq!(error.code, "source.pages_endless");
    }

    #[test]
    fn new_objects_for_ever_come_to_an_end() {
        let mut position = ListPosition::default();
        let error = (0u32..).find_map(|n| {
            let texts = [n.to_string(), (n + 1).to_string()];
            let arrived = Arrived { ids: texts.iter().map(|it| Some(it.as_str())).collect(), ..Arrived::default() };
            match position.turn(&arrived, false) {
                Ok(turn) => {
                    position = turn.position;
                    None
                }
                Err(error) => Some(error),
            }
        });

        assert_eq!(error.unwrap().code, "source.pages_endless");
    }

    #[test]
    fn less_than_was_promised_is_not_steady() {
        let arrived = Arrived { ids: vec![Some("a")], total: Some(2), more: None };
        let turn = ListPosition::default().turn(&arrived, false).unwrap();

        let last = turn.position.turn(&arrived, false).unwrap();

        assert!(last.ended && !last.position.is_steady());
    }

    #[test]
    fn the_same_object_twice_is_not_steady() {
        let arrived = Arrived { ids: vec![Some("a"), Some("a")], total: Some(2), more: None };

        assert!(!ListPosition::default().turn(&arrived, false).unwrap().position.is_steady());
    }

    proptest! {
        /// Whatever one change does between two pages: a list called steady was read whole, and one called gapless
        /// passed over nothing that was there all the time.
        #[test]
        fn steady_is_whole(
            size in 0u32..30, limit in 2usize..7, page in 1usize..8,
            gone in proptest::option::of(0usize..30), new in proptest::option::of(0usize..30),
        ) {
            let list: Vec<u32> = (0..size).collect();
            let mut after = list.clone();
            let change = |now: usize, list: &mut Vec<u32>| {
                if now == page {
                    if let Some(gone) = gone.filter(|gone| *gone < list.len()) { list.remove(gone); }
                    if let Some(new) = new { list.insert(new.min(list.len()), 1_000); }
                    after.clone_from(list);
                }
            };

            let (read, position) = read(&list, limit, change, straight).unwrap();

            let stayed: Vec<u32> = list.iter().copied().filter(|it| after.contains(it)).collect();
            if position.is_gapless() {
                prop_assert!(stayed.iter().all(|it| read.contains(it)), "{read:?} of {after:?}");
            }
            if position.is_steady() {
                prop_assert!(after.iter().filter(|it| **it != 1_000).all(|it| read.contains(it)), "{read:?}");
                prop_assert_eq!(read.len(), read.iter().collect::<BTreeSet<_>>().len());
            }
        }
    }
}
