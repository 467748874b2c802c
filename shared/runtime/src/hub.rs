//! The hub in the cloud: made once per environment, before the first event.

use std::sync::Arc;
use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use queue::{Queue, SqsQueue};
use roster::{Clock, SystemChance, SystemClock};
use state::Store;
use sync::connectors::Shipped;
use sync::directory::Directory;
use sync::{Hub, Lanes, Queues, SyncError};

use crate::buckets::AwsPlaces;
use crate::metrics::EmbeddedMetrics;
use crate::secrets::AwsSecrets;
use crate::settings::{MissingSetting, Settings};

/// A function could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing.
    #[error(transparent)]
    Setting(#[from] MissingSetting),
    /// The table could not be read.
    #[error(transparent)]
    Table(#[from] SyncError),
}

/// What Lambda tells a function about AWS: region, credentials of its role, and an endpoint where AWS is emulated. The
/// chain of all other places to look is left out: it makes a function a third larger and start later.
fn aws(settings: &Settings) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(3))
        .operation_attempt_timeout(Duration::from_secs(25))
        .build();
    let credentials = SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new());
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(settings.region.clone()))
        .credentials_provider(credentials)
        .timeout_config(timeouts);
    match &settings.endpoint {
        Some(endpoint) => config.endpoint_url(endpoint).build(),
        None => config.build(),
    }
}

/// Starts logging and makes the hub from the environment. Reads the tenants once, which also opens the connection to
/// the table while start-up still has a whole processor.
///
/// # Errors
/// [`StartError`].
pub async fn start() -> Result<Hub, StartError> {
    crate::logging::to_cloud();
    let settings = Settings::from_env()?;
    let config = aws(&settings);
    let sqs = aws_sdk_sqs::Client::new(&config);
    let queue = |url: &str| -> Arc<dyn Queue> { Arc::new(SqsQueue::new(sqs.clone(), url.to_owned())) };
    let lanes = settings
        .jobs
        .iter()
        .map(|(kind, urls)| (kind.clone(), Lanes { fresh: queue(&urls.fresh), bulk: queue(&urls.bulk) }));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Store::new(aws_sdk_dynamodb::Client::new(&config), settings.table);
    let places = Arc::new(AwsPlaces::new(config.clone()));
    let shipped = Shipped::new(Arc::new(AwsSecrets::new(config)), Arc::clone(&clock));
    let factory = Shipped { places: Some(Arc::clone(&places) as _), send_places: Some(places), ..shipped };
    let hub = Hub {
        store,
        queues: Queues { notices: queue(&settings.notices_url), jobs: lanes.collect() },
        directory: Arc::new(Directory::new(Arc::new(factory))),
        clock,
        chance: Arc::new(SystemChance),
        observer: Arc::new(EmbeddedMetrics),
        pace: Arc::default(),
    };
    hub.directory.refresh(&hub.store, hub.now()).await?;
    Ok(hub)
}
