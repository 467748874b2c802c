//! Other addresses of groups, among them former ones.

use super::super::GoogleGroup;
use super::super::answer::{Answer, Outcome, Refusal};
use super::super::service::{Call, Service};
use serde_json::{Value, json};

impl Service<'_> {
    pub(super) fn list_group_aliases(&self, call: &Call) -> Outcome {
        let group = self.group(call.key(0))?;
        let aliases: Vec<Value> = group.aliases.iter().map(|it| rendered(group, it)).collect();
        let mut body = json!({"kind": "admin#directory#aliases", "etag": "\"list\""});
        if let (Some(fields), false) = (body.as_object_mut(), aliases.is_empty()) {
            fields.insert("aliases".to_owned(), json!(aliases));
        }
        Ok(Answer::given(body))
    }

    pub(super) fn insert_group_alias(&mut self, call: &Call) -> Outcome {
        let mut group = self.group(call.key(0))?.clone();
        let text = call.text("alias").ok_or_else(|| Refusal::invalid("alias"))?;
        let alias = self.own_address(text, "alias", None)?;
        self.note_if_foreign(&group.provenance);
        let answer = Answer::given(rendered(&group, &alias));
        group.aliases.insert(alias);
        self.store.put_group(group);
        Ok(answer)
    }

    pub(super) fn delete_group_alias(&mut self, call: &Call) -> Outcome {
        let group = self.group(call.key(0))?.clone();
        let alias = call.key(1).to_lowercase();
        if !group.aliases.contains(&alias) {
            return Err(Refusal::no_such("alias"));
        }
        self.note_if_foreign(&group.provenance);
        // The address is forgotten with the group as it was.
        self.store.take_group(&group.id);
        let aliases = group.aliases.iter().filter(|it| **it != alias).cloned().collect();
        self.store.put_group(GoogleGroup { aliases, ..group });
        Ok(Answer::nothing())
    }
}

fn rendered(group: &GoogleGroup, alias: &str) -> Value {
    json!({
        "kind": "admin#directory#alias",
        "etag": "\"alias\"",
        "id": group.id,
        "primaryEmail": group.email,
        "alias": alias,
    })
}
