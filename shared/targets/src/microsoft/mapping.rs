//! Views → wanted objects. Pure.
//!
//! A personal number, a licence and a security marking are never sent. Of an account that is only recognised nothing is
//! sent at all: its content here is what it is looked for by.

use std::collections::BTreeSet;

use roster::{Id, Personal};
use rules::object::{Body, ObjectKey, ObjectKind, Ties, WantedObject};
use rules::view::{GroupView, PersonView, View};
use serde_json::json;

use super::config::{MicrosoftConfig, Users};
use super::kinds::{CLASSES, MEMBERS, OWNERS, TEACHERS, TEAMS, USERS};
use super::spelling::{mail_name, principal_name};
use crate::Refusal;
use crate::name_template::filled;

/// The longest `displayName` of a group, in characters.
const LONGEST_NAME: usize = 256;

/// The longest `mailNickname`, in characters.
const LONGEST_MAIL_NAME: usize = 64;

/// Who made a class, in its `externalSourceDetail`.
pub(super) const MAKER: &str = "Skolbro";

/// How objects are written for one directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    pub(super) users: Users,
    pub(super) adopt_by_email: bool,
    usage_location: String,
    class_name: String,
    mail_nickname: String,
    teams: bool,
    extra_owners: BTreeSet<String>,
}

impl From<&MicrosoftConfig> for Mapping {
    fn from(config: &MicrosoftConfig) -> Self {
        Self {
            users: config.users,
            adopt_by_email: config.adopt_by_email,
            usage_location: config.usage_location.clone(),
            class_name: config.class_name.clone(),
            mail_nickname: config.mail_nickname.clone(),
            teams: config.teams,
            extra_owners: config.extra_owners.iter().map(|it| it.to_lowercase()).collect(),
        }
    }
}

impl Mapping {
    /// The objects of a view. The rules give none of organisations and activities.
    pub(super) fn map(&self, view: &View) -> Result<Vec<WantedObject>, Refusal> {
        match view {
            View::Person(view) => self.user(view).map(|it| vec![it]),
            View::Group(view) => self.group(view),
            View::Organisation(_) | View::Activity(_) => Ok(Vec::new()),
        }
    }

    fn user(&self, view: &PersonView) -> Result<WantedObject, Refusal> {
        let body = match self.users {
            Users::Match => json!({ "userPrincipalName": view.user_name.as_str().trim().to_lowercase() }),
            Users::Create => self.account(view)?,
        };
        let mut recognised_by: Vec<Personal<String>> =
            Personal::filled(view.user_name.as_str().trim().to_lowercase()).into_iter().collect();
        if self.adopt_by_email {
            recognised_by.extend(view.recognised_by());
            let mut seen = BTreeSet::new();
            recognised_by.retain(|it| seen.insert(it.as_str().to_owned()));
        }
        Ok(WantedObject { recognised_by, ..WantedObject::new(key(&USERS, view.id), Body::new(body)) })
    }

    /// What an account is made with, its password apart.
    fn account(&self, view: &PersonView) -> Result<serde_json::Value, Refusal> {
        let Some(principal) = principal_name(view.user_name.as_str()) else {
            let reason = "the user name cannot be a userPrincipalName".to_owned();
            return Err(Refusal { code: "microsoft.user_name_unusable", reason });
        };
        let (given, family) = (view.given_name.as_str().trim(), view.family_name.as_str().trim());
        let display = format!("{given} {family}").trim().to_owned();
        if display.is_empty() {
            let reason = "the name of the person is missing".to_owned();
            return Err(Refusal { code: "microsoft.name_missing", reason });
        }
        let nickname = principal.split('@').next().unwrap_or_default().to_owned();
        Ok(json!({
            "accountEnabled": true,
            "displayName": display,
            "givenName": given,
            "surname": family,
            "userPrincipalName": principal,
            "mailNickname": nickname,
            "usageLocation": self.usage_location,
            "employeeId": mark(&view.id.to_string()),
        }))
    }

    fn group(&self, view: &GroupView) -> Result<Vec<WantedObject>, Refusal> {
        if view.name.trim().is_empty() {
            let reason = "the name of the group is missing".to_owned();
            return Err(Refusal { code: "microsoft.class_name_missing", reason });
        }
        let class = self.class(view);
        // A team without an owner cannot be made [Create team: the group must have at least one].
        let has_owner = !view.teachers.is_empty() || !self.extra_owners.is_empty();
        if !self.teams || !has_owner {
            return Ok(vec![class]);
        }
        let needs = vec![class.key.clone()];
        let team = WantedObject { needs, ..WantedObject::new(key(&TEAMS, view.id), Body::new(json!({}))) };
        Ok(vec![class, team])
    }

    fn class(&self, view: &GroupView) -> WantedObject {
        let key = key(&CLASSES, view.id);
        let name: String = filled(&self.class_name, view).chars().take(LONGEST_NAME).collect();
        let body = json!({
            "displayName": name.trim(),
            "mailNickname": self.nickname(view),
            "externalId": key.key,
            "externalName": view.name.trim().chars().take(LONGEST_NAME).collect::<String>(),
            "externalSource": "sis",
            "externalSourceDetail": MAKER,
        });
        let identities =
            |of: &[rules::view::Reference]| of.iter().map(|it| it.at_target.clone()).collect::<BTreeSet<_>>();
        let mut ties = Ties::from([
            (MEMBERS.to_owned(), identities(&view.pupils)),
            (TEACHERS.to_owned(), identities(&view.teachers)),
        ]);
        if !self.extra_owners.is_empty() {
            ties.insert(OWNERS.to_owned(), self.extra_owners.clone());
        }
        WantedObject { ties, ..WantedObject::new(key, Body::new(body)) }
    }

    /// A mail name that no other class has, the same every time: a creation whose answer was lost is recognised by it.
    fn nickname(&self, view: &GroupView) -> String {
        // Identities of some registers begin alike, others end alike.
        let own: String = Id::derived(&["mailNickname", &view.id.to_string()]).uuid().simple().to_string();
        let own = own.get(..12).unwrap_or_default();
        match mail_name(&filled(&self.mail_nickname, view), LONGEST_MAIL_NAME - own.len() - 1).as_str() {
            "" => own.to_owned(),
            name => format!("{name}-{own}"),
        }
    }
}

/// Kind and key of an object.
pub(super) fn key(kind: &ObjectKind, id: Id) -> ObjectKey {
    ObjectKey { kind: kind.clone(), key: id.to_string() }
}

/// What an account that we make is told by afterwards, in its `employeeId`: that holds 16 characters [`user` resource].
pub(super) fn mark(key: &str) -> String {
    let derived = Id::derived(&["employeeId", key]).uuid().simple().to_string();
    derived.get(..16).unwrap_or_default().to_owned()
}
