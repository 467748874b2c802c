//! A publisher's portal that speaks the EGIL profile (SS 12000:2018 as SCIM) with an API key.
//!
//! The wire is known from the open receiver Windermere and the open client EgilSCIM; the licence
//! type is an extension. Strict where a real receiver is lenient, so that faults show.

mod contract;
mod references;
mod resource_type;
mod server;
mod state;
mod tenant;
mod uniqueness;

pub use resource_type::ResourceType;
pub use state::{Held, HistoryEntry, Origin, ReceiverState};
pub use tenant::{ReceiverCounters, ReceiverTenant};

pub(crate) use server::router;

/// Which of the simulated sources is meant to fill a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// The SS 12000 register.
    Register,
    /// Skolon.
    Skolon,
}

/// One tenant of the receiving system.
#[derive(Clone, Debug)]
pub struct ReceiverOptions {
    /// Path prefix and name.
    pub name: String,
    /// Expected in `X-API-Key`.
    pub api_key: String,
    /// What is expected here.
    pub feed: Feed,
    /// How many accounts exist from before with the e-mail address of somebody to be delivered.
    pub accounts_to_adopt: usize,
    /// How many accounts and groups exist that concern nobody else.
    pub made_by_hand: usize,
    /// Whether `civicNo` and `userRelations` may be sent. Otherwise sending them is a violation.
    pub accepts_civic_number: bool,
}

impl ReceiverOptions {
    /// A tenant with a few accounts from before and things made by hand.
    pub fn new(name: &str, feed: Feed) -> Self {
        Self {
            name: name.to_owned(),
            api_key: format!("key-for-{name}"),
            feed,
            accounts_to_adopt: 5,
            made_by_hand: 2,
            accepts_civic_number: false,
        }
    }
}
