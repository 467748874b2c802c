//! The hub whole on one machine.

pub mod embedded;
mod pump;
mod recorder;
mod serving;

use std::collections::BTreeMap;
use std::fs::{File, Permissions, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use outbound::{Secrets, Transport};
use queue::{LocalQueue, LocalQueueSettings, Queue};
use roster::{Clock, SystemChance, SystemClock};
use state::Store;
use sync::connectors::Shipped;
use sync::directory::Directory;
use sync::{Hub, Lanes, Queues, SyncError};
use tokio::task::JoinSet;

pub use recorder::{Recorder, Summary};

/// How often the timer ticks here. In the cloud it is a minute, the shortest schedule there is.
const TICK: Duration = Duration::from_secs(5);

/// How long a message may be worked on before it is given to somebody else.
const VISIBILITY: Duration = Duration::from_secs(180);

/// A notice may carry a long read; nothing else reads that source meanwhile.
const READ_VISIBILITY: Duration = Duration::from_secs(900);

/// The hub could not start on this machine.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// The data folder or the address could not be used.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// Why not.
        error: io::Error,
    },
    /// The embedded store could not be opened.
    #[error("machine.store_unusable: {0}")]
    Store(String),
    /// Another hub works on the data: two would not know of each other's queues.
    #[error("machine.data_in_use: another skolbro is working in {0}")]
    DataInUse(String),
    /// The store could not be read or written.
    #[error(transparent)]
    Sync(#[from] SyncError),
}

impl MachineError {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Io { what: what.into(), error }
    }
}

/// The hub on this machine. Its work stops when it is dropped.
#[derive(Debug)]
pub struct Machine {
    /// The hub.
    pub hub: Hub,
    /// What happened.
    pub recorder: Recorder,
    work: JoinSet<()>,
    _lock: Option<File>,
}

/// The hub on the store in `data`, or on one in memory.
///
/// # Errors
/// [`MachineError`].
pub async fn open(data: Option<&Path>, secrets: Arc<dyn Secrets>) -> Result<Machine, MachineError> {
    open_with(data, secrets, None).await
}

/// The same, whose calls are carried by a simulated outside instead of the internet.
///
/// # Errors
/// [`MachineError`].
pub async fn open_with(
    data: Option<&Path>,
    secrets: Arc<dyn Secrets>,
    transport: Option<Arc<dyn Transport>>,
) -> Result<Machine, MachineError> {
    let file = data.map(store_in);
    let lock = data.map(lock).transpose()?;
    file.as_deref().map(make_private).transpose()?;
    let client = embedded::open(file.as_deref()).map_err(MachineError::Store)?;
    state::schema::create(&client, TABLE).await.map_err(SyncError::from)?;
    let recorder = Recorder::default();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let factory = Shipped { transport, ..Shipped::new(secrets, Arc::clone(&clock)) };
    let hub = Hub {
        store: Store::new(client, TABLE),
        queues: queues(&clock),
        directory: Arc::new(Directory::new(Arc::new(factory))),
        clock,
        chance: Arc::new(SystemChance),
        observer: Arc::new(recorder.clone()),
        pace: Arc::default(),
    };
    hub.directory.reload(&hub.store, hub.now()).await?;
    Ok(Machine { hub, recorder, work: JoinSet::new(), _lock: lock })
}

/// Stores a tenant's configuration, which is worked with at once. Gives whether it differs from the one before.
///
/// # Errors
/// [`SyncError::State`].
pub(crate) async fn put_tenant(hub: &Hub, tenant: &str, text: &str) -> Result<bool, SyncError> {
    let changed = hub.store.put_tenant(tenant, text).await?;
    hub.directory.reload(&hub.store, hub.now()).await?;
    Ok(changed)
}

/// Whether a hub has worked in a folder.
#[must_use]
pub fn has_data(folder: &Path) -> bool {
    store_in(folder).is_file()
}

fn store_in(folder: &Path) -> PathBuf {
    folder.join("skolbro.db")
}

/// Makes the folder where it is missing, for its owner only: pupils' data are in it.
fn make(folder: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes the store's file where it is missing, and others unable to read it even in a folder that they can read. What
/// SQLite keeps beside it gets the same mode.
fn make_private(file: &Path) -> Result<(), MachineError> {
    let owner = Permissions::from_mode(0o600);
    let made =
        File::options().append(true).create(true).mode(0o600).open(file).and_then(|it| it.set_permissions(owner));
    made.map_err(MachineError::io(format!("cannot use {}", file.display())))
}

/// Makes the folder where it is missing, and takes it for this process alone until the process ends.
fn lock(folder: &Path) -> Result<File, MachineError> {
    let cannot = || MachineError::io(format!("cannot use {}", folder.display()));
    make(folder).map_err(cannot())?;
    let file = File::create(folder.join("lock")).map_err(cannot())?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(MachineError::DataInUse(folder.display().to_string())),
        Err(TryLockError::Error(error)) => Err(cannot()(error)),
    }
}

const TABLE: &str = "skolbro";

fn queues(clock: &Arc<dyn Clock>) -> Queues {
    let dead = |name: &str, fifo: bool| {
        let name = format!("{name}-dead{}", if fifo { ".fifo" } else { "" });
        let settings = if fifo { LocalQueueSettings::fifo(name) } else { LocalQueueSettings::standard(name) };
        Arc::new(LocalQueue::new(settings, Arc::clone(clock)))
    };
    let lane = |name: &str| -> Arc<dyn Queue> {
        let settings = LocalQueueSettings {
            visibility: VISIBILITY,
            max_receive_count: Some(5),
            dead_letters: Some(dead(name, false)),
            ..LocalQueueSettings::standard(name)
        };
        Arc::new(LocalQueue::new(settings, Arc::clone(clock)))
    };
    let notices = LocalQueueSettings {
        visibility: READ_VISIBILITY,
        max_receive_count: Some(5),
        dead_letters: Some(dead("notices", true)),
        ..LocalQueueSettings::fifo("notices.fifo")
    };
    let lanes =
        KINDS.iter().map(|kind| ((*kind).to_owned(), Lanes { fresh: lane(kind), bulk: lane(&format!("{kind}-bulk")) }));
    Queues { notices: Arc::new(LocalQueue::new(notices, Arc::clone(clock))), jobs: lanes.collect::<BTreeMap<_, _>>() }
}

/// The kinds of target that have queues here.
const KINDS: &[&str] = sync::connectors::TARGET_KINDS;

impl Machine {
    /// Begins to work: goes on with what was due when the machine stopped, and handles messages and ticks from now on.
    ///
    /// # Errors
    /// [`MachineError`].
    pub async fn start(&mut self) -> Result<(), MachineError> {
        sync::sweep::resume(&self.hub).await?;
        self.work.spawn(pump::notices(self.hub.clone()));
        for lanes in self.hub.queues.jobs.values() {
            self.work.spawn(pump::jobs(self.hub.clone(), Arc::clone(&lanes.fresh)));
            self.work.spawn(pump::jobs(self.hub.clone(), Arc::clone(&lanes.bulk)));
        }
        self.work.spawn(tick(self.hub.clone()));
        Ok(())
    }

    /// Stores a tenant's configuration, and looks at everything again if it changed.
    ///
    /// # Errors
    /// [`MachineError`].
    pub async fn put_tenant(&self, tenant: &str, text: &str) -> Result<(), MachineError> {
        put_tenant(&self.hub, tenant, text).await?;
        Ok(())
    }

    /// Serves doorbells and the command line.
    ///
    /// # Errors
    /// [`MachineError`] when the address cannot be listened on.
    pub async fn serve(&mut self, at: SocketAddr, token: &str) -> Result<SocketAddr, MachineError> {
        let cannot = || MachineError::io(format!("cannot listen on {at}"));
        let listener = tokio::net::TcpListener::bind(at).await.map_err(cannot())?;
        let address = listener.local_addr().map_err(cannot())?;
        let router = webhook::router(self.hub.clone())
            .merge(provider::router(self.hub.clone()))
            .merge(crate::control::router(self.hub.clone(), token));
        self.work.spawn(serving::serve(listener, router, serving::Limits::USUAL));
        Ok(address)
    }
}

async fn tick(hub: Hub) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        if let Err(error) = timer::tick(&hub).await {
            tracing::error!(code = error.code(), error = %error, "A tick failed; the next one does its work.");
        }
    }
}

/// The folder of a hub that keeps nothing: removed when this is dropped.
#[derive(Debug)]
pub struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes a folder with a name of its own.
    ///
    /// # Errors
    /// [`MachineError`].
    pub fn new() -> Result<Self, MachineError> {
        let path = std::env::temp_dir().join(format!("skolbro-{}", uuid::Uuid::new_v4().simple()));
        make(&path).map_err(MachineError::io(format!("cannot make {}", path.display())))?;
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
