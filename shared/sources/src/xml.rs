//! XML as it arrives: in pieces of any size, forgotten as soon as they are understood.
//!
//! The tokens are `quick-xml`'s. Entities are not expanded and document types refused, so nothing small becomes large.
//! What is made of the tokens, and that elements close, is judged by whoever takes them ([`Sink`]).

mod decoding;
mod element;

use quick_xml::XmlVersion;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use sha2::{Digest, Sha256};

use self::decoding::Decoding;
pub(crate) use self::element::Element;
use crate::ims_enterprise::Refusal;

/// The most bytes of one text, tag or comment, and of one record, as UTF-8.
pub const MOST_PIECE: usize = 1024 * 1024;
/// The most elements in one record.
pub(crate) const MOST_ELEMENTS: usize = 20_000;
/// The deepest that elements may lie in each other.
pub(crate) const DEEPEST: usize = 32;
/// Decoded at once, in bytes.
const AT_ONCE: usize = 64 * 1024;

/// Takes tokens.
pub(crate) trait Sink {
    /// Takes a token, which was so many bytes long.
    ///
    /// # Errors
    /// [`Refusal`] ends the reading.
    fn event(&mut self, event: Event<'_>, size: usize) -> Result<(), Refusal>;

    /// Whether the document's outermost element has been closed.
    fn ended(&self) -> bool;

    /// Whether the next token belongs to the document's fingerprint.
    fn counts(&self) -> bool {
        true
    }
}

/// What elements and texts are made into, wherever in a document they stand.
pub(crate) trait Markup {
    /// An element begins.
    ///
    /// # Errors
    /// [`Refusal`].
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), Refusal>;

    /// An element ends.
    ///
    /// # Errors
    /// [`Refusal`].
    fn end(&mut self, name: &str) -> Result<(), Refusal>;

    /// Text, as it is meant.
    ///
    /// # Errors
    /// [`Refusal`].
    fn text(&mut self, text: &str) -> Result<(), Refusal>;
}

/// Tells what a token means. Document types, and entities that stand for more than a sign, are refused.
///
/// # Errors
/// [`Refusal`].
pub(crate) fn understand(event: Event<'_>, markup: &mut impl Markup) -> Result<(), Refusal> {
    match event {
        Event::Start(start) => markup.start(&start),
        Event::Empty(start) => {
            markup.start(&start)?;
            markup.end(start.name().as_ref())
        }
        Event::End(end) => markup.end(end.name().as_ref()),
        Event::Text(text) => markup.text(&text.xml10_content()),
        Event::CData(text) => markup.text(&text.xml10_content()),
        Event::GeneralRef(reference) => markup.text(referred(&reference)?.encode_utf8(&mut [0; 4])),
        Event::DocType(_) => Err(Refusal::DocumentType),
        Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => Ok(()),
    }
}

/// A document being taken apart.
pub(crate) struct Tokens<S> {
    decoding: Decoding,
    pub(crate) pending: String,
    most_bytes: u64,
    bytes: u64,
    digest: Sha256,
    sink: S,
}

impl<S: Sink> Tokens<S> {
    /// Begins a document of at most `most_bytes`.
    pub(crate) fn new(most_bytes: u64, sink: S) -> Self {
        Self { decoding: Decoding::new(), pending: String::new(), most_bytes, bytes: 0, digest: Sha256::new(), sink }
    }

    /// What takes the tokens.
    pub(crate) const fn sink(&mut self) -> &mut S {
        &mut self.sink
    }

    /// Reads on.
    ///
    /// # Errors
    /// [`Refusal`]; the document is not read any further.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
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

    /// The document is over. Gives back what took its tokens, and a fingerprint of those that count.
    ///
    /// # Errors
    /// [`Refusal`]; `ims_enterprise.truncated` above all.
    pub(crate) fn finish(mut self) -> Result<(S, [u8; 32]), Refusal> {
        self.decoding.finish(&mut self.pending)?;
        self.read(true)?;
        match (self.sink.ended(), self.bytes) {
            (true, _) => Ok((self.sink, self.digest.finalize().into())),
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
            if self.sink.counts() {
                self.digest.update(raw);
            }
            self.sink.event(event, raw.len())?;
            done = end;
        }
        self.pending.drain(..done.min(self.pending.len()));
        Ok(())
    }
}

/// A name without its prefix.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// A name's prefix; empty: none.
pub(crate) fn prefix(name: &str) -> &str {
    name.rsplit_once(':').map_or("", |(prefix, _)| prefix)
}

/// An element with its attributes; whatever is in it comes later.
pub(crate) fn element(start: &BytesStart<'_>) -> Result<Element, Refusal> {
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
