//! What in the settings cannot work.

use super::{GoogleConfig, GroupsConfig, Users};
use crate::name_template;
use crate::registry::ConfigProblem;

impl GoogleConfig {
    pub(super) fn check(&self) -> Result<(), ConfigProblem> {
        if self.user_name.is_empty() {
            return Err(ConfigProblem::with("user_name", "at least one choice is needed"));
        }
        if self.users == Users::Match && !self.adopt_by_email {
            let message = "without it no account is ever found, and users = \"match\" makes none";
            return Err(ConfigProblem::with("adopt_by_email", message));
        }
        address("admin", &self.admin)?;
        org_unit("org_unit_pupils", self.org_unit_pupils.as_deref())?;
        org_unit("org_unit_staff", self.org_unit_staff.as_deref())?;
        self.check_courses()?;
        self.groups.as_ref().map_or(Ok(()), |groups| check_groups(groups).map_err(|it| within("groups", it)))
    }

    fn check_courses(&self) -> Result<(), ConfigProblem> {
        if !self.courses {
            return Ok(());
        }
        match &self.course_owner {
            Some(owner) => address("course_owner", owner)?,
            None => return Err(ConfigProblem::with("course_owner", "missing; or courses = false")),
        }
        name_template::check("course_name", &self.course_name)
    }
}

fn check_groups(groups: &GroupsConfig) -> Result<(), ConfigProblem> {
    name_template::check("name", &groups.name)?;
    if groups.members.is_empty() {
        return Err(ConfigProblem::with("members", "at least one of pupils and teachers"));
    }
    let wrong = || ConfigProblem::with("email", "a template, @, and the domain: {name}@skola.example");
    let (name, domain) = groups.email.split_once('@').ok_or_else(wrong)?;
    let is_domain = |it: &str| {
        let labels = it.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        labels && it.contains('.') && it.bytes().all(|sign| sign.is_ascii_alphanumeric() || b".-".contains(&sign))
    };
    if !is_domain(domain) {
        return Err(wrong());
    }
    name_template::check("email", name)
}

/// A problem with a key of a table.
fn within(table: &str, problem: ConfigProblem) -> ConfigProblem {
    ConfigProblem { key: problem.key.map(|key| format!("{table}.{key}")), ..problem }
}

fn address(key: &str, text: &str) -> Result<(), ConfigProblem> {
    let is_one = text.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'));
    if is_one && !text.chars().any(char::is_whitespace) {
        return Ok(());
    }
    Err(ConfigProblem::with(key, "an e-mail address"))
}

fn org_unit(key: &str, path: Option<&str>) -> Result<(), ConfigProblem> {
    let Some(path) = path else { return Ok(()) };
    let rest = path.replace("{school_unit}", "");
    let is_path = path == "/" || (path.starts_with('/') && path.split('/').skip(1).all(|it| !it.is_empty()));
    if is_path && !rest.contains(['{', '}']) {
        return Ok(());
    }
    Err(ConfigProblem::with(key, "a path beginning with /, in which {school_unit} may stand for the unit's code"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::google::KEYS;

    const LEAST: &str = "service_account = { env = 'KEY' }\nadmin = 'admin@skola.example'";

    fn config(more: &str) -> GoogleConfig {
        toml::from_str(&format!("{LEAST}\n{more}")).unwrap()
    }

    fn problem(more: &str) -> Option<String> {
        config(more).policy().err().and_then(|it| it.key)
    }

    #[test]
    fn the_listed_keys_are_those_of_the_settings() {
        let error = toml::from_str::<GoogleConfig>("no_such_key = 1").unwrap_err();

        let named: Vec<&str> = error.message().split('`').skip(3).step_by(2).collect();

        assert_eq!(named, KEYS);
    }

    #[test]
    fn courses_need_an_owner() {
        assert_eq!(problem(""), Some("course_owner".into()));
        assert_eq!(problem("courses = false"), None);
        assert_eq!(problem("course_owner = 'kurser@skola.example'"), None);
        assert_eq!(problem("course_owner = 'kurser'"), Some("course_owner".into()));
    }

    #[test]
    fn accounts_that_are_neither_made_nor_found_are_a_mistake() {
        assert_eq!(problem("courses = false\nadopt_by_email = false"), Some("adopt_by_email".into()));
        assert_eq!(problem("courses = false\nadopt_by_email = false\nusers = 'create'"), None);
    }

    #[test]
    fn the_address_of_groups_is_a_template_at_a_domain() {
        let of = |email: &str| problem(&format!("courses = false\ngroups = {{ email = '{email}' }}"));

        assert_eq!(of("{school_unit}-{name}@skola.example"), None);
        for email in ["{name}", "{school_unit}@skola.example", "{name}@{name}.example", "{name}@skola", "{name}@a..b"] {
            assert_eq!(of(email), Some("groups.email".into()), "{email}");
        }
    }

    #[test]
    fn an_organizational_unit_is_a_path() {
        for (path, wrong) in [("/Elever", false), ("/", false), ("/Elever/{school_unit}", false), ("Elever", true)] {
            assert_eq!(problem(&format!("courses = false\norg_unit_pupils = '{path}'")).is_some(), wrong, "{path}");
        }
    }

    #[test]
    fn no_more_is_asked_for_than_is_needed() {
        let names = |more: &str| {
            let scopes = config(more).scopes();
            let short = |it: &String| it.strip_prefix("https://www.googleapis.com/auth/").unwrap().to_owned();
            scopes.iter().map(short).collect::<Vec<_>>()
        };

        assert_eq!(names("courses = false"), ["admin.directory.user.readonly"]);
        assert_eq!(
            names("users = 'create'\ngroups = { email = '{name}@skola.example' }"),
            ["admin.directory.user", "admin.directory.group", "classroom.courses", "classroom.rosters"]
        );
    }
}
