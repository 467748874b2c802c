//! `/groups(uniqueName='…')`: a group by the name that whoever made it gave it.

use super::answer::{Outcome, Refusal};
use super::call::Call;
use super::graph::Graph;
use super::schema::Kind;

impl Graph<'_> {
    pub(super) fn group_by_unique_name(&mut self, call: &Call, name: &str, rest: &[&str]) -> Outcome {
        let id = self.store.holders(Kind::Group, "uniqueName", name).unwrap_or_default().pop_first();
        let sent = call.body.as_ref().and_then(|body| body.get("uniqueName"));
        if sent.is_some_and(|sent| sent.as_str() != Some(name)) {
            return Err(Refusal::bad("The uniqueName in the body is not the one in the address."));
        }
        match (call.method.as_str(), id, rest) {
            ("PATCH", Some(id), []) if call.prefers("create-if-missing") => self.upserted(call, &id),
            ("PATCH", None, []) if call.prefers("create-if-missing") => self.create_group(call, Some(name)),
            ("GET", Some(id), []) => self.read_group(call, &id),
            ("PATCH", Some(id), []) => self.change_group(call, &id),
            ("DELETE", Some(id), []) => self.delete_group(call, &id),
            (_, Some(id), [link @ ("members" | "owners"), rest @ ..]) => self.links(Kind::Group, call, &id, link, rest),
            (_, None, _) => Err(Refusal::not_found(name)),
            _ => Err(self.no_such_path()),
        }
    }

    /// A name that is taken is known even before its group can be read: otherwise a second try would make a twin.
    fn upserted(&mut self, call: &Call, id: &str) -> Outcome {
        let options = super::MicrosoftOptions { reads_lag: jiff::SignedDuration::ZERO, ..self.options.clone() };
        let mut knowing = Graph {
            options: &options,
            base: self.base,
            metadata: self.metadata,
            now: self.now,
            identity: self.identity,
            what: self.what.clone(),
            store: &mut *self.store,
        };
        knowing.change_group(call, id)
    }
}
