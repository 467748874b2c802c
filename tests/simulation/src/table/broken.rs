//! Tables that are broken on purpose: what a hub would be like that does not use its table as it does.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

use crate::mutation::Mutation;

/// Where nothing is kept.
const NOWHERE: &str = "nowhere";

/// The sort keys of what a target's guard remembers.
const TAKEN_AWAY: &str = "GONE#";

/// Changes a request as a hub that is broken on purpose would send it.
pub(super) fn alter(request: &mut HttpRequest, mutation: Mutation) {
    let alter: fn(&mut Value) = match mutation {
        Mutation::UnconditionalWrites => leave_out_conditions,
        Mutation::ForgottenDue => forget_what_is_due,
        Mutation::BlindGuardAtTarget => forget_what_was_taken_away,
        _ => return,
    };
    let Some(Ok(mut content)) = request.body().bytes().map(serde_json::from_slice) else { return };
    alter(&mut content);
    *request.body_mut() = content.to_string().into();
}

/// A store that does not look whether somebody else came between.
fn leave_out_conditions(content: &mut Value) {
    let Some(fields) = content.as_object_mut() else { return };
    if fields.contains_key("Item") && fields.remove("ConditionExpression").is_some() {
        fields.remove("ExpressionAttributeValues");
    }
}

/// A store that does not list what is due, so that only messages wake anybody.
fn forget_what_is_due(content: &mut Value) {
    match content {
        Value::Object(fields) => {
            if fields.remove("dpk").is_some() {
                fields.remove("due");
            }
            fields.values_mut().for_each(forget_what_is_due);
        }
        Value::Array(values) => values.iter_mut().for_each(forget_what_is_due),
        _ => {}
    }
}

/// A guard at the target that sees each removal as though it were the first.
fn forget_what_was_taken_away(content: &mut Value) {
    let is_its = |value: &Value| value["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with(TAKEN_AWAY));
    if is_its(&content["Key"]) {
        content["Key"]["sk"]["S"] = NOWHERE.into();
    } else if is_its(&content["Item"]) {
        let place = format!("{NOWHERE} {}", content["Item"]["w"]["S"].as_str().unwrap_or_default());
        content["Item"]["sk"]["S"] = place.into();
    }
}
