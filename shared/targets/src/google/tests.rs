//! The wire format, and what each answer means.

mod answers;
mod batches;
mod pages;
mod rolls;
mod wire;

use rules::object::WantedObject;
use rules::view::{GroupView, View};
use serde_json::{Value, json};

use super::calls::{Call, Service};
use super::config::GoogleConfig;
use super::mapping::Mapping;
use crate::invented::{group, reference};
use crate::{InventoryPage, Refusal};

fn mapped(more: &str, view: &View) -> Result<Vec<WantedObject>, Refusal> {
    let least =
        "service_account = { env = 'KEY' }\nadmin = 'admin@skola.example'\ncourse_owner = 'kurser@skola.example'";
    let config: GoogleConfig = toml::from_str(&format!("{least}\n{more}")).unwrap();
    Mapping::from(&config).map(view)
}

fn objects(more: &str, view: &View) -> Vec<WantedObject> {
    mapped(more, view).unwrap()
}

fn object(more: &str, view: &View) -> WantedObject {
    objects(more, view).remove(0)
}

fn class() -> GroupView {
    GroupView { led_by: None, teachers: vec![reference(11)], ..group() }
}

/// A call as it is sent, for a snapshot.
fn sent(call: &Call) -> Value {
    let host = match call.service {
        Service::Directory => "admin.googleapis.com",
        Service::Classroom => "classroom.googleapis.com",
    };
    let query: Vec<String> = call.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    json!({ "call": format!("{} {host}/{}", call.method, call.path.join("/")), "query": query, "body": call.body })
}

/// The addresses on a page.
fn addresses(page: &InventoryPage) -> Vec<Vec<&str>> {
    page.entries.iter().map(|it| it.recognised_by.iter().map(|it| it.as_str()).collect()).collect()
}
