//! One method at one path.

use super::document::Place;
use super::media::{RequestBody, json_schema};
use super::parameter::{Parameter, Stands};
use super::schema::{Compiled, Compiling, Schema};
use super::{Answered, Asked, Deviation};
use std::collections::BTreeMap;

/// What may be asked, and what is answered.
pub(super) struct Operation {
    parameters: Vec<Parameter>,
    body: Option<RequestBody>,
    /// By status; `None`: nothing is said about the body.
    answers: BTreeMap<String, Option<Schema>>,
}

impl Operation {
    /// `shared`: what is declared for all methods of the path.
    pub(super) fn read(place: &Place<'_>, shared: &Place<'_>, compiling: &mut Compiling) -> Result<Self, String> {
        let mut parameters: Vec<Parameter> = Vec::new();
        for declared in [place, shared].into_iter().filter_map(|it| it.get("parameters")) {
            for parameter in declared.items() {
                let parameter = Parameter::read(&parameter, compiling)?;
                // The operation's own comes first and wins.
                let known = |it: &Parameter| parameters.iter().any(|p| p.name == it.name && p.stands == it.stands);
                parameters.extend(parameter.filter(|it| !known(it)));
            }
        }
        let body = place.get("requestBody").map(|body| RequestBody::read(&body, compiling)).transpose()?;
        let mut answers = BTreeMap::new();
        for (status, answer) in place.get("responses").iter().flat_map(Place::entries) {
            answers.insert(status.to_owned(), json_schema(&answer, compiling)?);
        }
        Ok(Self { parameters, body, answers })
    }

    pub(super) fn of_request(
        &self,
        asked: &Asked<'_>,
        variables: &[(&str, &str)],
        compiled: &Compiled,
    ) -> Vec<Deviation> {
        let query: Vec<(&str, &str)> = asked.query.iter().map(|(name, value)| (&**name, &**value)).collect();
        let mut found = self.undeclared(&query);
        for parameter in &self.parameters {
            let all = match parameter.stands {
                Stands::InPath => variables,
                Stands::InQuery => &query,
            };
            let given: Vec<&str> =
                all.iter().filter(|(name, _)| *name == parameter.name).map(|(_, value)| *value).collect();
            found.extend(parameter.deviations(&given, compiled));
        }
        found.extend(RequestBody::deviations(self.body.as_ref(), asked, compiled));
        found
    }

    fn undeclared(&self, query: &[(&str, &str)]) -> Vec<Deviation> {
        let declared = |name: &str| self.parameters.iter().any(|it| it.stands == Stands::InQuery && it.name == name);
        let unknown = query.iter().filter(|(name, _)| !declared(name));
        unknown.map(|(name, _)| Deviation { at: "query".to_owned(), why: format!("{name} is not declared") }).collect()
    }

    pub(super) fn of_answer(&self, answered: &Answered<'_>, compiled: &Compiled) -> Vec<Deviation> {
        let declared = self.answers.get(&answered.status.to_string()).or_else(|| self.answers.get("default"));
        match declared {
            Some(Some(schema)) => compiled.deviations(*schema, answered.body),
            Some(None) => Vec::new(),
            None => {
                vec![Deviation { at: "status".to_owned(), why: format!("{} is not declared", answered.status) }]
            }
        }
    }
}
