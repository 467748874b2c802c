//! `POST /teams/{id}/members/add` and `/members/remove`.

use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::graph::{Graph, object};
use serde_json::{Value, json};

/// As many as can be added in one call.
const MOST_ADDED: usize = 200;
/// As many as can be taken out in one call.
const MOST_REMOVED: usize = 20;

impl Graph<'_> {
    pub(super) fn add_many(&mut self, call: &Call, id: &str) -> Outcome {
        let values = self.values(call, MOST_ADDED)?;
        if self.options.missing_member_fails_all {
            values.iter().try_for_each(|sent| self.named_member(sent).map(drop))?;
        }
        let results = values.iter().map(|sent| {
            let outcome = self.named_member(sent).and_then(|(user, role)| {
                self.add(id, &user, role)?;
                Ok(user)
            });
            result(sent, outcome)
        });
        let results: Vec<(Value, bool)> = results.collect();
        self.touch_group(id, call);
        Ok(answered(200, results))
    }

    pub(super) fn remove_many(&mut self, call: &Call, id: &str) -> Outcome {
        let values = self.values(call, MOST_REMOVED)?;
        let results = values.iter().map(|sent| {
            let outcome = self.named_member(sent).and_then(|(user, _)| {
                let members = self.with_team(id)?.team.as_ref().map(|team| &team.members);
                if !members.is_some_and(|members| members.contains_key(&user)) {
                    return Err(Refusal::new(404, "NotFound", "Could not find resource"));
                }
                self.check_owner_stays(id, &user, None)?;
                self.set_role(id, &user, None);
                Ok(user)
            });
            result(sent, outcome)
        });
        let results: Vec<(Value, bool)> = results.collect();
        self.touch_group(id, call);
        Ok(answered(204, results))
    }

    fn values(&mut self, call: &Call, most: usize) -> Result<Vec<Value>, Refusal> {
        let values = object(call)?.get("values").and_then(Value::as_array).cloned().unwrap_or_default();
        if values.is_empty() || values.len() > most {
            self.note(&format!("names nobody, or more than {most} members"));
            return Err(Refusal::bad_request(format!("The number of members must be from 1 to {most}.")));
        }
        Ok(values)
    }
}

/// What became of one member, and whether it went well.
fn result(sent: &Value, outcome: Result<String, Refusal>) -> (Value, bool) {
    let bound = sent.get("user@odata.bind").and_then(Value::as_str).unwrap_or_default();
    let asked = bound.rsplit(['/', '(']).next().unwrap_or_default().trim_matches(['\'', ')']);
    let (user, error) = match &outcome {
        Ok(user) => (user.as_str(), Value::Null),
        Err(refusal) => (asked, refusal.as_result()),
    };
    let shown =
        json!({"@odata.type": "#microsoft.graph.aadUserConversationMemberResult", "userId": user, "error": error});
    (shown, outcome.is_ok())
}

/// 207 where somebody failed.
fn answered(well: u16, results: Vec<(Value, bool)>) -> Answer {
    let all_well = results.iter().all(|(_, well)| *well);
    if all_well && well == 204 {
        return Answer::done();
    }
    let shown: Vec<Value> = results.into_iter().map(|(shown, _)| shown).collect();
    Answer { status: if all_well { well } else { 207 }, ..Answer::given(json!({"value": shown})) }
}
