//! Groups [Organization API v12 §4.3].

use jiff::civil::Date;
use roster::civic_number::CivicNumberWarning;
use roster::{CivicNumber, Id, RecordKind, Validity};

use super::{Intake, is_deleted};
use crate::ims_enterprise::dates::{Period, period};
use crate::ims_enterprise::group_kind::GroupKind;
use crate::ims_enterprise::identity::{Named, own};
use crate::ims_enterprise::index::{Head, Unit};
use crate::ims_enterprise::refusal::Refusal;
use crate::ims_enterprise::school_type::standard_code;
use crate::ims_enterprise::xml::Element;

/// More than any register has: one for each pupil.
const MOST_IGNORED: usize = 1_000_000;
/// Digits of a school unit code.
pub(super) const UNIT_CODE: usize = 8;

impl Intake {
    pub(super) fn group(&mut self, element: &Element) -> Result<(), Refusal> {
        let deleted = is_deleted(element);
        if deleted && !self.is_changes() {
            return Ok(());
        }
        let Some(id) = own(element, Named::Group) else {
            self.warn_lost(RecordKind::Group, "a group's sourcedid is missing or cannot be read");
            self.notes.blurred.insert(RecordKind::Organisation);
            return Ok(());
        };
        let (kind, unknown_kind) = self.kind(element);
        let ignored = kind == GroupKind::Ignored;
        if self.is_changes() {
            if !deleted && !ignored && self.index.ignored.contains(&id) {
                // Who is in it was not read, and a change does not tell it: it stays unread until everything is told.
                let reason = "a group that is not read became one that is; its members are not known";
                self.notes.lose(kind_of(&kind), Some(id), "ims_enterprise.members_unknown", reason);
                return Ok(());
            }
            if let Some(number) = self.index.groups.find(id).filter(|_| deleted || ignored) {
                self.delete_group(number);
            }
        }
        if deleted {
            self.index.ignored.remove(&id);
            return Ok(());
        }
        if ignored {
            self.index.ignored.insert(id);
            return if self.index.ignored.len() > MOST_IGNORED { Err(Refusal::TooMany("groups")) } else { Ok(()) };
        }
        let Some(validity) = self.validity(id, &kind, element) else { return Ok(()) };
        let number = self.index.groups.number(id)?;
        let document = self.document;
        let Some(row) = self.index.groups.get(number) else { return Ok(()) };
        let changes = self.is_changes();
        if row.head.is_some() && row.document == document && !changes {
            self.notes.warn(
                kind_of(&kind),
                Some(id),
                "ims_enterprise.duplicate",
                "the same sourcedid stands on several groups of one document; the first is used",
            );
            return Ok(());
        }
        if let Some(head) =
            self.index.groups.get_mut(number).and_then(|row| row.head.as_deref_mut()).filter(|_| !changes)
        {
            // The other school types of the same school.
            let more = unit(element).school_types;
            head.unit.school_types.extend(more);
            return Ok(());
        }
        let name = self.name_of_group(id, &kind, element);
        let school_type = self.school_type.clone();
        let head = Head { unit: unit(element), kind, unknown_kind, name, validity, school_type };
        if let Some(row) = self.index.groups.get_mut(number) {
            row.document = document;
            row.deleted = false;
            row.head = Some(Box::new(head));
        }
        Ok(())
    }

    /// From the classification of the lowest level that there is; the vendor has only one.
    fn kind(&self, element: &Element) -> (GroupKind, Option<Box<str>>) {
        let level = |it: &&Element| it.attribute("level").and_then(|it| it.parse::<u32>().ok()).unwrap_or(u32::MAX);
        let values = element.all("grouptype").flat_map(|it| it.all("typevalue"));
        let value = values.min_by_key(level).and_then(Element::text);
        match value.and_then(|text| self.rules.group_types.get(text).cloned().or_else(|| GroupKind::read(text))) {
            Some(kind) => (kind, None),
            None => (GroupKind::Other, value.map(Into::into)),
        }
    }

    /// `None`: the group is lost.
    fn validity(&mut self, id: Id, kind: &GroupKind, element: &Element) -> Option<Validity> {
        match period(element.child("timeframe")) {
            Ok(Period { validity, begin_unreadable }) => {
                if begin_unreadable {
                    let code = "ims_enterprise.field_unreadable";
                    self.notes.warn(kind_of(kind), Some(id), code, "timeframe.begin is no date and is left out");
                }
                Some(validity)
            }
            Err(_) => {
                let reason = "timeframe.end is no date; without it this would be valid for ever";
                self.notes.lose(kind_of(kind), Some(id), "ims_enterprise.end_date_unreadable", reason);
                None
            }
        }
    }

    fn name_of_group(&mut self, id: Id, kind: &GroupKind, element: &Element) -> Box<str> {
        let short = element.at(&["description", "short"]).or_else(|| element.at(&["description", "long"]));
        match (kind, short) {
            (GroupKind::Mentor, _) => "Mentorsgrupp".into(),
            (_, None) => {
                let code = "ims_enterprise.field_missing";
                self.notes.warn(kind_of(kind), Some(id), code, "the group has no name");
                "".into()
            }
            (_, Some(name)) if is_somebodys_number(name, self.today) => {
                let code = "ims_enterprise.name_is_number";
                self.notes.warn(kind_of(kind), Some(id), code, "the group's name is a personal number and is left out");
                "".into()
            }
            (_, Some(name)) => name.into(),
        }
    }
}

/// Which kind of record a group becomes.
pub(super) const fn kind_of(kind: &GroupKind) -> RecordKind {
    if kind.is_organisation() { RecordKind::Organisation } else { RecordKind::Group }
}

fn is_somebodys_number(name: &str, today: Date) -> bool {
    CivicNumber::read(name, today)
        .is_some_and(|(_, warning)| matches!(warning, None | Some(CivicNumberWarning::CheckDigit)))
}

fn unit(element: &Element) -> Unit {
    let Some(extension) = element.child("extension") else { return Unit::default() };
    let code = ["schoolunitcode", "activitytypecode"].iter().find_map(|name| whole_code(extension.at(&[name])?));
    Unit {
        school_types: extension.all("schooltype").filter_map(Element::text).map(standard_code).collect(),
        code,
        municipality_code: extension.at(&["municipalitycode"]).map(|it| format!("{it:0>4}").into()),
        organisation_number: extension.at(&["organizernumber"]).map(Into::into),
    }
}

/// A school unit code that has all of its digits: what else may stand in its place is shorter.
fn whole_code(text: &str) -> Option<u32> {
    (text.len() == UNIT_CODE && text.bytes().all(|it| it.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// A school unit code that went through a number on its way, and may have lost leading zeros.
pub(super) fn numeric_code(text: &str) -> Option<u32> {
    (text.len() <= UNIT_CODE).then(|| text.parse().ok()).flatten().filter(|code| *code > 0)
}
