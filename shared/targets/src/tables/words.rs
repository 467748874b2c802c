//! Swedish schools in the words of American tables.

use std::collections::BTreeSet;

use jiff::civil::Date;
use roster::Validity;
use rules::view::{OrganisationView, OrganisationViewKind, Reference};

/// The first and the last day of what no source says when it begins and ends.
const ALWAYS: (Date, Date) = (jiff::civil::date(1900, 1, 1), jiff::civil::date(2099, 12, 31));

/// A period of at least so many days is a school year; a shorter one is a term.
const SCHOOL_YEAR: i64 = 200;

/// The month in which a Swedish school year begins.
const FIRST_MONTH: i8 = 7;

/// A period in which there are classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) first: Date,
    pub(crate) last: Date,
}

impl Period {
    pub(crate) fn of(validity: Validity) -> Self {
        Self { first: validity.start.unwrap_or(ALWAYS.0), last: validity.end.unwrap_or(ALWAYS.1) }
    }

    /// `schoolYear` or `term`.
    pub(crate) fn kind(self) -> &'static str {
        let days = self.last.duration_since(self.first).as_hours() / 24;
        if days >= SCHOOL_YEAR { "schoolYear" } else { "term" }
    }

    pub(crate) fn title(self) -> String {
        format!("{} – {}", self.first, self.last)
    }

    /// The year in which the school year ends: an autumn belongs to the next one.
    pub(crate) fn school_year(self) -> String {
        let is_autumn = self.last.month() >= FIRST_MONTH;
        self.last.year().saturating_add(i16::from(is_autumn)).to_string()
    }
}

/// What an organisation is, and what it is below.
pub(crate) fn organisation(view: &OrganisationView) -> (&'static str, &str) {
    let (kind, above): (&str, Option<&Reference>) = match view.kind {
        OrganisationViewKind::Principal => ("district", None),
        OrganisationViewKind::School => ("local", view.principal.as_ref()),
        OrganisationViewKind::SchoolUnit => ("school", view.school.as_ref().or(view.principal.as_ref())),
    };
    (kind, above.map(|it| it.at_target.as_str()).unwrap_or_default())
}

/// School years: `KG` for the preschool class, then two digits.
pub(crate) fn grades(years: impl Iterator<Item = u8>) -> String {
    let code = |year: u8| if year == 0 { "KG".to_owned() } else { format!("{year:02}") };
    years.collect::<BTreeSet<u8>>().into_iter().map(code).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(first: &str, last: &str) -> Period {
        Period { first: first.parse().unwrap(), last: last.parse().unwrap() }
    }

    #[test]
    fn an_autumn_belongs_to_the_school_year_that_ends_the_next_summer() {
        let [autumn, spring, both] =
            [("2026-08-17", "2026-12-18"), ("2027-01-11", "2027-06-11"), ("2026-08-17", "2027-06-11")]
                .map(|(first, last)| period(first, last));

        assert_eq!([autumn, spring, both].map(Period::school_year), ["2027", "2027", "2027"]);
        assert_eq!([autumn, spring, both].map(Period::kind), ["term", "term", "schoolYear"]);
    }

    #[test]
    fn the_preschool_class_is_kindergarten() {
        assert_eq!((grades([0, 4, 4].into_iter()), grades(std::iter::empty())), ("KG,04".into(), String::new()));
    }
}
