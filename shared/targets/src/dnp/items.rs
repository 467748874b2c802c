//! Operations → lines, and lines → what is handed over. Pure.

use std::collections::BTreeSet;

use roster::SubjectKey;
use rules::delivery::Told;
use rules::object::{ObjectKey, WantedObject};
use rules::plan::Operation;
use rules::window::{Line, Turn};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ss12000_provider::Resource;

/// The kinds of objects that are sent, in the order in which they refer to each other.
pub(super) const ORDER: [Resource; 4] = [Resource::Person, Resource::Duty, Resource::Group, Resource::Activity];

/// What a line says: that there is an object, or that it is gone.
#[derive(Serialize, Deserialize)]
pub(super) struct Item {
    #[serde(flatten)]
    key: ObjectKey,
    /// Whose it is.
    #[serde(rename = "s")]
    pub(super) subject: SubjectKey,
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    needs: Vec<ObjectKey>,
    /// The object with its fingerprint; none: it is gone.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    object: Option<(String, Value)>,
}

impl Item {
    /// What a line says. `None`: no version of the hub known here has kept it.
    pub(super) fn of(line: &Line) -> Option<Self> {
        serde_json::from_str::<Self>(line.text.as_str()).ok().filter(|it| it.resource().is_some())
    }

    /// Its kind.
    pub(super) fn resource(&self) -> Option<Resource> {
        resource(&self.key)
    }

    pub(super) fn id(&self) -> &str {
        &self.key.key
    }

    /// The object as it is sent; `None`: it is gone.
    pub(super) fn object(&self) -> Option<&Value> {
        self.object.as_ref().map(|(_, object)| object)
    }

    pub(super) fn told(&self) -> Told {
        let fingerprint = self.object.as_ref().map(|(fingerprint, _)| fingerprint.clone());
        Told { key: self.key.clone(), fingerprint, needs: self.needs.clone() }
    }

    /// What the object refers to, of what is sent.
    pub(super) fn refers_to(&self) -> BTreeSet<(Resource, &str)> {
        let Some(object) = self.object() else { return BTreeSet::new() };
        let list = |name: &str| object[name].as_array().map(Vec::as_slice).unwrap_or_default();
        let person = object["person"]["id"].as_str().map(|it| (Resource::Person, it));
        let members =
            list("groupMemberships").iter().filter_map(|it| Some((Resource::Person, it["person"]["id"].as_str()?)));
        let groups = list("groups").iter().filter_map(|it| Some((Resource::Group, it["id"].as_str()?)));
        let teachers = list("teachers").iter().filter_map(|it| Some((Resource::Duty, it["duty"]["id"].as_str()?)));
        person.into_iter().chain(members).chain(groups).chain(teachers).collect()
    }
}

fn resource(key: &ObjectKey) -> Option<Resource> {
    ORDER.into_iter().find(|it| it.kind() == key.kind)
}

/// The line of an operation; none about a school unit, which is not sent. The newest about an object is the only one, be it
/// that it is gone.
pub(super) fn lines(operation: &Operation) -> Vec<Line> {
    let item = match operation {
        Operation::Create(wanted) | Operation::Update { wanted, .. } => {
            let object = Some((wanted.fingerprint(), wanted.body.expose().clone()));
            item(&wanted.key, &wanted.needs, object)
        }
        Operation::Delete(delivered) => item(&delivered.key, &delivered.needs, None),
    };
    let line = |item: Item| {
        let about = [item.key.kind.as_str(), &item.key.key];
        let text = serde_json::to_string(&item).ok()?;
        Some(Line::new(Turn::Object, &item.subject.to_string(), &about, text))
    };
    item.and_then(line).into_iter().collect()
}

fn item(key: &ObjectKey, needs: &[ObjectKey], object: Option<(String, Value)>) -> Option<Item> {
    // A duty is its person's.
    let of = |key: &ObjectKey| key.key.parse().ok();
    let subject = match resource(key)? {
        Resource::Duty => SubjectKey::person(of(needs.first()?)?),
        Resource::Group => SubjectKey::group(of(key)?),
        Resource::Activity => SubjectKey::activity(of(key)?),
        Resource::Person | Resource::Organisation => SubjectKey::person(of(key)?),
    };
    Some(Item { key: key.clone(), subject, needs: needs.to_vec(), object })
}

/// By which name others refer to a school unit: Skolverket's.
pub(super) fn remote(wanted: &WantedObject) -> Option<String> {
    let is_sent = resource(&wanted.key).is_some();
    wanted.body.expose()["id"].as_str().filter(|_| !is_sent).map(str::to_owned)
}
