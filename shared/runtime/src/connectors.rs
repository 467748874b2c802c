//! The connectors that are shipped, in AWS.

use std::sync::Arc;

use outbound::Secrets;
use rules::config::{Connectors, SettingsProblem, SourceConfig, TargetConfig};
use sources::Source;
use sources::file_drop::place::DropPlaces;
use sources::registry::SourceContext;
use sync::connectors::{BuiltTarget, Factory, Shipped};

/// The kind of source that reads from drop places.
const READS_PLACES: &str = "file-drop";

/// Makes the connectors that are shipped; those that read dropped files read them from AWS's drop places. `Shipped` knows
/// the places of one machine only.
#[derive(Debug, Clone)]
pub(crate) struct InAws {
    pub(crate) shipped: Shipped,
    pub(crate) places: Arc<dyn DropPlaces>,
}

impl Connectors for InAws {
    fn source_keys(&self, kind: &str) -> Option<&'static [&'static str]> {
        self.shipped.source_keys(kind)
    }

    fn target_keys(&self, kind: &str) -> Option<&'static [&'static str]> {
        self.shipped.target_keys(kind)
    }

    fn try_source(&self, source: &SourceConfig) -> Result<(), SettingsProblem> {
        self.shipped.try_source(source)
    }

    fn try_target(&self, target: &TargetConfig) -> Result<(), SettingsProblem> {
        self.shipped.try_target(target)
    }
}

impl Factory for InAws {
    fn source(&self, tenant: &str, config: &SourceConfig) -> Result<Arc<dyn Source>, SettingsProblem> {
        if config.kind != READS_PLACES {
            return self.shipped.source(tenant, config);
        }
        let context = SourceContext {
            transport: self.shipped.transport.clone(),
            places: Some(Arc::clone(&self.places)),
            secrets: Arc::clone(&self.shipped.secrets),
            clock: Arc::clone(&self.shipped.clock),
            user_agent: format!("skolbro ({tenant})"),
            tenant: tenant.to_owned(),
            source: config.name.clone(),
        };
        sources::registry::build(&config.kind, &config.settings, &context)
            .map_err(|problem| SettingsProblem { key: problem.key, message: problem.message })
    }

    fn target(&self, tenant: &str, config: &TargetConfig) -> Result<BuiltTarget, SettingsProblem> {
        self.shipped.target(tenant, config)
    }

    fn secrets(&self) -> &dyn Secrets {
        self.shipped.secrets()
    }
}

#[cfg(test)]
mod tests {
    use aws_config::{Region, SdkConfig};
    use outbound::EnvironmentSecrets;
    use roster::{Clock, SystemClock};
    use sources::{ReadRequest, Scope};
    use sync::connectors::read_tenant;

    use super::*;
    use crate::buckets::AwsPlaces;

    const TENANT: &str = "tenant = 'demoskolan'\n[[source]]\nname = 'register'\nkind = 'file-drop'\n\
                          format = 'oneroster'\nbucket = 'skolbro-drop'\n";

    #[tokio::test]
    async fn dropped_files_are_read_from_buckets() {
        let nobody = SdkConfig::builder().region(Region::new("eu-north-1")).build();
        let shipped = Shipped { secrets: Arc::new(EnvironmentSecrets), clock: Arc::new(SystemClock), transport: None };
        let factory = InAws { shipped, places: Arc::new(AwsPlaces::new(nobody)) };
        let tenant = read_tenant(TENANT, &factory).unwrap();

        let source = factory.source("demoskolan", &tenant.sources[0]).unwrap_or_else(|it| panic!("{}", it.message));
        let request = ReadRequest { scope: Scope::Full, position: None, started: SystemClock.now(), memory: None };
        let error = source.read(&request).await.unwrap_err();

        // The bucket was asked for, by somebody without credentials.
        assert_eq!(error.code, "file_drop.place_refused");
    }
}
