//! The connectors as the tenant's file names them: the one place where `rules`, `sources` and `targets` meet.

use std::sync::Arc;

use outbound::{Secrets, Transport};
use roster::Clock;
use rules::config::{Connectors, SettingsProblem, SourceConfig, TargetConfig, TenantConfig};
use rules::policy::TargetPolicy;
use sources::Source;
use sources::file_drop::landing::Intake;
use sources::file_drop::place::{DropPlaces, LocalFolders};
use targets::Target;
use targets::files::SendPlaces;

/// The kinds of target there are: each has queues and workers of its own.
pub const TARGET_KINDS: &[&str] = targets::registry::KINDS;

/// A target and the tenant's decisions about it.
#[derive(Debug, Clone)]
pub struct BuiltTarget {
    /// The target.
    pub target: Arc<dyn Target>,
    /// The decisions.
    pub policy: TargetPolicy,
}

/// Makes connectors from configuration. The simulation has its own.
pub trait Factory: Connectors + Send + Sync + std::fmt::Debug {
    /// Makes a source.
    ///
    /// # Errors
    /// [`SettingsProblem`].
    fn source(&self, tenant: &str, config: &SourceConfig) -> Result<Arc<dyn Source>, SettingsProblem>;

    /// Makes a target.
    ///
    /// # Errors
    /// [`SettingsProblem`].
    fn target(&self, tenant: &str, config: &TargetConfig) -> Result<BuiltTarget, SettingsProblem>;

    /// What a source takes from whoever sends it files. `None`: nothing.
    fn intake(&self, config: &SourceConfig) -> Option<Intake> {
        let _ = config;
        None
    }

    /// Where secrets come from.
    fn secrets(&self) -> &dyn Secrets;
}

/// Makes the connectors that are shipped.
#[derive(Debug, Clone)]
pub struct Shipped {
    /// Where secrets come from.
    pub secrets: Arc<dyn Secrets>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What carries the calls instead of the internet: a simulation's own.
    pub transport: Option<Arc<dyn Transport>>,
    /// Where files are dropped. `None`: in folders of this machine.
    pub places: Option<Arc<dyn DropPlaces>>,
    /// Where files are put for targets. `None`: in folders of this machine.
    pub send_places: Option<Arc<dyn SendPlaces>>,
}

/// How the hub presents itself; vendors look for it in their logs.
const USER_AGENT: &str = concat!("skolbro/", env!("CARGO_PKG_VERSION"));

impl Shipped {
    /// Connectors that call over the internet and read files from this machine.
    #[must_use]
    pub fn new(secrets: Arc<dyn Secrets>, clock: Arc<dyn Clock>) -> Self {
        Self { secrets, clock, transport: None, places: None, send_places: None }
    }

    fn source_context(&self, tenant: &str, source: &str) -> sources::registry::SourceContext {
        sources::registry::SourceContext {
            transport: self.transport.clone(),
            places: self.places.clone(),
            secrets: Arc::clone(&self.secrets),
            clock: Arc::clone(&self.clock),
            user_agent: format!("{USER_AGENT} ({tenant})"),
            tenant: tenant.to_owned(),
            source: source.to_owned(),
        }
    }

    fn target_context(&self, tenant: &str) -> targets::registry::TargetContext {
        targets::registry::TargetContext {
            transport: self.transport.clone(),
            secrets: Arc::clone(&self.secrets),
            clock: Arc::clone(&self.clock),
            user_agent: format!("{USER_AGENT} ({tenant})"),
            places: self.send_places.clone(),
            dry_run: false,
        }
    }
}

impl Connectors for Shipped {
    fn source_keys(&self, kind: &str) -> Option<&'static [&'static str]> {
        sources::registry::known_keys(kind)
    }

    fn target_keys(&self, kind: &str) -> Option<&'static [&'static str]> {
        targets::registry::known_keys(kind)
    }

    fn try_source(&self, source: &SourceConfig) -> Result<(), SettingsProblem> {
        crate::doorbell::check(source)?;
        let built = self.source("check", source)?;
        if built.only_adds() && source.join_by.is_empty() {
            let message =
                "is missing: what these files say is added to other sources' persons, who must be found by it";
            return Err(SettingsProblem { key: Some("join_by".to_owned()), message: message.to_owned() });
        }
        Ok(())
    }

    fn try_target(&self, target: &TargetConfig) -> Result<(), SettingsProblem> {
        self.target("check", target).map(drop)
    }
}

impl Factory for Shipped {
    fn source(&self, tenant: &str, config: &SourceConfig) -> Result<Arc<dyn Source>, SettingsProblem> {
        sources::registry::build(&config.kind, &config.settings, &self.source_context(tenant, &config.name))
            .map_err(|problem| SettingsProblem { key: problem.key, message: problem.message })
    }

    fn target(&self, tenant: &str, config: &TargetConfig) -> Result<BuiltTarget, SettingsProblem> {
        targets::registry::build(&config.kind, &config.settings, &self.target_context(tenant))
            .map(|built| BuiltTarget { target: built.target, policy: built.policy })
            .map_err(|problem| SettingsProblem { key: problem.key, message: problem.message })
    }

    fn intake(&self, config: &SourceConfig) -> Option<Intake> {
        let places: &dyn DropPlaces = self.places.as_deref().unwrap_or(&LocalFolders);
        sources::registry::intake(&config.kind, &config.settings, places).ok().flatten()
    }

    fn secrets(&self) -> &dyn Secrets {
        &*self.secrets
    }
}

/// Reads a tenant's file with the connectors of a factory.
///
/// # Errors
/// Every problem found.
pub fn read_tenant(text: &str, factory: &dyn Factory) -> Result<TenantConfig, Vec<rules::config::Problem>> {
    rules::config::read(text, factory)
}

#[cfg(test)]
mod tests {
    use outbound::EnvironmentSecrets;
    use roster::SystemClock;

    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let shipped = Shipped::new(Arc::new(EnvironmentSecrets), Arc::new(SystemClock));
        read_tenant(text, &shipped).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_doorbells_token_in_plain_text_is_refused_and_not_repeated() {
        let text = "tenant = 'demo'\n[[source]]\nname = 'r'\nkind = 'ss12000'\nbase_url = 'https://r.example'\n\
                    anonymous = true\nroute_token = 'hunter2'\n";

        let problems = problems(text);

        assert!(
            problems[0].starts_with("line 7: source.route_token: secrets are given only by reference"),
            "{problems:?}"
        );
        assert!(!problems[0].contains("hunter2"), "{problems:?}");
    }
}
