//! One cell after the other of an object's row, with what is wrong with each.

use super::personal_number;

/// What a school type may be called (help page 80000377939).
const SCHOOL_TYPES: [&str; 5] = [
    "se.forskoleverksamhet.forskola",
    "se.grundskoleutbildning.grundskola",
    "se.grundskoleutbildning.sarskola.grundsarskola",
    "se.gymnasieutbildning.gymnasieskola",
    "se.vuxenutbildning",
];
/// The school year of a pupil with ten years of school.
const LAST_SCHOOL_YEAR: u8 = 10;

/// The cells of a row, by column counted from 1, and the faults found so far.
pub(super) struct Cells<'r> {
    cells: &'r [&'r str],
    pub(super) faults: Vec<String>,
}

impl<'r> Cells<'r> {
    pub(super) fn of(cells: &'r [&'r str]) -> Self {
        Self { cells, faults: Vec::new() }
    }

    pub(super) fn required(&mut self, column: usize, what: &str) -> String {
        let text = self.text(column);
        if text.is_empty() {
            self.fault(column, &format!("{what} is missing"));
        }
        text.to_owned()
    }

    pub(super) fn email(&mut self, column: usize) -> Option<String> {
        let text = self.filled(column)?;
        let is_address = |(local, domain): (&str, &str)| !local.is_empty() && !domain.is_empty();
        let plain = !text.contains(char::is_whitespace) && text.split_once('@').is_some_and(is_address);
        self.unless(plain, column, "not an e-mail address");
        Some(text.to_owned())
    }

    pub(super) fn personal_number(&mut self, column: usize) -> String {
        let text = self.required(column, "the personal number");
        if let Some(fault) = personal_number::fault(&text).filter(|_| !text.is_empty()) {
            self.fault(column, fault);
        }
        text
    }

    pub(super) fn boolean(&mut self, column: usize) {
        let fits = matches!(self.text(column), "" | "true" | "false");
        self.unless(fits, column, "neither true nor false nor empty");
    }

    pub(super) fn empty(&mut self, column: usize) {
        let fits = self.text(column).is_empty();
        self.unless(fits, column, "to be left empty, and is not");
    }

    pub(super) fn school_year(&mut self, column: usize) -> Option<u8> {
        let text = self.filled(column)?;
        let year = if text == "F" { Some(0) } else { plain_number(text).filter(|it| *it <= LAST_SCHOOL_YEAR) };
        self.unless(year.is_some(), column, "a school year that is neither F nor 0 to 10");
        year
    }

    /// From and to.
    pub(super) fn ages(&mut self, columns: [usize; 2]) {
        for column in columns {
            let fits = self.filled(column).is_none_or(|text| plain_number::<u8>(text).is_some());
            self.unless(fits, column, "an age that is no number");
        }
    }

    pub(super) fn school_type(&mut self, column: usize) -> Option<String> {
        let text = self.filled(column)?;
        let fault = "a school type that is none of Unikum's in dot notation";
        self.unless(SCHOOL_TYPES.contains(&text), column, fault);
        Some(text.to_owned())
    }

    pub(super) fn school_unit_code(&mut self, column: usize) -> Option<String> {
        let text = self.filled(column)?;
        let fits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
        self.unless(fits, column, "a school unit code that is not eight digits");
        Some(text.to_owned())
    }

    fn text(&self, column: usize) -> &'r str {
        self.cells.get(column - 1).copied().unwrap_or_default()
    }

    fn filled(&self, column: usize) -> Option<&'r str> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    fn unless(&mut self, fits: bool, column: usize, fault: &str) {
        if !fits {
            self.fault(column, fault);
        }
    }

    fn fault(&mut self, column: usize, fault: &str) {
        self.faults.push(format!("column {column}: {fault}"));
    }
}

/// Digits only: no sign, and no zero before other digits.
fn plain_number<T: std::str::FromStr + ToString>(text: &str) -> Option<T> {
    text.parse().ok().filter(|number: &T| number.to_string() == text)
}
