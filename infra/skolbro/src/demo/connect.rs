//! Joining the hub and the simulated outside: tenants' files, secrets, doorbells.

use std::collections::BTreeMap;

use async_trait::async_trait;
use outbound::{Secret, SecretError, SecretRef, Secrets};
use world::{SkolonWebhooks, World};

/// The token in the simulated sources' doorbell addresses. Only the loopback ever sees it.
pub(super) const ROUTE_TOKEN: &str = "demo-route-token-5f2c9a71d04e";

/// The secrets of the simulated outside, under the names that the tenants' files refer to.
#[derive(Debug, Clone)]
pub struct DemoSecrets(BTreeMap<String, Secret>);

impl DemoSecrets {
    /// The secrets of a world.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let mut secrets = BTreeMap::from([
            ("REGISTER_SECRET".to_owned(), Secret::new(&*world.register().credentials().client_secret)),
            ("SKOLON_SECRET".to_owned(), Secret::new(&*world.skolon().credentials().client_secret)),
            ("ROUTE_TOKEN".to_owned(), Secret::new(ROUTE_TOKEN)),
        ]);
        for receiver in world.receivers() {
            let options = receiver.options();
            secrets.insert(key_variable(&options.name), Secret::new(&*options.api_key));
        }
        Self(secrets)
    }

    /// With another one.
    #[must_use]
    pub fn with(mut self, name: &str, secret: &str) -> Self {
        self.0.insert(name.to_owned(), Secret::new(secret));
        self
    }

    /// The secrets as environment variables, for a hub in another process.
    #[must_use]
    pub fn variables(&self) -> BTreeMap<String, String> {
        self.0.iter().map(|(name, secret)| (name.clone(), secret.expose().to_owned())).collect()
    }
}

#[async_trait]
impl Secrets for DemoSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        match reference {
            SecretRef::Env(name) => self.0.get(name).cloned().ok_or_else(|| SecretError::Missing(reference.clone())),
            SecretRef::Ssm(_) | SecretRef::SecretsManager(_) => Err(SecretError::NotAvailableHere(reference.clone())),
        }
    }
}

pub(super) fn key_variable(receiver: &str) -> String {
    format!("{}_KEY", receiver.to_uppercase().replace('-', "_"))
}

/// The two tenants of the demonstration: one with a register, at the receiver's production and test environment, and
/// one with Skolon, where only those with a licence exist. Each with those of its receivers that the world has.
#[must_use]
pub fn tenant_files(world: &World, hub: &str) -> Vec<(String, String)> {
    let tenants = [register_tenant(world, hub), skolon_tenant(world, hub)].into_iter();
    tenants.filter(|(_, file)| file.contains("[[target]]")).collect()
}

/// The tenant with a register, also in a world without receivers.
#[must_use]
pub fn register_tenant(world: &World, hub: &str) -> (String, String) {
    let urls = world.urls();
    let file = format!(
        "tenant = \"demoskolan\"\n{}\n[[source]]\nname = \"register\"\nkind = \"ss12000\"\nbase_url = \"{}\"\n\
         token_url = \"{}\"\nclient_id = \"{}\"\nclient_secret = {{ env = \"REGISTER_SECRET\" }}\npoll_seconds = 60\n\
         route_token = {{ env = \"ROUTE_TOKEN\" }}\n{}{}",
        public_url(hub),
        urls.register,
        urls.register_token,
        world.register().credentials().client_id,
        target(world, "gleerups", ""),
        target(world, "gleerups-test", "environment = \"test\"\n"),
    );
    ("demoskolan".to_owned(), file)
}

fn skolon_tenant(world: &World, hub: &str) -> (String, String) {
    let urls = world.urls();
    let file = format!(
        "tenant = \"skolonkommun\"\n{}\n[[source]]\nname = \"skolon\"\nkind = \"skolon\"\nbase_url = \"{}\"\n\
         token_url = \"{}\"\nclient_id = \"{}\"\nclient_secret = {{ env = \"SKOLON_SECRET\" }}\npoll_seconds = 60\n\
         route_token = {{ env = \"ROUTE_TOKEN\" }}\n{}",
        public_url(hub),
        urls.skolon,
        urls.skolon_token,
        world.skolon().credentials().client_id,
        target(world, "gleerups-skolon", "deliver_users = \"licensed_only\"\n"),
    );
    ("skolonkommun".to_owned(), file)
}

fn public_url(hub: &str) -> String {
    if hub.is_empty() { String::new() } else { format!("public_url = \"{hub}\"\n") }
}

/// One of the receivers as a target; nothing where the world does not have it.
pub(super) fn target(world: &World, name: &str, more: &str) -> String {
    let Some(url) = world.urls().receivers.get(name).cloned() else { return String::new() };
    let key = key_variable(name);
    format!(
        "\n[[target]]\nname = \"{name}\"\nkind = \"gleerups\"\nbase_url = \"{url}\"\napi_key = {{ env = \"{key}\" }}\n{more}"
    )
}

/// Tells Skolon where the hub's doorbells are, as its partner portal would be told. The register is subscribed to by
/// the hub itself.
pub fn connect(world: &World, hub: &str) {
    let door = format!("{hub}/hooks/skolonkommun/skolon/{ROUTE_TOKEN}");
    world.skolon().set_webhooks(SkolonWebhooks {
        data_edits: Some(door.clone()),
        remove_user: Some(format!("{door}/remove-user")),
        remove_class: Some(format!("{door}/remove-class")),
    });
}
