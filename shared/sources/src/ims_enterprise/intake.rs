//! Taking documents in, one after the other, as they arrive.
//!
//! ```text
//! let mut document = Intake::new(rules, today).open(most_bytes, Some("GR"));
//! document.feed(chunk)?;                       // as often as something arrives
//! let snapshot = document.close()?.finish();   // or another `open`
//! ```
//! Documents with what changed are put on top of those with everything ([`Intake::open_changes`]), in their order.
//! A document that is refused takes the whole intake with it: nothing may be concluded from half of a register.

mod changes;
mod group;
mod member;
mod person;

use jiff::civil::Date;
use roster::RecordKind;
use sha2::{Digest, Sha256};

use super::identity::{Named, of};
use super::index::Index;
use super::refusal::Refusal;
use super::rules::Rules;
use super::school_type::standard_code;
use super::snapshot::{Known, Snapshot};
use super::xml::{Element, Piece, Reading, Take};
use crate::notes::Notes;

use self::changes::Gone;

/// What a document with changes calls itself [Organization API v12 §4.1].
pub(super) const DELTA: &str = "DeltaOrganization";

/// What has been taken in.
pub struct Intake {
    rules: Rules,
    today: Date,
    pub(super) index: Index,
    notes: Notes,
    digest: Sha256,
    /// The number of the present document, from 1.
    document: u16,
    /// What the present document holds.
    content: Content,
    /// SS 12000's code of the present document's school type.
    school_type: Option<Box<str>>,
    host: Host,
}

/// What a document holds.
#[derive(Debug, Default)]
enum Content {
    #[default]
    Everything,
    Changes(Gone),
}

/// Whose members are being read.
enum Host {
    /// The membership's `sourcedid` has not come.
    Awaited { complete: bool },
    /// A group.
    Known(u32),
    /// A group that is not read.
    Ignored,
    /// It came and cannot be read.
    Unreadable,
}

/// A document being taken in.
pub struct OpenDocument(Reading<Intake>);

impl Intake {
    /// An intake of nothing. `today` is the date in Sweden when the read began.
    #[must_use]
    pub fn new(rules: Rules, today: Date) -> Self {
        Self {
            rules,
            today,
            index: Index::default(),
            notes: Notes::default(),
            digest: Sha256::new(),
            document: 0,
            content: Content::Everything,
            school_type: None,
            host: Host::Unreadable,
        }
    }

    /// Opens the next document, of at most `most_bytes`. `school_type` is used if the document does not name its own.
    #[must_use]
    pub fn open(mut self, most_bytes: u64, school_type: Option<&str>) -> OpenDocument {
        self.document = self.document.saturating_add(1);
        self.school_type = school_type.map(|code| standard_code(code).into());
        OpenDocument(Reading::new(most_bytes, self))
    }

    /// Opens the next document, of at most `most_bytes`, which holds what changed since those before it.
    #[must_use]
    pub fn open_changes(mut self, most_bytes: u64) -> OpenDocument {
        self.content = Content::Changes(Gone::default());
        self.open(most_bytes, None)
    }

    /// What the documents so far say is known: [`Snapshot::since`] tells what differs from it.
    #[must_use]
    pub fn known(self) -> (Known, Self) {
        let snapshot = Snapshot::of(self.index, self.notes.clone(), self.today, [0; 32]);
        (Known::of(&snapshot), Self { index: snapshot.into_index(), ..self })
    }

    /// Everything has been taken in.
    #[must_use]
    pub fn finish(self) -> Snapshot {
        Snapshot::of(self.index, self.notes, self.today, self.digest.finalize().into())
    }

    fn properties(&mut self, properties: &Element) -> Result<(), Refusal> {
        match (&self.content, properties.at(&["type"])) {
            (Content::Everything, Some(DELTA | "TeacherOrganization")) => return Err(Refusal::NotComplete),
            (Content::Changes(_), Some(other)) if other != DELTA => return Err(Refusal::NotDelta),
            _ => {}
        }
        if let Some(code) = properties.at(&["schooltype"]) {
            self.school_type = Some(standard_code(code).into());
        }
        Ok(())
    }

    /// The membership's own `sourcedid` is that of its group.
    fn host(&mut self, sourcedid: &Element) -> Result<(), Refusal> {
        let Host::Awaited { complete } = self.host else { return Ok(()) };
        let Some(id) = of(sourcedid, Named::Group) else {
            self.host = Host::Unreadable;
            return Ok(());
        };
        if self.index.ignored.contains(&id) {
            self.host = Host::Ignored;
            return Ok(());
        }
        let number = self.index.groups.number(id)?;
        self.host = Host::Known(number);
        let document = self.document;
        match (complete, self.is_changes()) {
            (false, _) => {}
            (true, true) => self.empty(number),
            // It replaces what the same document said before; the other documents have members of their own.
            (true, false) => self.index.take_members(number, |_, _, of| of == document),
        }
        Ok(())
    }

    fn unknown_host(&mut self) {
        self.notes.lose(
            RecordKind::Group,
            None,
            "ims_enterprise.record_unreadable",
            "a membership does not say of which group",
        );
    }
}

impl Take for Intake {
    fn take(&mut self, piece: Piece) -> Result<(), Refusal> {
        match piece {
            Piece::Membership { complete } => {
                self.host = Host::Awaited { complete };
                Ok(())
            }
            Piece::OfMembership(element) if element.name == "sourcedid" => self.host(&element),
            Piece::OfMembership(element) => match self.host {
                Host::Known(host) => self.member(host, &element),
                Host::Ignored => Ok(()),
                Host::Awaited { .. } | Host::Unreadable => {
                    self.unknown_host();
                    Ok(())
                }
            },
            Piece::Whole(element) => match element.name.as_str() {
                "person" => self.person(&element),
                "group" => self.group(&element),
                _ => self.properties(&element),
            },
        }
    }
}

impl OpenDocument {
    /// Takes in what has arrived.
    ///
    /// # Errors
    /// [`Refusal`]: the document is refused.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.0.feed(bytes)
    }

    /// Nothing more comes.
    ///
    /// # Errors
    /// [`Refusal`]: the document is refused; `ims_enterprise.truncated` if it did not come to its end.
    pub fn close(self) -> Result<Intake, Refusal> {
        let (mut intake, digest) = self.0.finish()?;
        intake.digest.update(digest);
        intake.settle();
        Ok(intake)
    }

    /// Takes in all that a reader gives.
    ///
    /// # Errors
    /// [`std::io::Error`] of the reader; a [`Refusal`] is wrapped in one of kind `InvalidData`.
    pub fn feed_all(&mut self, mut reader: impl std::io::Read) -> std::io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(read) => {
                    let arrived = buffer.get(..read).unwrap_or_default();
                    self.feed(arrived)
                        .map_err(|refusal| std::io::Error::new(std::io::ErrorKind::InvalidData, refusal))?;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl std::fmt::Debug for Intake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Intake").field("document", &self.document).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for OpenDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenDocument").finish_non_exhaustive()
    }
}

/// Whether a record or a role is marked as deleted (`recstatus` 3).
pub(super) fn is_deleted(element: &Element) -> bool {
    element.attribute("recstatus") == Some("3")
}
