//! Which schools and classes are read. Pure.

use std::collections::BTreeSet;

use regex_lite::Regex;

use super::config::GraphEducationConfig;
use crate::ConfigProblem;

/// The choice of a configuration. Empty parts restrict nothing; words are compared whatever their case.
#[derive(Debug)]
pub(super) struct Choice {
    schools: BTreeSet<String>,
    only: BTreeSet<String>,
    mail_nickname_prefixes: Vec<String>,
    external_sources: BTreeSet<String>,
    external_id_prefixes: Vec<String>,
    names: Vec<Regex>,
    home_class_names: Vec<Regex>,
}

/// What a class is chosen by.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Traits<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) mail_nickname: Option<&'a str>,
    pub(super) external_id: Option<&'a str>,
    pub(super) external_source: Option<&'a str>,
}

impl Choice {
    pub(super) fn of(config: &GraphEducationConfig) -> Result<Self, ConfigProblem> {
        let filter = &config.classes;
        Ok(Self {
            schools: words(&config.schools),
            only: words(&filter.only),
            mail_nickname_prefixes: words(&filter.mail_nickname_prefixes).into_iter().collect(),
            external_sources: words(&filter.external_sources),
            external_id_prefixes: words(&filter.external_id_prefixes).into_iter().collect(),
            names: patterns("classes.names", &filter.names)?,
            home_class_names: patterns("home_class_names", &config.home_class_names)?,
        })
    }

    /// Whether a school with these identifiers is read.
    pub(super) fn has_school<'a>(&self, identifiers: impl IntoIterator<Item = &'a str>) -> bool {
        self.schools.is_empty() || identifiers.into_iter().any(|it| self.schools.contains(&plain(it)))
    }

    /// Whether a class like this is read.
    pub(super) fn has_class(&self, class: &Traits<'_>) -> bool {
        let named = [Some(class.id), class.external_id].into_iter().flatten();
        (self.only.is_empty() || named.into_iter().any(|it| self.only.contains(&plain(it))))
            && begins(&self.mail_nickname_prefixes, class.mail_nickname)
            && begins(&self.external_id_prefixes, class.external_id)
            && (self.external_sources.is_empty()
                || class.external_source.is_some_and(|it| self.external_sources.contains(&plain(it))))
            && (self.names.is_empty() || self.names.iter().any(|it| it.is_match(class.name)))
    }

    /// Whether the name is that of a school class.
    pub(super) fn is_home_class(&self, name: &str) -> bool {
        self.home_class_names.iter().any(|it| it.is_match(name))
    }
}

fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}

fn words(list: &[String]) -> BTreeSet<String> {
    list.iter().map(|it| plain(it)).collect()
}

fn begins(prefixes: &[String], text: Option<&str>) -> bool {
    let begins = |text: &str| {
        let text = plain(text);
        prefixes.iter().any(|prefix| text.starts_with(prefix))
    };
    prefixes.is_empty() || text.is_some_and(begins)
}

/// The expressions take time that grows with the text only, whatever they are.
fn patterns(key: &str, list: &[String]) -> Result<Vec<Regex>, ConfigProblem> {
    let pattern = |it: &String| Regex::new(it).map_err(|error| ConfigProblem::at(key, error.to_string()));
    list.iter().map(pattern).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration;

    fn choice(more: &str) -> Choice {
        let table = format!("tenant_id = 't'\nclient_id = 'hub'\nclient_secret = {{ env = 'A' }}\n{more}");
        Choice::of(&configuration::read(&table.parse().unwrap()).unwrap()).unwrap()
    }

    const CLASS: Traits<'_> = Traits {
        id: "5b2c7a10-1111-4a6e-8d11-3c5f6a7b0001",
        name: "7A Matematik",
        mail_nickname: Some("Section_17"),
        external_id: Some("GR-17"),
        external_source: Some("sis"),
    };

    #[test]
    fn nothing_said_is_everything_chosen() {
        let choice = choice("");

        assert!(choice.has_class(&CLASS) && choice.has_class(&Traits::default()) && choice.has_school([]));
    }

    #[test]
    fn each_filter_chooses_by_its_own_trait_whatever_the_case() {
        for (filter, chosen) in [
            ("classes.only = ['gr-17']", true),
            ("classes.only = ['5B2C7A10-1111-4A6E-8D11-3C5F6A7B0001']", true),
            ("classes.only = ['GR-18']", false),
            ("classes.mail_nickname_prefixes = ['section_']", true),
            ("classes.mail_nickname_prefixes = ['Exp']", false),
            ("classes.external_sources = ['SIS']", true),
            ("classes.external_sources = ['manual']", false),
            ("classes.external_id_prefixes = ['GY', 'GR']", true),
            ("classes.names = ['^7[A-C]']", true),
            ("classes.names = ['^8']", false),
            ("classes.names = ['^7']\nclasses.external_sources = ['manual']", false),
        ] {
            assert_eq!(choice(filter).has_class(&CLASS), chosen, "{filter}");
        }
    }

    #[test]
    fn a_class_without_the_trait_is_not_chosen_by_it() {
        for filter in ["mail_nickname_prefixes = ['S']", "external_sources = ['sis']", "external_id_prefixes = ['G']"] {
            assert!(!choice(&format!("classes.{filter}")).has_class(&Traits { name: "7A", ..Traits::default() }));
        }
    }

    #[test]
    fn a_school_is_chosen_by_any_of_its_identifiers() {
        let choice = choice("schools = ['01234567']");

        assert!(choice.has_school(["an-object", "01234567"]) && !choice.has_school(["an-object"]));
    }
}
