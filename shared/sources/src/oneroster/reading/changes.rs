//! Enrollments that changed, and the classes they touch.

use std::collections::BTreeSet;

use jiff::Timestamp;
use roster::{RecordKey, RecordKind};
use serde::{Deserialize, Serialize};

use super::{Position, Read, Reader, next_page, page};
use crate::lenient::Field;
use crate::oneroster::client::one;
use crate::oneroster::mapping::{self, Fields, Status, is_usable};
use crate::oneroster::resource::Resource;
use crate::oneroster::wire;
use crate::{Page, SourceError};

/// Once so many classes are noted, they are read before more are. The position stays small.
const MOST_TOUCHED: usize = 400;

/// Classes whose enrollments changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Touched {
    /// By the provider's identifiers.
    classes: BTreeSet<String>,
    /// Whether they are being read, so that they are read to the last.
    due: bool,
    /// Whether the list of enrollments has been read to its end.
    ended: bool,
}

impl Touched {
    pub(super) fn is_empty(&self) -> bool {
        self.classes.is_empty() && !self.ended
    }

    pub(super) const fn is_due(&self) -> bool {
        self.due
    }

    /// All that are noted are to be read, and no more come.
    pub(super) fn all_due(self) -> Self {
        Self { due: true, ended: true, ..self }
    }
}

impl Reader<'_> {
    /// A page of enrollments that changed: their classes are noted.
    pub(super) async fn enrollments(
        &mut self,
        mut position: Position,
        since: Option<Timestamp>,
    ) -> Result<Page, SourceError> {
        let Some(answer) = self.list(&position, since).await? else { return self.without(position) };
        let (list, turn) = self.take::<wire::Enrollment<'_>>(&position, &answer, since)?;
        let mut read = Read::default();
        for wire in list.into_iter().skip(turn.old) {
            let class = wire.and_then(|wire| wire.class.read()).map(|class| class.0.trim().to_owned());
            match class.filter(|class| is_usable(class)) {
                Some(class) => drop(position.touched.classes.insert(class)),
                None => Fields::new(RecordKind::Group, &mut read.unreadable).unreadable("an enrollment's class"),
            }
        }
        position.touched.due = position.touched.classes.len() >= MOST_TOUCHED;
        self.turned(position, &answer, turn, read)
    }

    /// Reads some of the classes that are noted, each with all its members.
    pub(super) async fn touched(&mut self, mut position: Position) -> Result<Page, SourceError> {
        let (mut read, mut here) = (Read::default(), Vec::new());
        for _ in 0..self.config.classes_per_page {
            let Some(native) = position.touched.classes.pop_first() else { break };
            let Some(answer) = self.client.class(&native).await? else { continue };
            let mut fields = Fields::new(RecordKind::Group, &mut read.unreadable);
            let wire = one::<wire::Class<'_>>(Resource::Classes, &answer);
            let wire = wire.filter(|it| matches!(&it.sourced_id, Field::Read(id) if id.0.trim() == native));
            let wire = wire.ok_or_else(|| SourceError::page_unreadable("not the class that was asked for"))?;
            match mapping::class(wire, &mut fields, &self.reading()) {
                Ok(class) if class.status == Status::Here => here.push(class),
                Ok(class) => read.removed.push(RecordKey { kind: RecordKind::Group, id: class.group.id }),
                Err(lost) => fields.lost(lost),
            }
        }
        self.groups(here, &mut read).await?;
        if !position.touched.classes.is_empty() {
            return page(self, read, next_page(&position)?);
        }
        position.touched.due = false;
        let next = if position.touched.ended { self.end(position)? } else { next_page(&position)? };
        page(self, read, next)
    }
}
