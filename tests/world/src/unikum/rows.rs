//! A file's rows and cells.

use super::complaints::Complaints;

/// What is not read as a file that is larger: 64 MiB. A total file of the largest municipality has a tenth of it.
pub(super) const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A row that is not empty.
pub(super) struct Row<'f> {
    /// Counted from 1.
    pub(super) number: usize,
    pub(super) cells: Vec<&'f str>,
}

/// The rows of a file. A file that cannot be read at all has none, nor is a row read that is cut short.
pub(super) fn read<'f>(file: &str, bytes: &'f [u8], complaints: &mut Complaints) -> Vec<Row<'f>> {
    if bytes.len() > MOST_BYTES {
        complaints.say(format!("{file}: larger than 64 MiB, not read"));
        return Vec::new();
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        complaints.say(format!("{file}: not UTF-8"));
        return Vec::new();
    };
    let unmarked = text.strip_prefix('\u{feff}');
    if unmarked.is_some() {
        complaints.say(format!("{file}: begins with a byte order mark"));
    }
    let lines = unmarked.unwrap_or(text).split_inclusive('\n').enumerate();
    lines
        .filter_map(|(before, line)| row(&format!("{file} row {}", before + 1), before + 1, line, complaints))
        .collect()
}

fn row<'f>(at: &str, number: usize, line: &'f str, complaints: &mut Complaints) -> Option<Row<'f>> {
    let Some(line) = line.strip_suffix('\n') else {
        complaints.say(format!("{at}: no newline at its end, the file is cut short"));
        return None;
    };
    if line.contains('\r') {
        complaints.say(format!("{at}: holds a carriage return"));
    }
    let line = line.trim_end_matches('\r');
    if line.is_empty() {
        complaints.say(format!("{at}: empty"));
        return None;
    }
    let cells: Vec<&str> = line.split('\t').collect();
    for (column, cell) in (1..).zip(&cells) {
        if cell.trim() != *cell {
            complaints.say(format!("{at}, column {column}: begins or ends with white space"));
        }
        if cell.chars().any(|sign| sign.is_control() && sign != '\r') {
            complaints.say(format!("{at}, column {column}: holds a control character"));
        }
    }
    Some(Row { number, cells })
}
