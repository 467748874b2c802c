//! From bytes to text, in the encoding that the XML declaration names.

use encoding_rs::{Encoding, ISO_8859_15, UTF_8, WINDOWS_1252};

use crate::decoding::{Malformed, decode};
use crate::ims_enterprise::Refusal;

/// The declaration stands within so many bytes, or there is none.
const DECLARATION: usize = 1_024;

/// Decodes what arrives in pieces, wherever it is cut.
pub(super) enum Decoding {
    /// The declaration has not arrived whole.
    Waiting(Vec<u8>),
    /// The encoding is known.
    Known(encoding_rs::Decoder),
}

impl Decoding {
    pub(super) const fn new() -> Self {
        Self::Waiting(Vec::new())
    }

    /// Adds what `bytes` say to `text`.
    pub(super) fn feed(&mut self, bytes: &[u8], text: &mut String) -> Result<(), Refusal> {
        let Self::Waiting(head) = self else { return self.decode(bytes, text, false) };
        let (now, later) = bytes.split_at(bytes.len().min(DECLARATION));
        head.extend_from_slice(now);
        if head.len() < DECLARATION && !head.windows(2).any(|it| it == b"?>") {
            return Ok(());
        }
        self.begin(text)?;
        self.decode(later, text, false)
    }

    /// There is no more.
    pub(super) fn finish(&mut self, text: &mut String) -> Result<(), Refusal> {
        self.begin(text)?;
        self.decode(&[], text, true)
    }

    fn begin(&mut self, text: &mut String) -> Result<(), Refusal> {
        let Self::Waiting(head) = self else { return Ok(()) };
        let head = std::mem::take(head);
        *self = Self::Known(encoding(&head)?.new_decoder_with_bom_removal());
        self.decode(&head, text, false)
    }

    fn decode(&mut self, bytes: &[u8], text: &mut String, last: bool) -> Result<(), Refusal> {
        let Self::Known(decoder) = self else { return Ok(()) };
        decode(decoder, bytes, text, last).map_err(|Malformed| Refusal::Encoding)
    }
}

/// The encoding that the beginning of a document names; UTF-8 if none. Only those that write XML's own signs as ASCII
/// does are read. What is labelled ISO-8859-1 is Windows-1252 in practice, as the Encoding Standard has it.
fn encoding(head: &[u8]) -> Result<&'static Encoding, Refusal> {
    if head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) {
        return Err(Refusal::Encoding);
    }
    let head = head.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(head);
    let Some(declaration) = head.strip_prefix(b"<?xml") else { return Ok(UTF_8) };
    let end = declaration.windows(2).position(|it| it == b"?>").ok_or(Refusal::Malformed)?;
    let declaration = std::str::from_utf8(declaration.get(..end).unwrap_or_default()).map_err(|_| Refusal::Encoding)?;
    let Some((_, named)) = declaration.split_once("encoding") else { return Ok(UTF_8) };
    let label = named.split(['"', '\'']).nth(1).ok_or(Refusal::Malformed)?;
    let found = Encoding::for_label(label.as_bytes()).ok_or(Refusal::Encoding)?;
    [UTF_8, WINDOWS_1252, ISO_8859_15].into_iter().find(|it| *it == found).ok_or(Refusal::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Byte by byte: nothing may hang on where the pieces are cut.
    fn read(bytes: &[u8]) -> Result<String, Refusal> {
        let (mut decoding, mut text) = (Decoding::new(), String::new());
        for byte in bytes {
            decoding.feed(std::slice::from_ref(byte), &mut text)?;
        }
        decoding.finish(&mut text)?;
        Ok(text)
    }

    #[test]
    fn the_three_encodings_of_swedish_registers_are_read_by_their_declaration() {
        let latin = |label: &str| [b"<?xml version='1.0' encoding='", label.as_bytes(), b"'?>\xE5\xE4\xF6"].concat();

        let ends = [latin("ISO-8859-1"), latin("Windows-1252"), "<?xml version=\"1.0\"?>åäö".into(), "åäö".into()]
            .map(|bytes| read(&bytes).unwrap().ends_with("åäö"));

        assert_eq!(ends, [true; 4]);
    }

    #[test]
    fn a_mark_of_utf_8_is_not_part_of_the_text() {
        assert_eq!(read("\u{feff}<a/>".as_bytes()).unwrap(), "<a/>");
    }

    #[test]
    fn bytes_of_another_encoding_are_refused() {
        let wrong: [&[u8]; 4] = [
            b"<?xml version='1.0' encoding='utf-8'?>\xE5",
            b"\xFF\xFE<\0a\0",
            b"<?xml version='1.0' encoding='utf-16'?>",
            b"<?xml version='1.0' encoding='klingon'?>",
        ];

        assert_eq!(wrong.map(|it| read(it).unwrap_err()), [Refusal::Encoding; 4]);
    }

    #[test]
    fn a_character_that_is_cut_off_is_refused() {
        assert_eq!(read(b"\xC3"), Err(Refusal::Encoding));
    }
}
