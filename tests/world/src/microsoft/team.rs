//! `/teams`: making a team, and looking at it.

use super::MicrosoftGroup;
use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::check::{Fields, required};
use super::graph::{Graph, object};
use super::operations::Task;
use serde_json::{Map, Value, json};

impl Graph<'_> {
    pub(super) fn teams(&mut self, call: &Call, rest: &[&str]) -> Outcome {
        match (call.method.as_str(), rest) {
            ("POST", []) => self.create_team(call),
            ("GET", [id]) => {
                let whole = shown(id, self.with_team(id)?);
                Ok(Answer::given(self.of_team(call, whole)?))
            }
            ("GET", [id, "operations", operation]) => self.operation(id, operation),
            ("POST", [id, action @ ("archive" | "unarchive")]) => self.archive(call, id, action),
            (_, [id, "members", rest @ ..]) => self.roster(call, &id.to_lowercase(), rest),
            (_, [] | [_]) => Err(Refusal::not_allowed()),
            _ => Err(self.no_such_path()),
        }
    }

    /// A group that has a team.
    pub(super) fn with_team(&self, id: &str) -> Result<&MicrosoftGroup, Refusal> {
        let group = self.store.state.groups.get(&id.to_lowercase()).filter(|group| group.team.is_some());
        group.ok_or_else(|| Refusal::no_team(id))
    }

    fn operation(&self, team: &str, id: &str) -> Outcome {
        let operation = self.store.operations.get(id).filter(|it| it.team == team.to_lowercase());
        let operation = operation.ok_or_else(|| Refusal::new(404, "NotFound", "No such operation."))?;
        Ok(Answer::given(operation.shown(id, self.now)))
    }

    fn create_team(&mut self, call: &Call) -> Outcome {
        let sent = object(call)?;
        let specialization = self.template(sent)?;
        let id = match sent.get("group@odata.bind") {
            Some(group) => self.group_for_team(sent, group)?,
            None => self.group_of_new_team(sent)?,
        };
        self.touch_group(&id, call);
        Ok(self.begun(&id, Task::Create(specialization)))
    }

    /// Begins something that takes its time.
    pub(super) fn begun(&mut self, id: &str, task: Task) -> Answer {
        let (seed, takes) = (self.options.seed, self.options.operation_time);
        let operation = self.store.begin(seed, id, task, self.now, takes);
        let mut answer = Answer::accepted(format!("/teams('{id}')/operations('{operation}')"));
        answer.headers.push(("Content-Location", format!("/teams('{id}')")));
        answer
    }

    fn template(&mut self, sent: &Fields) -> Result<String, Refusal> {
        let address = sent.get("template@odata.bind").unwrap_or(&Value::Null);
        match self.address(address)?.as_slice() {
            [templates, name] if templates == "teamsTemplates" => match name.as_str() {
                "standard" => Ok("none".to_owned()),
                "educationClass" | "educationStaff" | "educationProfessionalLearningCommunity" => Ok(name.clone()),
                _ => Err(Refusal::bad_request("Invalid template.")),
            },
            _ => Err(Refusal::bad_request("Invalid bind property name template in request.")),
        }
    }

    /// The group that becomes a team: nothing else may be said about it.
    fn group_for_team(&mut self, sent: &Fields, address: &Value) -> Result<String, Refusal> {
        if let Some(name) = sent.keys().find(|it| !matches!(it.as_str(), "template@odata.bind" | "group@odata.bind")) {
            self.note(&format!("sends {name} together with group@odata.bind"));
            return Err(Refusal::bad_request(format!("{name} cannot be set for a team of an existing group.")));
        }
        let address = self.address(address)?;
        let [groups, id] = address.as_slice() else { return Err(Refusal::bad_request("Invalid group.")) };
        let id = id.to_lowercase();
        if groups != "groups" {
            return Err(Refusal::bad_request("Invalid bind property name group in request."));
        }
        let group = self.group(&id).map_err(|_| Refusal::new(404, "NotFound", "No such group."))?;
        if !group.is_seen(self.now, self.options.young_group) {
            return Err(Refusal::new(404, "NotFound", "Failed to find the group, which may not be replicated yet."));
        }
        if !group.is_unified() {
            return Err(Refusal::bad_request("Only Microsoft 365 groups can have a team."));
        }
        if group.owners.is_empty() {
            return Err(Refusal::bad_request("The group must have at least one owner."));
        }
        if group.team.is_some() || self.store.is_team_coming(&id) {
            return Err(Refusal::new(409, "Conflict", "The group already has a team."));
        }
        Ok(id)
    }

    /// A new group for a team: with a name and one owner.
    fn group_of_new_team(&mut self, sent: &Fields) -> Result<String, Refusal> {
        let known = ["template@odata.bind", "displayName", "description", "visibility", "members"];
        if let Some(name) = sent.keys().find(|name| !known.contains(&name.as_str())) {
            self.note(&format!("sends {name}, which this counterpart has not"));
            return Err(Refusal::bad_request(format!("Invalid property {name}.")));
        }
        let name = required(sent, "displayName")?.to_owned();
        let members = sent.get("members").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let [owner] = members else {
            return Err(Refusal::bad_request("A team owner must be provided when creating a team."));
        };
        let (owner, _) = self.named_owner(owner)?;
        let nickname: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut group = Map::new();
        group.extend(sent.get("description").map(|it| ("description".to_owned(), it.clone())));
        group.insert("displayName".to_owned(), json!(name));
        group.insert("mailNickname".to_owned(), json!(format!("{nickname}{}", self.store.state.groups.len())));
        group.insert("groupTypes".to_owned(), json!(["Unified"]));
        group.insert("mailEnabled".to_owned(), json!(true));
        group.insert("securityEnabled".to_owned(), json!(false));
        self.check_group(&group, "")?;
        let id = self.made_group(group, None);
        if let Some(group) = self.store.state.groups.get_mut(&id) {
            group.owners.insert(owner.clone());
            group.members.insert(owner);
        }
        Ok(id)
    }

    /// What is selected of a team; a team's properties are few here.
    fn of_team(&mut self, call: &Call, mut whole: Value) -> Result<Value, Refusal> {
        let Some(select) = call.parameter("$select") else { return Ok(whole) };
        let names: Vec<&str> = select.split(',').map(str::trim).collect();
        if let Some(name) = names.iter().find(|name| whole.get(**name).is_none()) {
            self.note(&format!("selects {name}, which team has not"));
            return Err(Refusal::bad_request(format!("Could not find a property named '{name}'.")));
        }
        if let Some(fields) = whole.as_object_mut() {
            fields.retain(|name, _| names.contains(&name.as_str()));
        }
        Ok(whole)
    }
}

fn shown(id: &str, group: &MicrosoftGroup) -> Value {
    let visibility = match group.text("visibility") {
        Some("Public") => "public",
        Some("HiddenMembership") => "hiddenMembership",
        _ => "private",
    };
    let team = group.team.as_ref();
    json!({
        "id": id,
        "createdDateTime": team.map(|team| team.created.to_string()),
        "displayName": group.text("displayName"),
        "description": group.text("description"),
        "specialization": team.map(|team| &team.specialization),
        "visibility": visibility,
        "webUrl": format!("https://teams.norrbyholm.example/l/team/{id}"),
        "isArchived": team.is_some_and(|team| team.is_archived),
    })
}
