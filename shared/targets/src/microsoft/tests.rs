//! The wire format, what answers mean, and what changes a class.

mod answers;
mod rolls;
mod wire;

use rules::object::WantedObject;
use rules::view::View;

use super::config::MicrosoftConfig;
use super::mapping::Mapping;

const SMALL: &str = "tenant_id = 'skola.example'\nclient_id = 'hub'\nclient_secret = { env = 'SECRET' }\n";

fn mapping(more: &str) -> Mapping {
    let config: MicrosoftConfig = toml::from_str(&format!("{SMALL}{more}")).unwrap();
    config.policy().unwrap();
    Mapping::from(&config)
}

fn objects(more: &str, view: View) -> Vec<WantedObject> {
    mapping(more).map(&view).unwrap()
}

fn object(more: &str, view: View) -> WantedObject {
    objects(more, view).remove(0)
}
