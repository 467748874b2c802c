//! An `<enterprise>` document, record by record.
//!
//! What is held is the element being read, and never more than [`MOST_PIECE`] of it. A membership is handed on member
//! by member, since a school may have thousands. That elements close, that the document ends and how large things may
//! be is judged here.

#[cfg(test)]
mod tests;

use quick_xml::events::{BytesStart, Event};

use super::refusal::Refusal;
pub(in crate::ims_enterprise) use crate::xml::Element;
pub use crate::xml::MOST_PIECE;
use crate::xml::{DEEPEST, MOST_ELEMENTS, Markup, Sink, Tokens, element, local, prefix, understand};

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
pub(in crate::ims_enterprise) struct Reading<T>(Tokens<Tree<T>>);

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
        Self(Tokens::new(most_bytes, tree))
    }

    /// Reads on.
    ///
    /// # Errors
    /// [`Refusal`]; the document is not read any further.
    pub(in crate::ims_enterprise) fn feed(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.0.feed(bytes)
    }

    /// The document is over. Gives back what took its parts, and a fingerprint of everything in it but its
    /// `properties`, which hold the time.
    ///
    /// # Errors
    /// [`Refusal`]; `ims_enterprise.truncated` above all.
    pub(in crate::ims_enterprise) fn finish(self) -> Result<(T, [u8; 32]), Refusal> {
        self.0.finish().map(|(tree, digest)| (tree.into, digest))
    }
}

impl<T: Take> Sink for Tree<T> {
    fn event(&mut self, event: Event<'_>, size: usize) -> Result<(), Refusal> {
        if !self.record.is_empty() {
            self.size = self.size.saturating_add(size);
            if self.size > MOST_PIECE {
                return Err(Refusal::TooLarge("a record"));
            }
        }
        understand(event, self)
    }

    fn ended(&self) -> bool {
        self.ended
    }

    fn counts(&self) -> bool {
        self.open.get(1).is_none_or(|name| local(name) != "properties")
    }
}

impl<T: Take> Tree<T> {
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
}

impl<T: Take> Markup for Tree<T> {
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
