//! What is sent. Pure. `base` is Graph's address, of which references to people and groups are part.

use serde_json::{Value, json};

use super::roll::Role;

/// Members that one change of a group may name [Add members, `group-post-members`].
pub(super) const BOUND_AT_ONCE: usize = 20;
/// Members that one call may add to a team [`conversationmembers-add`].
pub(super) const ADDED_AT_ONCE: usize = 200;
/// Members that one call may remove from a team [`conversationmember-remove`].
pub(super) const REMOVED_AT_ONCE: usize = 20;

/// Members of a group, all or nobody.
pub(super) fn bound(base: &str, members: &[String]) -> Value {
    let links: Vec<String> = members.iter().map(|it| directory_object(base, it)).collect();
    json!({ "members@odata.bind": links })
}

/// Requests that one batch may hold [JSON batching].
pub(super) const BATCH: usize = 20;

/// One request of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    method: &'static str,
    url: String,
    body: Option<Value>,
}

impl Part {
    /// Somebody becomes a member of a group.
    pub(super) fn member(base: &str, group: &str, id: &str) -> Self {
        let body = json!({ "@odata.id": directory_object(base, id) });
        Self { method: "POST", url: format!("/groups/{group}/members/$ref"), body: Some(body) }
    }

    /// Somebody becomes a teacher of a class: an owner of its group.
    pub(super) fn teacher(base: &str, class: &str, id: &str) -> Self {
        let body = json!({ "@odata.id": format!("{base}/education/users/{id}") });
        Self { method: "POST", url: format!("/education/classes/{class}/teachers/$ref"), body: Some(body) }
    }

    /// Somebody is a member no longer. Without `/$ref` it would be about the account itself.
    pub(super) fn no_member(group: &str, id: &str) -> Self {
        Self { method: "DELETE", url: format!("/groups/{group}/members/{id}/$ref"), body: None }
    }

    /// Somebody is a teacher no longer.
    pub(super) fn no_teacher(class: &str, id: &str) -> Self {
        Self { method: "DELETE", url: format!("/education/classes/{class}/teachers/{id}/$ref"), body: None }
    }

    /// Whether it makes somebody less than they were.
    pub(super) fn takes_away(&self) -> bool {
        self.method == "DELETE"
    }

    fn numbered(&self, number: usize) -> Value {
        let mut request = json!({ "id": number.to_string(), "method": self.method, "url": self.url });
        if let (Some(body), Some(fields)) = (&self.body, request.as_object_mut()) {
            fields.insert("headers".to_owned(), json!({ "Content-Type": "application/json" }));
            fields.insert("body".to_owned(), body.clone());
        }
        request
    }
}

/// Requests that do not depend on one another.
pub(super) fn batch(parts: &[Part]) -> Value {
    let requests: Vec<Value> = parts.iter().enumerate().map(|(number, part)| part.numbered(number)).collect();
    json!({ "requests": requests })
}

/// Members who come to a team, each as what they are.
pub(super) fn joining(base: &str, members: &[(String, Role)]) -> Value {
    let value = |(id, role): &(String, Role)| json!({ "@odata.type": CONVERSATION_MEMBER, "roles": roles(*role), "user@odata.bind": user(base, id) });
    json!({ "values": members.iter().map(value).collect::<Vec<_>>() })
}

/// Members who leave a team.
pub(super) fn leaving(base: &str, members: &[String]) -> Value {
    let value = |id: &String| json!({ "@odata.type": CONVERSATION_MEMBER, "user@odata.bind": user(base, id) });
    json!({ "values": members.iter().map(value).collect::<Vec<_>>() })
}

/// What a member of a team is from now on.
pub(super) fn turning(role: Role) -> Value {
    json!({ "@odata.type": CONVERSATION_MEMBER, "roles": roles(role) })
}

/// A team of a class that is there. Whatever else a team may have must not be said then [Create team].
pub(super) fn team(base: &str, group: &str) -> Value {
    json!({
        "template@odata.bind": format!("{base}/teamsTemplates('educationClass')"),
        "group@odata.bind": format!("{base}/groups('{group}')"),
    })
}

/// What of a class is changed when it is there: not what it is recognised by.
pub(super) fn class_change(content: &Value) -> Value {
    some_of(content, &["displayName", "externalName"])
}

/// What of an account that we made is changed.
pub(super) fn account_change(content: &Value) -> Value {
    some_of(content, &["displayName", "givenName", "surname", "userPrincipalName", "usageLocation"])
}

/// An account as it is made. It is to be replaced by one of its owner's own at once; nobody knows it.
pub(super) fn account(content: &Value, password: &str) -> Value {
    let mut fields = content.as_object().cloned().unwrap_or_default();
    let profile = json!({ "password": password, "forceChangePasswordNextSignIn": true });
    fields.insert("passwordProfile".to_owned(), profile);
    Value::Object(fields)
}

/// A password of 128 bits, in letters of both sizes, digits and a sign: three of the four are demanded.
pub(super) fn password(chance: &dyn roster::Chance) -> String {
    format!("Sk-{}", chance.name())
}

const CONVERSATION_MEMBER: &str = "#microsoft.graph.aadUserConversationMember";

fn roles(role: Role) -> Value {
    match role {
        Role::Member => json!([]),
        Role::Owner => json!(["owner"]),
    }
}

fn directory_object(base: &str, id: &str) -> String {
    format!("{base}/directoryObjects/{id}")
}

fn user(base: &str, id: &str) -> String {
    format!("{base}/users('{id}')")
}

fn some_of(content: &Value, names: &[&str]) -> Value {
    let fields = names.iter().filter_map(|name| Some(((*name).to_owned(), content.get(*name)?.clone())));
    Value::Object(fields.collect())
}
