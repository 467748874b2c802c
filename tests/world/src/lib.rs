//! The simulated outside of Skolbro: an SS 12000 register, a OneRoster provider, registers that write files, Skolon,
//! Unikum's autosync, Skolverket's tests, and a publisher's portal that speaks the EGIL profile, with their real wire
//! formats, quotas and moods.
//!
//! Must not know any other crate of the workspace: what a receiver should hold is worked out from
//! the truth of this world, so that a fault in the hub can never hide itself.

pub mod contract;
mod day;
pub mod dnp;
mod doorbell;
mod events;
pub mod expected;
pub mod exports;
pub mod google;
pub mod graph_education;
pub mod ims_enterprise;
mod listener;
pub mod microsoft;
pub mod moods;
mod oauth;
pub mod oneroster;
pub mod packages;
pub mod receiver;
pub mod register;
pub mod scim;
mod serving;
pub mod skolon;
mod time;
pub mod truth;
pub mod unikum;
pub mod wire;
mod world;

pub use contract::{Answered, Asked, Contract};
pub use day::SchoolDay;
pub use dnp::{DnpOptions, DnpServer, DnpState};
pub use doorbell::{Rang, Ringer};
pub use events::{EventReceiver, EventsTaken};
pub use expected::{DeliverUsers, Expected, ExpectedOptions};
pub use exports::{ExportForm, ExportedFile, Exporter, Mistakes, TextHabits, Told};
pub use google::{GoogleOptions, GoogleServer, GoogleState, ServiceAccount};
pub use graph_education::{GraphEducationOptions, GraphEducationServer};
pub use ims_enterprise::{ImsEnterpriseOptions, ImsEnterpriseServer};
pub use microsoft::{MicrosoftOptions, MicrosoftQuotas, MicrosoftServer, MicrosoftState};
pub use moods::{MoodSwitch, Moods, RateLimit};
pub use oauth::Credentials;
pub use oneroster::{Edition, OneRosterOptions, OneRosterServer};
pub use packages::Roll;
pub use receiver::{Feed, ReceiverOptions, ReceiverState, ReceiverTenant};
pub use register::{RegisterOptions, RegisterServer};
pub use scim::{ScimOptions, ScimServer, ScimState};
pub use skolon::{SkolonOptions, SkolonServer, SkolonWebhooks};
pub use time::Time;
pub use unikum::{UnikumImport, UnikumOptions, UnikumState};
pub use world::{Counters, Size, Urls, World, WorldOptions};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after a panic elsewhere: the data here is only counted and compared.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
