//! Groups with an address. One is ours if the hub remembers it, or if its description says so; no other is touched.

use rules::object::{DeliveredObject, WantedObject};
use rules::outcome::Outcome;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::adapter::{Google, unreadable};
use super::calls::{self, Call, Place, Service};
use super::classify::{Step, judged};
use super::client::Fault;
use super::kinds::OURS;
use super::mapping::bodies::marker;
use super::roll::{Change, is_content_changed};

/// Pages of groups that are looked through for one that was made and not heard of.
const PAGES: usize = 100;

/// What is looked at in a group.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Group {
    id: String,
    email: String,
    name: String,
    description: String,
}

/// What has the address that a group should have.
enum Holder {
    /// This very group: it was made before.
    Itself(Group),
    /// Nobody any more: it was an old address of one of our groups.
    Freed,
    /// Not to be had, for now or at all.
    Other(Outcome),
}

impl Group {
    fn is_marked(&self, key: &str) -> bool {
        self.description.split_whitespace().any(|word| word == marker(key))
    }

    fn is_another_of_ours(&self) -> bool {
        self.description.split_whitespace().any(|word| word.starts_with(&marker("")) && word.len() > OURS.len() + 1)
    }

    /// What has to be written for it to be as wanted; whatever else stands in its description is kept.
    fn lacks(&self, wanted: &WantedObject) -> Option<Value> {
        let body = wanted.body.expose();
        let mut fields = Map::new();
        if !body["email"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(&self.email)) {
            fields.insert("email".to_owned(), body["email"].clone());
        }
        if body["name"] != self.name {
            fields.insert("name".to_owned(), body["name"].clone());
        }
        if !self.is_marked(&wanted.key.key) {
            let marked = format!("{} {}", self.description, marker(&wanted.key.key));
            fields.insert("description".to_owned(), Value::String(marked.trim().to_owned()));
        }
        (!fields.is_empty()).then_some(Value::Object(fields))
    }
}

fn place(id: &str) -> Place<'_> {
    Place { service: Service::Directory, id }
}

impl Google {
    pub(super) async fn make_group(&self, wanted: &WantedObject) -> Result<Outcome, Fault> {
        let call = calls::make_group(wanted.body.expose());
        let (id, adopted) = match self.write_group(Step::MakeGroup, &call, wanted).await? {
            Written::Known(group) if group.id.is_empty() => return Ok(unreadable()),
            Written::Known(group) => (group.id, false),
            Written::Existed(group) => {
                let outcome = self.complete(wanted, &group).await?;
                if !outcome.is_success() {
                    return Ok(outcome);
                }
                (group.id, true)
            }
            Written::Not(outcome) => return Ok(outcome),
        };
        let outcome = self.roll_group(&id, &Change::of(wanted, None)).await?;
        Ok(match outcome {
            Outcome::Vanished => Outcome::WaitFor { code: "google.group_unsettled" },
            outcome if outcome.is_success() => Outcome::Done { remote: Some(id), adopted },
            outcome => outcome,
        })
    }

    pub(super) async fn change_group(
        &self,
        wanted: &WantedObject,
        delivered: &DeliveredObject,
    ) -> Result<Outcome, Fault> {
        let id = delivered.at_target();
        if is_content_changed(wanted, delivered) {
            let reply = self.client.make(&calls::group(id)).await?;
            let found = judged(Step::ChangeGroup, &reply, None);
            if !found.is_success() {
                return Ok(found);
            }
            let Some(group) = reply.json::<Group>() else { return Ok(unreadable()) };
            let outcome = self.complete(wanted, &group).await?;
            if !outcome.is_success() {
                return Ok(outcome);
            }
        }
        self.roll_group(id, &Change::of(wanted, Some(delivered))).await
    }

    /// Writes what a group lacks.
    async fn complete(&self, wanted: &WantedObject, group: &Group) -> Result<Outcome, Fault> {
        let Some(body) = group.lacks(wanted) else { return Ok(Outcome::done()) };
        let call = calls::change_group(&group.id, body);
        Ok(match self.write_group(Step::ChangeGroup, &call, wanted).await? {
            Written::Known(_) | Written::Existed(_) => Outcome::done(),
            Written::Not(outcome) => outcome,
        })
    }

    /// Writes, and once more if the address was but an old one of a group of ours.
    async fn write_group(&self, step: Step, call: &Call, wanted: &WantedObject) -> Result<Written, Fault> {
        for last in [false, true] {
            let reply = self.client.make(call).await?;
            match judged(step, &reply, call.body.as_ref()) {
                Outcome::Done { .. } => return Ok(Written::Known(reply.json().unwrap_or_default())),
                Outcome::Rejected { code: "google.conflict", message } => {
                    match self.holder(step, wanted, message).await? {
                        Holder::Itself(group) => return Ok(Written::Existed(group)),
                        Holder::Freed if !last => {}
                        Holder::Freed => break,
                        Holder::Other(outcome) => return Ok(Written::Not(outcome)),
                    }
                }
                outcome => return Ok(Written::Not(outcome)),
            }
        }
        Ok(Written::Not(Outcome::WaitFor { code: "google.group_address_in_use" }))
    }

    /// What has the address.
    async fn holder(&self, step: Step, wanted: &WantedObject, message: String) -> Result<Holder, Fault> {
        let taken =
            || Holder::Other(Outcome::Rejected { code: "google.group_address_taken", message: message.clone() });
        let address = wanted.body.expose()["email"].as_str().unwrap_or_default();
        let reply = self.client.make(&calls::group(address)).await?;
        match judged(Step::ChangeGroup, &reply, None) {
            Outcome::Done { .. } => {}
            // An account's, or that of something else.
            Outcome::Vanished | Outcome::Rejected { .. } => return Ok(taken()),
            outcome => return Ok(Holder::Other(outcome)),
        }
        let Some(group) = reply.json::<Group>().filter(|it| !it.id.is_empty()) else {
            return Ok(Holder::Other(unreadable()));
        };
        let is_itself = group.is_marked(&wanted.key.key);
        let is_its_address = group.email.eq_ignore_ascii_case(address);
        // A group that is made although it is there is taken up again, under whatever address it has.
        if is_itself && (is_its_address || step == Step::MakeGroup) {
            return Ok(Holder::Itself(group));
        }
        if !is_itself && !group.is_another_of_ours() {
            return Ok(taken());
        }
        if is_its_address {
            // At the turn of the year all classes move on: whoever has it will have another.
            return Ok(Holder::Other(Outcome::WaitFor { code: "google.group_address_in_use" }));
        }
        let freed = self.client.make(&calls::delete_group_alias(&group.id, address)).await?;
        let outcome = judged(Step::Remove, &freed, None);
        Ok(if outcome.is_success() { Holder::Freed } else { Holder::Other(outcome) })
    }

    async fn roll_group(&self, id: &str, change: &Change<'_>) -> Result<Outcome, Fault> {
        let rolled = self.client.roll(place(id), change).await?;
        if rolled.missing && self.client.make(&place(id).itself()).await?.status == 404 {
            return Ok(Outcome::Vanished);
        }
        Ok(rolled.outcome)
    }

    pub(super) async fn remove_group(&self, delivered: &DeliveredObject) -> Result<Outcome, Fault> {
        let id = match &delivered.remote {
            Some(remote) => remote.clone(),
            // It may have been made, and nobody was told what it is called.
            None => match self.find_our_group(&delivered.key.key).await? {
                Some(id) => id,
                None => return Ok(Outcome::AlreadyDone),
            },
        };
        Ok(judged(Step::Remove, &self.client.make(&calls::delete_group(&id)).await?, None))
    }

    /// There is no question for a description: all groups are looked through. It is asked seldom.
    async fn find_our_group(&self, key: &str) -> Result<Option<String>, Fault> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Page {
            #[serde(default)]
            groups: Vec<Group>,
            next_page_token: Option<String>,
        }
        let mut page = None::<String>;
        for _ in 0..PAGES {
            let reply = self.client.make(&calls::list_groups(page.as_deref())).await?;
            let Some(listed) = reply.json::<Page>().filter(|_| reply.is_success()) else {
                return Err(Fault::Answer(Step::Ask, reply));
            };
            if let Some(group) = listed.groups.into_iter().find(|it| it.is_marked(key)) {
                return Ok(Some(group.id));
            }
            page = listed.next_page_token.filter(|it| !it.is_empty());
            if page.is_none() {
                return Ok(None);
            }
        }
        Ok(None)
    }
}

/// What came of writing a group.
enum Written {
    /// It is as wanted.
    Known(Group),
    /// It was there already, from us.
    Existed(Group),
    /// It is not.
    Not(Outcome),
}
