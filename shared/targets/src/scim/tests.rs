//! The wire format, and what changes what is there.

mod changes;
mod wire;

use rules::object::WantedObject;
use rules::view::View;

use super::config::ScimConfig;
use super::mapping::Mapping;

fn mapping(more: &str) -> Mapping {
    let config: ScimConfig = toml::from_str(&format!("base_url = 'https://receiver.example/scim'\n{more}")).unwrap();
    Mapping::from(&config)
}

fn object(more: &str, view: View) -> WantedObject {
    mapping(more).map(&view).unwrap().remove(0)
}
