//! Rows of a text file with separators, taken in as they arrive. No more than one row is held.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use encoding_rs::{Decoder, UTF_8, WINDOWS_1252};

use super::problem::FileProblem;
use super::text::{FinalNewline, Separator, TextEncoding, TextForm};
use crate::decoding::{Malformed, decode};

/// The longest cell, in bytes.
pub(super) const LONGEST_CELL: usize = 64 * 1024;

/// The longest row, in bytes.
const LONGEST_ROW: usize = 256 * 1024;

/// The most cells of a row.
const MOST_CELLS: usize = 1_000;

/// The most rows of a file.
const MOST_ROWS: u64 = 2_000_000;

/// A row.
#[derive(Clone, Copy)]
pub(super) struct Row<'r> {
    /// The line it begins on, from 1.
    pub(super) line: u64,
    text: &'r str,
    ends: &'r [usize],
}

impl<'r> Row<'r> {
    /// How many cells it has.
    pub(super) const fn len(self) -> usize {
        self.ends.len()
    }

    /// A cell without surrounding blanks; `None`: there is none, or it is empty.
    pub(super) fn cell(self, place: usize) -> Option<&'r str> {
        let from = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        let cell = self.text.get(from..*self.ends.get(place)?)?.trim();
        (!cell.is_empty()).then_some(cell)
    }

    /// Whether a cell goes on in the next line, as happens when a quotation mark is not closed.
    pub(super) fn has_line_break(self) -> bool {
        self.text.contains(['\n', '\r'])
    }
}

/// What becomes of rows.
pub(super) type Taking<'t> = &'t mut (dyn FnMut(Row<'_>) -> Result<(), FileProblem> + Send);

/// A file being taken in.
pub(super) struct Rows {
    /// As it may be shown.
    name: String,
    decoder: Decoder,
    form: TextForm,
    /// Decoded, and not yet read.
    pending: String,
    core: Reader,
    output: Vec<u8>,
    written: usize,
    ends: Vec<usize>,
    ended: usize,
    /// The line being read, from 1.
    line: u64,
    /// The line on which the row began.
    began: u64,
    /// Whether a row has begun.
    inside: bool,
    last: Option<char>,
    pub(super) rows: u64,
}

impl Rows {
    pub(super) fn new(name: String, form: TextForm) -> Self {
        let decoder = match form.encoding {
            TextEncoding::Utf8 => UTF_8.new_decoder_with_bom_removal(),
            TextEncoding::Iso8859_1 | TextEncoding::Windows1252 => WINDOWS_1252.new_decoder_without_bom_handling(),
        };
        let delimiter = match form.separator {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
        };
        Self {
            name,
            decoder,
            form,
            pending: String::new(),
            core: ReaderBuilder::new().delimiter(delimiter).build(),
            output: vec![0; 4 * 1024],
            written: 0,
            ends: vec![0; 64],
            ended: 0,
            line: 1,
            began: 1,
            inside: false,
            last: None,
            rows: 0,
        }
    }

    /// Takes in what has arrived.
    pub(super) fn feed(&mut self, bytes: &[u8], take: Taking<'_>) -> Result<(), FileProblem> {
        let decoded = decode(&mut self.decoder, bytes, &mut self.pending, false);
        // What comes before the wrong bytes tells the line.
        self.read(take)?;
        decoded.map_err(|Malformed| self.wrong_encoding())
    }

    /// There is no more.
    pub(super) fn finish(mut self, take: Taking<'_>) -> Result<u64, FileProblem> {
        if decode(&mut self.decoder, &[], &mut self.pending, true) == Err(Malformed) {
            return Err(self.wrong_encoding());
        }
        self.read(take)?;
        let ends = matches!(self.last, Some('\n' | '\r'));
        if self.inside && !ends && self.form.final_newline == FinalNewline::Required {
            let detail = format!("{}, line {}: the file ceases within a line", self.name, self.line);
            return Err(FileProblem::new("file_drop.truncated", detail));
        }
        if self.inside {
            self.step(b"", take)?;
        }
        Ok(self.rows)
    }

    fn read(&mut self, take: Taking<'_>) -> Result<(), FileProblem> {
        self.last = self.pending.chars().next_back().or(self.last);
        let pending = std::mem::take(&mut self.pending);
        let mut rest = pending.as_bytes();
        loop {
            if !self.inside {
                rest = self.past_blank_lines(rest);
            }
            if rest.is_empty() {
                return Ok(());
            }
            if !std::mem::replace(&mut self.inside, true) {
                self.began = self.line;
            }
            let read = self.step(rest, take)?;
            rest = rest.get(read..).unwrap_or_default();
        }
    }

    fn past_blank_lines<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let blank = bytes.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        let (before, after) = bytes.split_at(blank);
        self.line += lines(before);
        after
    }

    /// Reads on to the end of the bytes or of the row; gives how many bytes were read.
    fn step(&mut self, bytes: &[u8], take: Taking<'_>) -> Result<usize, FileProblem> {
        let room = self.output.get_mut(self.written..).unwrap_or_default();
        let (result, read, written, ended) =
            self.core.read_record(bytes, room, self.ends.get_mut(self.ended..).unwrap_or_default());
        self.written += written;
        self.ended += ended;
        let cell_begins = self.ended.checked_sub(1).and_then(|it| self.ends.get(it)).copied().unwrap_or(0);
        if self.written.saturating_sub(cell_begins) > LONGEST_CELL || self.longest_cell() > LONGEST_CELL {
            return Err(self.too_large("a cell"));
        }
        match result {
            ReadRecordResult::OutputFull if self.output.len() >= LONGEST_ROW => return Err(self.too_large("the row")),
            ReadRecordResult::OutputFull => self.output.resize(self.output.len() * 2, 0),
            ReadRecordResult::OutputEndsFull if self.ends.len() >= MOST_CELLS => {
                return Err(self.too_large("the number of cells"));
            }
            ReadRecordResult::OutputEndsFull => self.ends.resize((self.ends.len() * 2).min(MOST_CELLS), 0),
            ReadRecordResult::Record => {
                self.row(take)?;
                self.line += lines(bytes.get(..read).unwrap_or_default());
                return Ok(read);
            }
            ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
        }
        self.line += lines(bytes.get(..read).unwrap_or_default());
        Ok(read)
    }

    /// The longest of the cells that have ended.
    fn longest_cell(&self) -> usize {
        let ends = self.ends.get(..self.ended).unwrap_or_default();
        let begins = std::iter::once(&0).chain(ends);
        ends.iter().zip(begins).map(|(end, begin)| end.saturating_sub(*begin)).max().unwrap_or(0)
    }

    fn row(&mut self, take: Taking<'_>) -> Result<(), FileProblem> {
        self.rows += 1;
        if self.rows > MOST_ROWS {
            return Err(FileProblem::new("file_drop.too_many", format!("{}: more than {MOST_ROWS} rows", self.name)));
        }
        let bytes = self.output.get(..self.written).unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|_| self.wrong_encoding())?;
        if self.form.encoding != TextEncoding::Utf8 && is_utf8_read_as_latin(text) {
            return Err(self.wrong_encoding());
        }
        let row = Row { line: self.began, text, ends: self.ends.get(..self.ended).unwrap_or_default() };
        take(row)?;
        (self.written, self.ended, self.inside) = (0, 0, false);
        Ok(())
    }

    fn wrong_encoding(&self) -> FileProblem {
        let detail = format!("{}, line {}: not in the encoding {}", self.name, self.line, self.form.encoding.name());
        FileProblem::new("file_drop.encoding", detail)
    }

    fn too_large(&self, what: &str) -> FileProblem {
        let detail =
            format!("{}, line {}, column {}: {what} is larger than allowed", self.name, self.line, self.ended + 1);
        FileProblem::new("file_drop.field_too_large", detail)
    }
}

fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// Whether text has what UTF-8's mark, or its letters å, ä, ö and é, are in Windows-1252: nothing that anybody writes.
fn is_utf8_read_as_latin(text: &str) -> bool {
    let marked = text.starts_with("ï»¿");
    marked
        || text.match_indices('Ã').any(|(at, sign)| {
            let next = text.get(at + sign.len()..).and_then(|rest| rest.chars().next());
            matches!(next, Some('¥' | '¤' | '¶' | '©' | '…' | '„' | '–' | '‰'))
        })
}

#[cfg(test)]
mod tests;
