//! The members of classes: a call for each, some at the same time.
//!
//! Enrollments are asked for below school and class (`/schools/{id}/classes/{id}/enrollments`, in both editions); where
//! there is no such path, or the token's scopes do not reach it, by a filter on the class. An answer with enrollments
//! of another class – a provider that ignores its filter – is refused: it would put people where they do not belong.

use futures::stream::{self, StreamExt, TryStreamExt};
use outbound::Answer;
use roster::{Id, Membership, Record, RecordKind};

use super::{Read, Reader, moved};
use crate::oneroster::classify::{Verdict, verdict};
use crate::oneroster::client::{Objects, arrived, objects};
use crate::oneroster::list::ListPosition;
use crate::oneroster::mapping::{self, Class, Fields, Lost};
use crate::oneroster::memory::Capability;
use crate::oneroster::resource::Resource;
use crate::oneroster::wire;
use crate::{SourceError, Unreadable};

/// How enrollments of a class are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    InSchool,
    ByFilter,
}

/// Pages of one class; no class has more members than these hold.
const MOST_PAGES: usize = 100;

/// The members of a class.
struct Members {
    class: Class,
    /// `None`: the list moved, twice.
    members: Option<Vec<Membership>>,
    notes: Vec<Unreadable>,
    way: Way,
}

impl Reader<'_> {
    /// Reads the members of classes, and makes groups of them.
    pub(super) async fn groups(&mut self, classes: Vec<Class>, read: &mut Read) -> Result<(), SourceError> {
        if classes.is_empty() {
            return Ok(());
        }
        let now = self.request.started;
        let in_school = self.memory.has(Capability::MembersInSchool, now);
        let first = if in_school { Way::InSchool } else { Way::ByFilter };
        let at_once = usize::try_from(self.config.parallel_calls).unwrap_or(1);
        let this = &*self;
        let calls = classes.into_iter().map(|class| this.members(class, first));
        let all: Vec<Members> = stream::iter(calls).buffered(at_once).try_collect().await?;
        if in_school {
            if all.iter().any(|it| it.way == Way::InSchool) {
                self.memory.finds(Capability::MembersInSchool);
            } else {
                self.memory.lacks(Capability::MembersInSchool, now);
            }
        }
        for it in all {
            self.group(it, read);
        }
        Ok(())
    }

    fn group(&self, members: Members, read: &mut Read) {
        let Members { class, members, notes, .. } = members;
        let id = class.group.id;
        read.unreadable.extend(notes);
        let Some(members) = members else {
            read.unreadable.push(moved(RecordKind::Group, Some(id.to_string()), true));
            return;
        };
        let mut fields = Fields::of(RecordKind::Group, id, &mut read.unreadable);
        match mapping::group(class, |term| self.memory.session(term), members, &mut fields) {
            Ok(group) => read.records.push(Record::Group(group)),
            Err(lost) => fields.lost(lost),
        }
    }

    async fn members(&self, class: Class, first: Way) -> Result<Members, SourceError> {
        let mut way = first;
        for _ in 0..2 {
            let mut notes = Vec::new();
            let members = self.members_once(&class, &mut way, &mut notes).await?;
            if members.is_some() {
                return Ok(Members { class, members, notes, way });
            }
        }
        Ok(Members { class, members: None, notes: Vec::new(), way })
    }

    /// `None`: the list moved.
    async fn members_once(
        &self,
        class: &Class,
        way: &mut Way,
        notes: &mut Vec<Unreadable>,
    ) -> Result<Option<Vec<Membership>>, SourceError> {
        let (mut list, mut members) = (ListPosition::default(), Vec::new());
        for _ in 0..MOST_PAGES {
            let answer = self.members_page(class, way, &list).await?;
            let wires: Objects<wire::Enrollment<'_>> = objects(Resource::Enrollments, &answer.body)?;
            let turn = list.turn(&arrived(&wires, &answer), true)?;
            let mut fields = Fields::of(RecordKind::Group, class.group.id, notes);
            for wire in wires.into_iter().skip(turn.old) {
                members.extend(self.member(wire, class.group.id, *way, &mut fields)?);
            }
            list = turn.position;
            if turn.ended {
                return Ok(list.is_steady().then_some(members));
            }
        }
        Err(SourceError::contract("source.pages_endless", "the members of a class have no end"))
    }

    async fn members_page(&self, class: &Class, way: &mut Way, list: &ListPosition) -> Result<Answer, SourceError> {
        let (native, school) = (class.native.0.as_str(), class.native.1.as_str());
        let limit = self.config.page_size;
        if *way == Way::InSchool {
            let path = ["schools", school, "classes", native, "enrollments"];
            let answer = self.client.page(&path, limit, list, &[]).await?;
            match verdict(&answer) {
                Verdict::Given => return Ok(answer),
                Verdict::Missing | Verdict::NotUnderstood | Verdict::Forbidden if *list == ListPosition::default() => {
                    *way = Way::ByFilter;
                }
                _ => return Err(self.client.caller.failure(&answer)),
            }
        }
        let unaskable =
            || SourceError::contract("oneroster.members_unreadable", "the provider gives no class its members");
        if native.contains(['\'', '\\']) {
            return Err(unaskable());
        }
        let filter = format!("class.sourcedId='{native}'");
        let answer = self.client.page(&["enrollments"], limit, list, &[("filter", &filter)]).await?;
        match verdict(&answer) {
            Verdict::Given => Ok(answer),
            Verdict::Missing | Verdict::NotUnderstood => Err(unaskable()),
            Verdict::Forbidden | Verdict::Failed => Err(self.client.caller.failure(&answer)),
        }
    }

    fn member(
        &self,
        wire: Option<wire::Enrollment<'_>>,
        class: Id,
        way: Way,
        fields: &mut Fields<'_>,
    ) -> Result<Option<Membership>, SourceError> {
        let read = wire.ok_or_else(Lost::record).and_then(|it| mapping::enrollment(it, fields, &self.reading()));
        let enrollment = match read {
            Ok(enrollment) => enrollment,
            Err(lost) => {
                fields.warn(lost.code, format!("an enrollment is left out: {}", lost.reason));
                return Ok(None);
            }
        };
        let of_this = enrollment.class.map_or(way == Way::InSchool, |it| it == class);
        if !of_this {
            return Err(SourceError::contract(
                "oneroster.enrollments_of_another_class",
                "asked for the members of one class, the provider gave those of another",
            ));
        }
        Ok(mapping::membership(&enrollment))
    }
}
