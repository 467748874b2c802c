//! An `<enterprise>` document as it arrives: in pieces of any size, forgotten as soon as they are understood.
//!
//! What is held is the element being read, and never more than [`MOST_PIECE`] of it. A membership is handed on member
//! by member, since a school may have thousands. Entities are not expanded and document types refused, so nothing
//! small becomes large. The tokens are `quick-xml`'s; that elements close, that the document ends and how large
//! things may be is judged here.

mod decoding;
mod element;
#[cfg(test)]
mod tests;

use quick_xml::XmlVersion;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use sha2::{Digest, Sha256};

use self::decoding::Decoding;
pub(in crate::ims_enterprise) use self::element::Element;
use super::refusal::Refusal;

/// The most bytes of one text, tag or comment, and of one record (a member is one), as UTF-8.
pub const MOST_PIECE: usize = 1024 * 1024;
/// The most elements in one record.
const MOST_ELEMENTS: usize = 20_000;
/// The deepest that elements may lie in each other.
const DEEPEST: usize = 32;
/// Decoded at once, in bytes.
const AT_ONCE: usize = 64 * 1024;

/// A part of the document, in its order.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::ims_enterprise) enum Piece {
    /// `properties`, `person` or `group`; `Element::name` says which.
    Whole(Element),
    /// `membership` begins.
    Membership {
        /// Its attribute `complete`.
        complete: bool,
    },
    /// An element of a membership: the host's `sourcedid`, or a `member`.
    OfMembership(Element),
}

/// Takes the parts of a document.
pub(in crate::ims_enterprise) trait Take {
    /// Takes the next part.
    ///
    /// # Errors
    /// [`Refusal`] ends the reading.
    fn take(&mut self, piece: Piece) -> Result<(), Refusal>;
}

/// A document being read.
pub(in crate::ims_enterprise) struct Reading<T> {
    decoding: Decoding,
    pending: String,
    most_bytes: u64,
    bytes: u64,
    digest: Sha256,
    tree: Tree<T>,
}

/// Where in the document the reading is.
struct Tree<T> {
    into: T,
    /// Names of the open elements, with their prefixes.
    open: Vec<String>,
    /// The open elements of the record being read, outermost first. Empty: between records, or in what nobody reads.
    record: Vec<Element>,
    /// How large the record is so far.
    size: usize,
    elements: usize,
    ended: bool,
}

impl<T: Take> Reading<T> {
    /// Begins a document of at most `most_bytes`.
    pub(in crate::ims_enterprise) fn new(most_bytes: u64, into: T) -> Self {
        let tree = Tree { into, open: Vec::new(), record: Vec::new(), size: 0, elements: 0, ended: false };
        Self { decoding: Decoding::new(), pending: String::new(), most_bytes, bytes: 0, digest: Sha256::new(), tree }
    }

    /// Reads on.
    ///
    /// # Errors
    /// [`Refusal`]; the document is not read any further.
    pub(in crate::ims_enterprise) fn feed(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        if self.bytes > self.most_bytes {
            return Err(Refusal::TooLarge("the document"));
        }
        for part in bytes.chunks(AT_ONCE) {
            self.decoding.feed(part, &mut self.pending)?;
            self.read(false)?;
            if self.pending.len() > MOST_PIECE {
                return Err(Refusal::TooLarge("a text, tag or comment"));
            }
        }
        Ok(())
    }

    /// The document is over. Gives back what took its parts, and a fingerprint of everything in it but its
    /// `properties`, which hold the time.
    ///
    /// # Errors
    /// [`Refusal`]; `ims_enterprise.truncated` above all.
    pub(in crate::ims_enterprise) fn finish(mut self) -> Result<(T, [u8; 32]), Refusal> {
        self.decoding.finish(&mut self.pending)?;
        self.read(true)?;
        match (self.tree.ended, self.bytes) {
            (true, _) => Ok((self.tree.into, self.digest.finalize().into())),
            (false, 0) => Err(Refusal::NotEnterprise),
            (false, _) => Err(Refusal::Truncated),
        }
    }

    /// Reads every token that has arrived whole.
    fn read(&mut self, last: bool) -> Result<(), Refusal> {
        let mut done = 0;
        let mut reader = Reader::from_str(&self.pending);
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        loop {
            let event = match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(event) => event,
                Err(error) if !last && may_go_on(&error, self.pending.get(done..).unwrap_or_default()) => break,
                Err(error) => return Err(refusal(&error)),
            };
            let end = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            // A text ends where the next sign begins, which may not have arrived.
            if !last && end >= self.pending.len() && matches!(event, Event::Text(_)) {
                break;
            }
            let raw = self.pending.get(done..end).unwrap_or_default();
            if self.tree.open.get(1).is_none_or(|name| local(name) != "properties") {
                self.digest.update(raw);
            }
            self.tree.event(event, raw.len())?;
            done = end;
        }
        self.pending.drain(..done.min(self.pending.len()));
        Ok(())
    }
}

impl<T: Take> Tree<T> {
    fn event(&mut self, event: Event<'_>, size: usize) -> Result<(), Refusal> {
        if !self.record.is_empty() {
            self.size = self.size.saturating_add(size);
            if self.size > MOST_PIECE {
                return Err(Refusal::TooLarge("a record"));
            }
        }
        match event {
            Event::Start(start) => self.start(&start),
            Event::Empty(start) => {
                self.start(&start)?;
                self.end(start.name().as_ref())
            }
            Event::End(end) => self.end(end.name().as_ref()),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => self.text(referred(&reference)?.encode_utf8(&mut [0; 4])),
            Event::DocType(_) => Err(Refusal::DocumentType),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), Refusal> {
        let name = start.name().as_ref().to_owned();
        if self.ended {
            return Err(Refusal::Malformed);
        }
        if self.open.len() >= DEEPEST {
            return Err(Refusal::TooLarge("the depth of elements"));
        }
        match self.open.len() {
            0 if local(&name) != "enterprise" => return Err(Refusal::NotEnterprise),
            1 if !self.is_ours(&name) => {}
            1 if matches!(local(&name), "properties" | "person" | "group") => self.begin(start)?,
            1 if local(&name) == "membership" => {
                let complete = element(start)?.attribute("complete").is_some_and(|it| matches!(it, "true" | "1"));
                self.into.take(Piece::Membership { complete })?;
            }
            2 if self.in_membership() && matches!(local(&name), "sourcedid" | "member") => self.begin(start)?,
            _ if !self.record.is_empty() => {
                self.elements += 1;
                if self.elements > MOST_ELEMENTS {
                    return Err(Refusal::TooLarge("a record"));
                }
                self.record.push(element(start)?);
            }
            _ => {}
        }
        self.open.push(name);
        Ok(())
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), Refusal> {
        self.size = 0;
        self.elements = 1;
        self.record.push(element(start)?);
        Ok(())
    }

    /// Whether an element is written as `<enterprise>` is; what has another prefix is somebody else's extension.
    fn is_ours(&self, name: &str) -> bool {
        self.open.first().is_some_and(|root| prefix(root) == prefix(name))
    }

    fn in_membership(&self) -> bool {
        self.open.get(1).is_some_and(|name| self.is_ours(name) && local(name) == "membership")
    }

    fn end(&mut self, name: &str) -> Result<(), Refusal> {
        if self.open.pop().as_deref() != Some(name) {
            return Err(Refusal::Malformed);
        }
        self.ended = self.open.is_empty();
        let Some(closed) = self.record.pop() else { return Ok(()) };
        match self.record.last_mut() {
            Some(around) => around.children.push(closed),
            None if self.open.len() == 2 => self.into.take(Piece::OfMembership(closed))?,
            None => self.into.take(Piece::Whole(closed))?,
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Refusal> {
        if let Some(element) = self.record.last_mut() {
            element.text.push_str(text);
        } else if self.open.is_empty() && !text.trim().is_empty() {
            return Err(if self.ended { Refusal::Malformed } else { Refusal::NotEnterprise });
        }
        Ok(())
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn prefix(name: &str) -> &str {
    name.rsplit_once(':').map_or("", |(prefix, _)| prefix)
}

fn element(start: &BytesStart<'_>) -> Result<Element, Refusal> {
    let mut element = Element { name: local(start.name().as_ref()).to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Refusal::Malformed)?;
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|error| refusal(&error))?;
        element.attributes.push((local(attribute.key.as_ref()).to_owned(), value.into_owned()));
    }
    Ok(element)
}

/// The character that a reference stands for.
fn referred(reference: &BytesRef<'_>) -> Result<char, Refusal> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| Refusal::Malformed)? {
        return Ok(character);
    }
    match reference.xml10_content().as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(Refusal::Entity),
    }
}

/// Whether the rest of a token may be on its way.
fn may_go_on(error: &Error, rest: &str) -> bool {
    match error {
        Error::Syntax(_) => true,
        Error::IllFormed(IllFormedError::UnclosedReference) => !rest.contains('<'),
        _ => false,
    }
}

fn refusal(error: &Error) -> Refusal {
    match error {
        Error::Syntax(_) => Refusal::Truncated,
        Error::Escape(quick_xml::escape::EscapeError::UnrecognizedEntity(..)) => Refusal::Entity,
        _ => Refusal::Malformed,
    }
}
