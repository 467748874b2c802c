//! What may be written to a user.

use super::super::GoogleUser;
use super::super::answer::Refusal;
use super::super::service::Service;
use super::super::store::Holder;
use serde_json::{Map, Value};

/// The most letters of a given and of a family name: the page on limits says 60, an older one 40.
const LONGEST_NAME: usize = 60;
const SHORTEST_PASSWORD: usize = 8;
const LONGEST_PASSWORD: usize = 100;
/// The largest `externalIds` in bytes.
const LARGEST_EXTERNAL_IDS: usize = 2_048;

/// What is only read; writing it is ignored.
const READ_ONLY: [&str; 19] = [
    "agreedToTerms",
    "aliases",
    "creationTime",
    "customerId",
    "deletionTime",
    "emails",
    "etag",
    "id",
    "isAdmin",
    "isDelegatedAdmin",
    "isEnforcedIn2Sv",
    "isEnrolledIn2Sv",
    "isMailboxSetup",
    "kind",
    "lastLoginTime",
    "nonEditableAliases",
    "suspensionReason",
    "thumbnailPhotoEtag",
    "thumbnailPhotoUrl",
];

impl Service<'_> {
    /// What creating a user needs.
    pub(super) fn check_required(body: &Map<String, Value>) -> Result<(), Refusal> {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).filter(|it| !it.is_empty()).is_some();
        if !text(body.get("primaryEmail")) {
            return Err(Refusal::directory(400, "required", "Missing required field: primaryEmail"));
        }
        let name = body.get("name");
        for (field, message) in [("givenName", "GivenName"), ("familyName", "FamilyName")] {
            if !text(name.and_then(|it| it.get(field))) {
                let message = format!("Invalid Given/Family Name: {message}");
                return Err(Refusal::directory(400, "invalid", message));
            }
        }
        if !text(body.get("password")) {
            return Err(Refusal::directory(400, "invalid", "Invalid Password"));
        }
        Ok(())
    }

    /// Writes what is given; what is not given stays, what is null goes.
    pub(super) fn write_user(&self, user: &mut GoogleUser, body: &Map<String, Value>) -> Result<(), Refusal> {
        for (field, value) in body.iter().filter(|(field, _)| !READ_ONLY.contains(&field.as_str())) {
            match field.as_str() {
                "primaryEmail" => self.rename(user, value)?,
                "name" => write_name(user, value)?,
                "suspended" => user.suspended = value.as_bool().ok_or_else(|| Refusal::invalid("suspended"))?,
                "orgUnitPath" => user.org_unit_path = self.org_unit_path(value)?,
                "password" => {
                    check_password(value, body.contains_key("hashFunction"))?;
                    user.passwords += 1;
                }
                "hashFunction" => {}
                "externalIds" if value.to_string().len() > LARGEST_EXTERNAL_IDS => {
                    return Err(Refusal::invalid("externalIds"));
                }
                _ if value.is_null() => {
                    user.more.remove(field);
                }
                _ => {
                    user.more.insert(field.clone(), value.clone());
                }
            }
        }
        Ok(())
    }

    /// The former address stays as an alias.
    fn rename(&self, user: &mut GoogleUser, value: &Value) -> Result<(), Refusal> {
        let what = "primary_user_email";
        let text = value.as_str().ok_or_else(|| Refusal::invalid(what))?;
        let address = self.own_address(text, what, Some(&Holder::User(user.id.clone())))?;
        if address != user.primary_email {
            user.aliases.remove(&address);
            let former = std::mem::replace(&mut user.primary_email, address);
            user.aliases.extend(Some(former).filter(|it| !it.is_empty()));
        }
        Ok(())
    }

    /// The path of a unit that is there.
    pub(super) fn org_unit_path(&self, value: &Value) -> Result<String, Refusal> {
        let path = value.as_str().unwrap_or_default();
        let is_there = path == "/" || self.store.state.org_units.contains_key(path);
        is_there.then(|| path.to_owned()).ok_or_else(|| Refusal::invalid("INVALID_OU_ID"))
    }
}

fn write_name(user: &mut GoogleUser, value: &Value) -> Result<(), Refusal> {
    for (field, kept) in [("givenName", &mut user.given_name), ("familyName", &mut user.family_name)] {
        let Some(text) = value.get(field) else { continue };
        let text = text.as_str().filter(|it| !it.is_empty() && it.chars().count() <= LONGEST_NAME);
        let refusal = || Refusal::directory(400, "invalid", format!("Invalid Given/Family Name: {field}"));
        *kept = text.ok_or_else(refusal)?.to_owned();
    }
    Ok(())
}

/// A hash may have any length.
fn check_password(value: &Value, is_hash: bool) -> Result<(), Refusal> {
    let length = value.as_str().map(|it| it.chars().count()).unwrap_or_default();
    let fits = (SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&length) || (is_hash && length > 0);
    fits.then_some(()).ok_or_else(|| Refusal::directory(400, "invalid", "Invalid Password"))
}
