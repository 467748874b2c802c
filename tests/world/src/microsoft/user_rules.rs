//! What Microsoft demands of names, addresses and passwords.

use super::answer::Refusal;
use super::check::Fields;
use super::graph::Graph;
use super::schema::Kind;
use serde_json::Value;

impl Graph<'_> {
    /// Names and addresses as they may be, and nobody else's than `id`'s.
    pub(super) fn check_user(&self, fields: &Fields, id: &str) -> Result<(), Refusal> {
        let text = |name: &str| fields.get(name).and_then(Value::as_str);
        if let Some(name) = text("userPrincipalName") {
            self.check_name(name)?;
        }
        if text("mailNickname").is_some_and(|it| !is_nickname(it)) {
            return Err(Refusal::invalid("mailNickname"));
        }
        if text("mail").is_some_and(|it| !it.is_ascii() || !it.contains('@')) {
            return Err(Refusal::invalid("mail"));
        }
        if text("usageLocation")
            .is_some_and(|it| it.len() != 2 || !it.bytes().all(|letter| letter.is_ascii_uppercase()))
        {
            return Err(Refusal::invalid("usageLocation"));
        }
        let taken = |name: &str| {
            let holders = text(name).and_then(|value| self.store.holders(Kind::User, name, value));
            holders.unwrap_or_default().iter().any(|holder| holder != id)
        };
        match (taken("userPrincipalName"), taken("mail")) {
            (true, _) => Err(Refusal::taken("userPrincipalName")),
            (_, true) => Err(Refusal::taken("proxyAddresses")),
            _ => Ok(()),
        }
    }

    /// A `userPrincipalName`: no accents, and a domain of the organisation's.
    fn check_name(&self, name: &str) -> Result<(), Refusal> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "'.-_!#^~".contains(letter);
        let (local, domain) = name.split_once('@').unwrap_or((name, ""));
        if local.is_empty() || local.len() > 64 || !local.chars().all(fits) || domain.is_empty() || domain.contains('@')
        {
            return Err(Refusal::bad("Property userPrincipalName is invalid."));
        }
        let domains = self.options.verified_domains.as_ref();
        if domains.is_some_and(|all| !all.iter().any(|it| it.eq_ignore_ascii_case(domain))) {
            let why = "The domain portion of the userPrincipalName property is invalid. You must use one of the verified \
                       domain names in your organization.";
            return Err(Refusal::bad(why));
        }
        Ok(())
    }

    /// Between 8 and 256 characters, of three kinds out of four.
    pub(super) fn check_password(profile: &Value) -> Result<(), Refusal> {
        let password = profile.get("password").and_then(Value::as_str).unwrap_or_default();
        let kinds = [
            password.chars().any(char::is_lowercase),
            password.chars().any(char::is_uppercase),
            password.chars().any(|letter| letter.is_ascii_digit()),
            password.chars().any(|letter| !letter.is_alphanumeric()),
        ];
        let length = password.chars().count();
        if (8..=256).contains(&length) && kinds.iter().filter(|has| **has).count() >= 3 {
            return Ok(());
        }
        Err(Refusal::bad("The specified password does not comply with password complexity requirements."))
    }
}

/// ASCII, without what addresses cannot hold.
pub(super) fn is_nickname(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii() && !letter.is_ascii_control() && !"@()\\[]\";:<>, ".contains(letter))
}
