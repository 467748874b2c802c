//! `/education/classes`: each is a Microsoft 365 group with the same id.

use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::check::{Fields, required};
use super::graph::{Graph, object};
use super::schema::Kind;
use super::user::changed;
use super::{MicrosoftGroup, render};
use serde_json::{Value, json};
use std::sync::Arc;

/// What a class shares with its group.
const SHARED: &[&str] = &["displayName", "mailNickname", "description"];

impl Graph<'_> {
    pub(super) fn classes(&mut self, call: &Call, rest: &[&str]) -> Outcome {
        if let [id, ..] = rest {
            self.class(id)?;
        }
        match (call.method.as_str(), rest) {
            ("GET", []) => self.list(Kind::Class, call),
            ("POST", []) => self.create_class(call),
            ("GET", [id]) => {
                let selected = self.selected(Kind::Class, call.parameter("$select"))?;
                Ok(Answer::given(render::shown(Kind::Class, &render::class(self.class(id)?), selected.as_deref())))
            }
            ("GET", [id, "group"]) => self.read_group(call, id),
            ("PATCH", [id]) => self.change_class(call, id),
            ("DELETE", [id]) => self.delete_group(call, id),
            (_, [id, name @ ("members" | "teachers"), rest @ ..]) => self.links(Kind::Class, call, id, name, rest),
            (_, [] | [_]) => Err(Refusal::not_allowed()),
            _ => Err(self.no_such_path()),
        }
    }

    fn class(&self, id: &str) -> Result<&MicrosoftGroup, Refusal> {
        self.group(id).and_then(|group| if group.class.is_some() { Ok(group) } else { Err(Refusal::not_found(id)) })
    }

    /// Makes a class and its group: without a teacher, without an owner, without a team.
    fn create_class(&mut self, call: &Call) -> Outcome {
        let sent = self.taken(Kind::Class, object(call)?, true)?;
        for name in ["displayName", "mailNickname"] {
            required(&sent, name)?;
        }
        check_class(&sent)?;
        let (mut group, class) = parted(sent);
        self.check_group(&group, "")?;
        group.insert("groupTypes".to_owned(), json!(["Unified"]));
        group.insert("mailEnabled".to_owned(), json!(true));
        group.insert("securityEnabled".to_owned(), json!(true));
        group.insert("visibility".to_owned(), json!("HiddenMembership"));
        let id = self.made_group(group, Some(class));
        let whole = self.store.state.groups.get(&id).map(render::class).unwrap_or_default();
        Ok(Answer::created(render::shown(Kind::Class, &whole, None)))
    }

    fn change_class(&mut self, call: &Call, id: &str) -> Outcome {
        let id = &id.to_lowercase();
        let mut group = self.class(id)?.clone();
        let sent = self.taken(Kind::Class, object(call)?, false)?;
        for name in ["displayName", "mailNickname"] {
            if sent.get(name).is_some_and(Value::is_null) {
                return Err(Refusal::invalid(name));
            }
        }
        check_class(&sent)?;
        let (shared, own) = parted(sent);
        self.check_group(&shared, id)?;
        let before = group.class.take().unwrap_or_default();
        let (body, class) = (changed(&group.body, shared), changed(&before, own));
        if *group.body == body && *before == class {
            self.in_vain();
        }
        group.body = Arc::new(body);
        group.class = Some(Arc::new(class));
        let whole = render::class(&group);
        self.store.put_group(id, group);
        self.touch_group(id, call);
        Ok(Answer::given(render::shown(Kind::Class, &whole, None)))
    }
}

/// What belongs to the group, and what to the class alone.
fn parted(fields: Fields) -> (Fields, Fields) {
    fields.into_iter().partition(|(name, _)| SHARED.contains(&name.as_str()))
}

fn check_class(fields: &Fields) -> Result<(), Refusal> {
    let source = fields.get("externalSource").and_then(Value::as_str);
    if source.is_some_and(|it| !matches!(it, "sis" | "manual")) {
        return Err(Refusal::invalid("externalSource"));
    }
    for end in ["startDate", "endDate"] {
        let date = fields.get("term").and_then(|term| term.get(end)).filter(|date| !date.is_null());
        if date.is_some_and(|it| it.as_str().is_none_or(|it| it.parse::<jiff::civil::Date>().is_err())) {
            return Err(Refusal::invalid("term"));
        }
    }
    Ok(())
}
