//! What may be written to a group.

use super::super::GoogleGroup;
use super::super::answer::Refusal;
use super::super::service::Service;
use super::super::store::Holder;
use serde_json::{Map, Value};

/// The most letters of a name.
const LONGEST_NAME: usize = 75;
/// The most letters of a description (discovery document).
const LONGEST_DESCRIPTION: usize = 4_096;

impl Service<'_> {
    /// Writes what is given; the rest is only read.
    pub(super) fn write_group(&self, group: &mut GoogleGroup, body: &Map<String, Value>) -> Result<(), Refusal> {
        if let Some(email) = body.get("email") {
            let text = email.as_str().ok_or_else(|| Refusal::invalid("email"))?;
            let address = self.own_address(text, "email", Some(&Holder::Group(group.id.clone())))?;
            if address != group.email {
                group.aliases.remove(&address);
                let former = std::mem::replace(&mut group.email, address);
                let stays = self.options.former_group_addresses_stay && !former.is_empty();
                group.aliases.extend(stays.then_some(former));
            }
        }
        let texts =
            [("name", &mut group.name, LONGEST_NAME), ("description", &mut group.description, LONGEST_DESCRIPTION)];
        for (field, kept, longest) in texts {
            let Some(value) = body.get(field) else { continue };
            let text = value.as_str().unwrap_or_default();
            if text.chars().count() > longest {
                return Err(Refusal::invalid(field));
            }
            text.clone_into(kept);
        }
        Ok(())
    }
}
