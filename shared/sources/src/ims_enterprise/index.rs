//! What is kept of documents while they are read: small, and joined by number.
//!
//! A person's places stand behind all persons, in memberships, and in other documents too; so everything is gathered
//! before anything is told. Per person some 300 bytes, per membership some 60: what 500 MB of XML say fits in 100 MB.

use std::collections::{HashMap, HashSet};

use roster::{Id, SecurityMarking, Validity};

use super::group_kind::GroupKind;
use super::refusal::Refusal;
use super::role::Role;

/// More than any register has.
const MOST_PERSONS: usize = 1_000_000;
/// More than any register has.
const MOST_GROUPS: usize = 500_000;
/// More than any register has: units, years and programmes together.
const MOST_PLACES: usize = 500_000;
/// More than any register has.
pub(super) const MOST_MEMBERS: usize = 5_000_000;

/// Things by number and by identity.
#[derive(Debug)]
pub(super) struct Table<T> {
    pub(super) rows: Vec<T>,
    by_id: HashMap<Id, u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), by_id: HashMap::new() }
    }
}

impl<T: Row> Table<T> {
    /// The number of a thing; it gets one if it is named for the first time.
    pub(super) fn number(&mut self, id: Id) -> Result<u32, Refusal> {
        if let Some(known) = self.by_id.get(&id) {
            return Ok(*known);
        }
        let number = u32::try_from(self.rows.len()).ok().filter(|_| self.rows.len() < T::MOST);
        let number = number.ok_or(Refusal::TooMany(T::WORDS))?;
        self.rows.push(T::named(id));
        self.by_id.insert(id, number);
        Ok(number)
    }

    pub(super) fn find(&self, id: Id) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    pub(super) fn get(&self, number: u32) -> Option<&T> {
        self.rows.get(number as usize)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.rows.get_mut(number as usize)
    }
}

/// A thing in a table.
pub(super) trait Row {
    const MOST: usize;
    const WORDS: &'static str;
    fn named(id: Id) -> Self;
}

/// A person.
pub(super) struct PersonRow {
    pub(super) id: Id,
    /// The person's own record without places, duties and marking, as it is stored; `None`: only named by others.
    pub(super) face: Option<Box<[u8]>>,
    /// Known as somebody's guardian or other contact only.
    pub(super) contact_only: bool,
    /// The document that gave the face.
    pub(super) document: u16,
    /// The strictest that any document says.
    pub(super) marking: Marking,
}

/// What documents say of a person's protection, the strictest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Marking {
    /// Nothing, which is not the same as that there is none.
    Unsaid,
    None,
    Address,
    Registration,
    /// Something that cannot be read: nobody can know that it said "none".
    Unreadable,
}

impl Marking {
    pub(super) fn standard(self) -> Option<SecurityMarking> {
        match self {
            Self::Unsaid => None,
            Self::None => Some(SecurityMarking::None),
            Self::Address => Some(SecurityMarking::Confidential),
            Self::Registration => Some(SecurityMarking::ProtectedRegistration),
            Self::Unreadable => Some(SecurityMarking::Other("unreadable".to_owned())),
        }
    }
}

impl Row for PersonRow {
    const MOST: usize = MOST_PERSONS;
    const WORDS: &'static str = "persons";

    fn named(id: Id) -> Self {
        Self { id, face: None, contact_only: false, document: 0, marking: Marking::Unsaid }
    }
}

/// A group, or an organisation.
pub(super) struct GroupRow {
    pub(super) id: Id,
    /// What the group's own record says; `None`: only named by others.
    pub(super) head: Option<Box<Head>>,
    /// The document that gave the head.
    pub(super) document: u16,
    /// The groups that it is a member of.
    pub(super) parents: Vec<Parent>,
    pub(super) members: Vec<Member>,
    /// The school units that its principals answer for.
    pub(super) responsibilities: Vec<Responsibility>,
    /// It was there, and is deleted.
    pub(super) deleted: bool,
}

impl Row for GroupRow {
    const MOST: usize = MOST_GROUPS;
    const WORDS: &'static str = "groups";

    fn named(id: Id) -> Self {
        Self {
            id,
            head: None,
            document: 0,
            parents: Vec::new(),
            members: Vec::new(),
            responsibilities: Vec::new(),
            deleted: false,
        }
    }
}

/// A group's own record.
pub(super) struct Head {
    pub(super) kind: GroupKind,
    /// The source's word for the kind, when it is not a known one.
    pub(super) unknown_kind: Option<Box<str>>,
    pub(super) name: Box<str>,
    pub(super) validity: Validity,
    /// SS 12000's code.
    pub(super) school_type: Option<Box<str>>,
    pub(super) unit: Unit,
}

/// What only units say.
#[derive(Default)]
pub(super) struct Unit {
    /// SS 12000's codes.
    pub(super) school_types: Vec<String>,
    pub(super) code: Option<u32>,
    pub(super) municipality_code: Option<Box<str>>,
    pub(super) organisation_number: Option<Box<str>>,
}

/// A group that another one is a member of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parent {
    pub(super) group: u32,
    pub(super) document: u16,
    pub(super) validity: Validity,
}

/// A school unit that a principal answers for.
pub(super) struct Responsibility {
    pub(super) principal: u32,
    pub(super) document: u16,
    pub(super) code: u32,
    pub(super) name: Box<str>,
}

/// A person in a group.
pub(super) struct Member {
    pub(super) person: u32,
    pub(super) document: u16,
    pub(super) role: Role,
    pub(super) validity: Validity,
    /// What is said of a pupil's place: its number among the places, from 1; 0: nothing.
    pub(super) place: u32,
}

/// A pupil's place in a class. Few are told apart, so each is kept once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) code: Option<u32>,
    pub(super) school_year: Option<u8>,
    /// SS 12000's code, if it is another than the document's.
    pub(super) school_type: Option<Box<str>>,
    pub(super) education_code: Option<Box<str>>,
}

/// Everything gathered.
#[derive(Default)]
pub(super) struct Index {
    pub(super) persons: Table<PersonRow>,
    pub(super) groups: Table<GroupRow>,
    /// Groups that are not read.
    pub(super) ignored: HashSet<Id>,
    pub(super) members: usize,
    places: Vec<Place>,
    place_numbers: HashMap<Place, u32>,
}

impl Index {
    /// Takes a group's members away, those that `leaves` says, with what they answer for as its principals.
    pub(super) fn take_members(&mut self, group: u32, leaves: impl Fn(u32, Role, u16) -> bool) {
        let Some(row) = self.groups.get_mut(group) else { return };
        let before = row.members.len();
        row.members.retain(|it| !leaves(it.person, it.role, it.document));
        row.responsibilities.retain(|it| !leaves(it.principal, Role::Principal, it.document));
        self.members -= before - row.members.len();
    }

    /// The number of a place.
    pub(super) fn number_of(&mut self, place: Place) -> Result<u32, Refusal> {
        if let Some(known) = self.place_numbers.get(&place) {
            return Ok(*known);
        }
        let number = u32::try_from(self.places.len() + 1).ok().filter(|_| self.places.len() < MOST_PLACES);
        let number = number.ok_or(Refusal::TooMany("places"))?;
        self.places.push(place.clone());
        self.place_numbers.insert(place, number);
        Ok(number)
    }

    /// What is said of a member's place.
    pub(super) fn place(&self, member: &Member) -> Option<&Place> {
        self.places.get((member.place as usize).checked_sub(1)?)
    }
}
