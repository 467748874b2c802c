//! `/groups`.

use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::check::{Fields, required, required_flag};
use super::graph::{Graph, object};
use super::links::Link;
use super::schema::Kind;
use super::user_rules::is_nickname;
use super::{MicrosoftGroup, render};
use crate::receiver::HistoryEntry;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Graph<'_> {
    pub(super) fn groups(&mut self, call: &Call, rest: &[&str]) -> Outcome {
        match (call.method.as_str(), rest) {
            ("GET", []) => self.list(Kind::Group, call),
            ("POST", []) => self.create_group(call, None),
            ("GET", [id]) => self.read_group(call, id),
            ("PATCH", [id]) => self.change_group(call, id),
            ("DELETE", [id]) => self.delete_group(call, id),
            (_, [id, name @ ("members" | "owners"), rest @ ..]) => self.links(Kind::Group, call, id, name, rest),
            (_, [] | [_]) => Err(Refusal::not_allowed()),
            _ => Err(self.no_such_path()),
        }
    }

    pub(super) fn read_group(&mut self, call: &Call, id: &str) -> Outcome {
        let selected = self.selected(Kind::Group, call.parameter("$select"))?;
        Ok(Answer::given(render::shown(Kind::Group, &render::group(self.group(id)?), selected.as_deref())))
    }

    /// Makes a group; `unique_name` comes from the address, where one is there.
    pub(super) fn create_group(&mut self, call: &Call, unique_name: Option<&str>) -> Outcome {
        let sent = object(call)?;
        let mut fields = self.taken(Kind::Group, sent, true)?;
        fields.extend(unique_name.map(|name| ("uniqueName".to_owned(), json!(name))));
        for name in ["displayName", "mailNickname"] {
            required(&fields, name)?;
        }
        self.check_group_type(&fields)?;
        self.check_group(&fields, "")?;
        let links = self.bound(sent)?;
        let linked = |wanted: Link| -> BTreeSet<String> {
            links.iter().filter(|(link, _)| *link == wanted).map(|(_, user)| user.clone()).collect()
        };
        let (members, owners) = (linked(Link::Member), linked(Link::Owner));
        let id = self.made_group(fields, None);
        if let Some(group) = self.store.state.groups.get_mut(&id) {
            (group.members, group.owners) = (members, owners);
        }
        let whole = self.store.state.groups.get(&id).map(render::group).unwrap_or_default();
        Ok(Answer::created(render::shown(Kind::Group, &whole, None)))
    }

    /// A group, and perhaps a class, without anybody in it.
    pub(super) fn made_group(&mut self, mut fields: Fields, class: Option<Fields>) -> String {
        let id = self.store.next_id(self.options.seed);
        fields.insert("id".to_owned(), json!(id));
        fields.insert("createdDateTime".to_owned(), json!(self.now.to_string()));
        if fields.get("mailEnabled") == Some(&json!(true)) {
            let nickname = fields.get("mailNickname").and_then(Value::as_str).unwrap_or_default();
            let domains = self.options.verified_domains.as_deref().unwrap_or_default();
            let domain = domains.first().unwrap_or(&self.options.tenant);
            let mail = format!("{nickname}@{domain}");
            fields.insert("proxyAddresses".to_owned(), json!([format!("SMTP:{mail}")]));
            fields.insert("mail".to_owned(), json!(mail));
            fields.entry("visibility").or_insert_with(|| json!("Public"));
        }
        fields.entry("groupTypes").or_insert_with(|| json!([]));
        fields.retain(|_, value| !value.is_null());
        let class = class.map(|mut class| {
            class.insert("id".to_owned(), json!(id));
            class.retain(|_, value| !value.is_null());
            Arc::new(Value::Object(class))
        });
        let group = MicrosoftGroup {
            body: Arc::new(Value::Object(fields)),
            class,
            members: BTreeSet::new(),
            owners: BTreeSet::new(),
            team: None,
            by_us: true,
            may_be_adopted: false,
            created: self.now,
            history: vec![HistoryEntry { at: self.now, method: "POST" }],
        };
        self.store.put_group(&id, group);
        id
    }

    pub(super) fn delete_group(&mut self, call: &Call, id: &str) -> Outcome {
        let id = &id.to_lowercase();
        self.group(id)?;
        self.touch_group(id, call);
        self.store.delete_group(id);
        Ok(Answer::done())
    }

    fn check_group_type(&self, fields: &Fields) -> Result<(), Refusal> {
        let mail = required_flag(fields, "mailEnabled")?;
        let security = required_flag(fields, "securityEnabled")?;
        let types = fields.get("groupTypes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        match types {
            [] if mail => Err(read_only_type()),
            [] if security => Ok(()),
            [only] if only == "Unified" && mail => Ok(()),
            _ => Err(Refusal::invalid("groupTypes")),
        }
    }

    /// Names as they may be, and nobody else's than `id`'s.
    pub(super) fn check_group(&self, fields: &Fields, id: &str) -> Result<(), Refusal> {
        let text = |name: &str| fields.get(name).and_then(Value::as_str);
        if text("mailNickname").is_some_and(|it| !is_nickname(it)) {
            return Err(Refusal::invalid("mailNickname"));
        }
        if text("visibility").is_some_and(|it| !matches!(it, "Public" | "Private" | "HiddenMembership")) {
            return Err(Refusal::invalid("visibility"));
        }
        self.check_group_is_unique(Some(fields), id)
    }

    pub(super) fn check_group_is_unique(&self, fields: Option<&Map<String, Value>>, id: &str) -> Result<(), Refusal> {
        let Some(fields) = fields else { return Ok(()) };
        let others = |name: &str| {
            let value = fields.get(name).and_then(Value::as_str);
            let holders = value.and_then(|value| self.store.holders(Kind::Group, name, value)).unwrap_or_default();
            holders.into_iter().filter(move |holder| holder != id)
        };
        if others("uniqueName").next().is_some() {
            return Err(Refusal::taken("uniqueName"));
        }
        // Nicknames are unique among Microsoft 365 groups; the type is not sent with a change.
        let own = self.store.state.groups.get(id).is_none_or(MicrosoftGroup::is_unified);
        let unified = fields.get("mailEnabled").and_then(Value::as_bool).unwrap_or(own);
        let is_unified = |id: String| self.store.state.groups.get(&id).is_some_and(MicrosoftGroup::is_unified);
        if unified && others("mailNickname").any(is_unified) {
            return Err(Refusal::taken("mailNickname"));
        }
        Ok(())
    }
}

pub(super) fn read_only_type() -> Refusal {
    Refusal::bad("Cannot Create a mail-enabled security groups and or distribution list.")
}
