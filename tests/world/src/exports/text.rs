//! How a register writes text, by hand, so that no library's habits are in the files.

use super::ExportForm;

/// How text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextHabits {
    /// What stands between cells.
    pub separator: char,
    /// Whether each letter is one byte (ISO-8859-1), not UTF-8.
    pub latin: bool,
    /// Whether UTF-8 is marked at the beginning.
    pub marked: bool,
    /// Whether lines end as in Windows.
    pub windows: bool,
}

/// Rows of cells, with the header where there is one.
pub(super) type Rows = Vec<Vec<String>>;

impl TextHabits {
    pub(super) fn of(form: ExportForm) -> Self {
        match form {
            ExportForm::SdsV2_1 => Self { separator: ',', latin: false, marked: true, windows: true },
            ExportForm::Own => Self { separator: ';', latin: true, marked: false, windows: true },
            ExportForm::Unikum => Self { separator: '\t', latin: false, marked: false, windows: false },
        }
    }

    pub(super) fn write(&self, rows: &Rows) -> Vec<u8> {
        let mut text = String::new();
        if self.marked {
            text.push('\u{feff}');
        }
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| self.quoted(cell)).collect();
            text.push_str(&cells.join(&self.separator.to_string()));
            text.push_str(if self.windows { "\r\n" } else { "\n" });
        }
        if self.latin {
            text.chars().map(|sign| u8::try_from(sign).unwrap_or(b'?')).collect()
        } else {
            text.into_bytes()
        }
    }

    fn quoted(&self, cell: &str) -> String {
        if cell.contains([self.separator, '"']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    }
}

/// A row of texts.
pub(super) fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}
