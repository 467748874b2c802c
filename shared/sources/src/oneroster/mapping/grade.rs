//! Grades: from what a provider writes to a Swedish school year.

use crate::oneroster::conventions::Conventions;

/// Pupils are in school year 0 (förskoleklass) to 10.
const LAST_SCHOOL_YEAR: u8 = 10;

/// A school year, and the school type where the grade tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grade {
    pub(crate) school_type: Option<String>,
    pub(crate) school_year: u8,
}

impl Grade {
    /// Reads a grade: by the conventions, else by what every provider means. `KG` is the American word for the year
    /// before the first [CEDS]. From 10 on the words mean different things here and there, and are not guessed.
    pub(crate) fn read(text: &str, conventions: &Conventions) -> Option<Self> {
        let text = text.trim();
        let agreed = conventions.grades.iter().find(|(grade, _)| grade.trim().eq_ignore_ascii_case(text));
        if let Some((_, meaning)) = agreed {
            return Self::meant(meaning);
        }
        if ["KG", "F", "FK", "FKLASS", "F-KLASS"].iter().any(|word| word.eq_ignore_ascii_case(text)) {
            return Some(Self { school_type: Some("FKLASS".to_owned()), school_year: 0 });
        }
        Self::meant(text).filter(|it| it.school_type.is_some() || it.school_year < LAST_SCHOOL_YEAR)
    }

    /// Reads `7`, `07`, `GY 1` or `GY1`.
    pub(crate) fn meant(text: &str) -> Option<Self> {
        let text = text.trim();
        let year = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        let word = text.strip_suffix(year)?.trim();
        let short = (1..=2).contains(&year.len()) && year.bytes().all(|byte| byte.is_ascii_digit());
        let school_year = year.parse().ok().filter(|year| short && *year <= LAST_SCHOOL_YEAR)?;
        if !word.chars().all(char::is_alphabetic) || word.len() > 10 {
            return None;
        }
        Some(Self { school_type: (!word.is_empty()).then(|| word.to_uppercase()), school_year })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Option<String>, u8)> {
        Grade::read(text, &Conventions::default()).map(|it| (it.school_type, it.school_year))
    }

    #[test]
    fn a_number_is_a_school_year_of_a_type_that_it_does_not_tell() {
        assert_eq!([read("7"), read("07"), read("0")], [Some((None, 7)), Some((None, 7)), Some((None, 0))]);
    }

    #[test]
    fn a_type_before_the_number_is_kept() {
        assert_eq!([read("GY1"), read("gy 1")], [Some((Some("GY".into()), 1)), Some((Some("GY".into()), 1))]);
    }

    #[test]
    fn the_year_before_the_first_has_several_names() {
        assert_eq!([read("KG"), read("F-klass")], [Some((Some("FKLASS".into()), 0)), Some((Some("FKLASS".into()), 0))]);
    }

    #[test]
    fn what_means_different_things_is_not_guessed() {
        assert_eq!(["10", "12", "PK", "Other", "", "7.5", "123", "-1"].map(read), [const { None }; 8]);
    }

    #[test]
    fn the_providers_own_meaning_wins() {
        let conventions = Conventions { grades: [("10".into(), "GY 1".into())].into(), ..Conventions::default() };

        let grade = Grade::read("10", &conventions);

        assert_eq!(grade, Some(Grade { school_type: Some("GY".into()), school_year: 1 }));
    }
}
