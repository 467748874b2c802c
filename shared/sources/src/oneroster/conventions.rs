//! What a provider means where OneRoster leaves it open: a Swedish school's data in an American standard.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::mapping::Grade;
use crate::ConfigProblem;

/// What a provider means, the same for REST and CSV.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conventions {
    /// Whether an end date is the first day after, as the standard says, or the last day.
    pub end_dates: EndDates,
    /// What becomes of users with `enabledUser` false.
    pub disabled_users: DisabledUsers,
    /// The `userIds` types under which personal numbers stand, whatever their case, the most important first;
    /// `identifier` names the user's own field of that name.
    pub civic_number_types: Vec<String>,
    /// The `userIds` types under which EPPNs stand, the most important first; `username` names the user's own field of
    /// that name, which counts when it has the form `name@scope`.
    pub principal_name_types: Vec<String>,
    /// The `vendorId` or `profileType` of the user profile (1.2) whose user name signs the person in.
    pub login_profile: Option<String>,
    /// From a grade as the provider writes it to a school year, with or without a school type before it: `"GY 1"`.
    pub grades: BTreeMap<String, String>,
    /// What OneRoster cannot say of schools, by `sourcedId`.
    pub schools: BTreeMap<String, School>,
}

/// What an end date means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndDates {
    /// The first day on which it no longer holds [OneRoster 1.1 §4.7, §4.13: "exclusive"].
    #[default]
    Exclusive,
    /// The last day on which it holds, as some providers write it.
    Inclusive,
}

/// What becomes of users whose access is curtailed (`enabledUser` false).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DisabledUsers {
    /// They have no role, and so no account anywhere.
    #[default]
    Withhold,
    /// They are as all others.
    Deliver,
}

/// A school, as Sweden knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct School {
    /// School unit code, eight digits, when `identifier` does not hold it.
    pub code: Option<String>,
    /// School types, e.g. `["GR"]`. One alone is also that of the pupils there.
    pub school_types: Vec<String>,
}

impl Default for Conventions {
    fn default() -> Self {
        let owned = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect();
        Self {
            end_dates: EndDates::default(),
            disabled_users: DisabledUsers::default(),
            civic_number_types: owned(&["personnummer", "samordningsnummer", "civicNo"]),
            principal_name_types: owned(&["eduPersonPrincipalName", "eppn", "username"]),
            login_profile: None,
            grades: BTreeMap::new(),
            schools: BTreeMap::new(),
        }
    }
}

impl Conventions {
    /// What does not show in a single key.
    ///
    /// # Errors
    /// [`ConfigProblem`].
    pub fn check(&self) -> Result<(), ConfigProblem> {
        if let Some((grade, _)) = self.grades.iter().find(|(_, meaning)| Grade::meant(meaning).is_none()) {
            let key = format!("conventions.grades.{grade}");
            return Err(ConfigProblem::at(&key, "must be a school year from 0 to 10, or one with a type: \"GY 1\""));
        }
        let digits = |code: &String| code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit());
        let wrong = |school: &School| school.code.as_ref().is_some_and(|code| !digits(code));
        if let Some((school, _)) = self.schools.iter().find(|(_, school)| wrong(school)) {
            let key = format!("conventions.schools.{school}.code");
            return Err(ConfigProblem::at(&key, "must be a school unit code of eight digits"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration;

    fn at_fault(text: &str) -> Option<String> {
        let read: Result<Conventions, _> = configuration::read(&text.parse().unwrap());
        read.and_then(|it| it.check()).unwrap_err().key
    }

    #[test]
    fn a_grade_that_means_nothing_is_named() {
        assert_eq!(at_fault("grades = { '10' = 'GY 11' }").as_deref(), Some("conventions.grades.10"));
    }

    #[test]
    fn a_school_unit_code_has_eight_digits() {
        assert_eq!(at_fault("schools = { a = { code = '123' } }").as_deref(), Some("conventions.schools.a.code"));
    }

    #[test]
    fn an_unknown_convention_is_refused() {
        let read: Result<Conventions, _> = configuration::read(&"end_date = 'inclusive'".parse().unwrap());

        assert!(read.unwrap_err().message.contains("end_date"));
    }
}
