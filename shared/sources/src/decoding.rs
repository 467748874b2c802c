//! From bytes to text, wherever the bytes are cut.

use encoding_rs::{Decoder, DecoderResult};

/// The bytes are none of the encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Adds what `bytes` say to `text`; `last`: there is no more.
pub(crate) fn decode(decoder: &mut Decoder, mut bytes: &[u8], text: &mut String, last: bool) -> Result<(), Malformed> {
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).ok_or(Malformed)?;
        text.reserve(room);
        let (result, read) = decoder.decode_to_string_without_replacement(bytes, text, last);
        bytes = bytes.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return Ok(()),
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => return Err(Malformed),
        }
    }
}
