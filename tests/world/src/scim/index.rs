//! Who holds which name: for filters, and for what must be unique.

use super::ScimKind;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// An attribute that can be searched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Field {
    Id,
    UserName,
    ExternalId,
    DisplayName,
    Email,
}

impl Field {
    /// The attribute's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Field::Id => "id",
            Field::UserName => "userName",
            Field::ExternalId => "externalId",
            Field::DisplayName => "displayName",
            Field::Email => "emails.value",
        }
    }

    /// The searchable attribute of a type with this name, in any case of letters.
    pub(super) fn of(kind: ScimKind, name: &str) -> Option<Self> {
        let own: &[Field] = match kind {
            ScimKind::User => &[Field::UserName, Field::Email],
            ScimKind::Group => &[],
        };
        let all = [Field::Id, Field::ExternalId, Field::DisplayName];
        all.iter().chain(own).copied().find(|field| field.name().eq_ignore_ascii_case(name))
    }

    /// A value as it is compared.
    fn compared(self, value: &str) -> String {
        match self {
            Field::Id | Field::ExternalId => value.to_owned(),
            Field::UserName | Field::DisplayName | Field::Email => value.to_lowercase(),
        }
    }
}

/// Ids by type, attribute and value.
#[derive(Default)]
pub(super) struct Index(HashMap<(ScimKind, Field, String), BTreeSet<String>>);

impl Index {
    pub(super) fn holders(&self, kind: ScimKind, field: Field, value: &str) -> BTreeSet<String> {
        self.0.get(&(kind, field, field.compared(value))).cloned().unwrap_or_default()
    }

    /// Whether somebody else than `id` holds the value.
    pub(super) fn is_taken(&self, kind: ScimKind, field: Field, value: &str, id: &str) -> bool {
        let holders = self.0.get(&(kind, field, field.compared(value)));
        holders.is_some_and(|ids| ids.iter().any(|holder| holder != id))
    }

    pub(super) fn hold(&mut self, kind: ScimKind, id: &str, body: &Value) {
        for (field, value) in fields(body) {
            self.0.entry((kind, field, value)).or_default().insert(id.to_owned());
        }
    }

    pub(super) fn release(&mut self, kind: ScimKind, id: &str, body: &Value) {
        for (field, value) in fields(body) {
            if let Some(ids) = self.0.get_mut(&(kind, field, value)) {
                ids.remove(id);
            }
        }
    }
}

fn fields(body: &Value) -> impl Iterator<Item = (Field, String)> {
    let simple = [Field::Id, Field::UserName, Field::ExternalId, Field::DisplayName];
    let simple = simple.into_iter().filter_map(|field| Some((field, body.get(field.name())?.as_str()?)));
    let emails = body.get("emails").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let emails = emails.iter().filter_map(|email| Some((Field::Email, email.get("value")?.as_str()?)));
    simple.chain(emails).map(|(field, value)| (field, field.compared(value)))
}
